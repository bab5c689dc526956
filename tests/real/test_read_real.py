"""Real exams of three scanners are read as what they are."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.io.read import read_study


def test_a_whole_siemens_exam(data_dir: Path) -> None:
    study = read_study([data_dir / "human_cine_3t"])
    assert not study.notices
    (short, *long) = study.images
    assert short.values.shape == (25, 6, 208, 256)
    assert short.values.dtype == np.uint16
    np.testing.assert_allclose(np.diff(short.grid.slice_positions), 17.7, atol=0.01)
    np.testing.assert_allclose(short.grid.spacing, [17.7, 1.40625, 1.40625], atol=0.01)
    assert short.grid.slice_thickness == 6
    assert sorted(short.rr_intervals) == [776, 814, 829, 831, 860, 863]
    np.testing.assert_allclose(short.times, np.arange(25) * short.rr_intervals.mean() / 25, atol=0.01)
    assert [image.values.shape[:2] for image in long] == [(25, 1)] * 5
    assert sorted(image.rr_interval for image in long) == [876, 905, 924, 966, 975]
    assert len({source.path for image in study.images for phase in image.sources for source in phase}) == 275
    assert study.facts.field_strength == 3


def test_a_ge_short_axis_stack(data_dir: Path) -> None:
    study = read_study([data_dir / "pig_cine"])
    assert not study.notices
    (image,) = study.images
    assert image.values.shape == (20, 20, 256, 256)
    np.testing.assert_allclose(np.diff(image.grid.slice_positions), 5, atol=0.01)
    np.testing.assert_allclose(image.rr_intervals, 631)
    assert image.times[0] == 10


def test_two_phases_of_which_the_end_slices_have_one(data_dir: Path) -> None:
    study = read_study([data_dir / "sunnybrook" / "dicom_sc_n_02"])
    (image,) = study.images
    assert image.values.shape == (2, 4, 256, 256)
    np.testing.assert_allclose(image.times, [348, 929])
    serious = {notice.kind: notice.serious for notice in study.notices}
    assert serious == {"incomplete-slice": True, "two-phases": False}


def test_a_t1_map_is_no_cine(data_dir: Path) -> None:
    with pytest.raises(InvalidInput, match="maps and dynamic series"):
        read_study([data_dir / "t1_mapping" / "dicom"])


def test_a_cine_among_other_things(data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir / "human_cine_3t" / "dicom" / "Se8", tmp_path / "cine")
    shutil.copytree(data_dir / "human_cine_3t" / "meshes", tmp_path / "meshes")
    (tmp_path / "read me.txt").write_text("")
    (image,) = read_study([tmp_path]).images
    assert image.values.shape == (25, 1, 256, 208)
