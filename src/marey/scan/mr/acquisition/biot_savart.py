"""Magnetic field and vector potential of wire loops, by the closed forms for straight segments.

For a segment from a to b that carries the current I, with r1 = p - a, r2 = p - b and lengths r1, r2, L (textbook)::

    B = mu0 I / (4 pi)  (r1 x r2) (r1 + r2) / (r1 r2 (r1 r2 + r1 . r2))
    A = mu0 I / (4 pi)  (b - a) / L  ln((r1 + r2 + L) / (r1 + r2 - L))
"""

import math

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit

Array = NDArray[np.float64]

MU0_BY_4PI = 1e-7
"""T m/A (textbook value, 1e-10 off since 2019)."""
WIRE_RADIUS = 6.0
"""Half the width of the copper strips, mm (textbook value); within it the field does not grow any more."""


def magnetic_field(loop: Array, points: Array, wire_radius: float = WIRE_RADIUS) -> Array:
    """Field of a loop that carries 1 A.

    Args:
        loop: ``(segment, 3)`` corners in mm, the last joined to the first.
        points: ``(..., 3)`` mm.
        wire_radius: mm; the field is finite at the wire.

    Returns:
        ``(..., 3)`` tesla.
    """
    flat = np.ascontiguousarray(points.reshape(-1, 3), np.float64)
    field = _segments(np.ascontiguousarray(loop, np.float64), flat, wire_radius)
    return np.asarray(MU0_BY_4PI * 1e3 * field.reshape(points.shape), np.float64)


@fast_jit
def _segments(loop: Array, points: Array, wire_radius: float) -> Array:
    """(point, 3) sum over all segments of the closed form, 1/mm."""
    field = np.zeros_like(points)
    for i in range(len(points)):
        for segment in range(len(loop)):
            a, b = loop[segment - 1], loop[segment]
            ux, uy, uz = points[i, 0] - a[0], points[i, 1] - a[1], points[i, 2] - a[2]
            vx, vy, vz = points[i, 0] - b[0], points[i, 1] - b[1], points[i, 2] - b[2]
            u = math.sqrt(ux * ux + uy * uy + uz * uz + wire_radius**2)
            v = math.sqrt(vx * vx + vy * vy + vz * vz + wire_radius**2)
            weight = (u + v) / (u * v * (u * v + ux * vx + uy * vy + uz * vz))
            field[i, 0] += weight * (uy * vz - uz * vy)
            field[i, 1] += weight * (uz * vx - ux * vz)
            field[i, 2] += weight * (ux * vy - uy * vx)
    return field


def vector_potential(loop: Array, points: Array, wire_radius: float = WIRE_RADIUS) -> Array:
    """Vector potential of a loop that carries 1 A; arguments as `magnetic_field`.

    Returns:
        ``(..., 3)`` tesla metre.
    """
    to_points = points[..., None, :] - loop
    distance = np.sqrt((to_points**2).sum(-1) + wire_radius**2)
    around = distance + np.roll(distance, -1, -1)
    segments = np.roll(loop, -1, 0) - loop
    length = np.linalg.norm(segments, axis=1)
    logarithm = np.log((around + length) / (around - length))
    return np.asarray(MU0_BY_4PI * np.einsum("...s,si->...i", logarithm, segments / length[:, None]), np.float64)


def circle(centre: Array, normal: Array, radius: float, segments: int = 24) -> Array:
    """``(segment, 3)`` corners of a polygon of a circle's area, counter-clockwise about its normal."""
    normal = normal / np.linalg.norm(normal)
    first = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal))])
    first /= np.linalg.norm(first)
    angle = 2 * np.pi * (np.arange(segments) + 0.5) / segments
    outer = radius * np.sqrt(2 * np.pi / segments / np.sin(2 * np.pi / segments))
    ring = np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * np.cross(normal, first)
    return np.asarray(centre + outer * ring, np.float64)


__all__ = ["MU0_BY_4PI", "WIRE_RADIUS", "circle", "magnetic_field", "vector_potential"]
