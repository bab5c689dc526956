"""The kinds of block that a network may hold: their parameters, variables and how parameters change over a beat.

Names are those of svZeroDSolver's input files (SimVascular), where each circuit is drawn. Stenosis |Q|Q: Young and Tsai
1973, doi:10.1016/0021-9290(73)90099-7. Coronary bed: Kim et al. 2010, doi:10.1007/s10439-010-0083-6. Heart and
pulmonary bed: Sankaran et al. 2012, doi:10.1007/s10439-012-0579-3. Sphere: Caruel et al. 2014,
doi:10.1007/s10237-013-0544-6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.simulate.flow.network import _equations as eq
from marey.simulate.flow.network.activation import ACTIVATIONS, elastance_series, wrapping_cosine

Reals = NDArray[np.float64]
Values = Mapping[str, Reals]


@dataclass(frozen=True)
class Clock:
    """Where in the beat the inputs are wanted.

    Args:
        phase: (step,) time since the beat began.
        period: of the beat.
        steady: a start with constant inputs and without the capacitors of outlets.
    """

    phase: Reals
    period: float
    steady: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of block.

    Args:
        equations: which of the compiled equations.
        keys: its parameters, in the order of the equations unless `inputs` says otherwise; a value is the default, None
            means that one must be given.
        ends: (inlets, outlets); -1 is any number from 1 on.
        own: its own variables, beside pressure and flow of its ends.
        rows: number of equations, less one for every end if that number is free.
        inputs: (values, activation over the clock's phase, clock) -> parameters of the equations, each () or (step,).
        discharged: parameters of the equations that are zero in a steady start.
        signed: parameters that may be negative.
        each: every parameter is a list with one value per outlet.
        newton: its equations are not linear.
        activated: it needs an activation.
    """

    equations: int
    keys: Mapping[str, float | None]
    ends: tuple[int, int]
    own: tuple[str, ...] = ()
    rows: int = 2
    inputs: Callable[[Values, Reals, Clock], list[Reals]] | None = None
    discharged: tuple[int, ...] = ()
    signed: tuple[str, ...] = ()
    each: bool = False
    newton: bool = False
    activated: bool = False


def _needed(names: str, **defaults: float) -> dict[str, float | None]:
    return {**dict.fromkeys(names.split()), **defaults}


ZERO, ONE = np.array(0.0), np.array(1.0)


def _coronary(v: Values, _active: Reals, _clock: Clock) -> list[Reals]:
    return [*(v[k] for k in ("Ra1", "Ra2", "Rv1", "Ca", "Cc", "Pim", "P_v")), ZERO, ZERO]


def _coronary_var(v: Values, _active: Reals, clock: Clock) -> list[Reals]:
    """Resistance of the wall's vessels from Ra2_min to Ra2_max and back, linear in its root."""
    t, up, down = clock.phase, v["T_vc"], v["T_vr"]
    rising, falling = 0.5 - 0.5 * np.cos(np.pi * t / up), 0.5 + 0.5 * np.cos(np.pi * (t - up) / down)
    squeeze = np.where(t <= up, rising, np.where(t <= up + down, falling, 0.0)) * (not clock.steady)
    low, high = np.sqrt(v["Ra2_min"]), np.sqrt(v["Ra2_max"])
    return _coronary({**v, "Ra2": (low + (high - low) * squeeze) ** 2}, squeeze, clock)


def _inductor(v: Values, active: Reals, _clock: Clock) -> list[Reals]:
    E, V0 = v["Emin"] + (v["Emax"] - v["Emin"]) * active, v["Vrs"] + (v["Vrd"] - v["Vrs"]) * (1 - active)
    return [E, V0, ZERO, ZERO, v["Impedance"]]


def _exponential(v: Values, active: Reals, _clock: Clock) -> list[Reals]:
    return [v["Emax"] * active, v["Vaso"], v["Kxp"] * (1 - active), v["Kxv"], v["Impedance"]]


def _linear(v: Values, active: Reals, _clock: Clock) -> list[Reals]:
    return [v["Epass"] + v["Emax"] * active, v["Vrest"], ZERO, ZERO, ZERO]


def _sphere(v: Values, _active: Reals, clock: Clock) -> list[Reals]:
    started = 0.5 + 0.5 * np.tanh((clock.phase - v["tsys"]) / v["steepness"])
    lasting = 0.5 - 0.5 * np.tanh((clock.phase - v["tdias"]) / v["steepness"])
    systole = started * lasting
    rate = v["alpha_max"] * systole + v["alpha_min"] * (1 - systole)
    return [*(v[k] for k in ("rho", "thick0", "radius0", "W1", "W2", "eta", "sigma_max")), rate]


HEART_KEYS = (
    "Erv_s Elv_s Lra_v Rra_v Lrv_a Rrv_a Lla_v Rla_v Llv_a Rlv_ao Vrv_u Vlv_u Rpd Cp Cpa Kxp_ra Kxv_ra Kxp_la Kxv_la "
    "Emax_ra Emax_la Vaso_ra Vaso_la"
)


