"""Where training slices lie: short-axis stacks and long-axis planes as operators place them, and worse."""

import math

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.mr.protocol import Landmarks, Plane, Slices, plane
from marey.scan.mr.protocol.plane import moved, slices_on

FloatArray = NDArray[np.float64]
SLICES, MATRIX, PIXEL = 8, 144, 1.6
DEGREE = math.pi / 180


def covering_stack(found: Landmarks, rng: np.random.Generator) -> Grid:
    """Slices from beyond the apex into the atria, as an operator plans them."""
    thickness = rng.uniform(6, 10)
    step = thickness + (rng.uniform(0, 2) if rng.random() < 0.75 else rng.uniform(2, 4))
    where = _misplaced(plane((found.apex + found.mitral) / 2, found.axis), rng, tilt=4 * DEGREE)
    low, high = _ends(found, where)
    first = low - rng.uniform(0, 10)
    count = math.ceil((high + rng.uniform(0, 8) - first) / step) + 1
    return slices_on(where, first + step * np.arange(count, dtype=np.float64), _slices(thickness, step - thickness))


def short_axis_stack(found: Landmarks, rng: np.random.Generator) -> Grid:
    """`SLICES` neighbouring slices somewhere between beyond the apex and into the atria."""
    thickness = rng.uniform(5, 10)
    step = thickness + (rng.uniform(0, 2.5) if rng.random() < 0.75 else rng.uniform(2, 6))
    where = _misplaced(plane((found.apex + found.mitral) / 2, found.axis), rng, tilt=6 * DEGREE)
    span = step * (SLICES - 1)
    low, high = _ends(found, where)
    low, high = low - 14, high + 14
    if where.normal @ found.axis > 0:
        high += 12  # into the atria
    else:
        low -= 12
    first = rng.uniform(min(low, high - span), max(low, high - span))
    return slices_on(where, first + step * np.arange(SLICES, dtype=np.float64), _slices(thickness, step - thickness))


def long_axis_planes(found: Landmarks, rng: np.random.Generator) -> list[Grid]:
    """`SLICES` planes along the axis: 2-, 3- and 4-chamber planes, and a few turned freely about it."""
    thickness = rng.uniform(5, 9)
    sides = (found.anterior - found.inferior, found.aortic - found.mitral, found.tricuspid - found.mitral)
    grids = []
    for number in range(SLICES):
        across = sides[int(rng.integers(3))]
        if number % 4 == 3:
            across = _about(found.axis, across, rng.uniform(0, np.pi))
        planned = plane((found.apex + found.mitral) / 2 + found.axis * 12, np.cross(found.axis, across))
        where = _misplaced(planned, rng, tilt=5 * DEGREE)
        grids.append(slices_on(moved(where, np.array([0, 0, rng.normal(0, 3)])), np.zeros(1), _slices(thickness, 0)))
    return grids


def _ends(found: Landmarks, where: Plane) -> tuple[float, float]:
    """Heights of the apex and the mitral valve above a plane across the axis, mm, the lower one first."""
    upwards = float(np.sign(where.normal @ found.axis))
    low, high = sorted(upwards * float((point - where.centre) @ found.axis) for point in (found.apex, found.mitral))
    return low, high


def _slices(thickness: float, gap: float) -> Slices:
    return Slices(field_of_view=MATRIX * PIXEL, matrix=MATRIX, thickness=thickness, gap=gap)


def _misplaced(where: Plane, rng: np.random.Generator, tilt: float) -> Plane:
    """Tilted, and with the heart away from the picture's middle; turns come with augmentation."""
    slopes = np.clip(rng.standard_normal(2), -3, 3) * tilt
    normal = where.normal + math.tan(slopes[0]) * where.column + math.tan(slopes[1]) * where.row
    shift = np.array([*rng.normal(0, 12, 2), 0.0])
    shifted = moved(where, shift)
    return plane(shifted.centre, normal)


def _about(axis: FloatArray, vector: FloatArray, angle: float) -> FloatArray:
    """A vector turned about a unit axis."""
    along = axis * (axis @ vector)
    across = vector - along
    return np.asarray(along + math.cos(angle) * across + math.sin(angle) * np.cross(axis, across), np.float64)


__all__ = ["MATRIX", "PIXEL", "SLICES", "covering_stack", "long_axis_planes", "short_axis_stack"]
