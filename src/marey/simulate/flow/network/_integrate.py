"""Generalised-alpha steps of a network with Newton's method, compiled."""

# ruff: noqa: C901, PLR0912, PLR0917  # compiled kernels take arrays by position and choose by number

import numpy as np

from marey.core.jit import jit
from marey.simulate.flow.network import _chambers as chambers
from marey.simulate.flow.network import _equations as eq
from marey.simulate.flow.network._equations import Indices, Reals, Switches

DONE, SINGULAR, STALLED = 0, 1, 2


@jit
def evaluate(kinds: Indices, rows: Indices, var_at: Indices, var: Indices, par_at: Indices, par: Reals, c: float,
             y: Reals, d: Reals, r: Reals, M: Reals, shut: Switches) -> None:  # fmt: skip
    """Residual and matrix of all blocks at one state, and which flows stand still behind a shut ideal valve."""
    for i in range(r.size):
        r[i], shut[i] = 0.0, False
        for j in range(r.size):
            M[i, j] = 0.0
    for b in range(kinds.size):
        kind, e = kinds[b], rows[b]
        v, p = var[var_at[b] : var_at[b + 1]], par[par_at[b] : par_at[b + 1]]
        if kind == eq.FLOW:
            r[e] = y[v[1]] - p[0]
            M[e, v[1]] += 1.0
        elif kind == eq.PRESSURE:
            r[e] = y[v[0]] - p[0]
            M[e, v[0]] += 1.0
        elif kind == eq.RESISTANCE:
            eq.resistance(e, v, p, y, r, M)
        elif kind == eq.VESSEL:
            eq.vessel(e, v, p, c, y, d, r, M)
        elif kind == eq.VESSEL_CRL:
            eq.vessel_crl(e, v, p, c, y, d, r, M)
        elif kind == eq.VESSEL_RC:
            eq.vessel_rc(e, v, p, c, y, d, r, M)
        elif kind == eq.JUNCTION:
            eq.junction(e, v, p, y, r, M)
        elif kind == eq.BRANCHES:
            eq.branches(e, v, p, c, y, d, r, M)
        elif kind == eq.RCR:
            eq.rcr(e, v, p, c, y, d, r, M)
        elif kind == eq.RCR_LOOP:
            eq.rcr_loop(e, v, p, c, y, d, r, M)
        elif kind == eq.CORONARY:
            eq.coronary(e, v, p, c, y, d, r, M)
        elif kind == eq.CORONARY_LOOP:
            eq.coronary_loop(e, v, p, c, y, d, r, M)
        elif kind == eq.VALVE_TANH:
            eq.valve_tanh(e, v, p, y, r, M)
        elif kind == eq.VALVE_SWITCH:
            eq.valve_switch(e, v, p, y, r, M)
        elif kind == eq.CHAMBER:
            chambers.chamber(e, v, p, c, y, d, r, M)
        elif kind == eq.SPHERE:
            chambers.sphere(e, v, p, c, y, d, r, M)
        else:
            chambers.heart(e, v, p, c, y, d, r, M, shut)


@jit
def factorise(M: Reals, order: Indices, scale: Reals) -> int:
    """LU with row scaling and partial pivoting, in place; returns the first column without a pivot, or -1."""
    n = order.size
    for i in range(n):
        scale[i] = 0.0
        for j in range(n):
            scale[i] = max(scale[i], abs(M[i, j]))
        if not scale[i] > 0.0:
            return i
        for j in range(n):
            M[i, j] /= scale[i]
        order[i] = i
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(M[i, k]) > abs(M[best, k]):
                best = i
        if not abs(M[best, k]) > 1e-14:
            return k
        if best != k:
            order[k], order[best] = order[best], order[k]
            for j in range(n):
                M[k, j], M[best, j] = M[best, j], M[k, j]
        for i in range(k + 1, n):
            if M[i, k] != 0.0:
                M[i, k] /= M[k, k]
                for j in range(k + 1, n):
                    M[i, j] -= M[i, k] * M[k, j]
    return -1


@jit
def solve(M: Reals, order: Indices, scale: Reals, r: Reals, x: Reals) -> None:
    """X with (factorised M) x = -r."""
    n = order.size
    for i in range(n):
        x[i] = -r[order[i]] / scale[order[i]]
        for j in range(i):
            x[i] -= M[i, j] * x[j]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= M[i, j] * x[j]
        x[i] /= M[i, i]


@jit
def largest_change(x: Reals, y: Reals, group: Indices, size: Reals) -> float:
    """Largest |x| relative to the largest |y| that its group of variables has had."""
    worst = 0.0
    for i in range(x.size):
        size[group[i]] = max(size[group[i]], abs(y[i]))
    for i in range(x.size):
        if x[i] != 0.0:
            worst = max(worst, abs(x[i]) / max(size[group[i]], 1e-300))
    return worst


@jit
def run(kinds: Indices, rows: Indices, var_at: Indices, var: Indices, par_at: Indices, par: Reals, group: Indices,
        varying: Indices, courses: Reals, dt: float, rho: float, most: int, tolerance: float, fixed: bool,
        size: Reals, states: Reals, rates: Reals) -> tuple[int, int, int]:  # fmt: skip
    """Fill rows 1.. of `states` and `rates` (time, variable) from row 0, one step per row.

    ``par[varying]`` is ``courses[step % len(courses)]`` in each step; a `fixed` matrix is factorised once. Newton ends
    when every residual is below `tolerance` or the state moves by rounding alone. Returns (status, step, variable at
    fault).
    """
    n = states.shape[1]
    alpha_m, alpha_f = 0.5 * (3.0 - rho) / (1.0 + rho), 1.0 / (1.0 + rho)
    gamma = 0.5 + alpha_m - alpha_f
    c = alpha_m / (gamma * dt * alpha_f)
    shut = np.zeros(n, np.bool_)
    y, d, r, x = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    M, lu, order, scale = np.empty((n, n)), np.empty((n, n)), np.empty(n, np.int64), np.empty(n)
    for step in range(states.shape[0] - 1):
        for j in range(varying.size):
            par[varying[j]] = courses[step % courses.shape[0], j]
        for i in range(n):
            y[i], d[i] = states[step, i], rates[step, i] * (1.0 - alpha_m / gamma)
        where = 0
        for iteration in range(most + 1):
            evaluate(kinds, rows, var_at, var, par_at, par, c, y, d, r, M, shut)
            for i in range(n):
                where = i if not abs(r[i]) <= abs(r[where]) else where
            if iteration > 0 and (abs(r[where]) < tolerance or largest_change(x, y, group, size) < 1e-12):
                break
            if iteration == most or not np.isfinite(r[where]):
                return STALLED, step, where
            if step == 0 or not fixed:
                for i in range(n):
                    for j in range(n):
                        lu[i, j] = M[i, j]
                bad = factorise(lu, order, scale)
                if bad >= 0:
                    return SINGULAR, step, bad
            solve(lu, order, scale, r, x)
            for i in range(n):
                y[i] = (states[step, i] * (1.0 - alpha_f) if shut[i] else y[i]) + x[i]
                d[i] += c * x[i]
        for i in range(n):
            states[step + 1, i] = states[step, i] + (y[i] - states[step, i]) / alpha_f
            rates[step + 1, i] = rates[step, i] + (d[i] - rates[step, i]) / alpha_m
    return DONE, 0, 0


__all__ = ["DONE", "SINGULAR", "STALLED", "evaluate", "run"]
