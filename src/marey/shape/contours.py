"""Points on the outlines of labels, in the patient, with the side on which the muscle lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from marey.anatomy.structures import LA_CAVITY, LV_CAVITY, LV_MYOCARDIUM, RA_CAVITY, RV_CAVITY
from marey.core import Labels
from marey.shape.samples import Surface

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
BLUR = 0.7  # pixels: takes the stairs off a mask, little against its curvature
BESIDE = 2  # pixels across an outline at which the neighbour is looked up
MARGIN = 5  # pixels around the labels


@dataclass(frozen=True, eq=False)
class Contours:
    """Outline points of one phase.

    Args:
        points: (c, 3) mm LPS.
        normals: (c, 3) unit vectors in the slice, out of the muscle (up from the ventricle at the mitral plane).
        surface: (c,) `Surface`.
        plane: (c,) number of the slice, counted over all stacks.
    """

    points: FloatArray
    normals: FloatArray
    surface: IntArray
    plane: IntArray


def find_contours(stacks: Sequence[Labels], phase: int, spacing: float) -> Contours:
    """Outline points of one phase, thinned to about one every `spacing` mm.

    The left ventricle's endocardium is where its cavity meets muscle; its epicardium where its muscle meets neither
    cavity nor the right ventricle; the right ventricle's endocardium all around its cavity but for the atrium; the
    mitral plane where left ventricle and left atrium meet (long axes).

    Args:
        stacks: the short axis first; then long axes, of the same phases.
        phase: its number.
        spacing: mm.
    """
    found, first = [], 0
    for labels in stacks:
        for row in range(labels.grid.shape[0]):
            found += _of_slice(labels, phase, row, first + row, spacing)
        first += labels.grid.shape[0]
    if not found:
        return Contours(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int64), np.zeros(0, np.int64))
    points, normals, surface, plane = (np.concatenate(column) for column in zip(*found, strict=True))
    return Contours(points, normals, surface, plane)


Part = tuple[FloatArray, FloatArray, IntArray, IntArray]


def _of_slice(labels: Labels, phase: int, row: int, plane: int, spacing: float) -> list[Part]:
    of = {structure: key for key, structure in labels.structures.items()}
    picture, origin = _window(labels.values[phase, row])
    if picture is None:
        return []

    def mask(*structures: object) -> BoolArray:
        return np.isin(picture, [key for structure, key in of.items() if structure in structures])

    cavity, wall, right = mask(LV_CAVITY), mask(LV_MYOCARDIUM), mask(RV_CAVITY)
    left_atrium, atria = mask(LA_CAVITY), mask(LA_CAVITY, RA_CAVITY)
    # outline of what, where its outside is (not) what, and whether its outside is muscle
    wanted = (
        (Surface.LV_ENDOCARDIUM, cavity, wall, True),
        (Surface.LV_EPICARDIUM, cavity | wall, ~(right | atria), False),
        (Surface.RV_ENDOCARDIUM, right, ~atria, True),
        (Surface.MITRAL_PLANE, cavity, left_atrium, False),
    )
    parts = []
    for surface, inside, outside, muscle_outside in wanted:
        if inside.any() and (surface != Surface.LV_EPICARDIUM or wall.any()):
            at, outward = _outline(inside)
            beside = tuple(np.clip(np.round(at + BESIDE * outward).astype(int), 0, np.array(inside.shape) - 1).T)
            within = tuple(np.clip(np.round(at - outward).astype(int), 0, np.array(inside.shape) - 1).T)
            kept = outside[beside] & (wall[within] if surface == Surface.LV_EPICARDIUM else inside[within])
            parts.append(_in_patient(labels, row, at[kept] + origin, outward[kept], (surface, plane), spacing))
            if muscle_outside:
                parts[-1] = (parts[-1][0], -parts[-1][1], *parts[-1][2:])
    return parts


def _window(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8] | None, IntArray]:
    """The part with labels, and where it begins; at the picture's rim labels go on beyond, so no outline there."""
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    if rows.size == 0:
        return None, np.zeros(2, np.int64)
    top, left = max(rows[0] - MARGIN, 0), max(columns[0] - MARGIN, 0)
    return picture[top : rows[-1] + MARGIN + 1, left : columns[-1] + MARGIN + 1], np.array([top, left])


def _outline(mask: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Where the slightly blurred mask crosses one half between neighbours: (c, 2) pixels; and outward unit normals."""
    soft: FloatArray = gaussian_filter(mask.astype(np.float64), BLUR, mode="nearest")
    slope = np.stack([np.gradient(soft, axis=axis) for axis in range(2)], axis=-1)
    at, outward = [], []
    for axis in range(2):
        before = soft[:-1] if axis == 0 else soft[:, :-1]
        after = soft[1:] if axis == 0 else soft[:, 1:]
        index = np.argwhere((before > 0.5) != (after > 0.5))
        low, high = before[tuple(index.T)], after[tuple(index.T)]
        share = ((0.5 - low) / (high - low))[:, None]
        step = np.eye(2, dtype=int)[axis]
        at.append(index + share * step)
        outward.append(-((1 - share) * slope[tuple(index.T)] + share * slope[tuple((index + step).T)]))
    normals = np.concatenate(outward)
    return np.concatenate(at), normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def _in_patient(  # noqa: PLR0917
    labels: Labels, row: int, at: FloatArray, outward: FloatArray, of: tuple[Surface, int], spacing: float
) -> Part:
    """Thinned points of one outline with world places and normals."""
    steps = np.array(labels.grid.spacing[1:])
    if len(at):
        centre = at.mean(axis=0)
        order = np.argsort(np.arctan2(*((at - centre).T)))
        radius = np.linalg.norm((at - centre) * steps, axis=1).mean()
        count = max(round(2 * np.pi * radius / spacing), 8)
        order = order[:: max(len(order) // count, 1)]
        at, outward = at[order], outward[order]
    points = labels.grid.world(np.concatenate([np.full((len(at), 1), float(row)), at], axis=1))
    normals = (outward / steps) @ labels.grid.directions[:, 1:].T
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    surface, plane = of
    return points, normals, np.full(len(at), int(surface)), np.full(len(at), plane)


__all__ = ["Contours", "find_contours"]
