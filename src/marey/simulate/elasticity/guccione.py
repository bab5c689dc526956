"""Transversely isotropic exponential law of passive myocardium.

Guccione, Costa, McCulloch 1995, J Biomech 28:1167, doi:10.1016/0021-9290(94)00174-3:

    W = C/2 (exp Q - 1),  Q = bf Eff^2 + bt (Ess^2 + Enn^2 + 2 Esn^2) + 2 bfs (Efs^2 + Efn^2)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa
from marey.simulate.elasticity.law import Law

FloatArray = NDArray[np.float64]
LAND = "Land 2015, doi:10.1098/rspa.2015.0641"


@dataclass(frozen=True)
class Guccione(Parameters, Law):
    """C scales the stress; bf, bt, bfs are the stiffnesses along, across and in shear with the fibres."""

    C: float = parameter(2 * kPa, 0.01 * kPa, 100 * kPa, "kPa", LAND)
    bf: float = parameter(8.0, 0.1, 100.0, "", LAND)
    bt: float = parameter(2.0, 0.1, 100.0, "", LAND)
    bfs: float = parameter(4.0, 0.1, 100.0, "", LAND)

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Law.stress`; with b the diagonal of Q."""
        b = np.array([self.bf, self.bt, self.bt, self.bt / 2, self.bfs / 2, self.bfs / 2])
        bE = b * E
        scale = self.C * np.exp(np.sum(E * bE, axis=1))
        S = scale[:, None] * bE
        D = scale[:, None, None] * (np.diag(b) + 2 * bE[:, :, None] * bE[:, None, :])
        return S, D


__all__ = ["Guccione"]
