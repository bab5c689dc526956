"""Array code of voxelisation: which cell a place lies in and with which weights of its corners."""

import math

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
    corners: FloatArray, origin: FloatArray, spacing: float, owner: NDArray[np.int32], local: NDArray[np.float32]
) -> None:
    """Write into owner (z, y, x) the cell, of corners (m, 8, 3), that each voxel's centre lies in.

    Voxels in no cell keep their value, which must be negative; local (z, y, x, 3) gets the place within the cell.
    """
    terms, box = np.empty((8, 3)), np.empty((3, 2), np.int64)
    for m in range(len(corners)):
        monomials(corners[m], terms)
        for i in range(3):
            box[i, 0] = max(math.ceil((corners[m, :, i].min() - origin[i]) / spacing - 1e-9), 0)
            last = math.floor((corners[m, :, i].max() - origin[i]) / spacing + 1e-9)
            box[i, 1] = min(last + 1, owner.shape[2 - i])
        fill_cell(m, terms, box, origin, spacing, owner, local)


@jit
def fill_cell(  # noqa: PLR0917
    m: int,
    terms: FloatArray,
    box: IntArray,
    origin: FloatArray,
    spacing: float,
    owner: NDArray[np.int32],
    local: NDArray[np.float32],
) -> None:
    """The part of `fill` for one cell within a box of voxels (3, 2)."""
    place, at = np.empty(3), np.zeros(3)
    for z in range(box[2, 0], box[2, 1]):
        for y in range(box[1, 0], box[1, 1]):
            warm = False
            for x in range(box[0, 0], box[0, 1]):
                if owner[z, y, x] >= 0:
                    continue
                place[0], place[1], place[2] = origin[0] + x * spacing, origin[1] + y * spacing, origin[2] + z * spacing
                if not warm:
                    at[:] = 0.0
                warm = invert(terms, place, at)
                if warm and max(abs(at[0]), abs(at[1]), abs(at[2])) <= INSIDE:
                    owner[z, y, x] = m
                    local[z, y, x, 0], local[z, y, x, 1], local[z, y, x, 2] = at[0], at[1], at[2]


@jit
def nearest(corners: FloatArray, places: FloatArray, candidates: IntArray, found: IntArray, local: FloatArray) -> None:
    """For each place (p, 3) the cell, of corners (m, 8, 3), that holds it or comes nearest, and the place in it.

    Candidates (p, k) are the cells to try; the answers go into found (p,) and local (p, 3).
    """
    terms, at, weights = np.empty((8, 3)), np.empty(3), np.empty(8)
    count = candidates.shape[1]
    for p in range(len(places)):
        best = np.inf
        for step in range(2 * count):
            m = candidates[p, step % count]
            if step < count:
                monomials(corners[m], terms)
                at[:] = 0.0
                if not (invert(terms, places[p], at) and np.abs(at).max() <= INSIDE):
                    continue
            else:
                descend(corners[m], places[p], at, weights)
            distance = squared_distance(corners[m], places[p], at, weights)
            if distance < best:
                best = distance
                found[p] = m
                local[p] = at
            if best < 1e-12:
                break


@jit
def squared_distance(corners: FloatArray, place: FloatArray, local: FloatArray, weights: FloatArray) -> float:
    """From a place (3,) to the one at local coordinates of a cell."""
    corner_weights(local[0], local[1], local[2], weights)
    total = 0.0
    for i in range(3):
        total += ((weights * corners[:, i]).sum() - place[i]) ** 2
    return total


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
