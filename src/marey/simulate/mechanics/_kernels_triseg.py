# ruff: noqa: PLR0917 (arguments of kernels are arrays and numbers)
"""Balance of three walls of patches at their common circle, by Newton's method, and the pressures that follow.

Within a wall all patches have the wall's curvature C and the same tension T, and their areas sum to the wall's area
(Walmsley et al. 2015, doi:10.1371/journal.pcbi.1004284; there linearised in T, here solved). With the work of the
fibres dW = T dA + M dC summed over the walls, the balance is dW/dV_s = dW/dy = 0 and the pressures are dW/dV.

Unknowns ("shape"): V_s, y, and per patch the natural strain of its area u = ln(A/A_0)/2. Rows of a patch: wall (0 left
free wall, 1 septum, 2 right free wall), A_0, volume, activation time, contractility, stiffness.
"""

import math

import numpy as np

from marey.core.jit import jit
from marey.core.mesh import FloatArray
from marey.simulate.mechanics.sarcomere_lumens import fibre_stress, sarcomere_rates
from marey.simulate.mechanics.triseg import cap, cap_derivatives, thickness_strain

HEADER = 4  # cycle length; volumes of the three walls
SARCOMERE = 14
COLUMNS = 6
TOLERANCE = 1e-10
LONGEST_STEP = 0.15
MOST_STEPS = 60


