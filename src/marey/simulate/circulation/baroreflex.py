"""Baroreflex: arterial pressure acts on resistance, venous tone and heart rate.

Static arc and effectors of Ursino 1998 (doi:10.1152/ajpheart.1998.275.5.H1733), updated once a beat from the mean
pressure of that beat. The effects are differences from those at the set point, so a circulation whose mean pressure is
the set point is left as it is. Contractility is not an effector here: it belongs to the ventricles.
"""

import math
from dataclasses import dataclass

import numpy as np

from marey.core.parameter import Parameters, parameter
from marey.core.units import mL, mmHg, s
from marey.simulate.mechanics.interface import Array

URSINO = "Ursino 1998 doi:10.1152/ajpheart.1998.275.5.H1733"


@dataclass(frozen=True)
class Baroreflex(Parameters):
    """Strength 0 is off; strength 1 is the published arc."""

    strength: float = parameter(0, 0, 2, "1", "0: off")
    set_point: float = parameter(92 * mmHg, 50 * mmHg, 160 * mmHg, "mmHg", URSINO)
    slope: float = parameter(11.76 * mmHg, 2 * mmHg, 50 * mmHg, "mmHg", URSINO)
    resistance_delay: float = parameter(6 * s, 0.5 * s, 60 * s, "s", URSINO)
    volume_delay: float = parameter(20 * s, 0.5 * s, 100 * s, "s", URSINO)
    period_delay: float = parameter(2 * s, 0.5 * s, 60 * s, "s", URSINO)


def targets(reflex: Baroreflex, pressure: float) -> Array:
    """(3,) effects at a constant mean arterial pressure in kPa: see `update`."""
    here, rest = _effectors(reflex, pressure), _effectors(reflex, reflex.set_point)
    return reflex.strength * np.array([math.log(here[0] / rest[0]), here[1] - rest[1], here[2] - rest[2]])


def update(reflex: Baroreflex, effects: Array, pressure: float, period: float) -> Array:
    """Effects after one more beat.

    Args:
        reflex: the arc.
        effects: (3,) logarithm of the factor of the systemic resistance, change of the veins' unstressed volume in
            mm3, change of the period in ms.
        pressure: mean arterial pressure of the beat, kPa.
        period: length of the beat, ms.
    """
    delays = np.array([reflex.resistance_delay, reflex.volume_delay, reflex.period_delay])
    aim = targets(reflex, pressure)
    return np.asarray(aim + (effects - aim) * np.exp(-period / delays), np.float64)


def _effectors(reflex: Baroreflex, pressure: float) -> tuple[float, float, float]:
    """Systemic resistance in mmHg s/mL, unstressed venous volume in mm3, period in ms, up to constants."""
    steep = math.exp(min((pressure - reflex.set_point) / reflex.slope, 50.0))
    afferent = (2.52 + 47.78 * steep) / (1.0 + steep)
    sympathetic = 2.10 + (16.11 - 2.10) * math.exp(-0.0675 * afferent)
    vagal_steep = math.exp((afferent - 25.0) / 7.06)
    vagal = (3.2 + 6.3 * vagal_steep) / (1.0 + vagal_steep)
    drive = math.log(max(sympathetic - 2.66, 0.0) + 1.0)
    resistance = 1.0 / (1.0 / (2.49 + 0.695 * drive) + 1.0 / (0.78 + 0.53 * drive))
    return resistance, -(265.4 + 132.5) * mL * drive, (-0.13 * drive + 0.09 * vagal) * s


__all__ = ["Baroreflex", "targets", "update"]
