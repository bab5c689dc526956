"""Array code of the diffusion stencil: Selling's decomposition and the edges between voxels of tissue."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

LONGEST = 7
_STEPS = 200


@jit
def _products(
    base: NDArray[np.int64], tensor: NDArray[np.float64]
) -> NDArray[np.float64]:  # pragma: no cover - compiled
    """(4, 4) products base_i . D base_j, below the diagonal."""
    found = np.full((4, 4), -np.inf)
    for i in range(4):
        for j in range(i):
            value = 0.0
            for a in range(3):
                for b in range(3):
                    value += base[i, a] * tensor[a, b] * base[j, b]
            found[i, j] = value
    return found


@jit
def _reduce(base: NDArray[np.int64], tensor: NDArray[np.float64]) -> bool:  # pragma: no cover - compiled
    """Selling's algorithm: turn the superbase (4, 3) until no two of its vectors form an acute angle in D's metric."""
    tolerance = 1e-12 * np.trace(tensor)
    base[:] = -1
    for i in range(3):
        base[i] = 0
        base[i, i] = 1
    for _ in range(_STEPS):
        worst = int(_products(base, tensor).argmax())
        i, j = worst // 4, worst % 4
        if _products(base, tensor)[i, j] <= tolerance:
            return True
        for k in range(4):
            if k not in (i, j):
                base[k] += base[i]
        base[i] = -base[i]
    return False


@jit
def decompose(
    tensors: NDArray[np.float64], offsets: NDArray[np.int8], weights: NDArray[np.float64]
) -> int:  # pragma: no cover - compiled
    """Write D = sum_k w_k e_k e_k^T with w_k >= 0 for every tensor; the index of one without a decomposition, or -1."""
    base = np.empty((4, 3), np.int64)
    for node in range(tensors.shape[0]):
        if not _reduce(base, tensors[node]):
            return node
        product = _products(base, tensors[node])
        term = 0
        for i in range(4):
            for j in range(i):
                k = 0 if j > 0 else 1 + (i == 1)
                edge = np.cross(base[k].astype(np.float64), base[6 - i - j - k].astype(np.float64))
                if np.abs(edge).max() > LONGEST:
                    return node
                offsets[node, term] = edge.astype(np.int8)
                weights[node, term] = max(0.0, -product[i, j])
                term += 1
    return -1


@jit
def _joined(
    index: NDArray[np.int32], at: NDArray[np.int64], edge: NDArray[np.int64], reached: NDArray[np.bool_]
) -> bool:  # pragma: no cover - compiled
    """Whether tissue joins both ends of an edge face by face, without leaving the box that the edge spans."""
    size, sign = np.abs(edge), np.sign(edge)
    for c in range(size[2] + 1):
        for b in range(size[1] + 1):
            for a in range(size[0] + 1):
                inside = index[at[2] + c * sign[2], at[1] + b * sign[1], at[0] + a * sign[0]] >= 0
                before = (a > 0 and reached[c, b, a - 1]) or (b > 0 and reached[c, b - 1, a])
                reached[c, b, a] = inside and (a + b + c == 0 or before or (c > 0 and reached[c - 1, b, a]))
    return bool(reached[size[2], size[1], size[0]])


@jit
def find_edges(
    index: NDArray[np.int32],
    voxels: NDArray[np.int64],
    offsets: NDArray[np.int8],
    weights: NDArray[np.float64],
    neighbours: NDArray[np.int32],
) -> None:  # pragma: no cover - compiled
    """Neighbour of every node along plus and minus every offset, -1 where tissue does not join them.

    index (z, y, x) node or -1; voxels (node, 3) as x, y, z; offsets (node, 6, 3) as x, y, z; neighbours (node, 12).
    """
    depth, height, width = index.shape
    reached = np.zeros((LONGEST + 1, LONGEST + 1, LONGEST + 1), np.bool_)
    edge = np.empty(3, np.int64)
    for node in range(voxels.shape[0]):
        for term in range(12):
            neighbours[node, term] = -1
            if weights[node, term // 2] <= 0.0:
                continue
            sign = 1 - 2 * (term % 2)
            for a in range(3):
                edge[a] = sign * offsets[node, term // 2, a]
            end = voxels[node] + edge
            if end.min() < 0 or end[0] >= width or end[1] >= height or end[2] >= depth:
                continue
            if _joined(index, voxels[node], edge, reached):
                neighbours[node, term] = index[end[2], end[1], end[0]]


__all__ = ["LONGEST", "decompose", "find_edges"]
