"""Each ventricle as a sphere with one strain: the whole heart in seven states.

Caruel, Chabiniok, Moireau, Lecarpentier and Chapelle 2014 (doi:10.1007/s10237-013-0544-6). The midwall sphere encloses
the cavity and half of the wall; its stretch is lambda = (Vm / Vm0)^(1/3), its Green strain e = (lambda^2 - 1) / 2, and
with C = lambda^2 the incompressible wall has the invariants I1 = 2 C + C^-2 and I4 = C. The wall's stress is

    S = S_fibre + 4 (1 - C^-3) dW/dI1 + 2 dW/dI4,   W = C0 exp(C1 (I1 - 3)^2) + C2 exp(C3 (I4 - 1)^2)

and the power of the pressure is the power of the stress: p dV = V_wall S de. In a thin wall this is Laplace's law,
p = 2 sigma h / R, for the passive part and the one-fibre law p = sigma_f V_wall / (3 Vm) for the active part.
The passive term along the fibres acts under tension only. The septum bulges into the right ventricle by Vs, which
follows p_lv - p_rv = E_s Vs with a delay of a few ms.
"""

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from marey.core.jit import jit
from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa, mL, mmHg, ms
from marey.simulate.mechanics.elastance import REFERENCE_PERIOD
from marey.simulate.mechanics.interface import START_VOLUMES, Array, PressureFunction
from marey.simulate.mechanics.sarcomere_bestel import BestelSarcomere, activation, fibre_stress

FITTED = "law of Caruel 2014 doi:10.1007/s10237-013-0544-6; fitted to a normal filling curve"
WIDTH = 16  # numbers per ventricle in `parameters`


@dataclass(frozen=True)
class SphereWall(Parameters):
    """Geometry and passive law of one ventricle; the left one's values."""

    wall_volume: float = parameter(105 * mL, 20 * mL, 500 * mL, "mL", "110 g of myocardium, textbook value")
    unloaded_volume: float = parameter(56 * mL, 10 * mL, 400 * mL, "mL", "textbook value")
    isotropic: float = parameter(2.2 * kPa, 0.01 * kPa, 100 * kPa, "kPa", FITTED)
    isotropic_exponent: float = parameter(0.5, 0.01, 20, "1", FITTED)
    fibre: float = parameter(2.2 * kPa, 0.01 * kPa, 100 * kPa, "kPa", FITTED)
    fibre_exponent: float = parameter(0.5, 0.01, 20, "1", FITTED)


@dataclass(frozen=True)
class RightSphereWall(SphereWall):
    """The right ventricle: thin and wide."""

    wall_volume: float = parameter(45 * mL, 10 * mL, 300 * mL, "mL", "textbook value")
    unloaded_volume: float = parameter(72 * mL, 10 * mL, 400 * mL, "mL", "textbook value")
    isotropic: float = parameter(1.6 * kPa, 0.01 * kPa, 100 * kPa, "kPa", FITTED)
    fibre: float = parameter(1.6 * kPa, 0.01 * kPa, 100 * kPa, "kPa", FITTED)


@dataclass(frozen=True)
class RightBestelSarcomere(BestelSarcomere):
    """The right ventricle, whose fibres a sphere loads less than the real shape does."""

    contractility: float = parameter(52 * kPa, 0 * kPa, 500 * kPa, "kPa", FITTED)


@jit
def passive_stress(squared: float, iso: float, iso_exponent: float, fibre: float, fibre_exponent: float) -> float:
    """Passive part of S in kPa at C = `squared`, the midwall stretch squared."""
    first = 2.0 * squared + squared**-2 - 3.0
    fourth = max(squared - 1.0, 0.0)
    by_first = 2.0 * iso * iso_exponent * first * math.exp(iso_exponent * first * first)
    by_fourth = 2.0 * fibre * fibre_exponent * fourth * math.exp(fibre_exponent * fourth * fourth)
    return 4.0 * (1.0 - squared**-3) * by_first + 2.0 * by_fourth


@jit
def _chamber(volume: float, u: float, state: Array, numbers: Array, change: Array) -> tuple[float, float, float]:
    """Transmural pressure of one sphere, its fibre's strain and stress."""
    wall, unloaded = numbers[0], numbers[1]
    rest = unloaded + 0.5 * wall
    squared = ((volume + 0.5 * wall) / rest) ** (2.0 / 3.0)
    strain = 0.5 * (squared - 1.0)
    active = fibre_stress(strain, u, state, numbers[6:15], change)
    stress = active + passive_stress(squared, numbers[2], numbers[3], numbers[4], numbers[5])
    return float(wall * stress / (3.0 * rest * math.sqrt(squared))), strain, active


