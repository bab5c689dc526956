"""Second-order finite volumes for waves in elastic tubes.

Unknowns of a cell: area A and velocity U. A_t + (A U)_x = 0, U_t + (U^2/2 + P/rho)_x = -K U/A, P = P0 + k (sqrt A -
sqrt A0). Pressure and velocity are extended linearly to faces (so a tapered tube at rest stays at rest), faces are
solved with the Riemann invariants U +- 4 c, time goes on by Heun's method. Faces at ends carry the invariant that
leaves the tube.
"""

# ruff: noqa: C901, PLR0912, PLR0917  # compiled kernels take arrays by position and loop over cells

import math

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

Reals = NDArray[np.float64]
Indices = NDArray[np.int64]


@jit
def speed(A: float, k: float, rho: float) -> float:
    """Wave speed c with c^2 = A dP/dA / rho."""
    return math.sqrt(k * math.sqrt(A) / (2.0 * rho))


@jit
def area(c: float, k: float, rho: float) -> float:
    """Area at which waves have a speed."""
    root = 2.0 * rho * c * c / k
    return root * root


@jit
def inlet(W: float, Q: float, k: float, rho: float, A: float) -> float:
    """Area of a face that passes the flow Q inwards while U - 4 c = W arrives from inside; NaN if there is none."""
    for _ in range(60):
        c = speed(A, k, rho)
        step = (A * (W + 4.0 * c) - Q) / (W + 5.0 * c)
        A -= max(min(step, 0.5 * A), -0.5 * A)
        if abs(step) <= 1e-14 * A:
            return A
    return np.nan


@jit
def outlet(W: float, P_c: float, R1: float, P0: float, k: float, A0: float, rho: float, A: float) -> float:
    """Area of a face with R1 and the capacitor's pressure P_c behind it, while U + 4 c = W arrives; NaN if none."""
    for _ in range(60):
        c = speed(A, k, rho)
        P = P0 + k * (math.sqrt(A) - math.sqrt(A0))
        residual = P - P_c - R1 * A * (W - 4.0 * c)
        slope = rho * c * c / A - R1 * (W - 5.0 * c)
        step = residual / slope
        A -= max(min(step, 0.5 * A), -0.5 * A)
        if abs(step) <= 1e-14 * A:
            return A
    return np.nan


@jit
def junction(W: Reals, sign: Reals, P0: float, k: Reals, A0: Reals, rho: float, A: Reals) -> bool:
    """Areas of faces that meet: flows sum to zero, one total pressure; `sign` is 1 for ends, -1 for starts."""
    n = A.size
    H, dH, Q, dQ = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for _ in range(60):
        for i in range(n):
            c = speed(A[i], k[i], rho)
            U = W[i] - 4.0 * sign[i] * c
            H[i] = P0 + k[i] * (math.sqrt(A[i]) - math.sqrt(A0[i])) + 0.5 * rho * U * U
            dH[i] = rho * c / A[i] * (c - sign[i] * U)
            Q[i], dQ[i] = sign[i] * A[i] * U, sign[i] * (U - sign[i] * c)
        top, bottom = -Q[0], dQ[0]
        for i in range(1, n):
            top += -Q[i] + dQ[i] * (H[i] - H[0]) / dH[i]
            bottom += dQ[i] * dH[0] / dH[i]
        first, largest = top / bottom, 0.0
        for i in range(n):
            step = first if i == 0 else (dH[0] * first - (H[i] - H[0])) / dH[i]
            A[i] += max(min(step, 0.5 * A[i]), -0.5 * A[i])
            largest = max(largest, abs(step) / A[i])
        if largest <= 1e-14:
            return True
        if not np.isfinite(largest):
            return False
    return False


