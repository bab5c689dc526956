"""The stumps of the great vessels: tubes from a valve or an atrium's wall to an end that stays where it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers.surfaces import ring_stack
from marey.anatomy.chambers.valves import SECTORS
from marey.core import Mesh

FloatArray = NDArray[np.float64]
LEVELS = 14
ALONG = np.linspace(0.0, 1.0, LEVELS)


@dataclass(frozen=True, eq=False)
class End:
    """One end of a tube.

    Args:
        centre: (3,) mm.
        direction: (3,) unit, along the tube from its near to its far end.
        radius: mm.
    """

    centre: FloatArray
    direction: FloatArray
    radius: float


def tube(near: End, far: End, ring: FloatArray, widening: FloatArray | float = 0.0) -> Mesh:
    """A closed tube along a cubic from a ring to a circle.

    Args:
        near, far: its ends.
        ring: (SECTORS, 3) mm, the near end's outline, counter-clockwise seen from the far end.
        widening: mm that is added to the radius at the levels between.
    """
    centre, direction = _cubic(near, far)
    first = ring[0] - near.centre
    turn = 2 * np.pi * np.arange(SECTORS) / SECTORS
    radius = near.radius + (far.radius - near.radius) * _smoothstep(ALONG / 0.6) + widening
    circle = np.empty((LEVELS, SECTORS, 3))
    for level in range(LEVELS):
        first = first - (first @ direction[level]) * direction[level]
        first = first / np.linalg.norm(first)
        second = np.cross(direction[level], first)
        circle[level] = radius[level] * (np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second)
    share = (1 - _smoothstep(ALONG / 0.35))[:, None, None]
    circle = share * (ring - near.centre) + (1 - share) * circle
    return ring_stack(centre[:, None] + circle, centre[0], centre[-1])


def column(start: FloatArray, stop: FloatArray, axis: FloatArray, radius: FloatArray) -> Mesh:
    """A closed straight column from start to stop (3,) through discs across `axis` (3,); it cannot meet itself.

    Args:
        start, stop: mm; ``(stop - start) @ axis`` is positive.
        axis: unit.
        radius: (levels,) mm of the discs, which lie evenly spaced.
    """
    first = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    first /= np.linalg.norm(first)
    turn = 2 * np.pi * np.arange(SECTORS) / SECTORS
    circle = np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * np.cross(axis, first)
    centre = start + np.linspace(0.0, 1.0, len(radius))[:, None] * (stop - start)
    return ring_stack(centre[:, None] + radius[:, None, None] * circle, centre[0], centre[-1])


def sinuses(radius: float, root: float, length: float) -> FloatArray:
    """(LEVELS,) mm by which the aorta is wider than `radius` at its root, whose radius is `root`; it is `length` mm."""
    where = np.clip(ALONG * length / (2.0 * root), 0.0, 1.0)
    bulge: FloatArray = (root - radius) * np.sin(np.pi * where) ** 2
    return bulge


def _cubic(near: End, far: End) -> tuple[FloatArray, FloatArray]:
    """Hermite's cubic: (LEVELS, 3) places and unit directions."""
    length = np.linalg.norm(far.centre - near.centre)
    t = ALONG[:, None]
    places = (
        (2 * t**3 - 3 * t**2 + 1) * near.centre
        + (t**3 - 2 * t**2 + t) * length * near.direction
        + (3 * t**2 - 2 * t**3) * far.centre
        + (t**3 - t**2) * length * far.direction
    )
    slope = (
        (6 * t**2 - 6 * t) * (near.centre - far.centre)
        + (3 * t**2 - 4 * t + 1) * length * near.direction
        + (3 * t**2 - 2 * t) * length * far.direction
    )
    return places, slope / np.linalg.norm(slope, axis=-1, keepdims=True)


def _smoothstep(x: FloatArray) -> FloatArray:
    inside = np.clip(x, 0.0, 1.0)
    step: FloatArray = inside * inside * (3 - 2 * inside)
    return step


__all__ = ["End", "column", "sinuses", "tube"]
