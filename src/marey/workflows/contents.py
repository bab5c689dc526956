"""What is in an exam, before anything is measured: the views, their geometry, and what can be made of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from marey.anatomy import View
from marey.core import Image, NotAnalysable
from marey.workflows.output_folder import without_results


@dataclass(frozen=True)
class Stack:
    """One cine of an exam.

    Args:
        view: a `marey.anatomy.View` value.
        name: what the scanner called it.
        slices, phases: how many.
        rows, columns: pixels of a slice.
        pixel_spacing: mm, (down a column, along a row).
        slice_step: mm from slice to slice, mean; None with one slice.
        rr_interval: ms; None when unknown.
    """

    view: str
    name: str
    slices: int
    phases: int
    rows: int
    columns: int
    pixel_spacing: tuple[float, float]
    slice_step: float | None
    rr_interval: float | None


@dataclass(frozen=True)
class Contents:
    """What an exam holds.

    Args:
        stacks: every cine, in the order they were read.
        analysable: whether `marey analyze` can measure the ventricles.
        verdict: the sentence that says so or why not.
        notices: what the reader noticed, one sentence each.
        digest: SHA-256 of the input.
    """

    stacks: tuple[Stack, ...]
    analysable: bool
    verdict: str
    notices: tuple[str, ...]
    digest: str


def look(paths: Sequence[Path], *, progress: Callable[[float, str], None] | None = None) -> Contents:
    """Read an exam, find its views, and say whether the ventricles can be measured.

    Raises:
        UnreadableFile, InvalidInput, NotAnalysable: the exam cannot be read as one patient's images.
    """
    from marey.detect.classify import classify
    from marey.detect.short_axis import FindShortAxis
    from marey.io.read import read_study

    study = read_study(without_results(paths), progress)
    verdict, analysable = "The short-axis stack can be measured with marey analyze.", True
    try:
        FindShortAxis()(study)
    except NotAnalysable as error:
        verdict, analysable = str(error), False
    study = classify(study)
    notices = tuple(notice.text for notice in study.notices)
    return Contents(tuple(_stack(image) for image in study.images), analysable, verdict, notices, study.digest)


def _stack(image: Image) -> Stack:
    z, rows, columns = image.grid.shape
    step, *pixel = (round(spacing, 4) for spacing in image.grid.spacing)
    rr = image.rr_interval
    return Stack(
        image.view or View.OTHER.value, image.name, z, image.phases, rows, columns, (pixel[0], pixel[1]),
        step if z > 1 else None, None if math.isnan(rr) else round(rr, 1),
    )  # fmt: skip


__all__ = ["Contents", "Stack", "look"]
