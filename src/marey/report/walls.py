"""Wall thickness and thickening by AHA segment, in words and as numbers for the bull's-eyes."""

from dataclasses import dataclass

from marey.core import Report
from marey.report.bullseye import RADIAL_STRAIN, SEGMENTS, SHORTENING, THICKENING, THICKNESS
from marey.report.content import WALL_KEY, Value, in_words, once

WALL = (
    ("wall_thickness_ed", "Thickness at end-diastole", THICKNESS),
    ("wall_thickness_es", "Thickness at end-systole", THICKNESS),
    ("wall_thickening", "Thickening", THICKENING),
    ("wall_circumferential_strain", "Circumferential strain", SHORTENING),
    ("wall_radial_strain", "Radial strain", RADIAL_STRAIN),
)
"""Families of findings by segment, their names and colours."""


@dataclass(frozen=True)
class Segment:
    """Wall findings of one AHA segment, in the order of `WALL`."""

    number: int
    name: str
    values: tuple[Value, ...]


def segments(report: Report) -> list[Segment]:
    """The 17 segments with their wall values; empty when no wall was measured at all."""
    if not any(WALL_KEY.match(finding.key) for finding in report.findings):
        return []
    by_key = {finding.key: in_words(finding) for finding in report.findings}
    return [
        Segment(i, name, tuple(by_key.get(f"{family}_aha_{i}", Value("", "", "–")) for family, _, _ in WALL))
        for i, name in enumerate(SEGMENTS, start=1)
    ]


def wall_values(report: Report, family: str) -> tuple[dict[int, float], dict[int, str]]:
    """Values and verdicts ("low", "high") by segment of one family of `WALL`."""
    found = {
        int(match[2]): finding
        for finding in report.findings
        if (match := WALL_KEY.match(finding.key)) and match[1] == family
    }
    numeric = {i: f for i, f in sorted(found.items()) if isinstance(f.value, int | float)}
    return {i: float(f.value) for i, f in numeric.items() if not isinstance(f.value, str | None)}, {
        i: f.outside for i, f in numeric.items() if f.outside
    }


def wall_note(report: Report) -> list[str]:
    """How the walls were measured, each way once."""
    walls = [finding for finding in report.findings if WALL_KEY.match(finding.key)]
    return once(f"{f.convention}; {f.method}" if f.convention and f.method else f.convention or f.method for f in walls)


__all__ = ["WALL", "Segment", "segments", "wall_note", "wall_values"]
