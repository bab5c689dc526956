"""The best guess at every view before anything is segmented."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import View
from marey.anatomy.axes import TYPICAL_BASE, TYPICAL_SEPTAL, HeartAxes
from marey.core import Image, NotAnalysable, Notice, Study
from marey.detect._evidence import angle_between, ventricle_column
from marey.detect.long_axis import FindLongAxes
from marey.detect.short_axis import FindShortAxis

TYPICAL_RADIUS, TYPICAL_HALF_LENGTH = 35.0, 40.0  # mm, of an adult LV at end-diastole, wall included
GUESS = FindLongAxes(
    largest_tilt=15.0, smallest_rv_share=0.002
)  # where the heart lies along its axis is not known well
LARGEST_LEAN = 45.0  # degrees between a heart's long axis and the usual one


def classify(study: Study) -> Study:
    """Names the view of every cine from geometry and pixels alone; never raises.

    The long axis is taken from the short-axis stack (the line through its round beating cavities), without one from
    the line that most of the single-slice planes share, without that from the usual pose of a heart. Around it a
    heart of usual size and direction is assumed and the planes are named as in `FindLongAxes`. The result is good for
    showing what is there; before measuring, `FindLongAxes` names the views from the labels.
    """
    try:
        study = FindShortAxis()(study)
    except NotAnalysable:
        text = "No short-axis cine stack was found; the views are named by the usual pose of a heart and may be wrong."
        study = replace(study, notices=(*study.notices, Notice("views-guessed", text)))
    stack = next(iter(study.of_view(View.SHORT_AXIS)), None)
    axes = _heart_of_stack(stack) if stack is not None else _heart_of_planes(study.images)
    return replace(study, images=tuple(_guess(image, axes, alone=stack is None) for image in study.images))


def _guess(image: Image, axes: HeartAxes, *, alone: bool) -> Image:
    if image.view == View.SHORT_AXIS:
        return image
    if alone and angle_between(image.grid.normal, axes.base) < 30.0:
        return replace(image, view=View.SHORT_AXIS)
    return replace(image, view=GUESS.view(image, axes))


def _heart_of_stack(stack: Image) -> HeartAxes:
    normal = stack.grid.normal * (1 if stack.grid.normal @ np.array(TYPICAL_BASE) > 0 else -1)
    points = ventricle_column(stack).points
    if len(points) < 4:
        return typical_heart(points.mean(axis=0) if len(points) else stack.grid.centre, normal)
    offsets = points - points.mean(axis=0)
    line = (offsets @ normal) @ offsets
    line = line / np.linalg.norm(line)
    return typical_heart(points.mean(axis=0), line if angle_between(line, normal) < 30 else normal)


def _heart_of_planes(images: Sequence[Image]) -> HeartAxes:
    """A usual heart on the line that most planes share and that lies most as usual; on the first plane if none.

    A plane shares a line that it misses by less than a third of the LV's radius.
    """
    planes = [image.grid for image in images if image.phases > 1]
    if not planes:
        return typical_heart(np.zeros(3), np.array(TYPICAL_BASE))
    centre = np.mean([plane.centre for plane in planes], axis=0)
    best, support = typical_heart(planes[0].centre, np.array(TYPICAL_BASE)), 0.0
    for first, second in combinations(planes, 2):
        direction = np.cross(first.normal, second.normal)
        if np.linalg.norm(direction) < 0.4 or angle_between(direction, np.array(TYPICAL_BASE)) > LARGEST_LEAN:
            continue
        normals = np.stack([first.normal, second.normal])
        heights = [first.normal @ (first.centre - centre), second.normal @ (second.centre - centre)]
        heart = typical_heart(centre + np.linalg.lstsq(normals, np.array(heights), rcond=None)[0], direction)
        misses = [_miss(plane.normal, plane.centre, heart) / (TYPICAL_RADIUS / 3) for plane in planes]
        agreeing = sum(max(0.0, 1 - miss) for miss in misses)
        agreeing *= 1 - angle_between(direction, np.array(TYPICAL_BASE)) / 90
        if agreeing > support:
            best, support = heart, float(agreeing)
    return best


def _miss(normal: NDArray[np.float64], point: NDArray[np.float64], heart: HeartAxes) -> float:
    ends = [heart.lv_centre + along * heart.base for along in (heart.apex_position, heart.base_position)]
    return float(np.mean([abs(normal @ (end - point)) for end in ends]))


def typical_heart(centre: NDArray[np.float64], axis: NDArray[np.float64]) -> HeartAxes:
    """A heart of usual size around a given LV centre and long axis (of any sign and length), otherwise lying as usual.

    LV and RV are balls of points; the RV's middle lies 1.4 LV radii to the septal side.
    """
    base = axis / np.linalg.norm(axis) * (1 if axis @ np.array(TYPICAL_BASE) >= 0 else -1)
    septal = np.array(TYPICAL_SEPTAL) - (np.array(TYPICAL_SEPTAL) @ base) * base
    septal = septal / np.linalg.norm(septal)
    steps = np.linspace(-1, 1, 9)
    ball = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    ball = ball[np.linalg.norm(ball, axis=1) <= 1] * TYPICAL_RADIUS
    return HeartAxes(
        base, septal, np.cross(base, septal), centre, centre + ball, centre + 1.4 * TYPICAL_RADIUS * septal + ball,
        -TYPICAL_HALF_LENGTH, TYPICAL_HALF_LENGTH, TYPICAL_RADIUS,
    )  # fmt: skip


__all__ = ["classify", "typical_heart"]
