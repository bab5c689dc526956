"""measurements.json back into the report it was written from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marey.core import Code, Finding, Notice, ReferenceRange, Report, UnreadableFile


def read_report(path: Path) -> Report:
    """The report that `marey.report.tables.write_json` wrote.

    Raises:
        UnreadableFile: the file is not there or not such a report.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Report(
            findings=tuple(_finding(entry) for entry in record["findings"]),
            curves={name: (tuple(c["times_ms"]), tuple(c["values"])) for name, c in record["curves"].items()},
            notices=tuple(Notice(**entry) for entry in record["notices"]),
            provenance=record["provenance"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(
            f"'{path}' does not hold measurements ({type(error).__name__}).",
            "A measurements.json that Marey wrote is needed.",
            "Run the analysis again with --force.",
        ) from error


def _finding(entry: Mapping[str, Any]) -> Finding:
    fields = {name: value for name, value in entry.items() if name != "outside"}
    fields["code"] = Code(**fields["code"]) if fields.get("code") else None
    fields["reference"] = ReferenceRange(**fields["reference"]) if fields.get("reference") else None
    fields["interval"] = tuple(fields["interval"]) if fields.get("interval") else None
    return Finding(**fields)


__all__ = ["read_report"]
