"""Laplace's equation on the template: trilinear finite elements, solved by conjugate gradients."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, diags
from scipy.sparse.linalg import cg

from marey.core import InvalidInput
from marey.core.hexahedra import Quadrature, quadrature

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TOLERANCE = 1e-10


class Laplace:
    """The stiffness of every cell of a mesh, made once for several problems.

    Args:
        points: (n, 3) mm.
        cells: (m, 8) in VTK's order.
    """

    def __init__(self, points: FloatArray, cells: IntArray) -> None:
        self.points, self.cells = points, cells
        self.rule: Quadrature = quadrature(points, cells)
        scaled = self.rule.gradients * self.rule.weights[..., None, None]
        self.stiffness = np.einsum("mqki,mqli->mkl", scaled, self.rule.gradients, optimize=True)

    def solve(self, ends: FloatArray, cells: NDArray[np.bool_] | slice = slice(None)) -> FloatArray:
        """Harmonic values with given ends and no flux through the rest of the boundary.

        Args:
            ends: (n,) or, for ends that jump from cell to cell, (m, 8) of each cell's corners; NaN where free.
            cells: on which the problem is posed; all others are left out.

        Returns:
            Values in the form of `ends`; NaN at points of other cells alone.

        Raises:
            InvalidInput: the equations could not be solved, because the mesh is folded or in pieces.
        """
        corners = self.cells[cells]
        known = (ends[self.cells] if ends.ndim == 1 else ends)[cells]
        is_free = np.isnan(known)
        free, place = np.unique(corners[is_free], return_inverse=True)
        row = np.full(corners.shape, -1)
        row[is_free] = place
        stiffness = self.stiffness[cells]
        load = -np.einsum("mkl,ml->mk", stiffness, np.where(is_free, 0.0, known))
        right = np.bincount(row[is_free], load[is_free], len(free))
        pair = is_free[:, :, None] & is_free[:, None, :]
        rows = np.broadcast_to(row[:, :, None], pair.shape)[pair]
        columns = np.broadcast_to(row[:, None, :], pair.shape)[pair]
        matrix = coo_matrix((stiffness[pair], (rows, columns)), shape=(len(free), len(free))).tocsr()
        found, status = cg(matrix, right, rtol=TOLERANCE, maxiter=5000, M=diags(1 / matrix.diagonal()))
        if status != 0 or not np.isfinite(found).all():
            raise InvalidInput(
                "Laplace's equation could not be solved on the mesh.",
                "One connected piece of tissue without folded cells is needed.",
                "Check the mesh with check_mesh.",
            )
        values = ends.copy()
        if ends.ndim == 1:
            values[free] = found
        else:
            part = values[cells]
            part[is_free] = found[place]
            values[cells] = part
        return values

    def gradient(self, values: FloatArray) -> FloatArray:
        """(n, 3) of point values (n,): the cells' gradients at the points of quadrature, averaged by volume."""
        inside = np.einsum("mqki,mk->mqi", self.rule.gradients, values[self.cells], optimize=True)
        mean = np.einsum("mqi,mq->mi", inside, self.rule.weights)
        volume = self.rule.weights.sum(axis=1)
        nodes, count = self.cells.ravel(), len(self.points)
        total = [np.bincount(nodes, np.repeat(mean[:, axis], 8), count) for axis in range(3)]
        slope: FloatArray = np.stack(total, axis=-1) / np.bincount(nodes, np.repeat(volume, 8), count)[:, None]
        return slope


def ends(count: int, *parts: tuple[float, IntArray]) -> FloatArray:
    """(count,) of NaN with values set at points; later parts win."""
    values = np.full(count, np.nan)
    for value, points in parts:
        values[points.ravel()] = value
    return values


__all__ = ["Laplace", "ends"]
