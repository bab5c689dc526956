"""Array code of voxelisation: which cell a place lies in and with which weights of its corners."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
INSIDE = 1.0 + 1e-7
ITERATIONS = 25


@jit
def corner_weights(r: float, s: float, t: float, weights: FloatArray) -> None:
    """Trilinear shape functions of VTK's hexahedron at (r, s, t), each from -1 to 1, into weights (8,)."""
    a, b = (1 - t) / 8, (1 + t) / 8
    c, d, e, f = (1 - r) * (1 - s), (1 + r) * (1 - s), (1 + r) * (1 + s), (1 - r) * (1 + s)
    weights[0], weights[1], weights[2], weights[3] = a * c, a * d, a * e, a * f
    weights[4], weights[5], weights[6], weights[7] = b * c, b * d, b * e, b * f


@jit
def monomials(corners: FloatArray, terms: FloatArray) -> None:
    """Coefficients (8, 3) of 1, r, s, t, rs, st, tr, rst of the map of a cell with corners (8, 3)."""
    for i in range(3):
        for row in range(8):
            terms[row, i] = 0.0
        for n in range(8):
            r = 1.0 if n in (1, 2, 5, 6) else -1.0
            s = 1.0 if n in (2, 3, 6, 7) else -1.0
            t = 1.0 if n > 3 else -1.0
            x = corners[n, i] / 8
            terms[0, i] += x
            terms[1, i] += r * x
            terms[2, i] += s * x
            terms[3, i] += t * x
            terms[4, i] += r * s * x
            terms[5, i] += s * t * x
            terms[6, i] += t * r * x
            terms[7, i] += r * s * t * x


@jit
def invert(terms: FloatArray, place: FloatArray, local: FloatArray) -> bool:
    """Newton's iteration for the local coordinates (3,) of a place (3,), from those in `local`; False if it fails."""
    for _ in range(ITERATIONS):
        r, s, t = local
        fx = terms[0, 0] - place[0]
        fy = terms[0, 1] - place[1]
        fz = terms[0, 2] - place[2]
        m = (r, s, t, r * s, s * t, t * r, r * s * t)
        for k in range(7):
            fx += terms[k + 1, 0] * m[k]
            fy += terms[k + 1, 1] * m[k]
            fz += terms[k + 1, 2] * m[k]
        ax = terms[1, 0] + terms[4, 0] * s + terms[6, 0] * t + terms[7, 0] * s * t
        ay = terms[1, 1] + terms[4, 1] * s + terms[6, 1] * t + terms[7, 1] * s * t
        az = terms[1, 2] + terms[4, 2] * s + terms[6, 2] * t + terms[7, 2] * s * t
        bx = terms[2, 0] + terms[4, 0] * r + terms[5, 0] * t + terms[7, 0] * r * t
        by = terms[2, 1] + terms[4, 1] * r + terms[5, 1] * t + terms[7, 1] * r * t
        bz = terms[2, 2] + terms[4, 2] * r + terms[5, 2] * t + terms[7, 2] * r * t
        cx = terms[3, 0] + terms[5, 0] * s + terms[6, 0] * r + terms[7, 0] * r * s
        cy = terms[3, 1] + terms[5, 1] * s + terms[6, 1] * r + terms[7, 1] * r * s
        cz = terms[3, 2] + terms[5, 2] * s + terms[6, 2] * r + terms[7, 2] * r * s
        ux, uy, uz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
        volume = ax * ux + ay * uy + az * uz
        if abs(volume) < 1e-14:
            return False
        dr = (fx * ux + fy * uy + fz * uz) / volume
        vx, vy, vz = cy * az - cz * ay, cz * ax - cx * az, cx * ay - cy * ax
        ds = (fx * vx + fy * vy + fz * vz) / volume
        wx, wy, wz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        dt = (fx * wx + fy * wy + fz * wz) / volume
        local[0], local[1], local[2] = r - dr, s - ds, t - dt
        if abs(dr) + abs(ds) + abs(dt) < 1e-6:
            return True
        if max(abs(local[0]), abs(local[1]), abs(local[2])) > 4.0:
            return False
    return False


