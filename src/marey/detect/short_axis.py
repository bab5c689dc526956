"""Which image is the short-axis cine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marey.anatomy import View
from marey.core import Image, NotAnalysable, Notice, Study
from marey.detect._evidence import angle_between, angle_to_typical, extent, perpendicular_to, ventricle_column
from marey.detect._wording import count, named, what_is_there
from marey.detect.stack_order import check_stack

SHORT_AXIS_WORDS = ("sax", "short", "kurz", "petit axe", "eje corto", "asse corto")
PARALLEL = 15.0  # degrees


@dataclass(frozen=True)
class FindShortAxis:
    """Marks the one short-axis cine stack of a study with ``View.SHORT_AXIS``; the other images keep their view.

    Every stack with enough slices and phases gets a score from 0 to 1 out of: a round beating cavity that runs
    through the slices (35 %), the angle between its normal and the usual long axis of the heart (25 %), how nearly at
    right angles it cuts the single-slice cines, which are long axes (20 %), its extent (15 %) and what the scanner
    called it (5 %). Of repeated stacks the one with the most extent, then slices, then phases is taken, and of equals
    the last.

    Args:
        slices: fewest slices of a stack.
        phases: fewest phases over the beat; two, end-diastole and end-systole, are enough for volumes.
        largest_angle: degrees between the normal and the usual long axis above which the pixels must show a ventricle.
        weakest_column: `ventricle_column` below which a stack does not look like a short axis.
    """

    slices: int = 3
    phases: int = 2
    largest_angle: float = 60.0
    weakest_column: float = 0.3

    def __call__(self, value: Study, /) -> Study:
        """The study with its short axis marked.

        Raises:
            NotAnalysable: there is no such stack, or its slices have gaps, overlap or are turned.
        """
        candidates = [image for image in value.images if self._is_stack(image)]
        if not candidates:
            raise self._missing(value)
        scores = [_Candidate.of(image, value.images) for image in candidates]
        best = max(scores, key=lambda one: one.score)
        if best.angle > self.largest_angle and best.column < self.weakest_column:
            raise self._unlike(best)
        repeats = [one for one in scores if angle_between(one.image.grid.normal, best.image.grid.normal) <= PARALLEL]
        repeats = [one for one in repeats if one.score >= best.score - 0.25]
        chosen = max(enumerate(repeats), key=lambda pair: (*_completeness(pair[1].image), pair[0]))[1]
        check_stack(chosen.image, value)
        return _mark(value, chosen, candidates, self.weakest_column)

    def _is_stack(self, image: Image) -> bool:
        return image.grid.shape[0] >= self.slices and image.phases >= self.phases

    def _missing(self, study: Study) -> NotAnalysable:
        expected = f"A short-axis cine stack of at least {self.slices} slices and {self.phases} phases is needed."
        stacks = [image for image in study.images if image.grid.shape[0] >= self.slices]
        if stacks:
            remedy = "Give the whole cine with all its phases, or at least end-diastole and end-systole."
        elif any(image.phases >= self.phases for image in study.images):
            remedy = "Add the series of the short-axis stack to the folder; 'marey info' lists what was read."
        else:
            remedy = "Check that the folder holds the cine series; 'marey info' lists what was read."
        return NotAnalysable(what_is_there(study.images), expected, remedy)

    def _unlike(self, best: "_Candidate") -> NotAnalysable:
        return NotAnalysable(
            f"The only stack of slices over the beat, {named(best.image)}, lies {best.angle:.0f} degrees off the usual "
            "short axis and shows no round beating cavity through its slices.",
            f"A short-axis cine stack of at least {self.slices} slices is needed.",
            "Add the series of the short-axis stack, or check the orientation in the file's header.",
        )


@dataclass(frozen=True, eq=False)
class _Candidate:
    image: Image
    score: float
    angle: float
    column: float

    @classmethod
    def of(cls, image: Image, images: Sequence[Image]) -> "_Candidate":
        planes = tuple(other.grid for other in images if other.grid.shape[0] == 1 and other.phases > 1)
        angle, column = angle_to_typical(image.grid), ventricle_column(image).clarity
        score = (
            0.35 * column
            + 0.25 * max(0.0, 1 - angle / 60)
            + 0.20 * perpendicular_to(image.grid, planes)
            + 0.15 * min(1.0, extent(image.grid) / 80)
            + 0.05 * any(word in image.name.lower() for word in SHORT_AXIS_WORDS)
        )
        return cls(image, score, angle, column)


def _completeness(image: Image) -> tuple[int, int, int]:
    """What a repeated stack is chosen by: extent to the nearest 15 mm, slices, phases."""
    return round(extent(image.grid) / 15), image.grid.shape[0], image.phases


def _mark(study: Study, chosen: _Candidate, candidates: Sequence[Image], weakest_column: float) -> Study:
    notices = list(study.notices)
    others = [image for image in candidates if image is not chosen.image]
    if others:
        text = (
            f"The exam holds {count(len(candidates), 'cine stack')}; {named(chosen.image)} with "
            f"{chosen.image.grid.shape[0]} slices and {chosen.image.phases} phases was taken as the short axis."
        )
        notices.append(Notice("several-stacks", text, serious=False))
    if chosen.column < weakest_column:
        text = (
            f"The stack taken as the short axis, {named(chosen.image)}, shows no clear round beating cavity through "
            "its slices; check on the contours that it is one."
        )
        notices.append(Notice("unclear-short-axis", text))
    marked = replace(chosen.image, view=View.SHORT_AXIS)
    images = tuple(marked if image is chosen.image else image for image in study.images)
    return replace(study, images=images, notices=tuple(notices))


__all__ = ["FindShortAxis"]