@jit
def pressure(  # noqa: PLR0917 - the interface's
    t: float,
    volumes: Array,
    state: Array,
    memory: Array,  # noqa: ARG001
    parameters: Array,
    dstate: Array,
    out: Array,
) -> None:
    """Pressures, then strain and stress of the left and of the right fibre, then the septum's bulge."""
    left, right = parameters[:WIDTH], parameters[WIDTH : 2 * WIDTH]
    onset, stiffness, viscosity = parameters[2 * WIDTH :]
    bulge = state[6]
    v_left, v_right = volumes[0] - bulge, volumes[1] + bulge
    if v_left <= 0.0 or v_right <= 0.0:
        out[:] = np.nan
        dstate[:] = np.nan
        return
    u_left = activation(t, onset, left[15], left[8], left[9])
    u_right = activation(t, onset, right[15], right[8], right[9])
    out[0], out[2], out[3] = _chamber(v_left, u_left, state[:3], left, dstate[:3])
    out[1], out[4], out[5] = _chamber(v_right, u_right, state[3:6], right, dstate[3:6])
    out[6] = bulge
    dstate[6] = (out[0] - out[1] - stiffness * bulge) / viscosity


@dataclass(frozen=True)
class SphereVentricles(Parameters):
    """Both ventricles as spheres of active muscle, coupled by a septum.

    Extra outputs: Green strain and second Piola-Kirchhoff stress (kPa) of the left and the right fibre, and the
    septum's bulge in mm3.
    """

    pressure: ClassVar[PressureFunction] = staticmethod(pressure)
    names: ClassVar[tuple[str, ...]] = (
        "left fibre strain", "left fibre stress", "right fibre strain", "right fibre stress", "septal bulge",
    )  # fmt: skip

    onset: float = parameter(20 * ms, 0 * ms, 150 * ms, "ms", "electromechanical delay, textbook value")
    duration: float = parameter(280 * ms, 80 * ms, 500 * ms, "ms", "activation lasts this long, textbook value")
    septum: float = parameter(20 * mmHg / mL, 1 * mmHg / mL, 60 * mmHg / mL, "mmHg/mL", "textbook value")
    septal_viscosity: float = parameter(
        150 * mmHg * ms / mL,
        100 * mmHg * ms / mL,
        1e4 * mmHg * ms / mL,
        "mmHg*ms/mL",
        "some ms, textbook value",
    )
    left_wall: SphereWall = field(default_factory=SphereWall)
    right_wall: RightSphereWall = field(default_factory=RightSphereWall)
    left_sarcomere: BestelSarcomere = field(default_factory=BestelSarcomere)
    right_sarcomere: RightBestelSarcomere = field(default_factory=RightBestelSarcomere)

    def parameters(self) -> Array:
        """(35,) wall, sarcomere and duration of each ventricle, then onset and septum."""
        numbers: list[float] = []
        for wall, sarcomere in ((self.left_wall, self.left_sarcomere), (self.right_wall, self.right_sarcomere)):
            numbers += [known.value for known in (*wall.table(), *sarcomere.table())] + [self.duration]
        return np.array([*numbers, self.onset, self.septum, self.septal_viscosity])

    def paced(self, period: float) -> "SphereVentricles":
        """The same ventricles at another rate: activation lasts as the square root of the period (Bazett, textbook)."""
        return self.but(duration=self.duration * math.sqrt(period / REFERENCE_PERIOD))

    def initial_state(self) -> Array:
        """(7,) sarcomeres as long as their fibres, no tension, a flat septum."""
        state = np.zeros(7)
        for i, volume, wall in zip((0, 3), START_VOLUMES, (self.left_wall, self.right_wall), strict=True):
            half = 0.5 * wall.wall_volume
            state[i] = 0.5 * (((volume + half) / (wall.unloaded_volume + half)) ** (2 / 3) - 1.0)
        return state

    def memory(self) -> Array:
        """(0,): nothing is solved."""
        return np.zeros(0)


__all__ = ["RightBestelSarcomere", "RightSphereWall", "SphereVentricles", "SphereWall", "passive_stress"]
