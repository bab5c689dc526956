"""The iterations of the fit: match contours to the template, solve for the whole beat, again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from marey.core import Grid
from marey.shape.contours import Contours
from marey.shape.ends import Coverage, EndPoints, find_ends, pulls
from marey.shape.match import Matches, match
from marey.shape.model import ShapeModel
from marey.shape.samples import SurfaceSamples
from marey.shape.solve import NormalEquations, normal_equations, solve_arrow

FloatArray = NDArray[np.float64]
GAUGE = 1e4  # how firmly a shift or slant common to all slices is held at 0
RIGID = 6  # shared unknowns before the slice shifts: turn and way of the heart


@dataclass(frozen=True)
class Weights:
    """What the fit believes beforehand.

    Args:
        contour_sd: mm by which a contour point is off; neighbours err alike, so it is more than each one's error.
        shift_sd: mm by which a slice is off.
        change_sd: standard deviations by which a mode may differ from the mean of its two neighbours in time.
    """

    contour_sd: float = 2.0
    shift_sd: float = 3.0
    change_sd: float = 0.15


@dataclass(frozen=True, eq=False)
class Problem:
    """What does not change during the fit.

    Args:
        model: of the shapes.
        fields: (u, n, 3) mm of the model's unknowns; modes first.
        samples: of its surfaces.
        sample_fields: (s, 3, u) mm of the model's unknowns at the samples.
        ends: which points mark ends.
        contours: of each phase.
        seen: coverage of each phase; None where the short axis shows no left ventricle.
        grid: of the short axis.
        axes: (p, 2, 3) unit vectors along rows (y) and columns (x) of every plane.
        long_axes: whether planes beyond the short axis hold the heart in place.
        closed: whether the last phase is followed by the first.
        weights: see there.
    """

    model: ShapeModel
    fields: FloatArray
    samples: SurfaceSamples
    sample_fields: NDArray[np.float32]
    ends: EndPoints
    contours: Sequence[Contours]
    seen: Sequence[Coverage | None]
    grid: Grid
    axes: FloatArray
    long_axes: bool
    closed: bool
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, eq=False)
class State:
    """What is being found: pose, plane shifts (p, 2) mm, unknowns of the model (t, u) in standard deviations."""

    rotation: FloatArray
    origin: FloatArray
    shifts: FloatArray
    unknowns: FloatArray


def iterate(it: Problem, state: State, used: int, outlier: float) -> State:
    """One round of matching and solving.

    Args:
        it: the problem.
        state: where the fit is.
        used: how many of the model's unknowns are free; the others stay 0.
        outlier: mm from which on a contour point counts less.
    """
    phases = [_phase(it, state, number, used, outlier) for number in range(len(it.contours))]
    own, shared = solve_arrow(phases, _shared_prior(it))
    unknowns = np.zeros_like(state.unknowns)
    unknowns[:, :used] = own
    turn = Rotation.from_rotvec(shared[:3]).as_matrix()
    return State(
        turn @ state.rotation, state.origin + shared[3:RIGID], shared[RIGID:].reshape(-1, 2), unknowns
    )  # fmt: skip


def positions(it: Problem, state: State, phase: int) -> FloatArray:
    """(n, 3) mm LPS of the template's points."""
    local = it.model.mean + np.tensordot(state.unknowns[phase], it.fields, axes=1)
    return np.asarray(local @ state.rotation.T + state.origin)


def aligned(it: Problem, state: State, phase: int) -> FloatArray:
    """(c, 3) mm: the contour points after their planes were shifted back."""
    contours = it.contours[phase]
    shift = np.einsum("pa,pac->pc", state.shifts, it.axes)
    return np.asarray(contours.points - shift[contours.plane])


def _phase(it: Problem, state: State, phase: int, used: int, outlier: float) -> NormalEquations:
    points = positions(it, state, phase)
    found = match(it.contours[phase], aligned(it, state, phase), it.samples, points)
    parts = [_contour_rows(it, state, phase, found, used, outlier)]
    seen = it.seen[phase]
    if seen is not None:
        parts.append(_end_rows(it, state, seen, points, it.fields[:used], state.unknowns[phase, :used]))
    own, shared, wanted, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    equations = normal_equations(own, shared, wanted, weight)
    before, strength = _neighbours(it, state, phase, used)
    return replace(
        equations,
        own=equations.own + np.diag(1.0 + strength),
        own_side=equations.own_side + strength * before,
    )


