"""Bestel-Clement-Sorine sarcomere in series with an elastic element.

Chapelle, Le Tallec, Moireau and Sorine 2012 (doi:10.1615/IntJMultCompEng.2011002360) and Caruel 2014
(doi:10.1007/s10237-013-0544-6). With the fibre's Green strain e, the sarcomere's e_c, its stiffness k_c and tension
tau_c, and the chemical activation u (positive: bridges attach; negative: they detach):

    dk_c/dt   = -(|u| + alpha |de_c/dt|) k_c + n0(e_c) k0 u+
    dtau_c/dt = -(|u| + alpha |de_c/dt|) tau_c + n0(e_c) sigma0 u+ + k_c de_c/dt
    tau_c + mu de_c/dt = E_s (e - e_c) (1 + 2 e) / (1 + 2 e_c)^3
    S = E_s (e - e_c) / (1 + 2 e_c)^2        (second Piola-Kirchhoff stress along the fibre)

so that S de = (work of the series spring) + (tau_c + mu de_c/dt) de_c. The series element is softer and the dashpot
stronger than in these papers: the spring's time constant is then about 1 ms and explicit steps suffice, while the
dashpot carries less than 2 % of the peak tension.
"""

import math
from dataclasses import dataclass

from marey.core.jit import jit
from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa, ms
from marey.simulate.mechanics.interface import Array

CHAPELLE = "law of Chapelle 2012 doi:10.1615/IntJMultCompEng.2011002360; textbook value"
FITTED = "law of Chapelle 2012 doi:10.1615/IntJMultCompEng.2011002360; fitted to a normal pressure-volume loop"


@dataclass(frozen=True)
class BestelSarcomere(Parameters):
    """Numbers of the sarcomere law, the left ventricle's; strains are Green strains from the unloaded wall."""

    contractility: float = parameter(138 * kPa, 0 * kPa, 500 * kPa, "kPa", FITTED)
    bridge_stiffness: float = parameter(100 * kPa, 0 * kPa, 1000 * kPa, "kPa", CHAPELLE)
    attachment: float = parameter(0.012 / ms, 1e-3 / ms, 0.2 / ms, "1/ms", FITTED)
    detachment: float = parameter(0.03 / ms, 2e-3 / ms, 0.2 / ms, "1/ms", FITTED)
    bridge_destruction: float = parameter(1.0, 0, 10, "1", CHAPELLE)
    series_stiffness: float = parameter(
        1500 * kPa, 300 * kPa, 2000 * kPa, "kPa", "softer than in the papers, for explicit steps"
    )
    viscosity: float = parameter(1000 * kPa * ms, 800 * kPa * ms, 5000 * kPa * ms, "kPa*ms", "as stiffness")
    best_strain: float = parameter(0.5, 0.1, 0.8, "1", "longer than a filled heart reaches, fitted to Frank-Starling")
    strain_width: float = parameter(0.65, 0.3, 1.5, "1", "fitted to Frank-Starling")


@jit
def activation(t: float, onset: float, duration: float, attachment: float, detachment: float) -> float:
    """Chemical activation u in 1/ms, t ms after the R wave; its edges take about 20 ms."""
    edge = 10.0
    on = 0.25 * (1.0 + math.tanh((t - onset) / edge)) * (1.0 - math.tanh((t - onset - duration) / edge))
    return on * (attachment + detachment) - detachment


@jit
def overlap(strain: float, best: float, width: float) -> float:
    """Share of bridges that can attach, n0(e_c): a parabola up to the best strain, 1 beyond."""
    missing = max(best - strain, 0.0) / width
    return max(1.0 - missing * missing, 0.0)


@jit
def fibre_stress(e: float, u: float, state: Array, numbers: Array, change: Array) -> float:
    """Second Piola-Kirchhoff stress S along the fibre, kPa.

    Args:
        e: Green strain of the fibre.
        u: chemical activation, 1/ms.
        state: (3,) e_c, k_c, tau_c.
        numbers: (9,) fields of `BestelSarcomere`.
        change: (3,) written: time derivatives of the state.
    """
    sigma0, k0, _, _, alpha, spring, viscosity, best, width = numbers
    strain, stiffness, tension = state
    length = 1.0 + 2.0 * strain
    rate = (spring * (e - strain) * (1.0 + 2.0 * e) / length**3 - tension) / viscosity
    loss = abs(u) + alpha * abs(rate)
    gain = max(u, 0.0) * overlap(strain, best, width)
    change[0] = rate
    change[1] = gain * k0 - loss * stiffness
    change[2] = gain * sigma0 - loss * tension + stiffness * rate
    return float(spring * (e - strain) / length**2)


__all__ = ["BestelSarcomere", "activation", "fibre_stress", "overlap"]
