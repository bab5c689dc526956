"""Tension along the fibres as a second Piola-Kirchhoff stress (Land 2015, doi:10.1098/rspa.2015.0641, problem 3)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.simulate.elasticity.law import Law

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FibreTension(Law):
    """S_ff = tension, whatever the strain.

    Args:
        tension: kPa, one number or (n,) at the points of integration.
    """

    tension: float | FloatArray

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Law.stress`."""
        S = np.zeros_like(E)
        S[:, 0] = self.tension
        return S, np.zeros((len(E), 6, 6))


__all__ = ["FibreTension"]
