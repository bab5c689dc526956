"""What an expert would draw on a scene: one structure per pixel."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from marey.anatomy import structures as names
from marey.anatomy.chambers import STRUCTURES
from marey.core import Structure
from marey.scan.scene.scene import Scene

Codes = NDArray[np.uint8]
NUMBER = {structure: number for number, structure in enumerate(STRUCTURES, start=1)}
LABELS: dict[int, Structure] = dict(enumerate(STRUCTURES, start=1))
"""Structures by the values of `label_slices`."""
_LV, _WALL = NUMBER[names.LV_CAVITY], NUMBER[names.LV_MYOCARDIUM]
_MERGED = np.arange(len(STRUCTURES) + 1).astype(np.uint8)
_MERGED[NUMBER[names.PAPILLARY_MUSCLES]] = _LV
_MERGED[NUMBER[names.MODERATOR_BAND]] = NUMBER[names.RV_CAVITY]
_BEYOND = (NUMBER[names.LA_CAVITY], NUMBER[names.LA_WALL], NUMBER[names.AORTA])
DIRECTIONS, ENOUGH = 24, 0.5


def label_slices(scene: Scene, *, short_axis: bool) -> Codes:
    """(slice, row, column) labels, keys of `LABELS`; 0 is outside.

    A pixel belongs to what fills most of its sub-slices; papillary muscles, moderator band and trabeculae count as
    cavity. At the base of a short-axis stack a slice counts as left ventricle when muscle surrounds at least half of
    it, and then the cavity's whole outline is drawn (the usual reading rule).

    Args:
        scene: of one time.
        short_axis: whether the slices are read by that rule.
    """
    merged = _MERGED[scene.structure]
    most = np.zeros((merged.shape[0], *merged.shape[2:]), np.uint8)
    labels = np.zeros_like(most)
    for number in np.unique(merged):
        # a tie goes to the heart
        share = 2 * (merged == number).sum(axis=1) - (number == 0)
        more = share > most
        labels[more], most[more] = number, share[more]
    if short_axis:
        for picture, centre in zip(labels, _axis_crossings(scene), strict=True):
            _read_base(picture, centre)
    return labels


def _read_base(picture: Codes, centre: NDArray[np.float64]) -> None:
    left = np.isin(picture, (_LV, _WALL))
    if not _muscle_surrounds(picture, centre):
        picture[left] = 0
        return
    beyond = np.isin(picture, _BEYOND)
    if beyond.any():
        picture[beyond & _hull(left)] = _LV


def _muscle_surrounds(picture: Codes, centre: NDArray[np.float64]) -> bool:
    """Whether LV muscle is met in at least half of all directions from a row and column."""
    around = np.argwhere(picture == _WALL) - centre
    angle = np.arctan2(around[:, 0], around[:, 1])
    return bool((np.histogram(angle, DIRECTIONS, (-np.pi, np.pi))[0] > 0).mean() >= ENOUGH)


def _axis_crossings(scene: Scene) -> NDArray[np.float64]:
    """(slice, 2) row and column at which the LV's long axis meets each slice; within the LV for planes along it."""
    grid = scene.grid
    apex, base = ((end - grid.affine[:3, 3]) @ grid.directions for end in scene.axis)
    rise = base[0] - apex[0]
    steep = abs(rise) > 0.1 * float(np.linalg.norm(base - apex))
    share = (grid.slice_positions - apex[0]) / rise if steep else np.full(grid.shape[0], 0.5)
    place = apex[1:] + share[:, None] * (base - apex)[1:]
    return np.asarray(place / grid.spacing[1:], np.float64)


def _hull(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels within the smallest convex outline of a mask; the mask itself where it is a line."""
    points = np.argwhere(mask)
    try:
        equations = ConvexHull(points).equations
    except QhullError:
        return mask
    every = np.indices(mask.shape).reshape(2, -1)
    inside = np.all(equations[:, :2] @ every + equations[:, 2:] <= 1e-9, axis=0)
    return np.asarray(inside.reshape(mask.shape), np.bool_)


__all__ = ["LABELS", "label_slices"]
