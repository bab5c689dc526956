import json
from pathlib import Path
from typing import Literal

import nibabel
import numpy as np
import pydicom
import pytest

from marey.core import Beat, CannotWrite, InvalidInput, UnreadableFile
from marey.core.units import minute
from marey.io.read import read_study
from marey.scan.mr.series import perfect_scanner
from marey.simulate.beat import SimulateBeat
from marey.simulate.heart import Heart
from marey.simulate.presets import preset
from marey.workflows import simulated_exam
from marey.workflows.cine import analyze
from marey.workflows.heart_file import read_heart
from marey.workflows.output_folder import without_results
from marey.workflows.simulated_exam import TRUTH, Exam, simulate_study
from marey.workflows.simulated_heart import write_beat
from scanned_heart import beat

SMALL = {
    f"{name}.{setting}": value
    for name in ("cine", "lax", "tagging")
    for setting, value in (("phases", 3), ("slices.matrix", 64), ("slices.gap", 20.0 * (name != "lax")))
}


@pytest.fixture(autouse=True)
def _known_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The healthy heart's coarse beat, instead of one that is simulated for each test."""

    known = beat()

    def simulate(self: SimulateBeat, heart: Heart) -> Beat:  # noqa: ARG001
        return known

    monkeypatch.setattr(SimulateBeat, "__call__", simulate)


def small(*protocol: str) -> Exam:
    return Exam(protocol or ("cine",), changes=SMALL)


def pixels(folder: Path) -> list[bytes]:
    return [pydicom.dcmread(path).PixelData for path in sorted(folder.glob("0*/*.dcm"))]


def test_an_exam_has_its_series_and_their_truth(tmp_path: Path) -> None:
    numbers = simulate_study(tmp_path / "exam", name="infarct", exam=small("cine", "lax"), seed=5)
    series = sorted(path.name for path in (tmp_path / "exam").glob("0*"))
    assert len(series) == 4
    record = json.loads((tmp_path / "exam" / TRUTH).read_text())
    assert record["lv_ef"] == numbers["lv_ef"] == pytest.approx(100 * (1 - record["lv_esv"] / record["lv_edv"]))
    assert record["rv_edv"] > record["rv_esv"] > 0
    first = pydicom.dcmread(next((tmp_path / "exam" / series[0]).glob("*.dcm")))
    assert first.PatientID == "SIM-infarct-5"
    assert first.FlipAngle > 30
    for name in series:
        labels = nibabel.Nifti1Image.from_filename(tmp_path / "exam" / "truth" / f"{name}_labels.nii.gz")
        picture = nibabel.Nifti1Image.from_filename(tmp_path / "exam" / "nifti" / f"{name}.nii.gz")
        assert labels.shape == picture.shape
        np.testing.assert_allclose(labels.affine, picture.affine)
        assert (tmp_path / "exam" / "truth" / f"{name}_labels.seg.dcm").exists()


def test_truth_and_copies_are_not_read_as_images(tmp_path: Path) -> None:
    simulate_study(tmp_path / "exam", exam=small(), seed=2)
    kept = without_results([tmp_path / "exam"])
    assert {path.parent.name[:3] for path in kept} == {"01_"}
    (image,) = read_study(kept).images
    assert image.phases == 3


def test_displacements_are_written_as_vectors(tmp_path: Path) -> None:
    simulate_study(tmp_path / "exam", exam=small("tagging"), seed=2)
    vectors = nibabel.Nifti1Image.from_filename(next((tmp_path / "exam" / "truth").glob("*displacement.nii.gz")))
    assert vectors.shape[4] == 3
    assert 0.2 < np.nanmax(np.abs(vectors.get_fdata())) < 30  # mm


def test_enhanced_files_hold_the_same_pictures_and_truth(tmp_path: Path) -> None:
    forms: tuple[Literal["classic", "enhanced"], ...] = ("classic", "enhanced")
    for form in forms:
        exam = Exam(("cine",), perfect_scanner(), SMALL, form=form)
        simulate_study(tmp_path / form, exam=exam, seed=2)
    (classic,), (enhanced,) = (
        read_study(without_results([tmp_path / form])).images for form in ("classic", "enhanced")
    )
    np.testing.assert_array_equal(classic.values, enhanced.values)
    assert len(list((tmp_path / "enhanced").glob("01*/*.dcm"))) == 1
    assert list((tmp_path / "enhanced" / "truth").glob("*.seg.dcm"))


