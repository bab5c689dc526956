"""Array code of the ten Tusscher-Panfilov 2006 cell; symbols as in doi:10.1152/ajpheart.00109.2006."""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit

R, T, F = 8.314, 310.0, 96.485
FRT = F / (R * T)
RTF = R * T / F
NA_O, CA_O = 140.0, 2.0
CAPACITANCE, V_C, V_SR, V_SS = 185.0, 16404.0, 1094.0, 54.68

LOWEST, SPACING, ROWS = -150.0, 0.05, 5001
GATES = 11


def _gates(V: NDArray[np.float64], *, endocardial: bool) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Steady state and time constant (ms) of Xr1, Xr2, Xs, m, h, j, d, f, f2, s, r."""
    e = np.exp
    early = V < -40
    low = np.minimum(V, -40)
    high = np.maximum(V, -40)
    alpha_h = np.where(early, 0.057 * e(-(low + 80) / 6.8), 0)
    beta_h = np.where(
        early, 2.7 * e(0.079 * low) + 3.1e5 * e(0.3485 * low), 0.77 / (0.13 * (1 + e(-(high + 10.66) / 11.1)))
    )
    alpha_j = (
        (-2.5428e4 * e(0.2444 * low) - 6.948e-6 * e(-0.04391 * low)) * (low + 37.78) / (1 + e(0.311 * (low + 79.23)))
    )
    beta_j = np.where(
        early,
        0.02424 * e(-0.01052 * low) / (1 + e(-0.1378 * (low + 40.14))),
        0.6 * e(0.057 * high) / (1 + e(-0.1 * (high + 32))),
    )
    alpha_j = np.where(early, alpha_j, 0)
    h_inf = 1 / (1 + e((V + 71.55) / 7.43)) ** 2
    m = (
        1 / (1 + e((-56.86 - V) / 9.03)) ** 2,
        1 / (1 + e((-60 - V) / 5)) * (0.1 / (1 + e((V + 35) / 5)) + 0.1 / (1 + e((V - 50) / 200))),
    )
    d_rate = (1.4 / (1 + e((-35 - V) / 13)) + 0.25) * 1.4 / (1 + e((V + 5) / 5)) + 1 / (1 + e((50 - V) / 20))
    f_rate = 1102.5 * e(-((V + 27) ** 2) / 225) + 200 / (1 + e((13 - V) / 10)) + 180 / (1 + e((V + 30) / 10)) + 20
    f2_rate = 562 * e(-((V + 27) ** 2) / 240) + 31 / (1 + e((25 - V) / 10)) + 80 / (1 + e((V + 30) / 10))
    s = (
        (1 / (1 + e((V + 28) / 5)), 1000 * e(-((V + 67) ** 2) / 1000) + 8)
        if endocardial
        else (1 / (1 + e((V + 20) / 5)), 85 * e(-((V + 45) ** 2) / 320) + 5 / (1 + e((V - 20) / 5)) + 3)
    )
    return [
        (1 / (1 + e((-26 - V) / 7)), 450 / (1 + e((-45 - V) / 10)) * 6 / (1 + e((V + 30) / 11.5))),
        (1 / (1 + e((V + 88) / 24)), 3 / (1 + e((-60 - V) / 20)) * 1.12 / (1 + e((V - 60) / 20))),
        (1 / (1 + e((-5 - V) / 14)), 1400 / np.sqrt(1 + e((5 - V) / 6)) / (1 + e((V - 35) / 15)) + 80),
        m,
        (h_inf, 1 / (alpha_h + beta_h)),
        (h_inf, 1 / (alpha_j + beta_j)),
        (1 / (1 + e((-8 - V) / 7.5)), d_rate),
        (1 / (1 + e((V + 20) / 7)), f_rate),
        (0.67 / (1 + e((V + 35) / 7)) + 0.33, f2_rate),
        s,
        (1 / (1 + e((20 - V) / 6)), 9.5 * e(-((V + 40) ** 2) / 1800) + 0.8),
    ]


def tabulate(dt: float, *, endocardial: bool) -> NDArray[np.float64]:
    """(potential, column): for each gate what it tends to and keeps in a step of dt ms, then factors of currents."""
    V = LOWEST + SPACING * np.arange(ROWS, dtype=np.float64)
    columns = []
    for steady, tau in _gates(V, endocardial=endocardial):
        kept = np.exp(-dt / tau)
        columns += [steady * (1 - kept), kept]
    u = 2 * (V - 15) * FRT
    bernoulli = np.where(np.abs(u) < 1e-7, 1.0, u / np.expm1(np.where(np.abs(u) < 1e-7, 1.0, u)))
    forward, backward = np.exp(0.35 * V * FRT), np.exp(-0.65 * V * FRT)
    columns += [
        0.5 * F * bernoulli * np.exp(u),
        2 * F * CA_O * bernoulli,
        1 / (1 + 0.1245 * np.exp(-0.1 * V * FRT) + 0.0353 * np.exp(-V * FRT)),
        forward / (1 + 0.1 * backward),
        backward / (1 + 0.1 * backward),
        1 / (1 + np.exp((25 - V) / 5.98)),
    ]
    return np.stack(columns, axis=1)


def _rectifier() -> NDArray[np.float64]:
    u = LOWEST + SPACING * np.arange(ROWS + round(150 / SPACING))
    alpha = 0.1 / (1 + np.exp(0.06 * (u - 200)))
    beta = (3 * np.exp(0.0002 * (u + 100)) + np.exp(0.1 * (u - 10))) / (1 + np.exp(-0.5 * u))
    return np.asarray(alpha / (alpha + beta))


RECTIFIER = _rectifier()
"""Steady openness of the inward rectifier over V - E_K, from LOWEST in steps of SPACING."""


@fast_jit
def _calcium(
    gates: NDArray[np.float64], i: int, dt: float, out: float, out_of_SS: float
) -> None:  # pragma: no cover - compiled
    """Advance the calcium of cytosol, reticulum and subspace and the release channel of cell i.

    out: what leaves the cytosol in the step (mmol/L); out_of_SS: what leaves the subspace in a ms.
    """
    Ca_i, Ca_SR, Ca_SS, R_bar = gates[12, i], gates[13, i], gates[14, i], gates[15, i]
    I_up = 0.006375 / (1 + 0.00025**2 / (Ca_i * Ca_i))
    I_leak = 0.00036 * (Ca_SR - Ca_i)
    I_xfer = 0.0038 * (Ca_SS - Ca_i)
    k_casr = 2.5 - 1.5 / (1 + (1.5 / Ca_SR) * (1.5 / Ca_SR))
    k1 = 0.15 / k_casr * Ca_SS * Ca_SS
    I_rel = 0.102 * k1 * R_bar / (0.06 + k1) * (Ca_SR - Ca_SS)
    free_i = 1 / (1 + 0.2 * 0.001 / ((Ca_i + 0.001) * (Ca_i + 0.001)))
    free_SR = 1 / (1 + 10.0 * 0.3 / ((Ca_SR + 0.3) * (Ca_SR + 0.3)))
    free_SS = 1 / (1 + 0.4 * 0.00025 / ((Ca_SS + 0.00025) * (Ca_SS + 0.00025)))
    gates[12, i] = Ca_i + free_i * (dt * ((I_leak - I_up) * V_SR / V_C + I_xfer) - out)
    gates[13, i] = Ca_SR + free_SR * dt * (I_up - I_rel - I_leak)
    gates[14, i] = Ca_SS + free_SS * dt * (I_rel * V_SR / V_SS - I_xfer * V_C / V_SS - out_of_SS)
    gates[15, i] = R_bar + dt * (-0.045 * k_casr * Ca_SS * R_bar + 0.005 * (1 - R_bar))


@fast_jit
def react(  # noqa: PLR0917 - compiled code takes no keywords
    potential: NDArray[np.float64],
    gates: NDArray[np.float64],
    zone: NDArray[np.uint8],
    stimulus: NDArray[np.float64],
    dt: float,
    tables: NDArray[np.float64],
    rectifier: NDArray[np.float64],
    conductances: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Advance cells in place by dt ms; tables (zone, potential, column), conductances (zone, 13)."""
    w = np.empty(tables.shape[2])
    for i in range(potential.size):
        V, stim = potential[i], stimulus[i]
        table, g = tables[zone[i]], conductances[zone[i]]
        place = min(max((V - LOWEST) / SPACING, 0.0), ROWS - 1.001)
        row = np.uint32(place)
        share = place - row
        for c in range(w.size):
            w[c] = table[row, c] + share * (table[row + 1, c] - table[row, c])
        Xr1, Xr2, Xs, m, h, j = gates[0, i], gates[1, i], gates[2, i], gates[3, i], gates[4, i], gates[5, i]
        d, f, f2, s, r, fCass = gates[6, i], gates[7, i], gates[8, i], gates[9, i], gates[10, i], gates[11, i]
        Ca_i, Ca_SS, Na_i, K_i, K_o = gates[12, i], gates[14, i], gates[16, i], gates[17, i], g[12]

        E_Na, E_K = RTF * log(NA_O / Na_i), RTF * log(K_o / K_i)
        E_Ks = RTF * log((K_o + 0.03 * NA_O) / (K_i + 0.03 * Na_i))
        E_Ca = 0.5 * RTF * log(CA_O / Ca_i)
        place = min(max((V - E_K - LOWEST) / SPACING, 0.0), rectifier.size - 1.001)
        row = np.uint32(place)
        xK1 = rectifier[row] + (place - row) * (rectifier[row + 1] - rectifier[row])

        I_Na = g[0] * m * m * m * h * j * (V - E_Na)
        I_K1 = g[1] * xK1 * (V - E_K) * (K_o / 5.4) ** 0.5
        I_to = g[2] * r * s * (V - E_K)
        I_Kr = g[3] * (K_o / 5.4) ** 0.5 * Xr1 * Xr2 * (V - E_K)
        I_Ks = g[4] * Xs * Xs * (V - E_Ks)
        I_CaL = 0.0398 * g[5] * d * f * f2 * fCass * (w[22] * Ca_SS - w[23])
        I_NaK = g[6] * K_o / (K_o + 1.0) * Na_i / (Na_i + 40.0) * w[24]
        exchange = w[25] * Na_i * Na_i * Na_i * CA_O - w[26] * NA_O * NA_O * NA_O * Ca_i * 2.5
        I_NaCa = g[7] * exchange / ((87.5**3 + NA_O**3) * (1.38 + CA_O))
        I_pCa = g[8] * Ca_i / (Ca_i + 0.0005)
        I_pK = g[9] * (V - E_K) * w[27]
        I_bNa = g[10] * (V - E_Na)
        I_bCa = g[11] * (V - E_Ca)

        per_volume = dt * CAPACITANCE / (V_C * F)
        _calcium(gates, i, dt, (I_bCa + I_pCa - 2 * I_NaCa) * per_volume / 2, I_CaL * CAPACITANCE / (2 * V_SS * F))
        gates[16, i] = Na_i - (I_Na + I_bNa + 3 * I_NaK + 3 * I_NaCa) * per_volume
        gates[17, i] = K_i - (I_K1 + I_to + I_Kr + I_Ks + I_pK - 2 * I_NaK - stim) * per_volume

        for k in range(GATES):
            gates[k, i] = w[2 * k] + gates[k, i] * w[2 * k + 1]
        q = 1 / (1 + (Ca_SS / 0.05) * (Ca_SS / 0.05))
        steady = 0.6 * q + 0.4
        gates[11, i] = steady - (steady - fCass) * exp(-dt / (80 * q + 2))
        outward = I_K1 + I_to + I_Kr + I_Ks + I_pK + I_NaK + I_NaCa + I_pCa
        potential[i] = V + dt * (stim - I_Na - I_CaL - I_bNa - I_bCa - outward)


@fast_jit
def trace(  # noqa: PLR0917
    potential: NDArray[np.float64],
    gates: NDArray[np.float64],
    stimulus: NDArray[np.float64],
    dt: float,
    tables: NDArray[np.float64],
    rectifier: NDArray[np.float64],
    conductances: NDArray[np.float64],
    values: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Advance one cell by as many steps as the stimulus has, keeping its potential before each."""
    zone = np.zeros(1, np.uint8)
    for step in range(stimulus.size):
        values[step] = potential[0]
        react(potential, gates, zone, stimulus[step : step + 1], dt, tables, rectifier, conductances)


__all__ = ["RECTIFIER", "react", "tabulate", "trace"]
