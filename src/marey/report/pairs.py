"""What is shown side by side: every slice at end-diastole and end-systole, with its contours."""

from dataclasses import dataclass

import numpy as np

from marey.anatomy import LV_CAVITY
from marey.core import Labels
from marey.report.exam import Exam
from marey.report.pictures import Pictures, css, cut_out


@dataclass(frozen=True, eq=False)
class Pair:
    """One slice at two moments.

    Args:
        title: which slice or view.
        detail: where it lies; may be empty.
        pictures: the cine it is of.
        level: number of the slice in it.
        phases: end-diastole and end-systole, numbers of phases.
    """

    title: str
    detail: str
    pictures: Pictures
    level: int
    phases: tuple[int, int]


def pairs(exam: Exam, pictures: Pictures) -> list[Pair]:
    """All slices of the short axis (`pictures` is cut out of it), then the long axes."""
    moments = (exam.phases.end_diastole, exam.phases.end_systole)
    across = [Pair(f"Slice {z + 1}", str(level), pictures, z, moments) for z, level in enumerate(exam.levels)]
    along = [
        Pair(f"{view} view".capitalize(), "", cut_out(exam.study.of_view(view)[0], labels), 0, _widest(labels))
        for view, labels in exam.long_axes.items()
    ]
    return across + along


def legend(shown: list[Pair]) -> list[tuple[str, str]]:
    """Names and colours of all contours."""
    return list({outline.name: css(outline.structure) for pair in shown for outline in pair.pictures.outlines}.items())


def _widest(labels: Labels) -> tuple[int, int]:
    """Phases in which the left ventricle of a single slice is largest and smallest."""
    area = labels.mask(LV_CAVITY).sum(axis=(1, 2, 3))
    return int(np.argmax(area)), int(np.argmin(area))


__all__ = ["Pair", "legend", "pairs"]
