"""Orthotropic exponential law of passive myocardium.

Holzapfel, Ogden 2009, Phil Trans R Soc A 367:3445, doi:10.1098/rsta.2009.0091, eq. 5.38 and table 1 (shear data):

    W = a/2b exp(b (I1 - 3)) + sum_i=f,s ai/2bi (exp(bi (I4i - 1)^2) - 1) + afs/2bfs (exp(bfs I8fs^2) - 1)

I1 is taken isochoric; fibres and sheets resist stretch only (I4 > 1).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa
from marey.simulate.elasticity.invariants import isochoric_first_invariant
from marey.simulate.elasticity.law import Law

FloatArray = NDArray[np.float64]
SOURCE = "Holzapfel, Ogden 2009, doi:10.1098/rsta.2009.0091, table 1"
FIBRE, SHEET, SHEAR = 0, 1, 5


@dataclass(frozen=True)
class HolzapfelOgden(Parameters, Law):
    """a: matrix, f: fibres, s: sheets, fs: shear between them; a in kPa, b without unit."""

    a: float = parameter(0.059 * kPa, 0.001 * kPa, 20 * kPa, "kPa", SOURCE)
    b: float = parameter(8.023, 0.1, 50.0, "", SOURCE)
    af: float = parameter(18.472 * kPa, 0.0, 100 * kPa, "kPa", SOURCE)
    bf: float = parameter(16.026, 0.1, 100.0, "", SOURCE)
    as_: float = parameter(2.481 * kPa, 0.0, 100 * kPa, "kPa", SOURCE)
    bs: float = parameter(11.120, 0.1, 100.0, "", SOURCE)
    afs: float = parameter(0.216 * kPa, 0.0, 20 * kPa, "kPa", SOURCE)
    bfs: float = parameter(11.436, 0.1, 100.0, "", SOURCE)

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Law.stress`."""
        I1, first, second = isochoric_first_invariant(E)
        slope = self.a / 2 * np.exp(self.b * (I1 - 3))
        S = slope[:, None] * first
        D = slope[:, None, None] * (second + self.b * first[:, :, None] * first[:, None, :])
        for k, a, b in ((FIBRE, self.af, self.bf), (SHEET, self.as_, self.bs)):
            stretch = np.maximum(2 * E[:, k], 0.0)  # I4 - 1
            tension = 2 * a * np.exp(b * stretch**2)
            S[:, k] += tension * stretch
            D[:, k, k] += np.where(stretch > 0, 2 * tension * (1 + 2 * b * stretch**2), 0.0)
        I8 = E[:, SHEAR]  # f . C s = 2 E_fs
        shear = self.afs * np.exp(self.bfs * I8**2)
        S[:, SHEAR] += shear * I8
        D[:, SHEAR, SHEAR] += shear * (1 + 2 * self.bfs * I8**2)
        return S, D


__all__ = ["HolzapfelOgden"]