def _heart(v: Values, _active: Reals, clock: Clock) -> list[Reals]:
    bell = {k: float(v[k]) for k in ("Tsa", "tpwave")}
    atrial, ventricular = wrapping_cosine(clock.phase, clock.period, bell), elastance_series(clock.phase, clock.period)
    return [atrial, ventricular, *(v[k] for k in HEART_KEYS.split())]


_VESSEL = _needed("R_poiseuille", C=0.0, L=0.0, stenosis_coefficient=0.0)
_BED: dict[str, Any] = {"own": ("volume_im",), "discharged": (3, 4), "signed": ("Pim", "P_v")}
_CHAMBER: dict[str, Any] = {"ends": (1, 1), "own": ("Vc",), "rows": 3, "activated": True}
_WALL = Kind(eq.CORONARY_LOOP, _needed("Ra Ram Rv Ca Cim"), (1, 1), ("volume_im",), 3)
_SPHERE = "rho thick0 radius0 W1 W2 eta sigma_max alpha_max alpha_min tsys tdias steepness"
_HEART = ("V_RA", "Q_RA", "P_RV", "V_RV", "Q_RV", "P_pul", "P_LA", "V_LA", "Q_LA", "P_LV", "V_LV", "Q_LV")

KINDS: Mapping[str, Kind] = {
    "FLOW": Kind(eq.FLOW, _needed("Q"), (-2, -2), rows=1, signed=("Q",)),
    "PRESSURE": Kind(eq.PRESSURE, _needed("P"), (-2, -2), rows=1, signed=("P",)),
    "RESISTANCE": Kind(eq.RESISTANCE, _needed("R Pd"), (1, 0), rows=1, signed=("Pd",)),
    "RCR": Kind(eq.RCR, _needed("Rp C Rd", Pd=0.0), (1, 0), ("pressure_c",), discharged=(1,), signed=("Pd",)),
    "ClosedLoopRCR": Kind(
        eq.RCR_LOOP, _needed("Rp C Rd", closed_loop_outlet=1.0), (1, 1), ("P_c",), 3, discharged=(1,)
    ),
    "CORONARY": Kind(eq.CORONARY, _needed("Ra1 Ra2 Rv1 Ca Cc Pim P_v"), (1, 0), inputs=_coronary, **_BED),
    "CORONARY_VAR_RES": Kind(
        eq.CORONARY, _needed("Ra1 Ra2_min Ra2_max Rv1 Ca Cc Pim P_v T_vc T_vr"), (1, 0), inputs=_coronary_var, **_BED
    ),
    "ClosedLoopCoronaryLeft": _WALL,
    "ClosedLoopCoronaryRight": _WALL,
    "BloodVessel": Kind(eq.VESSEL, _VESSEL, (1, 1)),
    "BloodVesselCRL": Kind(eq.VESSEL_CRL, _VESSEL, (1, 1)),
    "BloodVesselRC": Kind(eq.VESSEL_RC, _needed("Rpd Cp"), (1, 1)),
    "NORMAL_JUNCTION": Kind(eq.JUNCTION, {}, (-1, -1), rows=-1),
    "BloodVesselJunction": Kind(
        eq.BRANCHES, _needed("R_poiseuille L stenosis_coefficient"), (1, -1), rows=-1, each=True
    ),
    "ValveTanh": Kind(eq.VALVE_TANH, _needed("Rmin Rmax Steepness"), (1, 1), newton=True),
    "PiecewiseValve": Kind(eq.VALVE_SWITCH, _needed("Rmin Rmax"), (1, 1), newton=True),
    "ChamberElastanceInductor": Kind(
        eq.CHAMBER, _needed("Emax Emin Vrd Vrs Impedance"), inputs=_inductor, signed=("Vrd", "Vrs"), **_CHAMBER
    ),
    "ChamberElastanceInductorExponential": Kind(
        eq.CHAMBER, _needed("Emax Kxp Kxv Vaso Impedance"), inputs=_exponential, signed=("Vaso",), newton=True,
        **_CHAMBER,
    ),
    "LinearElastanceChamber": Kind(
        eq.CHAMBER, _needed("Emax Epass Vrest"), inputs=_linear, signed=("Vrest",), **_CHAMBER
    ),
    "ChamberSphere": Kind(
        eq.SPHERE, _needed(_SPHERE), (1, 1), ("radius", "velo", "stress", "tau", "volume"), 7, _sphere,
        signed=("alpha_min",), newton=True,
    ),
    "ClosedLoopHeartAndPulmonary": Kind(
        eq.HEART, _needed(f"Tsa tpwave iml imr {HEART_KEYS}"), (1, 1), _HEART, 14, _heart, newton=True
    ),
}  # fmt: skip

__all__ = ["ACTIVATIONS", "KINDS", "Clock", "Kind"]
