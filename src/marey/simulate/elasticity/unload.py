"""The shape of a heart without load, from its shape under load.

Fixed-point iteration of Sellier 2011 (Eng Comput 28:1030): each trial reference is loaded, and what it overshoots the
known shape by is taken off the reference, extrapolated from the trials before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import NotAnalysable
from marey.simulate.elasticity._kernels import deformation
from marey.simulate.elasticity.assembly import Assembly
from marey.simulate.elasticity.body import Body
from marey.simulate.elasticity.hexahedron import fibre_frames
from marey.simulate.elasticity.law import Law
from marey.simulate.elasticity.load import Load, State
from marey.simulate.elasticity.solver import DEFAULT, NoEquilibrium, Solver, equilibrium, follow

FloatArray = NDArray[np.float64]
DEPTH = 10
FOLDED = 0.5  # ratio of volumes, which tissue keeps: an extrapolation below it is none


@dataclass(frozen=True, eq=False)
class Unloaded:
    """What `unload` found.

    Args:
        assembly: of the unloaded body, whose fibres were carried back with the tissue.
        loaded: its state under the load, which has the known shape.
        error: mm, largest distance of a node from the known shape.
        iterations: trial references.
    """

    assembly: Assembly
    loaded: State
    error: float
    iterations: int


def unload(
    body: Body,
    law: Law,
    pressures: dict[str, float],
    *,
    tolerance: float = 0.01,
    iterations: int = 60,
    solver: Solver = DEFAULT,
    near: Unloaded | None = None,
) -> Unloaded:
    """The reference from which pressures bring a body to the shape that its mesh has.

    Args:
        body: its mesh and frames are those of the loaded heart; its springs are at rest in the reference.
        law: passive.
        pressures: kPa by surface, at which the mesh was seen.
        tolerance: mm, of each node.
        iterations: at most.
        solver: of each loading.
        near: the same body unloaded from similar pressures, where the trials begin.

    Raises:
        NotAnalysable: the iteration did not settle, or a loading failed.
    """
    target, points, frames = body.mesh.points, body.mesh.points, body.frames
    seen, past = Assembly(body), _Past()
    guess: State | None = None
    if near is not None:
        points, frames, guess = near.assembly.reference, near.assembly.body.frames, near.loaded
    best = np.inf
    for iteration in range(1, iterations + 1):
        assembly = Assembly(body.moved(points, frames))
        loaded = _loaded(assembly, guess, lambda f: _load(law, pressures, f), solver)
        overshoot = loaded.positions - target
        error = float(np.linalg.norm(overshoot, axis=1).max())
        if error <= tolerance:
            return Unloaded(assembly, loaded, error, iteration)
        if error > 10 * best:
            break
        best = min(best, error)
        plain, points = points - overshoot, past.next(points, overshoot)
        carried, _, J = deformation(points, body.mesh.cells, seen.points.gradients)
        if (J < FOLDED).any():
            points, past = plain, _Past()
            carried, _, _ = deformation(points, body.mesh.cells, seen.points.gradients)
        frames = fibre_frames(carried[..., 0], carried[..., 1])
        guess = State(target, loaded.pressures, loaded.tensions)
    raise NotAnalysable(
        f"The unloaded shape did not settle: after {iteration} trials its loaded shape is still {error:.2g} mm off.",
        f"At most {tolerance:g} mm within {iterations} trials are needed.",
        "Check the end-diastolic pressures and the stiffness of the law: soft tissue under high pressure has no "
        "unloaded shape.",
    )


@dataclass
class _Past:
    """Trial references and how far their loaded shapes overshot: Anderson's acceleration of taking the overshoot off.

    Anderson 1965, doi:10.1145/321296.321305.
    """

    points: list[FloatArray] = field(default_factory=list)
    overshoots: list[FloatArray] = field(default_factory=list)

    def next(self, points: FloatArray, overshoot: FloatArray) -> FloatArray:
        """The next trial reference (n, 3)."""
        self.points = [*self.points[-DEPTH:], points]
        self.overshoots = [*self.overshoots[-DEPTH:], overshoot]
        here, off = np.array(self.points[::-1]), np.array(self.overshoots[::-1])
        if len(off) == 1:
            return points - overshoot
        change = (off[:-1] - off[1:]).reshape(len(off) - 1, -1)
        weights = np.linalg.lstsq(change.T, overshoot.ravel(), rcond=1e-6)[0]
        back = (here - off)[:-1] - (here - off)[1:]
        return np.asarray(points - overshoot - np.tensordot(weights, back, axes=1))


def _loaded(assembly: Assembly, guess: State | None, load_at: Callable[[float], Load], solver: Solver) -> State:
    """The state under the whole load, straight from a guess where that works, else step by step from rest."""
    if guess is not None:
        try:
            return equilibrium(assembly, guess, load_at(1.0), guess.positions, solver)[0]
        except NoEquilibrium:
            pass
    return follow(assembly, assembly.at_rest(), load_at, solver)


def _load(law: Law, pressures: dict[str, float], fraction: float) -> Load:
    return Load(law, {name: fraction * p for name, p in pressures.items()})


__all__ = ["Unloaded", "unload"]
