"""The equations of chambers; the conventions are those of `_equations`."""

# ruff: noqa: PLR0917  # compiled kernels take arrays by position

import math

from marey.core.jit import jit
from marey.simulate.flow.network._equations import Indices, Reals, Switches


@jit
def filling(
    e: int, P: int, V: int, E: float, V0: float, passive: float, a: float, y: Reals, r: Reals, M: Reals
) -> None:
    """P = E (V - V0) + passive (exp(a (V - V0)) - 1)."""
    stretch = y[V] - V0
    growth = math.exp(a * stretch)
    r[e] = y[P] - E * stretch - passive * (growth - 1.0)
    M[e, P] += 1.0
    M[e, V] -= E + passive * a * growth


@jit
def chamber(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """A filling law, an inductance at the outlet, dV/dt = Q_in - Q_out."""
    filling(e, v[0], v[4], p[0], p[1], p[2], p[3], y, r, M)
    L = p[4]
    r[e + 1] = y[v[0]] - y[v[2]] - L * d[v[3]]
    r[e + 2] = y[v[1]] - y[v[3]] - d[v[4]]
    M[e + 1, v[0]] += 1.0
    M[e + 1, v[2]] -= 1.0
    M[e + 1, v[3]] -= c * L
    M[e + 2, v[1]] += 1.0
    M[e + 2, v[3]] -= 1.0
    M[e + 2, v[4]] -= c


@jit
def sphere(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals) -> None:
    """A thick contracting sphere: momentum, stress, volume, active stress, velocity, mass, one pressure."""
    rho, thick, r0, W1, W2, eta, sigma, act = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
    Pin, Qin, Pout, Qout, R, U, S, T, V = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]
    f = 1.0 + y[R] / r0
    C, df, dC = f * f, d[R] / r0, 2.0 * f * d[R] / r0
    viscous = 1.0 + 2.0 * C**-6
    r[e] = rho * thick * d[U] + thick / r0 * f * y[S] - y[Pout] * C
    r[e + 1] = y[T] - y[S] + 4.0 * (1.0 - C**-3) * (W1 + C * W2) + eta * dC * viscous
    r[e + 2] = 4.0 * math.pi * r0 * r0 * C * y[U] - d[V]
    r[e + 3] = d[T] + abs(act) * y[T] - sigma * max(act, 0.0)
    r[e + 4] = d[R] - y[U]
    r[e + 5] = y[Qin] - y[Qout] - d[V]
    r[e + 6] = y[Pin] - y[Pout]
    M[e, U] += c * rho * thick
    M[e, S] += thick / r0 * f
    M[e, Pout] -= C
    M[e, R] += thick / r0 * y[S] / r0 - y[Pout] * 2.0 * f / r0
    M[e + 1, T] += 1.0
    M[e + 1, S] -= 1.0
    elastic = 12.0 * C**-4 * (W1 + C * W2) + 4.0 * (1.0 - C**-3) * W2
    M[e + 1, R] += elastic * 2.0 * f / r0 + eta * (2.0 * df / r0 * viscous - dC * 12.0 * C**-7 * 2.0 * f / r0)
    M[e + 1, R] += c * 2.0 * eta * f / r0 * viscous
    M[e + 2, R] += 8.0 * math.pi * r0 * f * y[U]
    M[e + 2, U] += 4.0 * math.pi * r0 * r0 * C
    M[e + 2, V] -= c
    M[e + 3, T] += c + abs(act)
    M[e + 4, R] += c
    M[e + 4, U] -= 1.0
    M[e + 5, Qin] += 1.0
    M[e + 5, Qout] -= 1.0
    M[e + 5, V] -= c
    M[e + 6, Pin] += 1.0
    M[e + 6, Pout] -= 1.0


