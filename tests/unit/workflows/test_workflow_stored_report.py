from pathlib import Path

import pytest

from marey.core import Code, Finding, Notice, ReferenceRange, Report, UnreadableFile
from marey.report.tables import write_json
from marey.workflows.stored_report import read_report

FULL = Finding(
    "lv_ef", "LV ejection fraction", 59.8, "%", Code("8811-2", "LN", "LVEF by MR"), (55.0, 64.5),
    ReferenceRange(51.0, 70.0, "men", "papillary muscles in the cavity", "doi:1"), "papillary muscles in the cavity",
    "summation of slices", {"ed_phase": 0, "note": "x"}, 0.9, None, "",
)  # fmt: skip
NOT_MADE = Finding("lv_co", "LV cardiac output", None, "L/min", message="The RR interval is not known.", confidence=0.0)
CHECK = Finding("mass_drift", "Mass over the beat", "failed", passed=False, message="The mass changes by 20 %.")


def test_round_trip(tmp_path: Path) -> None:
    report = Report(
        (FULL, NOT_MADE, CHECK), {"LV volume [mL]": ((0.0, 30.0), (150.0, 140.0))},
        (Notice("missing-frame", "A frame is missing.", True),), {"marey": "0.1.0"},
    )  # fmt: skip
    back = read_report(write_json(tmp_path / "measurements.json", report))
    assert back.findings == report.findings
    assert (back.curves, back.notices, back.provenance) == (report.curves, report.notices, report.provenance)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [{"key": 3}]}', '{"findings": 3, "curves": {}}'])
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "measurements.json"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match="--force"):
        read_report(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        read_report(tmp_path / "none.json")
