import json
from pathlib import Path

import numpy as np
import pydicom
import pytest

from marey.core import CannotWrite
from marey.workflows.simulated_exam import TRUTH, simulate


def _pixels(folder: Path) -> list[bytes]:
    return [pydicom.dcmread(path).PixelData for path in sorted(folder.glob("*.dcm"))]


def test_exam_has_its_slices_phases_and_truth(tmp_path: Path) -> None:
    truth = simulate("dilated", tmp_path / "exam", seed=5, slices=4, phases=3, matrix=96)
    files = sorted((tmp_path / "exam").glob("*.dcm"))
    assert len(files) == 12
    first = pydicom.dcmread(files[0])
    assert (first.Rows, first.Columns, first.Modality) == (96, 96, "MR")
    assert first.PatientID == "SIM-dilated-5"
    record = json.loads((tmp_path / "exam" / TRUTH).read_text())
    assert record["lv_edv"] > record["lv_esv"] > 0
    assert record["lv_ef"] == pytest.approx(100 * truth.lv_ef)
    assert record["lv_ef"] == pytest.approx(100 * (1 - record["lv_esv"] / record["lv_edv"]))


def test_same_seed_same_exam_other_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate("healthy", tmp_path / name, seed=seed, slices=4, phases=2, matrix=64)
    assert _pixels(tmp_path / "a") == _pixels(tmp_path / "b")
    assert _pixels(tmp_path / "a") != _pixels(tmp_path / "c")


def test_a_folder_with_something_in_it_is_not_mixed_with(tmp_path: Path) -> None:
    (tmp_path / "other.dcm").write_bytes(b"a patient")
    with pytest.raises(CannotWrite, match="not empty"):
        simulate("healthy", tmp_path, seed=1, slices=4, phases=2, matrix=64)
    assert [path.name for path in tmp_path.iterdir()] == ["other.dcm"]


def test_progress_grows(tmp_path: Path) -> None:
    seen: list[float] = []
    simulate("thinned", tmp_path, seed=1, slices=4, phases=4, matrix=64, progress=lambda done, _text: seen.append(done))
    assert seen == sorted(seen)
    assert np.isclose(seen[-1], 1.0)