@jit
def faces(at: Indices, A: Reals, U: Reals, k: Reals, A0: Reals, k_face: Reals, A0_face: Reals, P0: float, rho: float,
          left: Reals, right: Reals, A_face: Reals, U_face: Reals) -> None:  # fmt: skip
    """Inner faces; `left` (U - 4 c) and `right` (U + 4 c) leave each tube, whose faces begin at ``at[i] + i``."""
    for i in range(at.size - 1):
        first, last, shift = at[i], at[i + 1] - 1, i
        P_before = U_before = 0.0
        for j in range(first, last + 1):
            P = P0 + k[j] * (math.sqrt(A[j]) - math.sqrt(A0[j]))
            low, high = max(j - 1, first), min(j + 1, last)
            P_low = P0 + k[low] * (math.sqrt(A[low]) - math.sqrt(A0[low]))
            P_high = P0 + k[high] * (math.sqrt(A[high]) - math.sqrt(A0[high]))
            apart = max(high - low, 1)
            dP, dU = 0.5 * (P_high - P_low) / apart, 0.5 * (U[high] - U[low]) / apart
            f = j + shift
            c = speed((max(math.sqrt(A0_face[f]) + (P - dP - P0) / k_face[f], 1e-9)) ** 2, k_face[f], rho)
            W2 = U[j] - dU - 4.0 * c
            if j == first:
                left[i] = W2
            else:
                c = speed((max(math.sqrt(A0_face[f]) + (P_before - P0) / k_face[f], 1e-9)) ** 2, k_face[f], rho)
                W1 = U_before + 4.0 * c
                A_face[f], U_face[f] = area((W1 - W2) / 8.0, k_face[f], rho), 0.5 * (W1 + W2)
            P_before, U_before = P + dP, U[j] + dU
        f = last + 1 + shift
        c = speed((max(math.sqrt(A0_face[f]) + (P_before - P0) / k_face[f], 1e-9)) ** 2, k_face[f], rho)
        right[i] = U_before + 4.0 * c


@jit
def ends(at: Indices, joint_at: Indices, joint: Indices, outlets: Indices, R1: Reals, P_c: Reals, Q_in: float,
         k_face: Reals, A0_face: Reals, P0: float, rho: float, left: Reals, right: Reals, A_face: Reals,
         U_face: Reals) -> bool:  # fmt: skip
    """Faces at ends solved from their last areas on; tube 0 is fed, joints list a parent, then its daughters."""
    A_face[0] = inlet(left[0], Q_in, k_face[0], rho, A_face[0])
    U_face[0] = Q_in / A_face[0]
    good = bool(np.isfinite(A_face[0]))
    for n in range(outlets.size):
        i = outlets[n]
        f = at[i + 1] + i
        A_face[f] = outlet(right[i], P_c[n], R1[n], P0, k_face[f], A0_face[f], rho, A_face[f])
        U_face[f] = right[i] - 4.0 * speed(A_face[f], k_face[f], rho)
        good = good and bool(np.isfinite(A_face[f]))
    for n in range(joint_at.size - 1):
        members = joint[joint_at[n] : joint_at[n + 1]]
        size = members.size
        f, sign, W = np.empty(size, np.int64), np.empty(size), np.empty(size)
        A, k, A0 = np.empty(size), np.empty(size), np.empty(size)
        for m in range(size):
            i = members[m]
            f[m] = at[i] + i if m else at[i + 1] + i
            sign[m], W[m] = (-1.0, left[i]) if m else (1.0, right[i])
            A[m], k[m], A0[m] = A_face[f[m]], k_face[f[m]], A0_face[f[m]]
        good = junction(W, sign, P0, k, A0, rho, A) and good
        for m in range(size):
            A_face[f[m]] = A[m]
            U_face[f[m]] = W[m] - 4.0 * sign[m] * speed(A[m], k[m], rho)
    return good


