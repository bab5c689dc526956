"""The findings for machines: JSON with everything, CSV with one line per finding."""

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from marey.core import Finding, Report
from marey.core.files import write_text

SCHEMA = "marey.measurements/1"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = (
    "key", "label", "value", "unit", "interval_low", "interval_high", "reference_low", "reference_high",
    "reference_population", "reference_convention", "reference_source", "outside", "convention", "method", "code",
    "code_scheme", "code_meaning", "confidence", "passed", "message", "evidence",
)  # fmt: skip


def write_json(path: Path, report: Report, extra: Mapping[str, object] | None = None) -> Path:
    """All findings, curves, notices and provenance as JSON; whole or not at all.

    Args:
        path: the file.
        report: what was found.
        extra: further top-level entries, e.g. {"phases": {...}}; they never replace the report's own.

    Raises:
        CannotWrite: the file cannot be written.
    """
    own = {
        "schema": SCHEMA,
        "provenance": dict(report.provenance),
        "findings": [finding_record(finding) for finding in report.findings],
        "curves": {name: {"times_ms": list(t), "values": list(v)} for name, (t, v) in report.curves.items()},
        "notices": [asdict(notice) for notice in report.notices],
    }
    record = _finite({**own, **{key: value for key, value in (extra or {}).items() if key not in own}})
    return write_text(path, json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path, report: Report) -> Path:
    """One line per finding, RFC 4180, UTF-8; text that a spreadsheet would run as a formula gets a leading apostrophe.

    Raises:
        CannotWrite: the file cannot be written.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for finding in report.findings:
        cells = _cells(finding)
        writer.writerow([_safe(_finite(cells[column])) for column in _COLUMNS])
    return write_text(path, buffer.getvalue())


def finding_record(finding: Finding) -> dict[str, Any]:
    """A finding as JSON values, field by field, with `outside` ("low", "high" or "") added; NaN becomes null."""
    record = {field.name: getattr(finding, field.name) for field in fields(finding)}
    record["code"] = asdict(finding.code) if finding.code else None
    record["reference"] = asdict(finding.reference) if finding.reference else None
    cleaned: dict[str, Any] = _finite({**record, "outside": finding.outside})
    return cleaned


def _cells(finding: Finding) -> dict[str, Any]:
    low, high = finding.interval or (None, None)
    reference, code = finding.reference, finding.code
    return {
        "key": finding.key, "label": finding.label, "value": finding.value, "unit": finding.unit,
        "interval_low": low, "interval_high": high,
        "reference_low": reference.low if reference else None, "reference_high": reference.high if reference else None,
        "reference_population": reference.population if reference else "",
        "reference_convention": reference.convention if reference else "",
        "reference_source": reference.source if reference else "",
        "outside": finding.outside, "convention": finding.convention, "method": finding.method,
        "code": code.value if code else "", "code_scheme": code.scheme if code else "",
        "code_meaning": code.meaning if code else "", "confidence": finding.confidence,
        "passed": finding.passed, "message": finding.message,
        "evidence": json.dumps(_finite(dict(finding.evidence)), ensure_ascii=False) if finding.evidence else "",
    }  # fmt: skip


def _finite(value: Any) -> Any:
    """The same with plain Python numbers, and None for every number that is not finite."""
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _safe(cell: object) -> object:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell


__all__ = ["SCHEMA", "finding_record", "write_csv", "write_json"]
