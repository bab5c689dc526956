"""What a report is made of."""

from dataclasses import dataclass

from marey.anatomy import KeyPhases, Level
from marey.core import Image, Labels, Report, Study


@dataclass(frozen=True, eq=False)
class Exam:
    """An analysed short-axis cine exam.

    Args:
        study: all that was read, views found.
        image: the short-axis cine.
        labels: its labels, on the same grid and times.
        phases: end-diastole and end-systole.
        levels: one per slice.
        report: findings, curves, notices, provenance.
    """

    study: Study
    image: Image
    labels: Labels
    phases: KeyPhases
    levels: tuple[Level, ...]
    report: Report


__all__ = ["Exam"]
