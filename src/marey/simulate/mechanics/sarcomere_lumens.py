# ruff: noqa: PLR0917 (arguments of kernels are arrays and numbers)
r"""Contraction of a sarcomere: a contractile element in series with an elastic one, beside matrix and titin.

Lumens et al. 2009, doi:10.1007/s10439-009-9774-2, with two pieces of Walmsley et al. 2015,
doi:10.1371/journal.pcbi.1004284, and the CircAdapt releases that follow it: matrix and titin as power laws of the
sarcomere length, and a decay that starts and ends within a finite time. With the natural fibre strain e, the length
Ls = Ls_ref exp(e), the contractile length L and the contractility C (both states; t from the tissue's activation):

    dL/dt  = v_max (s - 1),            s = (Ls - L) / L_se
    dC/dt  = F R(t/t_r)/t_r - C D((t - t_a)/t_d)/t_d,   F = tanh(4 (L - L_0)^2),   t_a = t_c (0.29 + 0.3 L)
    R(x)   = 0.02 x^3 (8 - x)^2 exp(-x), 0 < x < 8;     D(x) = (1 + sin x)/2, |x| < pi/2, 0 before, 1 after
    stress = S_act (L - L_0) ((C + C_rest) s - C_rest)
           + S_matrix ((Ls/Ls_0)^k - 1) + S_titin ((Ls/Ls_0)^q - 1)

Lengths are in micrometres, and S_act is per micrometre.
"""

import math
from dataclasses import dataclass, fields

import numpy as np

from marey.core.jit import jit
from marey.core.mesh import FloatArray
from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa, ms

LUMENS = "Lumens et al. 2009, doi:10.1007/s10439-009-9774-2"
WALMSLEY = "Walmsley et al. 2015, doi:10.1371/journal.pcbi.1004284"
ADULT = "set so that the healthy beat is that of a resting adult"
SET = f"law of {WALMSLEY}; {ADULT}"


@dataclass(frozen=True)
class SarcomereLumens(Parameters):
    """Numbers of the sarcomere, shared by all patches; lengths in micrometres without a unit."""

    reference_length: float = parameter(2.0, 1.8, 2.2, "1", LUMENS)
    contractile_slack_length: float = parameter(1.51, 1.3, 1.7, "1", LUMENS)
    series_length: float = parameter(0.04, 0.01, 0.1, "1", LUMENS)
    passive_slack_length: float = parameter(1.8, 1.6, 2.0, "1", WALMSLEY)
    shortening_velocity: float = parameter(0.007 / ms, 0.001 / ms, 0.02 / ms, "1/ms", LUMENS)
    active_stress: float = parameter(108 * kPa, 0, 400 * kPa, "kPa", f"{LUMENS}: 100 to 120 kPa; {ADULT}")
    matrix_stress: float = parameter(0.45 * kPa, 0.01 * kPa, 20 * kPa, "kPa", SET)
    matrix_exponent: float = parameter(12.0, 2.0, 40.0, "1", SET)
    titin_stress: float = parameter(0.5 * kPa, 0, 10 * kPa, "kPa", SET)
    titin_exponent: float = parameter(6.7, 1.0, 40.0, "1", WALMSLEY)
    rise_time: float = parameter(48 * ms, 5 * ms, 200 * ms, "ms", LUMENS)
    decay_time: float = parameter(28 * ms, 5 * ms, 200 * ms, "ms", f"{LUMENS}: 32 ms; {ADULT}")
    contraction_time: float = parameter(375 * ms, 100 * ms, 800 * ms, "ms", f"{LUMENS}: 425 ms; {ADULT}")
    resting_contractility: float = parameter(0.02, 0.001, 0.5, "1", LUMENS)

    def packed(self) -> FloatArray:
        """(14,) the numbers in the order of the fields, as the kernels read them."""
        return np.array([getattr(self, field.name) for field in fields(self)], np.float64)


@jit
def passive_stress(strain: float, stiffness: float, sarcomere: FloatArray) -> tuple[float, float]:
    """Passive fibre stress and its derivative to the strain, kPa."""
    stretch = strain + math.log(sarcomere[0] / sarcomere[3])
    matrix = stiffness * sarcomere[6] * math.exp(sarcomere[7] * stretch)
    titin = stiffness * sarcomere[8] * math.exp(sarcomere[9] * stretch)
    rest = stiffness * (sarcomere[6] + sarcomere[8])
    return matrix + titin - rest, sarcomere[7] * matrix + sarcomere[9] * titin


@jit
def fibre_stress(
    strain: float, length: float, level: float, contractility: float, stiffness: float, sarcomere: FloatArray
) -> tuple[float, float]:
    """Total fibre stress and its derivative to the strain, kPa.

    Args:
        strain: natural fibre strain.
        length: of the contractile element, micrometres.
        level: the state C.
        contractility, stiffness: factors of the active and the passive stress of this tissue.
        sarcomere: `SarcomereLumens.packed`.
    """
    passive, slope = passive_stress(strain, stiffness, sarcomere)
    total = sarcomere[0] * math.exp(strain)
    scale = contractility * sarcomere[5] * max(length - sarcomere[1], 0.0)
    pull = (level + sarcomere[13]) / sarcomere[2]
    active = scale * (pull * (total - length) - sarcomere[13])
    return passive + active, slope + scale * pull * total


@jit
def sarcomere_rates(
    strain: float, length: float, level: float, since: float, sarcomere: FloatArray
) -> tuple[float, float]:
    """Rates of the contractile length (1/ms, in micrometres) and of the contractility (1/ms).

    Args:
        strain, length, level: as in `fibre_stress`.
        since: ms since the activation of this tissue.
        sarcomere: `SarcomereLumens.packed`.
    """
    series = (sarcomere[0] * math.exp(strain) - length) / sarcomere[2]
    x = min(8.0, max(0.0, since / sarcomere[10]))
    rise = 0.02 * x**3 * (8 - x) ** 2 * math.exp(-x) / sarcomere[10]
    overlap = max(length - sarcomere[1], 0.0)
    lasting = sarcomere[12] * (0.29 + 0.3 * length)
    phase = min(math.pi / 2, max(-math.pi / 2, (since - lasting) / sarcomere[11]))
    decay = (0.5 + 0.5 * math.sin(phase)) / sarcomere[11]
    return sarcomere[4] * (series - 1), math.tanh(4 * overlap**2) * rise - level * decay


__all__ = ["SarcomereLumens", "fibre_stress", "passive_stress", "sarcomere_rates"]