Rows = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def _contour_rows(  # noqa: PLR0917
    it: Problem, state: State, phase: int, found: Matches, used: int, outlier: float
) -> Rows:
    contours = it.contours[phase]
    local = (found.normal @ state.rotation).astype(np.float32)
    own = np.einsum("rc,rcu->ru", local, it.sample_fields[found.sample, :, :used], optimize=True).astype(np.float64)
    known = own @ state.unknowns[phase, :used]
    shared = np.zeros((len(own), RIGID + state.shifts.size))
    shared[:, :3] = np.cross(found.place - state.origin, found.normal)
    shared[:, 3:RIGID] = found.normal
    moved = np.einsum("rac,rc->ra", it.axes[contours.plane], found.normal)
    rows = np.arange(len(own))
    for axis in range(2):
        shared[rows, RIGID + 2 * contours.plane + axis] = moved[:, axis]
    shift = np.sum(moved * state.shifts[contours.plane], axis=1)
    wanted = found.distance + known + shift
    away = np.linalg.norm(found.place - aligned(it, state, phase), axis=1)
    weight = 1 / (1 + (away / outlier) ** 2) ** 2 / it.weights.contour_sd**2
    return own, shared, wanted, weight


def _end_rows(  # noqa: PLR0917
    it: Problem, state: State, seen: Coverage, points: FloatArray, fields: FloatArray, unknowns: FloatArray
) -> Rows:
    nodes = points[it.ends.nodes]
    up = it.grid.normal * seen.sign
    height = (nodes - it.grid.affine[:3, 3]) @ up
    target, sd = pulls(find_ends(seen, it.ends, it.grid.index(nodes)), height)
    kept = np.isfinite(sd)
    own = np.einsum("unc,c->nu", fields[:, it.ends.nodes[kept]], up @ state.rotation)
    shared = np.zeros((int(kept.sum()), RIGID + state.shifts.size))
    shared[:, :3] = np.cross(nodes[kept] - state.origin, up)
    shared[:, 3:RIGID] = up
    wanted = (target - height)[kept] + own @ unknowns
    return own, shared, wanted, (it.ends.share / np.maximum(sd, 0.5) ** 2)[kept]


def _neighbours(it: Problem, state: State, phase: int, used: int) -> tuple[FloatArray, FloatArray]:
    """What the phases before and after suggest for the unknowns, and how strongly."""
    count = len(it.contours)
    if count < 3 or (not it.closed and phase in {0, count - 1}):
        return np.zeros(used), np.zeros(used)
    both = (state.unknowns[(phase - 1) % count] + state.unknowns[(phase + 1) % count])[:used] / 2
    return both, np.full(used, 1 / it.weights.change_sd**2)


def _shared_prior(it: Problem) -> tuple[FloatArray, FloatArray]:
    """Shifts are small; without long axes their mean and their trend along the stack are taken to be 0."""
    planes = len(it.axes)
    prior = np.zeros((RIGID + 2 * planes,) * 2)
    prior[RIGID:, RIGID:] = np.eye(2 * planes) / it.weights.shift_sd**2
    held = np.unique(np.concatenate([one.plane for one in it.contours]))
    gauges = [np.ones(len(held)) / len(held)]
    along = it.grid.slice_positions[held[held < it.grid.shape[0]]]
    along = along - along.mean()
    if not it.long_axes and np.any(along):
        gauges.append(along / np.abs(along).sum())
    for gauge in gauges:
        for axis in range(2):
            row = np.zeros(len(prior))
            row[RIGID + 2 * held + axis] = gauge
            prior += GAUGE * np.outer(row, row)
    prior[:RIGID, :RIGID] += np.diag([1e-2] * 3 + [1e-6] * 3)
    return prior, np.zeros(len(prior))


__all__ = ["Problem", "State", "Weights", "aligned", "iterate", "positions"]