@jit
def rates(at: Indices, dx: Reals, A: Reals, U: Reals, K: float, P0: float, rho: float, k_face: Reals, A0_face: Reals,
          A_face: Reals, U_face: Reals, dA: Reals, dU: Reals) -> None:  # fmt: skip
    """Time derivatives of all cells from their faces."""
    for i in range(at.size - 1):
        for j in range(at[i], at[i + 1]):
            f = j + i
            head = 0.5 * U_face[f] ** 2 + (P0 + k_face[f] * (math.sqrt(A_face[f]) - math.sqrt(A0_face[f]))) / rho
            next_head = (
                0.5 * U_face[f + 1] ** 2
                + (P0 + k_face[f + 1] * (math.sqrt(A_face[f + 1]) - math.sqrt(A0_face[f + 1]))) / rho
            )
            dA[j] = (A_face[f] * U_face[f] - A_face[f + 1] * U_face[f + 1]) / dx[i]
            dU[j] = (head - next_head) / dx[i] - K * U[j] / A[j]


@jit
def advance(at: Indices, dx: Reals, k: Reals, A0: Reals, k_face: Reals, A0_face: Reals, P0: float, rho: float, K: float,
            joint_at: Indices, joint: Indices, outlets: Indices, R1: Reals, R2: Reals, C: Reals, P_out: Reals,
            inflow: Reals, dt: float, every: int, A: Reals, U: Reals, P_c: Reals, A_face: Reals, U_face: Reals,
            A_log: Reals, U_log: Reals, volume: Reals) -> tuple[int, float]:  # fmt: skip
    """One beat of ``inflow.size - 1`` steps; faces are logged every few steps, volumes in and out are summed.

    Returns (step at which it failed or -1, largest Courant number).
    """
    n, m, tubes = A.size, outlets.size, at.size - 1
    left, right = np.empty(tubes), np.empty(tubes)
    dA, dU, dP = np.zeros((2, n)), np.zeros((2, n)), np.zeros((2, m))
    A1, U1, P1 = np.empty(n), np.empty(n), np.empty(m)
    courant = 0.0
    for step in range(inflow.size - 1):
        for j in range(n):
            A1[j], U1[j] = A[j], U[j]
        for o in range(m):
            P1[o] = P_c[o]
        for stage in range(2):
            Q_in = inflow[step + stage]
            faces(at, A1, U1, k, A0, k_face, A0_face, P0, rho, left, right, A_face, U_face)
            if not ends(
                at, joint_at, joint, outlets, R1, P1, Q_in, k_face, A0_face, P0, rho, left, right, A_face, U_face
            ):
                return step, courant
            if stage == 0 and step % every == 0:
                for f in range(A_face.size):
                    A_log[step // every, f], U_log[step // every, f] = A_face[f], U_face[f]
            rates(at, dx, A1, U1, K, P0, rho, k_face, A0_face, A_face, U_face, dA[stage], dU[stage])
            volume[0] += 0.5 * dt * Q_in
            for o in range(m):
                f = at[outlets[o] + 1] + outlets[o]
                Q = A_face[f] * U_face[f]
                dP[stage, o] = (Q - (P1[o] - P_out[o]) / R2[o]) / C[o]
                volume[1] += 0.5 * dt * Q
            for j in range(n):
                A1[j], U1[j] = A[j] + dt * dA[0, j], U[j] + dt * dU[0, j]
            for o in range(m):
                P1[o] = P_c[o] + dt * dP[0, o]
        for j in range(n):
            A[j] += 0.5 * dt * (dA[0, j] + dA[1, j])
            U[j] += 0.5 * dt * (dU[0, j] + dU[1, j])
        for o in range(m):
            P_c[o] += 0.5 * dt * (dP[0, o] + dP[1, o])
        for i in range(tubes):
            for j in range(at[i], at[i + 1]):
                if not A[j] > 0.0:
                    return step, courant
                courant = max(courant, (abs(U[j]) + speed(A[j], k[j], rho)) * dt / dx[i])
        if courant > 1.0:
            return step, courant
    for f in range(A_face.size):
        A_log[-1, f], U_log[-1, f] = A_face[f], U_face[f]
    return -1, courant


__all__ = ["advance", "area", "inlet", "junction", "outlet", "speed"]
