"""How strong both ventricles must be, and how much blood there must be, for what is asked of a heart.

The beat's outcomes (ejection fraction, filling pressures) are no parameters. This is a regression of parameters on
outcomes over simulated hearts of all groups; ``python benchmarks/population.py --calibrate`` prints its coefficients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core.units import minute, mL, mmHg

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """What is asked of a heart, in coherent units.

    Args:
        lv_volume, rv_volume: at end-diastole.
        lv_mass, rv_mass: of muscle.
        stroke, forward: ejected by the left ventricle, and the part of it that does not leak back.
        lv_load, rv_load: pressures against which they eject.
        left_filling, right_filling: mean pressures of the atria.
        stiffness, rv_stiffness: of the muscle.
        heart_rate: 1/ms.
        scar: part of the left ventricle that does not contract.
    """

    lv_volume: float
    rv_volume: float
    lv_mass: float
    rv_mass: float
    stroke: float
    forward: float
    lv_load: float
    rv_load: float
    left_filling: float
    right_filling: float
    stiffness: float
    rv_stiffness: float
    heart_rate: float
    scar: float

    def terms(self) -> Array:
        """(16,) what the logarithms of the strengths are linear in; near 0 in the usual heart."""
        left, right = self.stroke / self.lv_volume - 0.6, self.forward / self.rv_volume - 0.55
        return np.array([
            1.0,
            left,
            right,
            left**2,
            right**2,
            np.log(self.lv_load / (115 * mmHg)),
            np.log(self.rv_load / (20 * mmHg)),
            np.log(self.lv_volume / self.lv_mass / 1.5),
            np.log(self.rv_volume / self.rv_mass / 4),
            np.log(self.left_filling / (9 * mmHg)),
            np.log(self.right_filling / (5 * mmHg)),
            np.log(self.stiffness),
            np.log(self.rv_stiffness),
            np.log(self.heart_rate * minute / 65),
            self.scar,
            np.log(self.lv_volume / (140 * mL)),
        ])  # fmt: skip


COEFFICIENTS: Mapping[str, tuple[float, ...]] = MappingProxyType({
    "left": (0.085, 1.52, 0.13, 0.51, 0.88, 0.92, 0.06, 0.56, 0.05, -0.85, 0.14, 0.43, 0.05, 0.25, 2.35, 0.0),
    "right": (-0.30, 0.47, 1.68, 0.61, -0.62, -0.24, 1.26, -0.09, 1.03, -0.06, -0.85, 0.11, 0.30, 0.33, -0.19, 0.21),
    "blood": (2.15, 1.89, 0.91, -2.92, 0.14, -0.01, 0.35, -0.34, 0.58, -0.71, 0.02, 0.07, -0.21, 1.54, 0.02, 1.43),
})  # fmt: skip


def strengths(demand: Demand) -> tuple[float, float, float]:
    """Contractility of the left and the right ventricle, and a correction of the blood volume (mm3)."""
    terms = demand.terms()
    left, right, blood = (float(terms @ np.array(COEFFICIENTS[name])) for name in ("left", "right", "blood"))
    return float(np.exp(left)), float(np.exp(right)), blood * 100 * mL


__all__ = ["COEFFICIENTS", "Demand", "strengths"]
