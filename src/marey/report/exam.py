"""What a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from marey.anatomy import KeyPhases, Level, View
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
        long_axes: labels of single long-axis cines by their view.
    """

    study: Study
    image: Image
    labels: Labels
    phases: KeyPhases
    levels: tuple[Level, ...]
    report: Report
    long_axes: Mapping[View, Labels] = field(default_factory=lambda: MappingProxyType({}))


__all__ = ["Exam"]
