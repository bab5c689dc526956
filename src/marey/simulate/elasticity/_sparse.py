"""The sparse matrix of a body: its pattern is found once, in an order that keeps its factors sparse, and refilled."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.linalg import SuperLU, splu

from marey.simulate.elasticity._kernels import scatter

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

LEAF = 24  # nodes below which dissection stops


class Pattern:
    """Numbers of the free unknowns and places of the matrix's entries."""

    def __init__(self, points: FloatArray, fixed: BoolArray, groups: list[IntArray]) -> None:
        """Find both.

        Args:
            points: (n, 3) for dissection.
            fixed: (n, 3) components that do not move.
            groups: tables (k, d) of nodes that act on each other.
        """
        order = dissection(points, groups)
        free = ~fixed[order]
        self.number = np.full(fixed.shape, -1, np.int64)
        self.number[order] = np.where(free, np.cumsum(free).reshape(free.shape) - 1, -1)
        self.size = int(free.sum())
        pairs = [self._pairs(group)[0] for group in groups]
        self.keys = np.unique(np.concatenate([p[p >= 0] for p in pairs]))
        columns, rows = np.divmod(self.keys, self.size)
        pointers = np.searchsorted(columns, np.arange(self.size + 1))
        self._rows, self._pointers = rows.astype(np.int32), pointers.astype(np.int32)

    def _pairs(self, nodes: IntArray) -> tuple[IntArray, IntArray]:
        dofs = self.number[nodes].reshape(len(nodes), -1)
        rows, columns = dofs[:, :, None], dofs[:, None, :]
        return np.where((rows >= 0) & (columns >= 0), columns * self.size + rows, -1).ravel(), dofs.ravel()

    def places(self, nodes: IntArray) -> tuple[IntArray, IntArray]:
        """Where the entries of matrices (k, 3 d, 3 d) and vectors (k, 3 d) over nodes (k, d) go; -1 if dropped."""
        keys, dofs = self._pairs(nodes)
        return np.where(keys >= 0, np.searchsorted(self.keys, keys), -1), dofs

    def matrix(self, parts: list[tuple[FloatArray, IntArray]]) -> csc_array:
        """The sum of parts, each values and their places."""
        data = np.zeros(self.keys.size)
        for values, places in parts:
            scatter(values.ravel(), places, data)
        return csc_array((data, self._rows, self._pointers), shape=(self.size, self.size))


def factorise(matrix: csc_array) -> SuperLU:
    """Factors of a matrix that is numbered well already.

    Raises:
        RuntimeError: the matrix is singular.
    """
    return splu(matrix, permc_spec="NATURAL", diag_pivot_thresh=0.0, options={"SymmetricMode": True})


def dissection(points: FloatArray, groups: list[IntArray]) -> IntArray:
    """An order of the nodes by nested dissection along the axes (George 1973, doi:10.1137/0710032)."""
    n = len(points)
    pairs = [np.stack([np.repeat(g, g.shape[1], axis=1).ravel(), np.tile(g, g.shape[1]).ravel()]) for g in groups]
    rows, columns = np.concatenate(pairs, axis=1)
    graph = csr_array(coo_array((np.ones(rows.size, np.float32), (rows, columns)), shape=(n, n)))
    return np.concatenate(_dissect(np.arange(n), points, graph))


def _dissect(nodes: IntArray, points: FloatArray, graph: csr_array) -> list[IntArray]:
    if nodes.size <= LEAF:
        return [nodes]
    where = points[nodes]
    axis = int(np.argmax(np.ptp(where, axis=0)))
    left = where[:, axis] <= np.median(where[:, axis])
    if left.all():
        return [nodes]
    marked = np.zeros(len(points), np.float32)
    marked[nodes[~left]] = 1
    separator = left & ((graph @ marked)[nodes] > 0)
    first, second = nodes[left & ~separator], nodes[~left]
    return [*_dissect(first, points, graph), *_dissect(second, points, graph), nodes[separator]]


__all__ = ["Pattern", "dissection", "factorise"]
