"""What acts on a body at one instant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.simulate.elasticity.law import Law

FloatArray = NDArray[np.float64]
Chambers = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, eq=False)
class Load:
    """Law, pressures and time step of one instant.

    Args:
        law: passive and active stress.
        pressures: kPa by surface; on a cavity it acts on the closed volume, elsewhere it follows the open surface.
        chambers: what fills the cavities: from their pressures (k,) the volumes (k,) that the circulation leaves in
            them and the derivatives (k, k); the pressures are then unknowns. None: the pressures are given.
        step: ms since the state before, for damping; infinite when time plays no part.
    """

    law: Law
    pressures: Mapping[str, float] = field(default_factory=dict)
    chambers: Chambers | None = None
    step: float = np.inf


@dataclass(frozen=True, eq=False)
class State:
    """Where a body is.

    Args:
        positions: (n, 3) mm.
        pressures: (k,) kPa in its cavities.
        tensions: (m,) kPa, hydrostatic, of its cells: bulk modulus times dilatation once in equilibrium.
    """

    positions: FloatArray
    pressures: FloatArray
    tensions: FloatArray


def filled(volumes: FloatArray) -> Chambers:
    """Chambers that hold given volumes (k,), whatever the pressures: isovolumic, or a prescribed filling."""
    return lambda pressures: (volumes, np.zeros((pressures.size, pressures.size)))


__all__ = ["Chambers", "Load", "State", "filled"]
