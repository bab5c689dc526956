"""A finite-element beat as ventricles for the closed loop: the beat as it was, and its stiffness where volumes differ.

    P(V, t) = P0(t) + E(t) (V - V0(t))

with E = (g^T K^-1 g)^-1 at every instant, K the stiffness of the body and g the derivative of the cavities' volumes by
its unknowns. So a periodic state of the loop costs no equilibrium of the body, and is exact where V = V0.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit
from marey.simulate.elasticity._sparse import factorise
from marey.simulate.elasticity.assembly import Assembly
from marey.simulate.elasticity.beat import ElasticBeat
from marey.simulate.elasticity.law import Law
from marey.simulate.elasticity.load import Load, State
from marey.simulate.mechanics.interface import PressureFunction

FloatArray = NDArray[np.float64]
EVERY = 4


@jit
def _pressure(  # noqa: PLR0917 - the interface of the loop
    t: float,
    volumes: FloatArray,
    state: FloatArray,  # noqa: ARG001
    memory: FloatArray,  # noqa: ARG001
    parameters: FloatArray,
    dstate: FloatArray,  # noqa: ARG001
    out: FloatArray,
) -> None:
    period, rows = parameters[0], (parameters.size - 1) // 8
    x = (t % period) / period * (rows - 1)
    k = min(int(x), rows - 2)
    share, at = x - k, 1 + 8 * k
    for side in range(2):
        out[side] = (1 - share) * parameters[at + side] + share * parameters[at + 8 + side]
        for other in range(2):
            i = at + 4 + 2 * side + other
            before = volumes[other] - parameters[at + 2 + other]
            after = volumes[other] - parameters[at + 10 + other]
            stiffness = (1 - share) * parameters[i] + share * parameters[i + 8]
            out[side] += stiffness * ((1 - share) * before + share * after)


@dataclass(frozen=True, eq=False)
class LinearisedVentricles:
    """The model of both ventricles for the circulation (`marey.simulate.mechanics.interface.Ventricles`).

    Args:
        period: ms.
        pressures: (t, 2) kPa, transmural, at equal steps; the first and the last row are the same instant.
        volumes: (t, 2) mm3 that go with them.
        elastance: (t, 2, 2) kPa/mm3.
    """

    period: float
    pressures: FloatArray
    volumes: FloatArray
    elastance: FloatArray
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def pressure(self) -> PressureFunction:
        """The compiled law."""
        return _pressure

    def parameters(self) -> FloatArray:
        """The period, then eight numbers for each instant."""
        rows = np.column_stack([self.pressures, self.volumes, self.elastance.reshape(-1, 4)])
        return np.concatenate([[self.period], rows.ravel()])

    def initial_state(self) -> FloatArray:
        """Nothing."""
        return np.zeros(0)

    def memory(self) -> FloatArray:
        """Nothing."""
        return np.zeros(0)

    def filled_at(self, rise: FloatArray) -> "LinearisedVentricles":
        """The same unloaded to smaller volumes, so that they are full at pressures (2,) kPa higher."""
        return replace(self, volumes=self.volumes - np.linalg.solve(self.elastance[0], rise))


def linearised(assembly: Assembly, beat: ElasticBeat, law_at: Callable[[float], Law]) -> LinearisedVentricles:
    """Both ventricles as they were in a beat; its end stands for its start, at which there was no motion yet.

    Args:
        assembly: a body with two cavities.
        beat: of it.
        law_at: passive and active law at an instant, ms.
    """
    chosen = np.unique(np.append(np.arange(EVERY, len(beat.times), EVERY), len(beat.times) - 1))
    found = np.array([_elastance(assembly, beat.state(k), law_at(beat.times[k])) for k in chosen])
    period = float(beat.times[-1])
    entries = found.reshape(-1, 4).T
    elastance = np.column_stack([np.interp(beat.times, beat.times[chosen], e, period=period) for e in entries])
    pressures, volumes = beat.pressures.copy(), beat.volumes.copy()
    pressures[0], volumes[0] = pressures[-1], volumes[-1]
    return LinearisedVentricles(period, pressures, volumes, elastance.reshape(-1, 2, 2))


def _elastance(assembly: Assembly, state: State, law: Law) -> FloatArray:
    factors = factorise(assembly.stiffness(state, Load(law)))
    gradients = assembly.volume_gradients(state.positions)
    elastance = np.linalg.inv(gradients.T @ np.asarray(factors.solve(gradients), np.float64))
    return np.asarray((elastance + elastance.T) / 2, np.float64)


__all__ = ["LinearisedVentricles", "linearised"]
