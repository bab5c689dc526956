"""DICOM SR: the findings as measurements a reader can decode, never without their checks, or a sentence."""

import dataclasses
import datetime as dt
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pydicom
import pytest
from dicom_cases import FACTS, Case, enhanced, make_case, validated

from marey.core import (
    CannotWrite,
    Code,
    Finding,
    NotAnalysable,
    ReferenceRange,
    Report,
    UnreadableFile,
)
from marey.io.structured_report import write_measurements

MOMENT = dt.datetime(2025, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
EDV_CODE = Code("8821-1", "LOINC", "Left ventricular End-diastolic volume")
RANGE = ReferenceRange(88.0, 168.0, "women 45-74 y", "papillary muscles in the cavity", "10.1186/s12968-017-0327-9")
EDV = Finding(
    "lv_edv", "LV end-diastolic volume", 173.25, "mL", EDV_CODE, (168.5, 180.0), RANGE,
    "papillary muscles in the cavity", "sum of slices", {"ed_phase": 0},
)  # fmt: skip
EF = Finding("lv_ef", "LV ejection fraction", 1 / 3 * 100, "%", evidence={"ed_phase": 0, "es_phase": 2})
DRIFT = Finding("mass_over_the_beat_is_constant", "Mass constant <over> the beat", 3.1, "%", passed=False, message="no")
VERDICT = Finding("coverage", "Base and apex covered", "covered", passed=True)
NOT_MADE = Finding("lv_edvi", "LV EDV index", None, "mL/m2", message="no height")
INFINITE = Finding("rv_ef", "RV ejection fraction", float("nan"), "%")
REPORT = Report((EDV, EF, DRIFT, VERDICT, NOT_MADE, INFINITE))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "exam")


def meaning(item: Any) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeMeaning)


def groups(sr: Any) -> list[Any]:
    measurements = next(item for item in sr.ContentSequence if meaning(item) == "Imaging Measurements")
    return list(measurements.ContentSequence)


def items(parent: Any, kind: str) -> dict[str, Any]:
    return {meaning(item): item for item in parent.ContentSequence if item.ValueType == kind}


def number(item: Any) -> tuple[float, str]:
    measured = item.MeasuredValueSequence[0]
    return float(measured.NumericValue), str(measured.MeasurementUnitsCodeSequence[0].CodeValue)


def test_findings_become_measurements_with_interval_range_and_convention(case: Case, tmp_path: Path) -> None:
    sr = pydicom.dcmread(write_measurements(tmp_path / "sr.dcm", REPORT, case.image))
    (edv,) = items(groups(sr)[0], "NUM").values()
    assert number(edv) == (173.25, "mL")
    name = edv.ConceptNameCodeSequence[0]
    assert (name.CodeValue, name.CodingSchemeDesignator) == ("8821-1", "LN")
    properties = items(edv, "NUM")
    assert number(properties["Normal Range Lower Limit"]) == (88.0, "mL")
    assert number(properties["Normal Range Upper Limit"]) == (168.0, "mL")
    assert number(properties["+, range of upper measurement uncertainty"]) == (6.75, "mL")
    assert number(properties["-, range of lower measurement uncertainty"]) == (4.75, "mL")
    assert items(edv, "CODE")["Normality"].ConceptCodeSequence[0].CodeMeaning == "Abnormally High"
    assert RANGE.source in {item.TextValue for item in edv.ContentSequence if item.ValueType == "TEXT"}
    texts = {item.TextValue for item in groups(sr)[0].ContentSequence if item.ValueType == "TEXT"}
    assert {EDV.convention, EDV.method, "Marey"} <= texts


def test_what_is_not_a_number_is_left_out_and_checks_travel_along(case: Case, tmp_path: Path) -> None:
    sr = pydicom.dcmread(write_measurements(tmp_path / "sr.dcm", REPORT, case.image))
    both = groups(sr)[1]
    assert items(both, "NUM").keys() == {"LV ejection fraction", "Mass constant <over> the beat"}
    verdicts = {name: item.ConceptCodeSequence[0].CodeValue for name, item in items(both, "CODE").items()}
    assert verdicts["Mass constant <over> the beat"] == "failed"
    assert verdicts["Base and apex covered"] == "passed"
    assert number(items(both, "NUM")["LV ejection fraction"])[0] == pytest.approx(100 / 3, rel=1e-8)


def test_groups_point_to_the_images_of_their_phases(case: Case, tmp_path: Path) -> None:
    sr = pydicom.dcmread(write_measurements(tmp_path / "sr.dcm", REPORT, case.image))
    for group, phases in zip(groups(sr), ((0,), (0, 2)), strict=True):
        wanted = {pydicom.dcmread(source.path).SOPInstanceUID for t in phases for source in case.image.sources[t]}
        found = {
            item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
            for item in group.ContentSequence
            if item.ValueType == "IMAGE"
        }
        assert found == wanted


