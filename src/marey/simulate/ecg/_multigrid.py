"""Kernels of the Poisson solver: a 7-point operator with face conductances, its smoother and its transfers.

``cz[k, j, i]`` joins cell (k, j, i) with (k + 1, j, i), likewise cy and cx; the last layer of each is 0, which lets the
kernels read a neighbour beyond the border (any cell will do) without asking.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit

FloatArray = NDArray[np.float64]
Faces = tuple[FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class Level:
    """Operator on one grid: its face conductances, their sum in each cell and its inverse (0 outside the body)."""

    faces: Faces
    total: FloatArray
    inverse: FloatArray


def level(faces: Faces) -> Level:
    """The operator of face conductances."""
    total = sum((face + np.roll(face, 1, axis) for axis, face in enumerate(faces)), np.zeros_like(faces[0]))
    return Level(faces, total, np.divide(1.0, total, out=np.zeros_like(total), where=total > 0))


def coarser(fine: Level) -> Level:
    """Blocks of 2 x 2 x 2 cells: four faces side by side, over twice the distance."""
    cz, cy, cx = fine.faces
    z, y, x = cz[1::2], cy[:, 1::2], cx[:, :, 1::2]
    pairs = (
        z[:, ::2, ::2] + z[:, 1::2, ::2] + z[:, ::2, 1::2] + z[:, 1::2, 1::2],
        y[::2, :, ::2] + y[1::2, :, ::2] + y[::2, :, 1::2] + y[1::2, :, 1::2],
        x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2],
    )
    return level((0.5 * pairs[0], 0.5 * pairs[1], 0.5 * pairs[2]))


def smooth(grid: Level, u: FloatArray, b: FloatArray, *, reverse: bool) -> None:
    """One Gauss-Seidel sweep in place; the reverse one is the adjoint of the forward one."""
    _sweep(u, b, grid.faces, grid.inverse, reverse)


def apply(grid: Level, u: FloatArray) -> FloatArray:
    """``A u``: the current that leaves every cell."""
    return _apply(u, grid.faces, grid.total)


def restrict(values: FloatArray) -> FloatArray:
    """Sum of every block of 2 x 2 x 2 cells; the shape is even."""
    z = values[::2] + values[1::2]
    y = z[:, ::2] + z[:, 1::2]
    return np.ascontiguousarray(y[:, :, ::2] + y[:, :, 1::2])


@fast_jit
def _sweep(u: FloatArray, b: FloatArray, faces: Faces, inverse: FloatArray, reverse: bool) -> None:
    cz, cy, cx = faces
    nz, ny, nx = u.shape
    for k0 in range(nz):
        k = nz - 1 - k0 if reverse else k0
        below, above = max(k - 1, 0), min(k + 1, nz - 1)
        floor = cz[nz - 1] if k == 0 else cz[k - 1]
        for j0 in range(ny):
            j = ny - 1 - j0 if reverse else j0
            front, back = max(j - 1, 0), min(j + 1, ny - 1)
            face = cy[k, ny - 1] if j == 0 else cy[k, j - 1]
            for i0 in range(nx):
                i = nx - 1 - i0 if reverse else i0
                if inverse[k, j, i] == 0.0:
                    continue
                left, right = i - 1 if i > 0 else nx - 1, min(i + 1, nx - 1)
                flow = floor[j, i] * u[below, j, i] + cz[k, j, i] * u[above, j, i]
                flow += face[i] * u[k, front, i] + cy[k, j, i] * u[k, back, i]
                flow += cx[k, j, left] * u[k, j, left] + cx[k, j, i] * u[k, j, right]
                u[k, j, i] = (b[k, j, i] + flow) * inverse[k, j, i]


@fast_jit
def _apply(u: FloatArray, faces: Faces, total: FloatArray) -> FloatArray:
    cz, cy, cx = faces
    nz, ny, nx = u.shape
    out = np.zeros_like(u)
    for k in range(nz):
        below, above = max(k - 1, 0), min(k + 1, nz - 1)
        floor = cz[nz - 1] if k == 0 else cz[k - 1]
        for j in range(ny):
            front, back = max(j - 1, 0), min(j + 1, ny - 1)
            face = cy[k, ny - 1] if j == 0 else cy[k, j - 1]
            for i in range(nx):
                left, right = i - 1 if i > 0 else nx - 1, min(i + 1, nx - 1)
                flow = floor[j, i] * u[below, j, i] + cz[k, j, i] * u[above, j, i]
                flow += face[i] * u[k, front, i] + cy[k, j, i] * u[k, back, i]
                flow += cx[k, j, left] * u[k, j, left] + cx[k, j, i] * u[k, j, right]
                out[k, j, i] = total[k, j, i] * u[k, j, i] - flow
    return out


@fast_jit
def prolong_add(u: FloatArray, coarse: FloatArray) -> None:
    """Add to every cell its block's value, in place: the transpose of `restrict`."""
    for k in range(u.shape[0]):
        for j in range(u.shape[1]):
            for i in range(u.shape[2]):
                u[k, j, i] += coarse[k // 2, j // 2, i // 2]


__all__ = ["Faces", "Level", "apply", "coarser", "level", "prolong_add", "restrict", "smooth"]
