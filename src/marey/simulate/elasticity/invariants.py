"""The isochoric first invariant and its derivatives, shared by laws that are written with it."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

UNIT = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))


def isochoric_first_invariant(E: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """J^(-2/3) tr C (n,), its derivative by the Green strain (n, 6) and the second derivative (n, 6, 6).

    Args:
        E: (n, 6) Green strain as in `Law.stress`.

    With G the inverse of C: dI = 2 J^(-2/3) (1 - I1/3 G), and dG_ij/dE_kl = -(G_ik G_jl + G_il G_jk).
    """
    c = 2 * E + UNIT - E * (1 - UNIT)
    a11, a22, a33, a23, a13, a12 = c.T
    cofactors = np.stack(
        [
            a22 * a33 - a23**2, a11 * a33 - a13**2, a11 * a22 - a12**2,
            a12 * a13 - a11 * a23, a12 * a23 - a13 * a22, a13 * a23 - a12 * a33,
        ],
        axis=1,
    )  # fmt: skip
    determinant = a11 * cofactors[:, 0] + a12 * cofactors[:, 5] + a13 * cofactors[:, 4]
    G = cofactors / determinant[:, None]
    scale = determinant ** (-1 / 3)
    trace = a11 + a22 + a33
    first = 2 * scale[:, None] * (UNIT - trace[:, None] / 3 * G)
    mixed = UNIT[:, None] * G[:, None, :] + G[:, :, None] * UNIT
    products = G[:, :, None] * G[:, None, :]
    second = (
        4 / 3 * scale[:, None, None] * (trace[:, None, None] * (products / 3 + _derivative_of_inverse(G) / 2) - mixed)
    )
    return scale * trace, first, second


def _derivative_of_inverse(G: FloatArray) -> FloatArray:
    """(n, 6, 6): G_ik G_jl + G_il G_jk."""
    full = G[:, [0, 5, 4, 5, 1, 3, 4, 3, 2]].reshape(-1, 3, 3)
    i, j = np.array(PAIRS).T
    ik, jl = full[:, i[:, None], i[None]], full[:, j[:, None], j[None]]
    return np.asarray(ik * jl + full[:, i[:, None], j[None]] * full[:, j[:, None], i[None]])


__all__ = ["isochoric_first_invariant"]
