"""When chambers contract: activation between 0 and 1 over the phase of the beat.

Sources: half cosine, Kerckhoffs et al. 2007 (Ann. Biomed. Eng. 35:1), its wrapping form, Sankaran et al. 2012,
doi:10.1007/s10439-012-0579-3; piecewise cosine, Regazzoni et al. 2022, doi:10.1016/j.jcp.2022.111083; two-Hill, Mynard
et al. 2012, doi:10.1002/cnm.1466; the Fourier series is the elastance of the tuning framework that svZeroDSolver
documents.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Activation = Callable[[Reals, float, Mapping[str, float]], Reals]

COSINES = np.array([
    0.283748803, 0.031830626, -0.209472400, 0.020520047, 0.008316883, -0.041677660, 0.000867323, -0.001675379,
    -0.011252277, -0.000414677, 0.000253749, -0.002584966, 0.000584752, 0.000028502, 0.000022961, 0.000018735,
    0.000015573, 0.000013133, 0.000011199, 0.000009634, 0.000008343, 0.000007265, 0.000006354, 0.000005575, 0.000004903,
])  # fmt: skip
SINES = np.array([
    0.0, -0.374299825, -0.018127770, 0.073971113, -0.047249597, 0.003212163, 0.019441411, -0.005565534, 0.003401432,
    0.008376795, -0.000071880, 0.001566861, 0.003143555, -0.000024787, -0.000007476, -0.000001281, 0.000001781,
    0.000003494, 0.000004507, 0.000005117, 0.000005481, 0.000005687, 0.000005789, 0.000005821, 0.000005805,
])  # fmt: skip


def half_cosine(phase: Reals, _period: float, p: Mapping[str, float]) -> Reals:
    """One cosine bell of length t_twitch from t_active on."""
    since = phase - p["t_active"]
    return np.where((since >= 0) & (since <= p["t_twitch"]), 0.5 - 0.5 * np.cos(2 * np.pi * since / p["t_twitch"]), 0.0)


def piecewise_cosine(phase: Reals, period: float, p: Mapping[str, float]) -> Reals:
    """Half a cosine up from contract_start, half a cosine down from relax_start."""
    up, down = (phase - p["contract_start"]) % period, (phase - p["relax_start"]) % period
    rising = 0.5 - 0.5 * np.cos(np.pi * up / p["contract_duration"])
    falling = np.where(down < p["relax_duration"], 0.5 + 0.5 * np.cos(np.pi * down / p["relax_duration"]), 0.0)
    return np.where(up < p["contract_duration"], rising, falling)


def wrapping_cosine(phase: Reals, period: float, p: Mapping[str, float]) -> Reals:
    """A bell of length Tsa (of the period) that ends 1/tpwave (of the period) after the beat began."""
    length = period * p["Tsa"]
    since = (phase - period / p["tpwave"] + length) % period
    return np.where(since <= length, 0.5 - 0.5 * np.cos(2 * np.pi * since / length), 0.0)


def two_hill(phase: Reals, period: float, p: Mapping[str, float]) -> Reals:
    """Product of a rising and a falling Hill function, scaled to a maximum of 1."""

    def hills(t: Reals) -> Reals:
        rise, fall = (t / p["tau_1"]) ** p["m1"], (t / p["tau_2"]) ** p["m2"]
        return np.asarray(rise / (1 + rise) / (1 + fall))

    peak = float(hills(np.arange(0.0, period, 1e-5 * period)).max())
    return hills((phase - p["t_shift"]) % period) / peak


def elastance_series(phase: Reals, period: float) -> Reals:
    """The Fourier series itself; its trough is a little above 0, its peak a little above 1."""
    angle = 2 * np.pi * np.outer(phase / period, np.arange(COSINES.size))
    return np.asarray(np.cos(angle) @ COSINES - np.sin(angle) @ SINES)


def fourier(phase: Reals, period: float, _p: Mapping[str, float]) -> Reals:
    """The Fourier series, scaled to reach 0 and 1."""
    whole = elastance_series(np.arange(10000) * period / 10000, period)
    return np.asarray((elastance_series(phase, period) - whole.min()) / (whole.max() - whole.min()))


ACTIVATIONS: Mapping[str, tuple[Activation, tuple[str, ...]]] = {
    "half_cosine": (half_cosine, ("t_active", "t_twitch")),
    "piecewise_cosine": (piecewise_cosine, ("contract_start", "relax_start", "contract_duration", "relax_duration")),
    "wrapping_cosine": (wrapping_cosine, ("Tsa", "tpwave")),
    "two_hill": (two_hill, ("t_shift", "tau_1", "tau_2", "m1", "m2")),
    "fourier": (fourier, ()),
}

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "elastance_series",
    "fourier",
    "half_cosine",
    "piecewise_cosine",
    "two_hill",
    "wrapping_cosine",
]
