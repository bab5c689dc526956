import json
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from marey.core import CannotWrite, FrameSource, Image, Labels, Report, Study
from marey.detect.levels import FindLevels, LabelledPhases
from marey.detect.phases import FindPhases
from marey.measure import MeasureVolumes, SegmentedCine
from marey.report.exam import Exam
from marey.workflows import results
from marey.workflows.output_folder import begin, finish, is_finished
from marey.workflows.results import write_results

NIFTI = {
    "labels.json", "labels.nii.gz", "measurements.csv", "measurements.json", "report.html", "report.pdf",
    *(f"probability_{name}.json" for name in ("lv-cavity", "lv-myocardium", "rv-cavity")),
    *(f"probability_{name}.nii.gz" for name in ("lv-cavity", "lv-myocardium", "rv-cavity")),
}  # fmt: skip
DICOM = {"labels_ed.seg.dcm", "labels_es.seg.dcm", "measurements.sr.dcm", "report.pdf.dcm"}


def _unseen(_fraction: float, _text: str) -> None:
    pass


@pytest.fixture(scope="module")
def exam(phantom: tuple[Image, Labels]) -> Exam:
    image, labels = phantom
    phases = FindPhases()(labels)
    levels = FindLevels()(LabelledPhases(labels, phases))
    findings = MeasureVolumes()(SegmentedCine(labels, phases, levels, rr_interval=900.0))
    return Exam(Study((image,), digest="d"), image, labels, phases, levels, Report(findings))


@pytest.fixture
def dicom_exam(exam: Exam, phantom_exam: Path) -> Exam:
    paths, count = sorted(phantom_exam.glob("*.dcm")), exam.image.phases
    slices = range(exam.image.grid.shape[0])
    sources = tuple(tuple(FrameSource(paths[z * count + t]) for z in slices) for t in range(count))
    return replace(exam, image=replace(exam.image, sources=sources))


def test_without_dicom_source_there_are_no_dicom_results(exam: Exam, tmp_path: Path) -> None:
    files = write_results(exam, tmp_path, _unseen)
    assert {path.name for path in files} == NIFTI == {path.name for path in tmp_path.iterdir()}


def test_with_dicom_source_everything_is_written_and_belongs_to_the_study(dicom_exam: Exam, tmp_path: Path) -> None:
    files = write_results(dicom_exam, tmp_path, _unseen)
    assert {path.name for path in files} == NIFTI | DICOM == {path.name for path in tmp_path.iterdir()}
    source = pydicom.dcmread(dicom_exam.image.sources[0][0].path)
    for name in DICOM:
        assert pydicom.dcmread(tmp_path / name).StudyInstanceUID == source.StudyInstanceUID
    written = json.loads((tmp_path / "measurements.json").read_text())
    assert written["phases"] == {
        "end_diastole": dicom_exam.phases.end_diastole,
        "end_systole": dicom_exam.phases.end_systole,
    }


def test_progress_only_grows(exam: Exam, tmp_path: Path) -> None:
    seen: list[float] = []
    write_results(exam, tmp_path, lambda fraction, _text: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[0] == 0.0


@pytest.mark.parametrize("writer", ["write_html", "write_pdf", "write_labels", "write_csv"])
def test_a_failing_writer_is_not_hidden(
    exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    def full(*_: object) -> None:
        raise CannotWrite("The disk is full.", "", "")

    monkeypatch.setattr(results, writer, full)
    with pytest.raises(CannotWrite, match="full"):
        write_results(exam, tmp_path, _unseen)


def test_all_results_go_when_a_new_analysis_begins(dicom_exam: Exam, tmp_path: Path) -> None:
    begin(tmp_path)
    finish(tmp_path, write_results(dicom_exam, tmp_path, _unseen), {"input": "d"})
    assert is_finished(tmp_path, {"input": "d"})
    begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".marey"]
