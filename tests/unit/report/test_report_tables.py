import csv
import json
import math
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from phantom import phantom_exam

from marey.core import CannotWrite, Finding, Report
from marey.report.tables import SCHEMA, write_csv, write_json

REPORT = phantom_exam(3, 4, 64).report


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_json_keeps_every_field_of_every_finding(tmp_path: Path) -> None:
    record = json.loads(
        write_json(tmp_path / "m.json", REPORT, {"phases": {"ed": 0}, "schema": "other"}).read_text("utf-8")
    )
    assert record["schema"] == SCHEMA
    assert record["phases"] == {"ed": 0}
    assert [finding["key"] for finding in record["findings"]] == [finding.key for finding in REPORT.findings]
    ef = next(finding for finding in record["findings"] if finding["key"] == "lv_ef")
    original = REPORT.finding("lv_ef")
    assert ef["value"] == original.value
    assert original.interval is not None
    assert tuple(ef["interval"]) == original.interval
    assert ef["reference"]["source"].startswith("Petersen")
    assert ef["code"] == {"value": "8821-1", "scheme": "LN", "meaning": "ejection fraction"}
    assert ef["outside"] == original.outside
    assert record["curves"]["LV volume [mL]"]["times_ms"] == list(REPORT.curves["LV volume [mL]"][0])
    assert record["notices"][0]["serious"] is True


def test_numbers_that_are_none_become_null(tmp_path: Path) -> None:
    strange = Finding(
        "x", "x", math.nan, interval=(-math.inf, 3.0), evidence=MappingProxyType({"a": np.float64(2), "b": math.nan})
    )
    report = Report((strange,), {"c [mL]": ((0.0, 1.0), (math.nan, 2.0))})
    text = write_json(tmp_path / "m.json", report).read_text("utf-8")
    record = json.loads(text, parse_constant=pytest.fail)
    assert record["findings"][0]["value"] is None
    assert record["findings"][0]["interval"] == [None, 3.0]
    assert record["findings"][0]["evidence"] == {"a": 2.0, "b": None}
    assert record["curves"]["c [mL]"]["values"] == [None, 2.0]
    (row,) = lines(write_csv(tmp_path / "m.csv", report))
    assert row["value"] == ""


def test_csv_has_one_line_per_finding_with_full_precision(tmp_path: Path) -> None:
    rows = lines(write_csv(tmp_path / "m.csv", REPORT))
    assert [row["key"] for row in rows] == [finding.key for finding in REPORT.findings]
    ef = next(row for row in rows if row["key"] == "lv_ef")
    assert float(ef["value"]) == REPORT.finding("lv_ef").value
    assert float(ef["reference_low"]) == 51
    assert next(row for row in rows if row["key"] == "stroke_balance")["passed"] == "false"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_text_cells_are_never_formulas(tmp_path: Path, start: str) -> None:
    attack = f'{start}cmd|"/c calc"!A1,2\nsecond line'
    finding = Finding("x", attack, -4.5, "mL", message=attack, convention=attack)
    (row,) = lines(write_csv(tmp_path / "m.csv", Report((finding,))))
    assert row["label"] == row["message"] == row["convention"] == f"'{attack}"
    assert row["value"] == "-4.5"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for write in (write_json, write_csv):
        with pytest.raises(CannotWrite, match="could not be written"):
            write(tmp_path / "file" / "m", REPORT)
