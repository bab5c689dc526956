"""The heart's own directions, found from labelled short-axis slices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.structures import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.volumes import slice_areas
from marey.core import Labels, NotAnalysable, Structure

TYPICAL_BASE = (-0.52, 0.43, 0.74)
"""From apex to base in LPS, unit vector (rightwards, backwards, upwards) of a person lying on the back."""

TYPICAL_SEPTAL = (-0.80, -0.54, -0.25)
"""From the LV to the RV in LPS, unit vector, perpendicular to `TYPICAL_BASE`."""


@dataclass(frozen=True, eq=False)
class HeartAxes:
    """Directions of one heart in the patient, unit vectors in LPS, right-handed in the order base, septal, anterior.

    Args:
        base: (3,) along the LV's long axis from apex to base.
        septal: (3,) perpendicular to `base`, from the LV towards the RV.
        anterior: (3,) ``base x septal``, towards the anterior wall.
        lv_centre: (3,) mm, middle of the LV (cavity and wall).
        lv_points: (n, 3) mm, voxels of the LV, thinned to some thousand.
        rv_points: (n, 3) mm, voxels of the RV cavity, thinned likewise; empty when none is labelled.
        apex_position, base_position: mm along `base` from `lv_centre` of the outermost LV slices.
        radius: mm, of the circle with the largest LV slice's area (wall included).
    """

    base: NDArray[np.float64]
    septal: NDArray[np.float64]
    anterior: NDArray[np.float64]
    lv_centre: NDArray[np.float64]
    lv_points: NDArray[np.float64]
    rv_points: NDArray[np.float64]
    apex_position: float
    base_position: float
    radius: float


def heart_axes(labels: Labels, phase: int) -> HeartAxes:
    """The heart's directions from the labels of one phase, best end-diastole.

    The long axis is the line through the LV's centroids, slice by slice (weighted by area). With fewer than four LV
    slices the normal of the slices stands for it, as do lines that lie more than 40 degrees off it.

    Raises:
        NotAnalysable: no LV is labelled at this phase.
    """
    labels, phase = at_phase(labels, phase), 0
    lv = labels.mask(LV_CAVITY, LV_MYOCARDIUM)[phase]
    areas = lv.sum(axis=(1, 2)) * labels.grid.pixel_area
    rows = np.flatnonzero(areas)
    if rows.size == 0:
        raise NotAnalysable(
            "No left ventricle was found in the short-axis slices.",
            "At least one slice through the left ventricle is needed.",
            "Check that the stack is a short-axis cine of the heart.",
        )
    centroids = slice_centroids(labels, lv)[rows]
    weights = areas[rows] / areas.sum()
    lv_centre = weights @ centroids
    normal = labels.grid.normal * base_end(labels, phase)
    base = _axis_line(centroids, weights, normal)
    septal = _perpendicular(_septal_direction(labels, phase, centroids, rows, base), base)
    along = (centroids - lv_centre) @ base
    radius = float(np.sqrt(areas.max() / np.pi))
    anterior = np.cross(base, septal)
    points = (_points(labels, lv), _points(labels, labels.mask(RV_CAVITY)[phase]))
    return HeartAxes(base, septal, anterior, lv_centre, *points, float(along.min()), float(along.max()), radius)


def base_end(labels: Labels, phase: int) -> int:
    """+1 when the last slice lies on the side of the base, -1 when on the side of the apex.

    Decided by three signs that grow from apex to base over the slices with LV: the area of the LV, the area of the
    RV, and the share of cavity in the LV; when they disagree, by the way a heart usually lies in the patient.
    """
    labels, phase = at_phase(labels, phase), 0
    cavity = slice_areas(labels, LV_CAVITY)[phase]
    wall = slice_areas(labels, LV_MYOCARDIUM)[phase]
    right = slice_areas(labels, RV_CAVITY)[phase]
    rows = np.flatnonzero(cavity + wall)
    positions = labels.grid.slice_positions[rows]
    lv = (cavity + wall)[rows]
    signs = [_trend(positions, values) for values in (lv, right[rows], cavity[rows] / np.maximum(lv, 1e-9))]
    vote = float(np.sum(signs))
    if abs(vote) < 0.5:
        vote = float(labels.grid.normal @ np.array(TYPICAL_BASE))
    return 1 if vote >= 0 else -1


def at_phase(labels: Labels, phase: int) -> Labels:
    """The labels of one phase alone (without probability)."""
    return Labels(labels.values[phase : phase + 1], labels.grid, labels.times[phase : phase + 1], labels.structures)


def slice_centroids(labels: Labels, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """LPS mm of the centroid of a ``(z, y, x)`` mask in each slice, ``(z, 3)``; NaN where it is empty."""
    count = mask.sum(axis=(1, 2)).astype(float)
    count[count == 0] = np.nan
    y = mask.sum(axis=2) @ np.arange(mask.shape[1]) / count
    x = mask.sum(axis=1) @ np.arange(mask.shape[2]) / count
    return labels.grid.world(np.stack([np.arange(mask.shape[0]), y, x], axis=-1))


def _trend(positions: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Correlation of values with positions, -1 to 1; 0 when there is nothing to correlate."""
    if positions.size < 2 or np.ptp(values) == 0:
        return 0.0
    return float(np.corrcoef(positions, values)[0, 1])


