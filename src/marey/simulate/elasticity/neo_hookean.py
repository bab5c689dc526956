"""Neo-Hookean law, W = mu/2 (I1 - 3), I1 taken isochoric (Holzapfel, Nonlinear Solid Mechanics, Wiley 2000)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa
from marey.simulate.elasticity.invariants import isochoric_first_invariant
from marey.simulate.elasticity.law import Law

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class NeoHookean(Parameters, Law):
    """mu is the shear modulus."""

    mu: float = parameter(10 * kPa, 0.01 * kPa, 1e4 * kPa, "kPa", "textbook value")

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Law.stress`."""
        _, first, second = isochoric_first_invariant(E)
        return self.mu / 2 * first, self.mu / 2 * second


__all__ = ["NeoHookean"]
