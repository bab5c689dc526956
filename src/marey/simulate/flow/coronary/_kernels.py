"""Flow in a tree whose segments obey dP = R Q + S |Q| Q: Newton's method with two sweeps per iteration."""

# ruff: noqa: PLR0917  # compiled kernels take arrays by position

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

Reals = NDArray[np.float64]


@jit
def solve_tree(order: NDArray[np.int64], parent: NDArray[np.int64], R: Reals, S: Reals, outlet: Reals, Pa: float,
               Pv: float, most: int) -> tuple[Reals, Reals, int]:  # fmt: skip
    """(flow, pressure at each outlet, iterations); `outlet` lies behind leaves; -1 iterations if it stalled.

    Each sweep up writes the flow into a subtree as G P_in + H, each sweep down puts in the pressures.
    """
    n = order.size
    Q, P = np.zeros(n), np.zeros(n)
    leaf = np.ones(n, np.bool_)
    for k in order:
        if parent[k] >= 0:
            leaf[parent[k]] = False
    for iteration in range(most):
        G, H = np.zeros(n), np.zeros(n)
        for i in range(n - 1, -1, -1):
            k = order[i]
            a, b = R[k] + 2.0 * S[k] * abs(Q[k]), S[k] * abs(Q[k]) * Q[k]
            g, h = (1.0 / outlet[k], -Pv / outlet[k]) if leaf[k] else (G[k], H[k])
            G[k], H[k] = g / (1.0 + g * a), (g * b + h) / (1.0 + g * a)
            if parent[k] >= 0:
                G[parent[k]] += G[k]
                H[parent[k]] += H[k]
        change, largest = 0.0, 0.0
        for k in order:
            inlet = Pa if parent[k] < 0 else P[parent[k]]
            q = G[k] * inlet + H[k]
            P[k] = inlet - (R[k] + 2.0 * S[k] * abs(Q[k])) * q + S[k] * abs(Q[k]) * Q[k]
            change, largest = max(change, abs(q - Q[k])), max(largest, abs(q))
            Q[k] = q
        if change <= 1e-13 * largest:
            return Q, P, iteration + 1
    return Q, P, -1


__all__ = ["solve_tree"]
