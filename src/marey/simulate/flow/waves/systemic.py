"""The systemic arteries as one tree, and the waves that a heart sends through it.

Tree: ADAN56, Boileau et al. 2015, doi:10.1002/cnm.2732 (`marey.simulate.flow.waves.adan56`).
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from marey.core.beat import Beat
from marey.core.errors import InvalidInput
from marey.core.parameter import Parameters, parameter
from marey.core.signal import Signal
from marey.core.units import kPa, litre, minute, mmHg
from marey.simulate.flow.waves.adan56 import (
    PIECES,
    PROXIMAL_SHARE,
    REFERENCE_PRESSURE,
    TIME_CONSTANT,
    YOUNG_MODULUS,
    wall_thickness,
)
from marey.simulate.flow.waves.arteries import Arteries, Artery, Blood, Windkessel
from marey.simulate.flow.waves.solve import Waves, periodic_waves

Reals = NDArray[np.float64]
BOILEAU = "Boileau 2015 doi:10.1002/cnm.2732"
SAMPLES = 400
FACTORS = (0.05, 20.0)


@dataclass(frozen=True)
class SystemicTree(Parameters):
    """A person's systemic arteries, as changes of the published tree of a healthy adult man."""

    young_modulus: float = parameter(YOUNG_MODULUS, 50 * kPa, 2000 * kPa, "kPa", f"{BOILEAU}; range: assumption")
    size: float = parameter(1.0, 0.3, 1.5, "1", "assumption: factor on lengths, radii and walls")
    resistance: float = parameter(1.0, *FACTORS, "1", f"factor on the distal resistances of {BOILEAU}")
    compliance: float = parameter(1.0, 0.05, 20.0, "1", f"factor on the compliances of the ends of {BOILEAU}")
    venous_pressure: float = parameter(0 * mmHg, 0 * mmHg, 40 * mmHg, "mmHg", BOILEAU)
    blood: Blood = field(default_factory=lambda: Blood(profile=2.0, reference_pressure=REFERENCE_PRESSURE))

    def arteries(self) -> Arteries:
        """The tree for `periodic_waves`."""
        return Arteries(tuple(self._artery(*piece) for piece in PIECES), self.blood)

    def input_resistance(self) -> float:
        """Resistance of the whole tree to steady flow at the reference pressure, kPa ms/mm3."""
        arteries = self.arteries().arteries
        conductance: dict[str | None, float] = {}
        for artery in reversed(arteries):
            end = artery.outlet
            behind = end.R1 + end.R2 if end else 1.0 / conductance[artery.name]
            own = 1.0 / (self._friction(artery) + behind)
            conductance[artery.parent] = conductance.get(artery.parent, 0.0) + own
        return 1.0 / conductance[None]

    def carrying(self, flow: float, pressure: float, venous_pressure: float) -> "SystemicTree":
        """The same tree, distal resistances changed so that a mean flow makes a mean pressure at the root.

        Args:
            flow: mm3/ms.
            pressure, venous_pressure: kPa.

        Raises:
            InvalidInput: no factor within the range of `resistance` does that.
        """
        wanted = (pressure - venous_pressure) / flow if flow > 0.0 else math.nan

        def excess(factor: float) -> float:
            return self.but(resistance=factor).input_resistance() - wanted

        if not excess(FACTORS[0]) < 0.0 < excess(FACTORS[1]):
            raise InvalidInput(
                f"A mean flow of {flow / (litre / minute):.3g} L/min at a mean pressure of {pressure / mmHg:.3g} mmHg.",
                f"Factors of {FACTORS[0]:g} to {FACTORS[1]:g} on the tree's distal resistances are possible.",
                "Check the beat's cardiac output and pressures.",
            )
        factor = brentq(excess, *FACTORS, xtol=1e-10)
        return self.but(resistance=float(factor), venous_pressure=venous_pressure)

    def _artery(  # noqa: PLR0917 - a row of the table
        self, name: str, parent: str | None, length: float, inlet: float, outlet: float, resistance: float | None
    ) -> Artery:
        stiffness = (
            self.young_modulus * wall_thickness(inlet) * self.size,
            self.young_modulus * wall_thickness(outlet) * self.size,
        )
        end = None
        if resistance is not None:
            distal = self.resistance * (1.0 - PROXIMAL_SHARE) * resistance
            capacity = self.compliance * TIME_CONSTANT / resistance
            end = Windkessel(PROXIMAL_SHARE * resistance, distal, capacity, self.venous_pressure)
        return Artery(name, self.size * length, self.size * inlet, self.size * outlet, stiffness, parent, end)

    def _friction(self, artery: Artery) -> float:
        a, b = artery.inlet_radius, artery.outlet_radius
        mean = (a * a + a * b + b * b) / (3.0 * a**3 * b**3)
        return 2.0 * (self.blood.profile + 2.0) * self.blood.viscosity / math.pi * artery.length * mean


STANDARD = SystemicTree()


def arterial_waves(source: Beat | Signal, tree: SystemicTree = STANDARD, *, spacing: float = 10.0) -> Waves:
    """The periodic waves of pressure and flow that a heart sends through the systemic arteries.

    Args:
        source: a simulated beat, whose flow through the aortic valve feeds the tree, and whose mean arterial and venous
            pressures the tree is given (`SystemicTree.carrying`); or a signal over one beat, both ends included, with a
            lead "aortic" of that flow, for the tree as it is.
        tree: the arteries.
        spacing: largest length of a cell, mm.

    Raises:
        InvalidInput: no such lead, a heart that pumps nothing forward, a resistance out of range.
        NotAnalysable: as in `periodic_waves`.
    """
    flows = source.flows if isinstance(source, Beat) else source
    if "aortic" not in flows.names:
        raise InvalidInput(
            f"The flows are {', '.join(flows.names)}.",
            "One of them must be 'aortic', through the aortic valve.",
            "Give the signal's leads their names.",
        )
    inflow, period = flows["aortic"], float(np.ptp(flows.times))
    mean = float(np.trapezoid(inflow, flows.times)) / period
    if not mean > 0.0:
        raise InvalidInput(
            f"The mean flow into the arteries is {mean / (litre / minute):.3g} L/min.",
            "A heart that pumps forward is needed.",
            "Check the sign and the unit of the flow.",
        )
    if isinstance(source, Beat):
        pressures = [
            float(np.trapezoid(source.pressures[name], source.pressures.times)) / source.period
            for name in ("systemic arteries", "systemic veins")
        ]
        tree = tree.carrying(mean, *pressures)
    count = max(SAMPLES, flows.times.size - 1)
    course = np.interp(flows.times[0] + period * np.arange(count) / count, flows.times, inflow)
    return periodic_waves(tree.arteries(), course, period, spacing=spacing, samples=SAMPLES)


__all__ = ["SystemicTree", "arterial_waves"]