def test_raw_data_are_written_beside(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="the raw extra is not installed")
    simulate_study(tmp_path / "exam", exam=Exam(("lax",), changes=SMALL, kspace=True), seed=2)
    files = sorted((tmp_path / "exam" / "kspace").glob("*.h5"))
    assert len(files) == 3
    with h5py.File(files[0]) as file:
        assert file["dataset/data"].shape[0] > 100


def test_settings_are_given_in_the_units_of_their_tables() -> None:
    settings = Exam(("cine",), changes={"cine.flip_angle": 50, "cine.phases": 7.0}).settings("cine", 1.5)
    assert settings.flip_angle == pytest.approx(np.radians(50))
    assert settings.phases == 7
    assert isinstance(settings.phases, int)


def test_same_seed_same_exam_other_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate_study(tmp_path / name, exam=small(), seed=seed)
    assert pixels(tmp_path / "a") == pixels(tmp_path / "b")
    assert pixels(tmp_path / "a") != pixels(tmp_path / "c")


def test_a_perfect_scanner_may_be_asked_for(tmp_path: Path) -> None:
    simulate_study(tmp_path / "exam", exam=Exam(("cine",), perfect_scanner(), SMALL), seed=1)
    assert "noise=0.0" in json.loads((tmp_path / "exam" / TRUTH).read_text())["scanner"]


def test_a_folder_with_something_in_it_is_not_mixed_with(tmp_path: Path) -> None:
    (tmp_path / "other.dcm").write_bytes(b"a patient")
    with pytest.raises(CannotWrite, match="not empty"):
        simulate_study(tmp_path, exam=small())
    assert [path.name for path in tmp_path.iterdir()] == ["other.dcm"]


@pytest.mark.parametrize(("exam", "said"), [
    ({"protocol": ("cine", "xray")}, "no series 'xray'"),
    ({"changes": {"xray.phases": 3}}, "no series 'xray'"),
    ({"changes": {"cine.phases": 1000, "cine.slices.matrix": 2048}}, "GB"),
    ({"changes": {"cine.repetition_time": -3.0}}, "repetition_time"),
    ({"changes": {"cine.colour": 3}}, "colour"),
])  # fmt: skip
def test_exams_that_cannot_be_are_refused_before_anything_is_written(exam: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Exam(**exam)  # type: ignore[arg-type]


def test_a_plane_that_misses_the_heart_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missed(*_: object) -> None:
        raise InvalidInput("The plane misses the heart.", "", "")

    monkeypatch.setattr(simulated_exam, "planned", missed)
    with pytest.raises(InvalidInput):
        simulate_study(tmp_path / "exam", exam=small())
    assert not (tmp_path / "exam").exists()


def test_progress_grows(tmp_path: Path) -> None:
    seen: list[float] = []
    simulate_study(tmp_path, exam=small(), progress=lambda done, _text: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_a_heart_comes_back_from_its_folder(tmp_path: Path) -> None:
    heart = preset("lbbb").but({"circulation.heart_rate": 81 / minute})
    write_beat(tmp_path, beat(), heart, "lbbb", SimulateBeat(resolution="coarse"))
    back = read_heart(tmp_path)
    assert back.conduction_system.blocks == heart.conduction_system.blocks
    for was, now in zip(heart.table(), back.table(), strict=True):
        assert now.value == pytest.approx(was.value, rel=1e-6), was.path


def test_folders_without_a_heart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no simulated heart"):
        read_heart(tmp_path)
    (tmp_path / "biomarkers.json").write_text('{"made": {"preset": 3}}')
    (tmp_path / "parameters.csv").write_text("parameter,value,unit\n")
    with pytest.raises(InvalidInput, match="preset"):
        read_heart(tmp_path)


def test_long_axes_of_an_exam_are_measured_beside_its_short_axis(tmp_path: Path) -> None:
    coarse = {"phases": 8, "slices.matrix": 128}
    changes = {f"{name}.{key}": value for name in ("cine", "lax") for key, value in coarse.items()}
    asked = Exam(("cine", "lax"), changes={**changes, "cine.slices.gap": 4.0}, scanner=perfect_scanner())
    truth = simulate_study(tmp_path / "exam", exam=asked, seed=3)
    report = analyze([tmp_path / "exam"], tmp_path / "out")
    assert report.finding("lv_ef_long_axis").value == pytest.approx(truth["lv_ef"], abs=8)
    assert report.finding("lv_edv_long_axis").value == pytest.approx(truth["lv_edv"], rel=0.2)
    assert report.finding("check_long_axes").passed
    assert (tmp_path / "out" / "labels_4_chamber.nii.gz").exists()
    assert "4-chamber view" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
