"""What fills and empties the cavities during a beat."""

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from marey.core.parameter import Parameters, parameter
from marey.core.units import mL, mmHg, s

FloatArray = NDArray[np.float64]
TEXTBOOK = "textbook value"
WOOD = mmHg * s / mL


class Blood(Protocol):
    """The circulation as the cavities see it: pressures in, volumes out."""

    def after(self, time: float, step: float, pressures: FloatArray) -> tuple[Self, FloatArray, FloatArray]:
        """The circulation at time + step, the cavities' volumes (k,) then, and their derivatives (k, k) by pressure.

        Args:
            time: ms since the R wave.
            step: ms.
            pressures: (k,) kPa in the cavities, transmural, constant during the step.
        """


@dataclass(frozen=True)
class Windkessel(Parameters):
    """Filling through one valve from a constant pressure, ejection through another into a three-element Windkessel.

    The values are those of the left side.
    """

    filling: float = parameter(10 * mmHg, 0 * mmHg, 50 * mmHg, "mmHg", TEXTBOOK)
    inflow: float = parameter(0.015 * WOOD, 1e-3 * WOOD, 1 * WOOD, "mmHg*s/mL", "mitral resistance, textbook value")
    outflow: float = parameter(0.04 * WOOD, 1e-3 * WOOD, 1 * WOOD, "mmHg*s/mL", "valve and impedance of the aorta")
    resistance: float = parameter(1.0 * WOOD, 0.05 * WOOD, 6 * WOOD, "mmHg*s/mL", TEXTBOOK)
    compliance: float = parameter(1.5 * mL / mmHg, 0.1 * mL / mmHg, 20 * mL / mmHg, "mL/mmHg", TEXTBOOK)


@dataclass(frozen=True, eq=False)
class OpenLoop:
    """A `Windkessel` for each cavity; nothing flows back from one to the other.

    Args:
        windkessels: (k,) parameters.
        volumes: (k,) mm3.
        arterial: (k,) kPa.
    """

    windkessels: tuple[Windkessel, ...]
    volumes: FloatArray
    arterial: FloatArray

    def after(self, time: float, step: float, pressures: FloatArray) -> tuple["OpenLoop", FloatArray, FloatArray]:  # noqa: ARG002
        """See `Blood.after`; one step of the implicit Euler scheme."""
        parts = [_step(w, step, p, a) for w, p, a in zip(self.windkessels, pressures, self.arterial, strict=True)]
        gained, slope, arterial = np.array(parts).T
        volumes = self.volumes + gained
        return replace(self, volumes=volumes, arterial=arterial), volumes, np.diag(slope)


def _step(w: Windkessel, h: float, p: float, arterial: float) -> tuple[float, float, float]:
    """Volume gained by the cavity, its derivative by the pressure, and the new arterial pressure."""
    decayed = arterial / (1 + h / (w.resistance * w.compliance))
    gained = slope = 0.0
    if p > decayed:
        stiffness = w.compliance / h + 1 / w.resistance + 1 / w.outflow
        after = (w.compliance / h * arterial + p / w.outflow) / stiffness
        gained = -h * (p - after) / w.outflow
        slope = -h / w.outflow * (1 - 1 / (w.outflow * stiffness))
        decayed = after
    if p < w.filling:
        gained += h * (w.filling - p) / w.inflow
        slope -= h / w.inflow
    return gained, slope, decayed


__all__ = ["Blood", "OpenLoop", "Windkessel"]