@jit
def ideal_valve(e: int, up: int, down: int, Q: int, R: float, L: float, c: float, y: Reals, d: Reals, r: Reals,
                M: Reals, shut: Switches) -> float:  # fmt: skip
    """R Q + L dQ/dt = P_up - P_down while open; shut when both would drive blood back. Returns 1 if open."""
    opened = 1.0
    if y[up] <= y[down] and y[Q] <= 0.0:
        opened = 0.0
        shut[Q] = True
    r[e] = y[down] - y[up] + R * opened * y[Q] + L * d[Q]
    M[e, down] += 1.0
    M[e, up] -= 1.0
    M[e, Q] += R * opened + c * L
    return opened


@jit
def storage(e: int, V: int, inflow: int, opened_in: float, outflow: int, opened_out: float, c: float,
            y: Reals, d: Reals, r: Reals, M: Reals) -> None:  # fmt: skip
    """dV/dt = Q_in - Q_out through valves that may be shut."""
    r[e] = d[V] - opened_in * y[inflow] + opened_out * y[outflow]
    M[e, V] += c
    M[e, inflow] -= opened_in
    M[e, outflow] += opened_out


@jit
def heart(e: int, v: Indices, p: Reals, c: float, y: Reals, d: Reals, r: Reals, M: Reals, shut: Switches) -> None:
    """Four chambers, four ideal valves, a pulmonary bed and the compliance of the aortic root."""
    atrial, ventricular = p[0], p[1]
    P_RA, Q_in, P_ao, Q_out, V_RA, Q_RA, P_RV, V_RV = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]
    Q_RV, P_pul, P_LA, V_LA, Q_LA, P_LV, V_LV, Q_LV = v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15]
    filling(e, P_RA, V_RA, atrial * p[21], p[23], (1.0 - atrial) * p[17], p[18], y, r, M)
    filling(e + 1, P_LA, V_LA, atrial * p[22], p[24], (1.0 - atrial) * p[19], p[20], y, r, M)
    filling(e + 2, P_RV, V_RV, ventricular * p[2], p[12], 0.0, 0.0, y, r, M)
    filling(e + 3, P_LV, V_LV, ventricular * p[3], p[13], 0.0, 0.0, y, r, M)
    tricuspid = ideal_valve(e + 4, P_RA, P_RV, Q_RA, p[5], p[4], c, y, d, r, M, shut)
    pulmonary = ideal_valve(e + 5, P_RV, P_pul, Q_RV, p[7], p[6], c, y, d, r, M, shut)
    mitral = ideal_valve(e + 6, P_LA, P_LV, Q_LA, p[9], p[8], c, y, d, r, M, shut)
    aortic = ideal_valve(e + 7, P_LV, P_ao, Q_LV, p[11], p[10], c, y, d, r, M, shut)
    storage(e + 8, V_RA, Q_in, 1.0, Q_RA, tricuspid, c, y, d, r, M)
    storage(e + 9, V_RV, Q_RA, tricuspid, Q_RV, pulmonary, c, y, d, r, M)
    storage(e + 10, V_LA, Q_RV, pulmonary, Q_LA, mitral, c, y, d, r, M)
    storage(e + 11, V_LV, Q_LA, mitral, Q_LV, aortic, c, y, d, r, M)
    Rpd, Cp, Cpa = p[14], p[15], p[16]
    r[e + 12] = Cp * d[P_pul] - pulmonary * y[Q_RV] + (y[P_pul] - y[P_LA]) / Rpd
    M[e + 12, P_pul] += c * Cp + 1.0 / Rpd
    M[e + 12, Q_RV] -= pulmonary
    M[e + 12, P_LA] -= 1.0 / Rpd
    r[e + 13] = Cpa * d[P_ao] - aortic * y[Q_LV] + y[Q_out]
    M[e + 13, P_ao] += c * Cpa
    M[e + 13, Q_LV] -= aortic
    M[e + 13, Q_out] += 1.0


__all__ = ["chamber", "filling", "heart", "ideal_valve", "sphere", "storage"]
