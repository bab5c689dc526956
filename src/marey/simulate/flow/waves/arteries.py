"""What an arterial network is made of: elastic tubes, how they branch, what lies behind their ends.

P = P0 + k (sqrt A - sqrt A0) with k = 4/3 sqrt(pi) E h / A0, so c^2 = 2/3 E h / (rho r) at the radius r of the pressure
P0 (Moens and Korteweg for an incompressible thin wall). Source: Alastruey et al. as in Boileau et al. 2015,
doi:10.1002/cnm.2732.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.parameter import Parameters, parameter
from marey.core.units import Pa, g, kPa, mL, mmHg, s

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Windkessel:
    """What lies behind the end of an artery: R1, then C to the outside beside R2 to the venous pressure.

    Args:
        R1, R2: kPa ms/mm3; 0 or more, above 0.
        C: mm3/kPa, above 0.
        venous_pressure: kPa.
    """

    R1: float
    R2: float
    C: float
    venous_pressure: float = 0.0

    def __post_init__(self) -> None:
        good = (
            all(math.isfinite(v) for v in (self.R1, self.R2, self.C, self.venous_pressure))
            and self.R1 >= 0
            and self.R2 > 0
            and self.C > 0
        )
        if not good:
            raise _wrong(
                f"A Windkessel has R1 {self.R1:g}, R2 {self.R2:g}, C {self.C:g}",
                "R1 is 0 or more, R2 and C are positive",
            )


@dataclass(frozen=True)
class Artery:
    """One tapered elastic tube.

    Args:
        name: unique.
        length: mm.
        inlet_radius, outlet_radius: mm at the reference pressure; it tapers linearly.
        stiffness: (at the inlet, at the outlet) E h, Young's modulus times wall thickness, kPa mm.
        parent: name of the artery upstream, None for the first.
        outlet: what lies behind it, None where it branches.
    """

    name: str
    length: float
    inlet_radius: float
    outlet_radius: float
    stiffness: tuple[float, float]
    parent: str | None = None
    outlet: Windkessel | None = None

    def __post_init__(self) -> None:
        for what, value, low, high in (
            ("length in mm", self.length, 1.0, 1500.0),
            ("inlet radius in mm", self.inlet_radius, 0.1, 30.0),
            ("outlet radius in mm", self.outlet_radius, 0.1, 30.0),
            ("stiffness in kPa mm", self.stiffness[0], 1.0, 1e5),
            ("stiffness in kPa mm", self.stiffness[1], 1.0, 1e5),
        ):
            if not low <= value <= high:
                raise _wrong(
                    f"The artery '{self.name}' has {value:g} as its {what}", f"It must lie between {low:g} and {high:g}"
                )


@dataclass(frozen=True)
class Blood(Parameters):
    """Blood and the conditions around the arteries."""

    density: float = parameter(1.06 * g / mL, 1.0 * g / mL, 1.1 * g / mL, "g/mL", "textbook value")
    viscosity: float = parameter(
        0.004 * Pa * s, 0.0 * Pa * s, 0.008 * Pa * s, "Pa*s", "textbook value: blood at high shear"
    )
    profile: float = parameter(9.0, 2.0, 20.0, "1", "zeta of u ~ 1 - (r/R)^zeta, 2 is Poiseuille; doi:10.1002/cnm.2598")
    reference_pressure: float = parameter(
        80 * mmHg, 0 * kPa, 160 * mmHg, "mmHg", "pressure at which radii are given; textbook value: diastolic"
    )


STANDARD = Blood()


@dataclass(frozen=True, eq=False)
class Arteries:
    """A tree of arteries.

    Args:
        arteries: the first is fed by the heart.
        blood: what flows in them.

    Raises:
        InvalidInput: names that are not unique or do not exist, not exactly one artery without parent (the first), an
            end that both branches and has an outlet, or has neither, a cycle.
    """

    arteries: tuple[Artery, ...]
    blood: Blood = STANDARD

    def __post_init__(self) -> None:
        names = [artery.name for artery in self.arteries]
        if len(set(names)) != len(names) or not names:
            raise _wrong("The arteries' names are not unique, or there are none", "Every artery needs its own name")
        for i, artery in enumerate(self.arteries):
            if (artery.parent is None) != (i == 0):
                raise _wrong(
                    f"The artery '{artery.name}' is number {i} and has the parent {artery.parent}",
                    "The first alone has none",
                )
            if artery.parent is not None and artery.parent not in names[:i]:
                raise _wrong(
                    f"The artery '{artery.name}' has the unknown or later parent '{artery.parent}'",
                    "Parents come before their branches",
                )
            branches = artery.name in {other.parent for other in self.arteries}
            if branches == (artery.outlet is not None):
                found = "branches and has an outlet" if branches else "neither branches nor has an outlet"
                raise _wrong(f"The artery '{artery.name}' {found}", "Each end has one or the other")


def _wrong(found: str, expected: str) -> InvalidInput:
    return InvalidInput(f"{found}.", f"{expected}.", "Correct the arterial network.")


__all__ = ["Arteries", "Artery", "Blood", "Windkessel"]
