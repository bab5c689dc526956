"""The workflow on a phantom, with a network that knows the phantom's grey levels."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, volume_curve
from marey.core import CannotWrite, Image, Labels, NotAnalysable, Report, Study
from marey.core.units import MYOCARDIAL_DENSITY, g, mL
from marey.detect.phases import FindPhases
from marey.nets.cine_net import CineNet
from marey.workflows import cine
from marey.workflows.cine import AnalyzeCine, analyze
from marey.workflows.contents import look
from marey.workflows.doubts import AFFECTED


def _by_grey_level(_net: CineNet, stacks: NDArray[np.float32]) -> NDArray[np.float32]:
    labels = np.select([stacks > 575, stacks > 350, stacks > 155], [1, 3, 2], 0)
    return np.stack([labels == key for key in range(4)]).astype(np.float32) * 0.97 + 0.0075


@pytest.fixture(autouse=True, scope="module")
def _network_of_the_phantom() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CineNet, "__call__", _by_grey_level)
        patch.setattr(CineNet, "name", "grey levels")
        yield


@pytest.fixture(scope="module")
def analysed(phantom_exam: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path, list[float]]:
    """The report, where the results are, and the progress that was told."""
    out, seen = tmp_path_factory.mktemp("analysed"), list[float]()
    return analyze([phantom_exam], out, progress=lambda fraction, _text: seen.append(fraction)), out, seen


def test_numbers_are_those_of_the_phantom(
    phantom: tuple[Image, Labels], analysed: tuple[Report, Path, list[float]]
) -> None:
    report = analysed[0]
    truth = phantom[1]
    volumes = volume_curve(truth, LV_CAVITY) / mL
    mass = volume_curve(truth, LV_MYOCARDIUM)[volumes.argmax()] * MYOCARDIAL_DENSITY / g
    expected = {"lv_edv": volumes.max(), "lv_esv": volumes.min(), "lv_mass": mass}
    for key, value in expected.items():
        assert report.finding(key).value == pytest.approx(value, rel=0.05), key
    assert report.finding("lv_ef").value == pytest.approx(100 * (1 - volumes.min() / volumes.max()), abs=2)
    assert report.finding("heart_rate").value == pytest.approx(60_000 / 900)


def test_labels_are_on_the_grid_of_the_source(phantom: tuple[Image, Labels]) -> None:
    image, truth = phantom
    exam = AnalyzeCine()(Study((image,)))
    assert exam.labels.grid.same_as(image.grid)
    assert exam.labels.probability is not None
    assert exam.labels.probability.shape == (3, *image.values.shape)
    both = exam.labels.mask(LV_CAVITY) & truth.mask(LV_CAVITY)
    assert 2 * both.sum() / (exam.labels.mask(LV_CAVITY).sum() + truth.mask(LV_CAVITY).sum()) > 0.95


def test_provenance_repeats_the_analysis(analysed: tuple[Report, Path, list[float]]) -> None:
    made = analysed[0].provenance
    assert len(made["Input SHA-256"]) == len(made["Program SHA-256"]) == 64
    assert made["Network"] == "grey levels"
    assert made["find_phases"].startswith("FindPhases({")
    assert made["numpy"] == np.__version__


def test_finished_is_reused_as_it_is(analysed: tuple[Report, Path, list[float]], phantom_exam: Path) -> None:
    first, out, _ = analysed
    again = analyze([phantom_exam], out)
    assert [notice.kind for notice in again.notices][-1] == "reused"
    assert [(f.key, f.passed, f.confidence) for f in again.findings] == [
        (f.key, f.passed, f.confidence) for f in first.findings
    ]
    assert again.provenance == first.provenance


@pytest.mark.parametrize("change", ["settings", "program", "force", "input"])
def test_finished_is_computed_again_when_something_changed(
    analysed: tuple[Report, Path, list[float]],
    phantom_exam: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise CannotWrite("Stopped before anything is removed.", "", "")

    monkeypatch.setattr(cine, "begin", stop)
    exam, workflow = phantom_exam, AnalyzeCine()
    if change == "settings":
        workflow = AnalyzeCine(find_phases=FindPhases(smooth_from=50))
    elif change == "program":
        monkeypatch.setattr(cine, "program_digest", lambda: "another program")
    elif change == "input":
        exam = tmp_path / "exam"
        shutil.copytree(phantom_exam, exam)
        last = max(exam.iterdir())
        last.write_bytes(last.read_bytes()[:-2] + b"\x01\x00")
    with pytest.raises(CannotWrite, match="Stopped"):
        analyze([exam], analysed[1], workflow, force=change == "force")


def test_progress_grows_from_0_to_1(analysed: tuple[Report, Path, list[float]]) -> None:
    seen = analysed[2]
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_failure_after_the_start_leaves_no_earlier_result(
    analysed: tuple[Report, Path, list[float]], phantom_exam: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(analysed[1], tmp_path, dirs_exist_ok=True)

    def no_heart(*_: object) -> NDArray[np.float32]:
        raise NotAnalysable("No heart.", "", "")

    monkeypatch.setattr(CineNet, "__call__", no_heart)
    with pytest.raises(NotAnalysable):
        analyze([phantom_exam], tmp_path, force=True)
    assert [path.name for path in tmp_path.iterdir()] == [".marey"]


def test_failed_check_of_the_images_lowers_confidence(analysed: tuple[Report, Path, list[float]]) -> None:
    """The phantom's wall is closed in its last slice: the base is not covered."""
    report = analysed[0]
    assert report.finding("check_base_coverage").passed is False
    assert report.finding("lv_edv").confidence < 1
    assert report.finding("heart_rate").confidence == 1


def test_every_check_of_the_images_has_its_doubts(phantom: tuple[Image, Labels]) -> None:
    report = AnalyzeCine()(Study((phantom[0],))).report
    plausibility = {"mass_constant", "stroke_volumes", "key_phases", "ranges", "wall_thickness", "volume_curve"}
    made = {f.key for f in report.findings if f.key.startswith("check_")} - {f"check_{name}" for name in plausibility}
    assert set(AFFECTED) <= made
    measured = {finding.key for finding in report.findings}
    assert {key for keys in AFFECTED.values() for key in keys} <= measured


def test_contents_of_the_exam(phantom_exam: Path) -> None:
    contents = look([phantom_exam])
    (stack,) = contents.stacks
    assert (stack.view, stack.slices, stack.phases, stack.rows, stack.columns) == ("short axis", 8, 12, 128, 128)
    assert stack.pixel_spacing == (1.5, 1.5)
    assert stack.slice_step == pytest.approx(8.0)
    assert stack.rr_interval == pytest.approx(900, abs=1)
    assert contents.analysable
    assert len(contents.digest) == 64


def test_contents_say_why_not(phantom_exam: Path, tmp_path: Path) -> None:
    for path in phantom_exam.glob("*-001-*.dcm"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    contents = look([tmp_path])
    assert not contents.analysable
    assert "short-axis" in contents.verdict