def test_groups_point_to_the_frames_of_an_enhanced_file(case: Case, tmp_path: Path) -> None:
    image = enhanced(case, tmp_path)
    path = write_measurements(tmp_path / "sr.dcm", REPORT, image)
    validated(path)
    for group, phases in zip(groups(pydicom.dcmread(path)), ((0,), (0, 2)), strict=True):
        (item,) = [item for item in group.ContentSequence if item.ValueType == "IMAGE"]
        frames = item.ReferencedSOPSequence[0].ReferencedFrameNumber
        assert sorted(map(int, frames)) == sorted(source.frame + 1 for t in phases for source in image.sources[t])


def test_a_finding_without_a_standard_code_is_coded_by_its_key(case: Case, tmp_path: Path) -> None:
    sr = pydicom.dcmread(write_measurements(tmp_path / "sr.dcm", REPORT, case.image))
    name = items(groups(sr)[1], "NUM")["Mass constant <over> the beat"].ConceptNameCodeSequence[0]
    assert name.CodingSchemeDesignator == "99MAREY"
    assert name.LongCodeValue == "mass_over_the_beat_is_constant"
    assert sr.CodingSchemeIdentificationSequence[0].CodingSchemeDesignator == "99MAREY"


def test_evidence_without_phases_points_to_the_first(case: Case, tmp_path: Path) -> None:
    report = Report((dataclasses.replace(EDV, evidence={"slice": 2, "ed_phase": "first", "es_phase": 99}),))
    sr = pydicom.dcmread(write_measurements(tmp_path / "sr.dcm", report, case.image))
    images = [item for item in groups(sr)[0].ContentSequence if item.ValueType == "IMAGE"]
    assert len(images) == case.image.grid.shape[0]


def test_the_validator_finds_no_error(case: Case, tmp_path: Path) -> None:
    long = Finding("k" * 200, "l\\" * 200, 1e-300, "", convention="c" * 3000, interval=(-1e300, 1e300))
    report = Report((*REPORT.findings, long))
    assert "ComprehensiveSR" in validated(write_measurements(tmp_path / "sr.dcm", report, case.image))


def test_dcmtk_shows_it(case: Case, tmp_path: Path) -> None:
    program = shutil.which("dsrdump")
    if program is None:
        pytest.skip("dsrdump is not installed (Debian package dcmtk)")
    path = write_measurements(tmp_path / "sr.dcm", REPORT, case.image)
    shown = subprocess.run([program, str(path)], capture_output=True, text=True, check=True).stdout
    assert '"Left ventricular End-diastolic volume")="173.25" (mL,UCUM,"mL")' in shown
    assert FACTS.patient_name in shown


def test_highdicom_finds_the_measurement_groups(case: Case, tmp_path: Path) -> None:
    from highdicom.sr import srread

    sr: Any = srread(write_measurements(tmp_path / "sr.dcm", REPORT, case.image))
    found = sr.content.get_image_measurement_groups()
    assert [len(group.get_measurements()) for group in found] == [1, 2]


def test_same_input_same_bytes_other_number_other_uid(case: Case, tmp_path: Path) -> None:
    def write(report: Report) -> Path:
        return write_measurements(tmp_path / "sr.dcm", report, case.image, created=MOMENT)

    first = write(REPORT).read_bytes()
    assert write(REPORT).read_bytes() == first
    other = Report((dataclasses.replace(EDV, value=173.26), *REPORT.findings[1:]))
    uids = [pydicom.dcmread(write(report)).SOPInstanceUID for report in (REPORT, other)]
    assert uids[0] != uids[1]


def test_nothing_to_say_is_refused(case: Case, tmp_path: Path) -> None:
    for findings in ((), (NOT_MADE, INFINITE), (Finding("view", "View", "short axis"),)):
        with pytest.raises(NotAnalysable, match="neither a measurement nor a check"):
            write_measurements(tmp_path / "sr.dcm", Report(findings), case.image)


def test_guards(case: Case, tmp_path: Path) -> None:
    with pytest.raises(NotAnalysable, match="not read from DICOM"):
        write_measurements(tmp_path / "sr.dcm", REPORT, dataclasses.replace(case.image, sources=()))
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite):
        write_measurements(tmp_path / "file" / "sr.dcm", REPORT, case.image)
    case.image.sources[2][1].path.unlink()
    with pytest.raises(UnreadableFile, match="could not be read again"):
        write_measurements(tmp_path / "sr.dcm", REPORT, case.image)
    assert not list(tmp_path.glob("*.dcm"))
