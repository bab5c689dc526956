"""A bounded volume conductor on voxels, and what a unit current through it does.

Finite volumes with a cut-cell boundary: a face between two cells carries ``sigma * area / h``, where the area is the
part of the face inside the body. No current leaves through the skin. Solved by conjugate gradients with an aggregation
multigrid cycle as preconditioner (method: Trottenberg, Oosterlee and Schueller 2001, Multigrid).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, MareyError
from marey.simulate.ecg._multigrid import Level, apply, coarser, level, prolong_add, restrict, smooth

FloatArray = NDArray[np.float64]

TOLERANCE = 1e-8
"""Relative residual at which a solution is taken."""

ITERATIONS = 200
LEVELS = 3
COARSE_SWEEPS = 10


class NotSolved(MareyError, ArithmeticError):
    """A linear solve that did not reach its tolerance."""


@dataclass(frozen=True, eq=False)
class Conductor:
    """A body on a grid of cubes.

    Args:
        level: conductances (z, y, x) in mS across the faces towards higher z, y, x; 0 outside the body.
        spacing: mm.
        origin: (3,) mm, (x, y, z) of the first cell's centre.
    """

    level: Level
    spacing: float
    origin: FloatArray


def voxel_conductor(conductivity: FloatArray, distance: FloatArray, spacing: float, origin: FloatArray) -> Conductor:
    """A body from its tissues.

    Args:
        conductivity: (z, y, x) mS/mm (the same number as S/m), positive everywhere, also beyond the skin.
        distance: (z, y, x) mm to the skin at the centres of the cells, negative inside.
        spacing: mm.
        origin: (3,) mm, (x, y, z) of the first cell's centre.

    Raises:
        InvalidInput: conductivities that are not positive, shapes that differ, no room around the body.
    """
    if conductivity.shape != distance.shape or not (conductivity > 0).all():
        raise InvalidInput(
            f"The conductivities {conductivity.shape} and distances {distance.shape} do not fit, or are not positive.",
            "Two arrays of one shape are needed, and every conductivity above 0 mS/mm.",
            "Give low-conducting tissue a small conductivity rather than 0.",
        )
    inside = distance < spacing
    if any(inside.take(end, axis).any() for axis in range(3) for end in (0, -1)):
        raise InvalidInput(
            "The body touches the border of its grid.", "A layer of cells around it is needed.", "Enlarge the grid."
        )
    pad = [(0, -size % 2**LEVELS) for size in conductivity.shape]
    sigma, far = np.pad(conductivity, pad, mode="edge"), np.pad(distance, pad, constant_values=10 * spacing)
    cz, cy, cx = (_face_conductances(sigma, far, spacing, axis) for axis in range(3))
    return Conductor(level((cz, cy, cx)), spacing, np.asarray(origin, np.float64))


def _face_conductances(sigma: FloatArray, distance: FloatArray, spacing: float, axis: int) -> FloatArray:
    """Harmonic mean of the two conductivities, times the part of the face that lies inside."""
    here, there = [slice(None)] * 3, [slice(None)] * 3
    here[axis], there[axis] = slice(0, -1), slice(1, None)
    a, b = tuple(here), tuple(there)
    out = np.zeros_like(sigma)
    open_part = np.clip(0.5 - (distance[a] + distance[b]) / (2 * spacing), 0.0, 1.0)
    out[a] = 2 * sigma[a] * sigma[b] / (sigma[a] + sigma[b]) * open_part * spacing
    return out


def reciprocal_potential(body: Conductor, source: FloatArray, sink: FloatArray) -> FloatArray:
    """Potential of a unit current (1 uA) that enters at one point and leaves at another: (z, y, x) mV.

    By reciprocity its gradient is the lead field between the two points (Helmholtz; McFee and Johnston 1953).

    Raises:
        InvalidInput: a point that is not on or in the body.
        NotSolved: the iteration does not reach its tolerance.
    """
    current = _point_source(body, source) - _point_source(body, sink)
    return _solve(body.level, current)


def _point_source(body: Conductor, point: FloatArray) -> FloatArray:
    """A unit current shared by the cells around a point that belong to the body, by trilinear weights."""
    position = (np.asarray(point) - body.origin)[::-1] / body.spacing
    first = np.floor(position).astype(int)
    shape = body.level.total.shape
    if (first < 0).any() or (first + 2 > shape).any():
        raise _outside(point)
    corner = position - first
    weights = np.ones((2, 2, 2))
    for axis in range(3):
        pair = np.array([1 - corner[axis], corner[axis]])
        weights = weights * pair.reshape([2 if a == axis else 1 for a in range(3)])
    block = tuple(slice(int(f), int(f) + 2) for f in first)
    weights = weights * (body.level.total[block] > 0)
    if weights.sum() <= 0:
        raise _outside(point)
    out = np.zeros(shape)
    out[block] = weights / weights.sum()
    return out


def _outside(point: FloatArray) -> InvalidInput:
    return InvalidInput(
        f"The point {np.round(point, 1).tolist()} mm lies outside the body.",
        "An electrode must lie on or in the conductor.",
        "Check its position, and that it is given in the conductor's frame.",
    )


def _solve(finest: Level, current: FloatArray) -> FloatArray:
    """Conjugate gradients on the consistent singular system; the mean over the body is set to 0."""
    levels = [finest]
    for _ in range(LEVELS):
        levels.append(coarser(levels[-1]))
    u = np.zeros_like(current)
    residual, step, before = current.copy(), np.zeros_like(current), 1.0
    goal = TOLERANCE * float(np.linalg.norm(current))
    for _ in range(ITERATIONS):
        improved = _cycle(levels, residual)
        now = float(np.vdot(residual, improved))
        step = improved + (now / before) * step
        flow = apply(finest, step)
        length = now / float(np.vdot(step, flow))
        u += length * step
        residual -= length * flow
        before = now
        if float(np.linalg.norm(residual)) <= goal:
            body = finest.total > 0
            return np.where(body, u - u[body].mean(), 0.0)
    raise NotSolved(
        f"The potential in the volume conductor was not found within {ITERATIONS} iterations.",
        f"A relative residual of {TOLERANCE} is needed.",
        "Check for tissue of extreme conductivity or parts of the body that do not touch.",
    )


def _cycle(levels: list[Level], right: FloatArray) -> FloatArray:
    """A symmetric V-cycle from zero."""
    grid = levels[0]
    u = np.zeros_like(right)
    for _ in range(1 if len(levels) > 1 else COARSE_SWEEPS):
        smooth(grid, u, right, reverse=False)
        if len(levels) > 1:
            prolong_add(u, _cycle(levels[1:], restrict(right - apply(grid, u))))
        smooth(grid, u, right, reverse=True)
    return u


__all__ = ["Conductor", "NotSolved", "reciprocal_potential", "voxel_conductor"]
