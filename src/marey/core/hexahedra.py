"""Trilinear hexahedra: shape functions, Jacobians, volumes, for cells in VTK's order (collapsed ones included)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CORNERS = np.array([
    [-1, -1, -1], [1, -1, -1], [1, 1, -1], [-1, 1, -1], [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1],
], float)  # fmt: skip
"""Local places of the nodes."""
GAUSS = CORNERS / np.sqrt(3)
"""Points of integration, each of weight 1."""


@dataclass(frozen=True, eq=False)
class Quadrature:
    """Gradients of the shape functions and volumes of points of quadrature.

    Args:
        gradients: (m, q, 8, 3) per mm.
        weights: (m, q) mm3.
    """

    gradients: FloatArray
    weights: FloatArray


def shape_functions(at: FloatArray) -> FloatArray:
    """(q, 8) values of the shape functions at local places (q, 3) from -1 to 1."""
    values: FloatArray = np.prod(1 + CORNERS[None] * at[:, None], axis=-1) / 8
    return values


def shape_slopes(at: FloatArray) -> FloatArray:
    """(q, 8, 3) derivatives at local places."""
    factors = 1 + CORNERS[None] * at[:, None]
    slopes = [CORNERS[None, :, i] * factors[..., (i + 1) % 3] * factors[..., (i + 2) % 3] for i in range(3)]
    return np.stack(slopes, axis=-1) / 8


def determinants(points: FloatArray, cells: IntArray, at: FloatArray = GAUSS) -> FloatArray:
    """(m, q) of the Jacobian at local places."""
    jacobian = np.einsum("qki,mkj->mqij", shape_slopes(at), points[cells], optimize=True)
    determinant: FloatArray = np.sum(jacobian[..., 0, :] * np.cross(jacobian[..., 1, :], jacobian[..., 2, :]), axis=-1)
    return determinant


def cell_volumes(points: FloatArray, cells: IntArray) -> FloatArray:
    """(m,) mm3."""
    volumes: FloatArray = determinants(points, cells).sum(axis=-1)
    return volumes


def quadrature(points: FloatArray, cells: IntArray, at: FloatArray = GAUSS) -> Quadrature:
    """Gradients and volumes at local places; the weight of each is 8 over their number."""
    slopes = shape_slopes(at)
    jacobian = np.einsum("qki,mkj->mqij", slopes, points[cells], optimize=True)
    gradients = np.einsum("qki,mqji->mqkj", slopes, np.linalg.inv(jacobian), optimize=True)
    return Quadrature(gradients, np.linalg.det(jacobian) * 8 / len(at))


__all__ = [
    "CORNERS",
    "GAUSS",
    "Quadrature",
    "cell_volumes",
    "determinants",
    "quadrature",
    "shape_functions",
    "shape_slopes",
]
