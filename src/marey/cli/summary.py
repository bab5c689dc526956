"""What a person reads at the terminal, and what a machine reads with --json."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from marey.cli.terminal import cell, clean, console, table

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from marey.core import Finding, Report
    from marey.workflows.contents import Contents, Stack

KEY_NUMBERS = (
    "lv_edv", "lv_esv", "lv_sv", "lv_ef", "lv_co", "lv_mass", "rv_edv", "rv_esv", "rv_sv", "rv_ef", "heart_rate",
)  # fmt: skip


def show(report: "Report", out: Path) -> None:
    """Print the key numbers against their ranges, what failed, and where the report is."""
    screen = console()
    screen.print(_key_numbers(report))
    failed = [finding for finding in report.findings if finding.passed is False]
    for finding in failed:
        screen.print(cell(f"Check failed: {finding.label}. {finding.message}", "yellow"))
    for notice in report.notices:
        if notice.serious or notice.kind == "reused":
            screen.print(cell(notice.text, "yellow" if notice.serious else ""))
    if not failed:
        screen.print("All checks passed.")
    screen.print(cell(f"Report: {out / 'report.html'}"), soft_wrap=True)


def _key_numbers(report: "Report") -> "Table":
    made = table("Measurement", "Value", "95 % interval", "Normal", "", title="Short-axis cine MR")
    found = {finding.key: finding for finding in report.findings}
    for key in KEY_NUMBERS:
        if key in found:
            made.add_row(*_row(found[key]))
    return made


def _row(finding: "Finding") -> "tuple[Text, ...]":
    if finding.value is None:
        return cell(finding.label), cell("not made"), cell(""), cell(""), cell(finding.message)
    interval = "" if finding.interval is None else f"{number(finding.interval[0])} to {number(finding.interval[1])}"
    normal = finding.reference
    limits = "" if normal is None else f"{number(normal.low)} to {number(normal.high)}"
    texts = (finding.label, f"{number(finding.value)} {finding.unit}", interval, limits, finding.outside)
    return tuple(cell(text, "red" if text and text == finding.outside else "") for text in texts)


def number(value: float | str) -> str:
    """A value with the digits that mean something: three, or all before the point."""
    if isinstance(value, str):
        return value
    size = abs(value)
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def as_document(report: "Report", out: Path) -> dict[str, object]:
    """measurements.json, and with it which files were written and whether the results were there before."""
    from marey.workflows.output_folder import MANIFEST, MEASUREMENTS

    measured = json.loads((out / MEASUREMENTS).read_text(encoding="utf-8"))
    files = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["files"]
    reused = any(notice.kind == "reused" for notice in report.notices)
    return {"out": str(out), "reused": reused, "files": sorted(files), **measured}


def show_contents(contents: "Contents") -> None:
    """Print one row per cine, what the reader noticed, and what can be done."""
    screen = console()
    made = table("View", "Series", "Slices", "Phases", "Pixels", "Spacing [mm]", "Slice step [mm]", "RR [ms]")
    for stack in contents.stacks:
        made.add_row(*(cell(text) for text in _stack_row(stack)))
    screen.print(made)
    for notice in contents.notices:
        screen.print(cell(notice), soft_wrap=True)
    screen.print(clean(contents.verdict), style="" if contents.analysable else "yellow", soft_wrap=True)


def _stack_row(stack: "Stack") -> tuple[str, ...]:
    down, along = stack.pixel_spacing
    step = "" if stack.slice_step is None else f"{stack.slice_step:.1f}"
    rr = "" if stack.rr_interval is None else f"{stack.rr_interval:.0f}"
    size = f"{stack.rows} x {stack.columns}"
    return stack.view, stack.name, str(stack.slices), str(stack.phases), size, f"{down:.2f} x {along:.2f}", step, rr


__all__ = ["KEY_NUMBERS", "as_document", "number", "show", "show_contents"]
