"""Array kernels of the finite elements; shapes use m cells, q = 8 points in a cell, f faces.

Gradients are taken along the fibre frame of each point, so that F here is F R with R = (fibre, sheet, normal): strain
and stress come out in the frame in which the laws are written. Order of the six components: ff ss nn sn fn fs.
"""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit, jit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PAIRS = np.array([[0, 0], [1, 1], [2, 2], [1, 2], [0, 2], [0, 1]])


@jit
def deformation(x: FloatArray, cells: IntArray, gradients: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Deformation gradients (m, q, 3, 3), Green strains (m, q, 6) with doubled shear, Jacobians (m, q).

    Args:
        x: (n, 3) positions.
        cells: (m, 8).
        gradients: (m, q, 8, 3) of the shape functions along the fibre frames.
    """
    m, q = gradients.shape[:2]
    F = np.zeros((m, q, 3, 3))
    E = np.empty((m, q, 6))
    J = np.empty((m, q))
    for e in range(m):
        for g in range(q):
            f = F[e, g]
            for a in range(8):
                for i in range(3):
                    for k in range(3):
                        f[i, k] += x[cells[e, a], i] * gradients[e, g, a, k]
            for v in range(6):
                k, l = PAIRS[v]
                product = f[0, k] * f[0, l] + f[1, k] * f[1, l] + f[2, k] * f[2, l]
                E[e, g, v] = product if k != l else 0.5 * (product - 1.0)
            J[e, g] = (
                f[0, 0] * (f[1, 1] * f[2, 2] - f[1, 2] * f[2, 1])
                - f[0, 1] * (f[1, 0] * f[2, 2] - f[1, 2] * f[2, 0])
                + f[0, 2] * (f[1, 0] * f[2, 1] - f[1, 1] * f[2, 0])
            )
    return F, E, J


@fast_jit
def _strain_displacement(f: FloatArray, n: FloatArray, B: FloatArray) -> None:
    """Variation of the six strains with the 24 displacements, into B (6, 24)."""
    for a in range(8):
        for i in range(3):
            c = 3 * a + i
            for v in range(3):
                B[v, c] = f[i, v] * n[a, v]
            B[3, c] = f[i, 1] * n[a, 2] + f[i, 2] * n[a, 1]
            B[4, c] = f[i, 0] * n[a, 2] + f[i, 2] * n[a, 0]
            B[5, c] = f[i, 0] * n[a, 1] + f[i, 1] * n[a, 0]


@fast_jit
def _volume_gradient(f: FloatArray, n: FloatArray, h: FloatArray) -> None:
    """Variation of J with the 24 displacements (cofactor times shape gradient), into h (24,)."""
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        c0 = f[j, 1] * f[k, 2] - f[j, 2] * f[k, 1]
        c1 = f[j, 2] * f[k, 0] - f[j, 0] * f[k, 2]
        c2 = f[j, 0] * f[k, 1] - f[j, 1] * f[k, 0]
        for a in range(8):
            h[3 * a + i] = c0 * n[a, 0] + c1 * n[a, 1] + c2 * n[a, 2]


@fast_jit
def cell_forces(
    F: FloatArray, S: FloatArray, gradients: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Forces of the stress, and derivatives of the volume, of the cells by their displacements (m, 24) each.

    Args:
        F: (m, q, 3, 3).
        S: (m, q, 6) second Piola-Kirchhoff stress.
        gradients: (m, q, 8, 3).
        weights: (m, q) volumes of the points.
    """
    m, q = weights.shape
    forces = np.zeros((m, 24))
    volumes = np.zeros((m, 24))
    B = np.empty((6, 24))
    h = np.empty(24)
    for e in range(m):
        for g in range(q):
            w = weights[e, g]
            _strain_displacement(F[e, g], gradients[e, g], B)
            _volume_gradient(F[e, g], gradients[e, g], h)
            for c in range(24):
                total = 0.0
                for v in range(6):
                    total += B[v, c] * S[e, g, v]
                forces[e, c] += w * total
                volumes[e, c] += w * h[c]
    return forces, volumes


@fast_jit
def _add_material(w: float, D: FloatArray, B: FloatArray, DB: FloatArray, K: FloatArray) -> None:
    """Add w B^T D B to K (24, 24); DB is room for D B."""
    for v in range(6):
        for c in range(24):
            DB[v, c] = 0.0
        for l in range(6):
            d = w * D[v, l]
            for c in range(24):
                DB[v, c] += d * B[l, c]
    for r in range(24):
        for v in range(6):
            b = B[v, r]
            for c in range(24):
                K[r, c] += b * DB[v, c]


@fast_jit
def _add_geometric(S: FloatArray, n: FloatArray, pj: float, h: FloatArray, K: FloatArray) -> None:
    """Add to K what comes of turning the stress w S (6,) and of turning the hydrostatic tension (pj: w p / J)."""
    for a in range(8):
        s0 = n[a, 0] * S[0] + n[a, 1] * S[5] + n[a, 2] * S[4]
        s1 = n[a, 0] * S[5] + n[a, 1] * S[1] + n[a, 2] * S[3]
        s2 = n[a, 0] * S[4] + n[a, 1] * S[3] + n[a, 2] * S[2]
        for b in range(8):
            geometric = s0 * n[b, 0] + s1 * n[b, 1] + s2 * n[b, 2]
            for i in range(3):
                r, c = 3 * a + i, 3 * b
                K[r, c + i] += geometric
                for j in range(3):
                    K[r, c + j] += pj * (h[r] * h[c + j] - h[3 * a + j] * h[c + i])


@fast_jit
def cell_stiffness(
    motion: tuple[FloatArray, FloatArray],
    stress: tuple[FloatArray, FloatArray],
    volumetric: tuple[FloatArray, float],
    gradients: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """Derivatives of the cells' forces by their displacements (m, 24, 24).

    Args:
        motion: F (m, q, 3, 3) and J (m, q).
        stress: S (m, q, 6) and its derivative by the strain (m, q, 6, 6).
        volumetric: (m,) hydrostatic tension of the cells, and the bulk modulus of their mean dilatation.
        gradients: (m, q, 8, 3).
        weights: (m, q).
    """
    F, J = motion
    S, D = stress
    pressure, bulk = volumetric
    m, q = weights.shape
    stiffness = np.zeros((m, 24, 24))
    B = np.empty((6, 24))
    DB = np.empty((6, 24))
    h = np.empty(24)
    dilatation = np.empty(24)
    for e in range(m):
        K = stiffness[e]
        dilatation[:] = 0.0
        volume = 0.0
        for g in range(q):
            w = weights[e, g]
            volume += w
            n = gradients[e, g]
            _strain_displacement(F[e, g], n, B)
            _volume_gradient(F[e, g], n, h)
            _add_material(w, D[e, g], B, DB, K)
            _add_geometric(w * S[e, g], n, w * pressure[e] / J[e, g], h, K)
            for c in range(24):
                dilatation[c] += w * h[c]
        u2 = bulk / volume
        for r in range(24):
            for c in range(24):
                K[r, c] += u2 * dilatation[r] * dilatation[c]
    return stiffness


@jit
def face_normals(
    x: FloatArray, faces: IntArray, shape: FloatArray, slopes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Integral of shape function times normal (f, 12) over each face, and its derivative (f, 12, 12).

    Args:
        x: (n, 3) positions.
        faces: (f, 4).
        shape: (q, 4) values, of weight 1 each.
        slopes: (q, 4, 2) derivatives along the two directions of the face.
    """
    f, q = faces.shape[0], shape.shape[0]
    areas = np.zeros((f, 12))
    derivative = np.zeros((f, 12, 12))
    t = np.empty((2, 3))
    for e in range(f):
        for g in range(q):
            t[:] = 0.0
            for a in range(4):
                for i in range(3):
                    t[0, i] += slopes[g, a, 0] * x[faces[e, a], i]
                    t[1, i] += slopes[g, a, 1] * x[faces[e, a], i]
            for i in range(3):
                j, k = (i + 1) % 3, (i + 2) % 3
                normal = t[0, j] * t[1, k] - t[0, k] * t[1, j]
                for a in range(4):
                    areas[e, 3 * a + i] += shape[g, a] * normal
                    for b in range(4):
                        along_k = t[0, j] * slopes[g, b, 1] - t[1, j] * slopes[g, b, 0]
                        along_j = slopes[g, b, 0] * t[1, k] - slopes[g, b, 1] * t[0, k]
                        derivative[e, 3 * a + i, 3 * b + k] += shape[g, a] * along_k
                        derivative[e, 3 * a + i, 3 * b + j] += shape[g, a] * along_j
    return areas, derivative


@jit
def scatter(values: FloatArray, places: IntArray, total: FloatArray) -> None:
    """Add values to total at places; negative places are dropped."""
    for k in range(values.size):
        if places[k] >= 0:
            total[places[k]] += values[k]


__all__ = ["cell_forces", "cell_stiffness", "deformation", "face_normals", "scatter"]
