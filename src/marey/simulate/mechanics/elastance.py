"""Both ventricles as time-varying elastances that share a septum: the reference model.

Suga and Sagawa 1974 (doi:10.1161/01.RES.35.1.117): pressure = E(t) (V - V0). The septum is a third elastance between
the two free walls, as in Maughan, Sunagawa and Sagawa 1987 (doi:10.1152/ajpheart.1987.253.6.H1381): with the volume
that the septum bulges into the right ventricle Vs,

    p_lv = E_l (V_lv - V0_l - Vs),  p_rv = E_r (V_rv - V0_r + Vs),  p_lv - p_rv = E_s Vs,

which is linear in Vs. A stiff septum (E_s much larger than both) leaves the two ventricles independent.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from marey.core.jit import jit
from marey.core.parameter import Parameters, parameter
from marey.core.units import minute, mL, mmHg, ms
from marey.simulate.mechanics.activation import raised_cosine
from marey.simulate.mechanics.interface import Array, PressureFunction

SUGA = "Suga 1974 doi:10.1161/01.RES.35.1.117; human value, textbook"
SEPTUM = "Maughan 1987 doi:10.1152/ajpheart.1987.253.6.H1381; textbook value"
REFERENCE_PERIOD = minute / 65


@jit
def pressure(  # noqa: PLR0917 - the interface's
    t: float,
    volumes: Array,
    state: Array,  # noqa: ARG001
    memory: Array,  # noqa: ARG001
    parameters: Array,
    dstate: Array,  # noqa: ARG001
    out: Array,
) -> None:
    """Pressures of the two cavities and the volume that the septum bulges into the right one."""
    (max_l, min_l, rest_l, max_r, min_r, rest_r, max_s, min_s, onset, rise, fall) = parameters
    active = raised_cosine(t - onset, rise, fall)
    free_l = min_l + (max_l - min_l) * active
    free_r = min_r + (max_r - min_r) * active
    left, right = free_l * (volumes[0] - rest_l), free_r * (volumes[1] - rest_r)
    bulge = (left - right) / (min_s + (max_s - min_s) * active + free_l + free_r)
    out[0] = left - free_l * bulge
    out[1] = right + free_r * bulge
    out[2] = bulge


@dataclass(frozen=True)
class ElastanceVentricles(Parameters):
    """Time-varying elastances of the free walls and the septum; extra output: the septum's bulge in mm3."""

    pressure: ClassVar[PressureFunction] = staticmethod(pressure)
    names: ClassVar[tuple[str, ...]] = ("septal bulge",)

    lv_end_systolic: float = parameter(2.6 * mmHg / mL, 0.2 * mmHg / mL, 12 * mmHg / mL, "mmHg/mL", SUGA)
    lv_diastolic: float = parameter(0.06 * mmHg / mL, 0.01 * mmHg / mL, 0.6 * mmHg / mL, "mmHg/mL", SUGA)
    lv_unstressed: float = parameter(15 * mL, 0 * mL, 150 * mL, "mL", SUGA)
    rv_end_systolic: float = parameter(0.7 * mmHg / mL, 0.05 * mmHg / mL, 4 * mmHg / mL, "mmHg/mL", SUGA)
    rv_diastolic: float = parameter(0.028 * mmHg / mL, 0.005 * mmHg / mL, 0.4 * mmHg / mL, "mmHg/mL", SUGA)
    rv_unstressed: float = parameter(30 * mL, 0 * mL, 150 * mL, "mL", SUGA)
    septum_end_systolic: float = parameter(48 * mmHg / mL, 1 * mmHg / mL, 1e4 * mmHg / mL, "mmHg/mL", SEPTUM)
    septum_diastolic: float = parameter(3 * mmHg / mL, 0.1 * mmHg / mL, 1e4 * mmHg / mL, "mmHg/mL", SEPTUM)
    onset: float = parameter(
        20 * ms, 0 * ms, 150 * ms, "ms", "electromechanical delay after the R wave, textbook value"
    )
    rise: float = parameter(310 * ms, 80 * ms, 500 * ms, "ms", "onset to end-systole, textbook value")
    fall: float = parameter(160 * ms, 50 * ms, 400 * ms, "ms", "relaxation, textbook value")

    def parameters(self) -> Array:
        """(11,) in the order of the fields."""
        return np.array([known.value for known in self.table()])

    def initial_state(self) -> Array:
        """(0,): the model has no memory of its past."""
        return np.zeros(0)

    def memory(self) -> Array:
        """(0,): nothing is solved."""
        return np.zeros(0)

    def paced(self, period: float) -> "ElastanceVentricles":
        """The same ventricles at another rate: durations grow with the square root of the period (Bazett, textbook)."""
        scale = math.sqrt(period / REFERENCE_PERIOD)
        return self.but(rise=self.rise * scale, fall=self.fall * scale)


__all__ = ["ElastanceVentricles"]
