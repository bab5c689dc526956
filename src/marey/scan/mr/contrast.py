"""Gadolinium in blood and tissue after an injection, and how it shortens relaxation.

An extracellular agent leaves the plasma in two exponentials (Weinmann's data as fitted by Tofts and Kermode 1991,
doi:10.1002/mrm.1910170208)::

    C_plasma = D (a1 exp(-m1 t) + a2 exp(-m2 t)),  C_tissue = ECV C_plasma,  1/T = 1/T(native) + r C

which holds once the tissue is in balance with the blood, minutes after the injection.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import minute
from marey.scan.mr.relaxation import FIELD_STRENGTHS

_TOFTS = "doi:10.1002/mrm.1910170208"
_PLASMA = "gadobutrol in plasma: r1 doi:10.1097/RLI.0000000000000577, r2 doi:10.1097/01.rli.0000184756.66360.d3"


@dataclass(frozen=True)
class Clearance(Parameters):
    """Two exponentials of the plasma's concentration: kg/L per (mmol/kg), 1/ms."""

    fast: float = parameter(3.99, 0, 20, "1", _TOFTS)
    fast_rate: float = parameter(0.144 / minute, 0.02 / minute, 2 / minute, "1/min", _TOFTS)
    slow: float = parameter(4.78, 0.5, 20, "1", _TOFTS)
    slow_rate: float = parameter(0.0111 / minute, 0.001 / minute, 0.05 / minute, "1/min", _TOFTS)

    def plasma(self, dose: float, time: ArrayLike) -> NDArray[np.float64]:
        """Concentration in the plasma, mM, of a dose (mmol/kg) at times (ms) since the injection, any shape."""
        t = np.asarray(time, np.float64)
        left = self.fast * np.exp(-self.fast_rate * t) + self.slow * np.exp(-self.slow_rate * t)
        return np.asarray(dose * left, np.float64)


@dataclass(frozen=True)
class ContrastState(Parameters):
    """How much agent was given and how long ago.

    Args:
        dose: mmol per kg of the body.
        time: ms since the injection; from 2 minutes, before that see `sequences.perfusion`.
        r1, r2: relaxivities at 1.5 T and 3 T, 1/(mM s).
    """

    dose: float = parameter(0.15, 0.01, 0.4, "1", "mmol/kg, textbook value")
    time: float = parameter(15 * minute, 2 * minute, 120 * minute, "min", "textbook value")
    clearance: Clearance = field(default_factory=Clearance)
    r1: tuple[float, float] = (4.78, 4.97)
    r2: tuple[float, float] = (6.1, 7.1)

    def plasma(self) -> float:
        """Concentration in the plasma, mM."""
        return float(self.clearance.plasma(self.dose, self.time))


def at_field(pair: tuple[float, float], field_strength: float) -> float:
    """The number of a pair that belongs to a field strength.

    Raises:
        InvalidInput: a field strength that is neither 1.5 T nor 3 T.
    """
    if field_strength not in FIELD_STRENGTHS:
        raise InvalidInput(
            f"The field strength is {field_strength!r} T.",
            "Relaxation is known at 1.5 T and 3 T.",
            "Choose one of the two.",
        )
    return pair[FIELD_STRENGTHS.index(field_strength)]


def shortened(
    time: NDArray[np.float64], relaxivity: float, concentration: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Relaxation time (ms) with agent in it.

    Args:
        time: without agent, ms.
        relaxivity: 1/(mM s).
        concentration: mM, same shape or broadcast.
    """
    return np.asarray(1 / (1 / time + 1e-3 * relaxivity * np.asarray(concentration)), np.float64)


__all__ = ["Clearance", "ContrastState", "at_field", "shortened"]
