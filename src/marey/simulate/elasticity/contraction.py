"""Tension along the fibres after activation: a time-varying elastance of the sarcomere.

Guccione, Waldman, McCulloch 1993, J Biomech Eng 115:82, the "elastance" model at maximal calcium:

    T = Tmax (1 - exp(-B (l - l0))) Ct,   Ct = (1 - cos w)/2,   l = length times stretch

w runs from 0 to pi while tension rises and on to 2 pi while it falls. Deviations: the time to relax does not depend on
the length of the sarcomere, and T is the Cauchy stress, so that S = T / stretch^2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa, minute, ms
from marey.simulate.elasticity.law import Law

FloatArray = NDArray[np.float64]
SOURCE = "Guccione 1993, J Biomech Eng 115:82"
GENET = "Genet et al. 2014, doi:10.1152/japplphysiol.00255.2014, five healthy adults: 143 +- 11 kPa"
LENGTH = "Guccione 1995, doi:10.1016/0021-9290(94)00174-3: 1.85; set so that a resting adult ejects 55 to 60 %"
REFERENCE_PERIOD = minute / 65
TIMING = "textbook value for a human heart at rest"


@dataclass(frozen=True)
class Contraction(Parameters):
    """Tmax: greatest tension; length, l0: of the sarcomere, in the reference and where tension vanishes."""

    Tmax: float = parameter(143 * kPa, 0.0, 500 * kPa, "kPa", GENET)
    B: float = parameter(4.75, 0.5, 20.0, "", f"1/um, {SOURCE}")
    l0: float = parameter(1.58, 1.2, 1.9, "", f"um, {SOURCE}")
    length: float = parameter(1.88, 1.6, 2.2, "", f"um, {LENGTH}")
    rise: float = parameter(230 * ms, 30 * ms, 400 * ms, "ms", TIMING)
    fall: float = parameter(180 * ms, 30 * ms, 600 * ms, "ms", TIMING)
    delay: float = parameter(15 * ms, 0.0, 100 * ms, "ms", "depolarisation to onset of tension, textbook value")

    def paced(self, period: float) -> "Contraction":
        """The same at another rate: twitches last with the square root of the period (Bazett, textbook)."""
        scale = (period / REFERENCE_PERIOD) ** 0.5
        return self.but(rise=self.rise * scale, fall=self.fall * scale)

    def at(self, time: float, activation: FloatArray, period: float = np.inf) -> Law:
        """The law at one instant.

        Args:
            time: ms.
            activation: (n,) depolarisation of the points of integration, ms; infinite where there is none.
            period: ms; contraction that has not ended after one cycle goes on in the next.
        """
        since = time - activation - self.delay
        if np.isfinite(period):
            since = np.where(since < 0, since + period, since)
        w = np.where(since < self.rise, np.pi * since / self.rise, np.pi * (1 + (since - self.rise) / self.fall))
        active = (since > 0) & (since < self.rise + self.fall)
        return Contracting(self, np.where(active, (1 - np.cos(np.where(active, w, 0.0))) / 2, 0.0))


@dataclass(frozen=True, eq=False)
class Contracting(Law):
    """`Contraction` at one instant, Ct (n,) at the points of integration."""

    contraction: Contraction
    Ct: FloatArray

    def stress(self, E: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Law.stress`."""
        c = self.contraction
        squared = np.maximum(1 + 2 * E[:, 0], 1e-6)
        stretch = np.sqrt(squared)
        longer = np.exp(-c.B * np.maximum(c.length * stretch - c.l0, 0.0))
        T, slope = 1 - longer, np.where(c.length * stretch > c.l0, c.B * c.length * longer, 0.0)
        S = np.zeros_like(E)
        D = np.zeros((len(E), 6, 6))
        S[:, 0] = c.Tmax * self.Ct * T / squared
        D[:, 0, 0] = c.Tmax * self.Ct * (slope / stretch - 2 * T / squared) / squared
        return S, D


__all__ = ["Contracting", "Contraction"]