def _axis_line(
    centroids: NDArray[np.float64], weights: NDArray[np.float64], normal: NDArray[np.float64]
) -> NDArray[np.float64]:
    if len(centroids) < 4:
        return normal
    offsets = centroids - weights @ centroids
    heights = offsets @ normal
    line = (weights * heights) @ offsets
    line = line / np.linalg.norm(line)
    return line if line @ normal > np.cos(np.radians(40)) else normal


def _points(labels: Labels, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    index = np.argwhere(mask)
    return labels.grid.world(index[:: max(1, len(index) // 3000)])


def _septal_direction(
    labels: Labels, phase: int, lv_centroids: NDArray[np.float64], rows: NDArray[np.intp], base: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean over the slices of the unit vector from the LV's to the RV's centroid, weighted by the RV's area."""
    rv = labels.mask(RV_CAVITY)[phase]
    areas = rv.sum(axis=(1, 2))[rows].astype(float)
    both = areas > 0
    if not both.any():
        return np.array(TYPICAL_SEPTAL)
    steps = (slice_centroids(labels, rv)[rows] - lv_centroids)[both]
    steps = steps - np.outer(steps @ base, base)
    steps = steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-9)
    direction: NDArray[np.float64] = areas[both] @ steps
    return direction


def _perpendicular(vector: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of `vector` perpendicular to `axis`, as a unit vector; any perpendicular when there is none."""
    rest = vector - (vector @ axis) * axis
    if np.linalg.norm(rest) < 1e-6:
        rest = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    unit: NDArray[np.float64] = rest / np.linalg.norm(rest)
    return unit


def box_around(labels: Labels, *structures: Structure, margin: float) -> tuple[slice, slice]:
    """Rows and columns that hold structures at every phase, and `margin` mm around them.

    Raises:
        NotAnalysable: none of them is labelled.
    """
    seen: NDArray[np.bool_] = np.asarray(labels.mask(*structures).any(axis=(0, 1)))
    if not seen.any():
        raise NotAnalysable(
            f"Nothing is labelled as {' or '.join(structure.name for structure in structures)}.",
            "A box needs something to lie around.",
            "Check that the stack is a short-axis cine of the heart.",
        )
    sides = []
    for axis in (0, 1):
        found = np.flatnonzero(seen.any(axis=1 - axis))
        pixels = int(np.ceil(margin / labels.grid.spacing[1 + axis]))
        sides.append(slice(max(int(found[0]) - pixels, 0), min(int(found[-1]) + pixels + 1, seen.shape[axis])))
    return sides[0], sides[1]


__all__ = ["TYPICAL_BASE", "TYPICAL_SEPTAL", "HeartAxes", "at_phase", "base_end", "box_around", "heart_axes"]