@jit
def fill(
    points: FloatArray,
    cells: IntArray,
    origin: FloatArray,
    spacing: float,
    owner: NDArray[np.int32],
    locals_: NDArray[np.float32],
) -> None:
    """Write into owner (z, y, x) the cell each voxel's centre lies in (-1: none) and its local coordinates (..., 3)."""
    corners, terms = np.empty((8, 3)), np.empty((8, 3))
    place, local = np.empty(3), np.empty(3)
    nz, ny, nx = owner.shape
    for m in range(len(cells)):
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        for n in range(8):
            for i in range(3):
                corners[n, i] = points[cells[m, n], i]
                low[i] = min(low[i], corners[n, i])
                high[i] = max(high[i], corners[n, i])
        monomials(corners, terms)
        first = np.maximum(np.ceil((low - origin) / spacing - 1e-9), 0.0)
        last = np.floor((high - origin) / spacing + 1e-9)
        for z in range(int(first[2]), min(int(last[2]), nz - 1) + 1):
            for y in range(int(first[1]), min(int(last[1]), ny - 1) + 1):
                warm = False
                for x in range(int(first[0]), min(int(last[0]), nx - 1) + 1):
                    if owner[z, y, x] >= 0:
                        continue
                    place[0] = origin[0] + x * spacing
                    place[1] = origin[1] + y * spacing
                    place[2] = origin[2] + z * spacing
                    if not warm:
                        local[:] = 0.0
                    warm = invert(terms, place, local)
                    if warm and max(abs(local[0]), abs(local[1]), abs(local[2])) <= INSIDE:
                        owner[z, y, x] = m
                        for i in range(3):
                            locals_[z, y, x, i] = local[i]


@jit
def nearest(
    points: FloatArray, cells: IntArray, places: FloatArray, candidates: IntArray, found: IntArray, locals_: FloatArray
) -> None:
    """For each place (p, 3) the candidate cell (p, k) that holds it or comes nearest, and the local coordinates there."""
    corners, terms = np.empty((8, 3)), np.empty((8, 3))
    local, weights, residual = np.empty(3), np.empty(8), np.empty(3)
    for p in range(len(places)):
        best = np.inf
        for step in range(2 * candidates.shape[1]):
            k = step % candidates.shape[1]
            m = candidates[p, k]
            for n in range(8):
                corners[n] = points[cells[m, n]]
            if step < candidates.shape[1]:
                monomials(corners, terms)
                local[:] = 0.0
                if not (invert(terms, places[p], local) and np.abs(local).max() <= INSIDE):
                    continue
            else:
                descend(corners, places[p], local, weights)
            corner_weights(local[0], local[1], local[2], weights)
            residual[:] = -places[p]
            for n in range(8):
                residual += weights[n] * corners[n]
            distance = (residual**2).sum()
            if distance < best:
                best = distance
                found[p] = m
                locals_[p] = local
            if best < 1e-12:
                break


@jit
def descend(corners: FloatArray, place: FloatArray, local: FloatArray, weights: FloatArray) -> None:
    """The place in a cell (local coordinates, clamped to the cell) nearest to a place: Gauss-Newton by coordinates."""
    local[:] = 0.0
    slope, residual = np.empty(3), np.empty(3)
    for _ in range(100):
        moved = 0.0
        for axis in range(3):
            kept = local[axis]
            local[axis] = 1.0
            corner_weights(local[0], local[1], local[2], weights)
            slope[:] = 0.0
            for n in range(8):
                slope += 0.5 * weights[n] * corners[n]
            local[axis] = -1.0
            corner_weights(local[0], local[1], local[2], weights)
            residual[:] = -place
            for n in range(8):
                slope -= 0.5 * weights[n] * corners[n]
                residual += weights[n] * corners[n]
            length = (slope**2).sum()
            if length > 1e-20:
                local[axis] = min(max(-(slope * residual).sum() / length - 1.0, -1.0), 1.0)
            else:
                local[axis] = kept
            moved = max(moved, abs(local[axis] - kept))
        if moved < 1e-7:
            break


__all__ = ["corner_weights", "fill", "nearest"]
