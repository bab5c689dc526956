"""Array code of the motion: deformation gradients in hexahedra and their projections."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]


@jit
def project(  # noqa: PLR0917 - compiled code takes no keywords
    points: Array,
    cells: IntArray,
    gradients: Array,
    weights: Array,
    fibres: Array,
    stretch: Array,
    wanted: Array,
    strength: Array,
) -> Array:
    """Right-hand side of the global step: every cell pulls its corners towards what it is asked to be.

    Args:
        points: (n, 3).
        cells: (m, 8).
        gradients: (m, 8, 8, 3), of the shape functions at the Gauss points by reference coordinates.
        weights: (m, 8), reference volume of the Gauss points.
        fibres: (m, 3), reference.
        stretch: (m,), asked along the fibres.
        wanted: (m, 3, 3), asked right stretch tensor.
        strength: (3,), of shape, fibre stretch and volume.
    """
    load = np.zeros_like(points)
    F, cofactor = np.empty((8, 3, 3)), np.empty((8, 3, 3))
    target, mean = np.empty((3, 3)), np.empty((3, 3))
    for cell in range(len(cells)):
        corners = cells[cell]
        for q in range(8):
            _gradient_of(points, corners, gradients[cell, q], F[q])
            _cofactor(F[q], cofactor[q])
        push = strength[2] * _missing_volume(F, cofactor, weights[cell], mean)
        shaped = strength[0] * (_rotation(mean) @ wanted[cell])
        for q in range(8):
            _pull_fibre(F[q], fibres[cell], stretch[cell], strength[1], target)
            for i in range(3):
                for j in range(3):
                    target[i, j] += shaped[i, j] + strength[2] * F[q, i, j] + push * cofactor[q, i, j]
            for node in range(8):
                for i in range(3):
                    for j in range(3):
                        load[corners[node], i] += weights[cell, q] * target[i, j] * gradients[cell, q, node, j]
    return load


@jit
def _missing_volume(F: Array, cofactor: Array, weights: Array, mean: Array) -> float:
    """Multiple of the cofactors that restores a cell's volume when added to the gradients; writes the mean gradient."""
    missing = steepness = total = 0.0
    mean[:] = 0.0
    for q in range(8):
        total += weights[q]
        missing += weights[q]
        for i in range(3):
            missing -= weights[q] * cofactor[q, 0, i] * F[q, 0, i]
            for j in range(3):
                mean[i, j] += weights[q] * F[q, i, j]
                steepness += weights[q] * cofactor[q, i, j] ** 2
    mean /= total
    return missing / steepness


@jit
def _pull_fibre(F: Array, fibre: Array, stretch: float, strength: float, target: Array) -> None:
    """Write the nearest gradient with the asked stretch along the fibre, times the strength."""
    along, squared = np.empty(3), 0.0
    for i in range(3):
        along[i] = F[i, 0] * fibre[0] + F[i, 1] * fibre[1] + F[i, 2] * fibre[2]
        squared += along[i] ** 2
    excess = stretch / np.sqrt(squared) - 1
    for i in range(3):
        for j in range(3):
            target[i, j] = strength * (F[i, j] + excess * along[i] * fibre[j])


@jit
def volume_changes(points: Array, cells: IntArray, gradients: Array, weights: Array) -> Array:
    """Volume of every cell relative to its reference, (m,)."""
    ratio = np.empty(len(cells))
    F, C = np.empty((3, 3)), np.empty((3, 3))
    for cell in range(len(cells)):
        volume = 0.0
        for q in range(8):
            _gradient_of(points, cells[cell], gradients[cell, q], F)
            _cofactor(F, C)
            volume += weights[cell, q] * np.sum(C[0] * F[0])
        ratio[cell] = volume / np.sum(weights[cell])
    return ratio


@jit
def least_jacobian(points: Array, cells: IntArray, gradients: Array) -> float:
    """Smallest determinant of the deformation gradient at any Gauss point; not positive where the motion folds."""
    least = np.inf
    F, C = np.empty((3, 3)), np.empty((3, 3))
    for cell in range(len(cells)):
        for q in range(8):
            _gradient_of(points, cells[cell], gradients[cell, q], F)
            _cofactor(F, C)
            least = min(least, np.sum(C[0] * F[0]))
    return least


@jit
def fibre_stretches(points: Array, cells: IntArray, gradients: Array, weights: Array, fibres: Array) -> Array:
    """Mean stretch along the fibres of every cell, (m,)."""
    stretch = np.zeros(len(cells))
    F = np.empty((3, 3))
    for cell in range(len(cells)):
        for q in range(8):
            _gradient_of(points, cells[cell], gradients[cell, q], F)
            along = F @ fibres[cell]
            stretch[cell] += weights[cell, q] * np.sqrt(np.sum(along * along))
        stretch[cell] /= np.sum(weights[cell])
    return stretch


@jit
def _gradient_of(points: Array, corners: IntArray, gradients: Array, F: Array) -> None:
    F[:] = 0.0
    for node in range(8):
        for i in range(3):
            for j in range(3):
                F[i, j] += points[corners[node], i] * gradients[node, j]


@jit
def _cofactor(F: Array, C: Array) -> None:
    for i in range(3):
        i1, i2 = (i + 1) % 3, (i + 2) % 3
        for j in range(3):
            j1, j2 = (j + 1) % 3, (j + 2) % 3
            C[i, j] = F[i1, j1] * F[i2, j2] - F[i1, j2] * F[i2, j1]


@jit
def _rotation(F: Array) -> Array:
    """Rotation of the polar decomposition by Higham's Newton iteration (doi:10.1137/0907079)."""
    R, C = F.copy(), np.empty((3, 3))
    for _ in range(20):
        _cofactor(R, C)
        determinant = np.sum(C[0] * R[0])
        if abs(determinant) < 1e-12:
            return np.eye(3)
        scale = (np.sum(C * C) / (determinant * determinant * np.sum(R * R))) ** 0.25
        change = 0.0
        for i in range(3):
            for j in range(3):
                new = 0.5 * (scale * R[i, j] + C[i, j] / (determinant * scale))
                change = max(change, abs(new - R[i, j]))
                R[i, j] = new
        if change < 1e-9:
            break
    return R


__all__ = ["fibre_stretches", "least_jacobian", "project", "volume_changes"]