@jit
def patch_forces(
    u: float, curvature: float, row: FloatArray, length: float, level: float, sarcomere: FloatArray
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """One patch: area, tension T, T_u, T_C, bending moment M, M_u, M_C, fibre strain, fibre stress."""
    volume = row[2]
    area = row[1] * math.exp(2 * u)
    k = 1.5 * volume / area
    g, g1, g2 = thickness_strain(k * curvature)
    z = k * curvature
    strain = u + g
    stress, slope = fibre_stress(strain, length, level, row[4], row[5], sarcomere)
    along, bend = 1 - 2 * z * g1, k * g1  # d strain/du, d strain/dC
    mixed = -2 * k * (g1 + z * g2)
    half = volume / (2 * area)
    return (
        area,
        half * stress * along,
        half * (slope * along**2 + stress * (4 * z * (g1 + z * g2) - 2 * along)),
        half * (slope * along * bend + stress * mixed),
        volume * stress * bend,
        volume * (slope * along * bend + stress * mixed),
        volume * (slope * bend**2 + stress * k * k * g2),
        strain,
        stress,
    )


@jit
def wall_response(
    wall: int,
    curvature: float,
    area: float,
    shape: FloatArray,
    state: FloatArray,
    rows: FloatArray,
    sarcomere: FloatArray,
    work: FloatArray,
) -> tuple[float, float, float, float, float, float, float]:
    """Common tension of a wall's patches and its moment, linearised to its area and curvature.

    Returns:
        (T, M, T_A, T_C, M_A, M_C, f): T + T_A dA + T_C dC and M + M_A dA + M_C dC after one Newton step of the patches;
        f is the mean tension at the present areas. Writes area, T - f, T_u, T_C, strain, stress, M_u, M_C into `work`.
    """
    n = len(rows)
    mean = total = moment = 0.0
    for i in range(n):
        if rows[i, 0] == wall:
            p = patch_forces(shape[2 + i], curvature, rows[i], state[i], state[n + i], sarcomere)
            floor = 0.01 * (abs(p[1]) + 0.1 * rows[i, 2] / p[0])
            work[i, 0], work[i, 1], work[i, 2], work[i, 3] = p[0], p[1], max(p[2], floor), p[3]
            work[i, 4], work[i, 5], work[i, 6], work[i, 7] = p[7], p[8], p[5], p[6]
            total += p[0]
            mean += p[0] * p[1]
            moment += p[4]
    mean /= total
    give = give_t = give_c = 0.0  # sums of 2 A/T_u, 2 A (T - f)/T_u, 2 A T_C/T_u
    bend = bend_t = bend_c = 0.0  # sums of M_u/T_u, M_u (T - f)/T_u, M_C - M_u T_C/T_u
    for i in range(n):
        if rows[i, 0] == wall:
            work[i, 1] -= mean
            soft, ratio = 2 * work[i, 0] / work[i, 2], work[i, 6] / work[i, 2]
            give += soft
            give_t += soft * work[i, 1]
            give_c += soft * work[i, 3]
            bend += ratio
            bend_t += ratio * work[i, 1]
            bend_c += work[i, 7] - ratio * work[i, 3]
    shift, by_curvature = (give_t - total + area) / give, give_c / give
    return (
        mean + shift,
        moment + bend * shift - bend_t,
        1 / give,
        by_curvature,
        bend / give,
        bend * by_curvature + bend_c,
        mean,
    )


@jit
def descent(g1: float, g2: float, h11: float, h12: float, h22: float) -> tuple[float, float]:
    """Newton's step for an energy of two unknowns; where its Hessian has a negative value, downhill all the same."""
    middle, spread = (h11 + h22) / 2, math.hypot((h11 - h22) / 2, h12)
    lowest, highest = middle - spread, middle + spread
    least = 1e-3 * max(abs(highest), abs(lowest))
    if lowest < least:
        shift = max(least, abs(lowest)) - lowest
        h11, h22 = h11 + shift, h22 + shift
    determinant = h11 * h22 - h12 * h12
    return (h12 * g2 - h22 * g1) / determinant, (h12 * g1 - h11 * g2) / determinant


@jit
def newton_step(
    volumes: FloatArray, shape: FloatArray, state: FloatArray, parameters: FloatArray, work: FloatArray
) -> tuple[float, float, float, FloatArray]:
    """One step of all unknowns, not yet made: written to ``work[:, 8]``; its size relative to the heart.

    Returns:
        (size, dV_s, dy, (3,) derivatives of the work to the walls' cap volumes, kPa).
    """
    sarcomere = parameters[HEADER : HEADER + SARCOMERE]
    rows = parameters[HEADER + SARCOMERE :].reshape(-1, COLUMNS)
    left, septum, right = parameters[1], parameters[2], parameters[3]
    y = shape[1]
    caps = (
        shape[0] - volumes[0] - (left + septum) / 2,
        shape[0],
        shape[0] + volumes[1] + (right + septum) / 2,
    )
    g_v = g_y = j_vv = j_vy = j_yy = 0.0
    forces = np.empty(3)
    changes = np.empty((3, 5))
    for w in range(3):
        x, area, c = cap(caps[w], y)
        a_y, c_v, c_y, a_yy, c_vv, c_vy, c_yy = cap_derivatives(x, y)
        a_v, a_vv, a_vy = 2 * c, 2 * c_v, 2 * c_y
        t, m, t_a, t_c, m_a, m_c, f = wall_response(w, c, area, shape, state, rows, sarcomere, work)
        t_v, t_y = t_a * a_v + t_c * c_v, t_a * a_y + t_c * c_y
        m_v, m_y = m_a * a_v + m_c * c_v, m_a * a_y + m_c * c_y
        forces[w] = t * a_v + m * c_v
        g_v += forces[w]
        g_y += t * a_y + m * c_y
        j_vv += t_v * a_v + t * a_vv + m_v * c_v + m * c_vv
        j_vy += t_y * a_v + t * a_vy + m_y * c_v + m * c_vy
        j_yy += t_y * a_y + t * a_yy + m_y * c_y + m * c_yy
        changes[w, 0], changes[w, 1], changes[w, 2], changes[w, 3], changes[w, 4] = t - f, t_v, t_y, c_v, c_y
    d_v, d_y = descent(g_v * y**3, g_y * y, j_vv * y**6, j_vy * y**4, j_yy * y**2)
    d_v, d_y = d_v * y**3, d_y * y
    size = max(abs(d_v) / y**3, abs(d_y) / y)
    for i in range(len(rows)):
        w = int(rows[i, 0])
        tension = changes[w, 0] + changes[w, 1] * d_v + changes[w, 2] * d_y
        curving = changes[w, 3] * d_v + changes[w, 4] * d_y
        work[i, 8] = (tension - work[i, 1] - work[i, 3] * curving) / work[i, 2]
        size = max(size, abs(work[i, 8]))
    return size, d_v, d_y, forces


@jit
def balance(
    volumes: FloatArray, shape: FloatArray, state: FloatArray, parameters: FloatArray, work: FloatArray
) -> tuple[bool, float, float]:
    """Shape in balance with the volumes, in place; whether it was found, and the two pressures (kPa)."""
    step = np.zeros_like(shape)
    for _ in range(MOST_STEPS):
        size, d_v, d_y, forces = newton_step(volumes, shape, state, parameters, work)
        if size < TOLERANCE:
            return True, -forces[0], forces[2]
        if size < 1e6:
            scale = min(1.0, LONGEST_STEP / size)
            step[0], step[1], step[2:] = scale * d_v, scale * d_y, scale * work[:, 8]
            shape += step
        else:  # the last step left the shapes that a wall can have
            step *= 0.5
            shape -= step
    return False, math.nan, math.nan


@jit
def pressure(
    t: float,
    volumes: FloatArray,
    state: FloatArray,
    memory: FloatArray,
    parameters: FloatArray,
    dstate: FloatArray,
    out: FloatArray,
) -> None:
    """Pressures, rates of the sarcomeres and the outputs of `PatchedVentricles.names`; NaN where no balance is found.

    `memory` holds the shape of the last balance, then the reference shape from which a second attempt starts. Times
    beyond the cycle length give NaN: the circulation beats more slowly than these ventricles (`paced`).
    """
    n = len(state) // 2
    sarcomere = parameters[HEADER : HEADER + SARCOMERE]
    rows = parameters[HEADER + SARCOMERE :].reshape(-1, COLUMNS)
    work = np.empty((n, 9))
    shape = memory[: 2 + n].copy()
    found, left, right = balance(volumes, shape, state, parameters, work)
    if not found:
        shape[:] = memory[2 + n :]
        found, left, right = balance(volumes, shape, state, parameters, work)
    if not found or t > parameters[0] * (1 + 1e-9):
        out[:] = math.nan
        dstate[:] = math.nan
        return
    memory[: 2 + n] = shape
    out[0], out[1] = left, right
    for i in range(n):
        since = (t - rows[i, 3]) % parameters[0]
        dstate[i], dstate[n + i] = sarcomere_rates(work[i, 4], state[i], state[n + i], since, sarcomere)
        out[2 + i], out[2 + n + i], out[2 + 2 * n + i] = work[i, 4], work[i, 5], work[i, 0]
    out[2 + 3 * n] = cap(shape[0], shape[1])[2]
    out[3 + 3 * n] = shape[1]


__all__ = ["COLUMNS", "HEADER", "SARCOMERE", "balance", "newton_step", "patch_forces", "pressure"]
