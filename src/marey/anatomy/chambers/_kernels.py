"""Array code of closed surfaces: whether triangles cut each other, and the voxels within."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
OFF_LATTICE = (1.3e-7, 2.9e-7)


@jit
def pierces(p: FloatArray, q: FloatArray, triangle: FloatArray) -> bool:
    """Whether the segment from p to q (3,) passes through a triangle (3, 3)."""
    x, y, z = triangle[0, 0], triangle[0, 1], triangle[0, 2]
    ux, uy, uz = triangle[1, 0] - x, triangle[1, 1] - y, triangle[1, 2] - z
    vx, vy, vz = triangle[2, 0] - x, triangle[2, 1] - y, triangle[2, 2] - z
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    dx, dy, dz = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    wx, wy, wz = p[0] - x, p[1] - y, p[2] - z
    slope = nx * dx + ny * dy + nz * dz
    if abs(slope) < 1e-12:
        return False
    at = -(nx * wx + ny * wy + nz * wz) / slope
    if not 0.0 < at < 1.0:
        return False
    wx, wy, wz = wx + at * dx, wy + at * dy, wz + at * dz
    size = nx * nx + ny * ny + nz * nz
    a = ((uy * wz - uz * wy) * nx + (uz * wx - ux * wz) * ny + (ux * wy - uy * wx) * nz) / size
    b = ((wy * vz - wz * vy) * nx + (wz * vx - wx * vz) * ny + (wx * vy - wy * vx) * nz) / size
    return bool(a > 0.0 and b > 0.0 and a + b < 1.0)


@jit
def count_crossings(one: FloatArray, other: FloatArray, one_cells: IntArray, other_cells: IntArray) -> int:
    """Edges that pierce a triangle, of triangles (m, 3, 3) and (k, 3, 3) that share no point (cells by number)."""
    low, high = np.empty((len(other), 3)), np.empty((len(other), 3))
    for k in range(len(other)):
        for i in range(3):
            low[k, i], high[k, i] = other[k, :, i].min(), other[k, :, i].max()
    found = 0
    box = np.empty((2, 3))
    for m in range(len(one)):
        for i in range(3):
            box[0, i], box[1, i] = one[m, :, i].min(), one[m, :, i].max()
        for k in range(len(other)):
            if box[0, 0] > high[k, 0] or box[1, 0] < low[k, 0] or box[0, 1] > high[k, 1] or box[1, 1] < low[k, 1]:
                continue
            if box[0, 2] > high[k, 2] or box[1, 2] < low[k, 2] or share_a_point(one_cells[m], other_cells[k]):
                continue
            for edge in range(3):
                found += pierces(one[m, edge], one[m, (edge + 1) % 3], other[k])
                found += pierces(other[k, edge], other[k, (edge + 1) % 3], one[m])
    return found


@jit
def share_a_point(one: IntArray, other: IntArray) -> bool:
    """Whether two triangles (3,) have a point number in common."""
    for a in one:
        for b in other:
            if a == b:
                return True
    return False


@jit
def edge_side(a: tuple[float, float], b: tuple[float, float], y: float, z: float) -> float:
    """On which side of the line from a to b a place lies; exactly the opposite for the line from b to a."""
    if a > b:
        return -((a[0] - b[0]) * (z - b[1]) - (a[1] - b[1]) * (y - b[0]))
    return (b[0] - a[0]) * (z - a[1]) - (b[1] - a[1]) * (y - a[0])


@jit
def paint(triangles: FloatArray, origin: FloatArray, spacing: float, label: int, labels: NDArray[np.uint8]) -> int:
    """Give a label to the unlabelled voxels (0) of labels (z, y, x) that a closed surface winds around; how many.

    Args:
        triangles: (m, 3, 3) mm, outward.
        origin: (3,) mm, the centre of voxel [0, 0, 0].
        spacing: mm.
        label: to paint.
        labels: to be changed.
    """
    size = labels.shape
    low, high = np.empty(3, np.int64), np.empty(3, np.int64)
    for i in range(3):
        first = np.floor((triangles[:, :, i].min() - origin[i]) / spacing)
        last = np.ceil((triangles[:, :, i].max() - origin[i]) / spacing)
        low[i], high[i] = max(int(first), 0), min(int(last), size[2 - i] - 1)
    if (low > high).any():
        return 0
    winding = np.zeros((high[2] - low[2] + 1, high[1] - low[1] + 1, high[0] - low[0] + 2), np.int16)
    for m in range(len(triangles)):
        cross(triangles[m], origin, spacing, low, winding)
    painted = 0
    for z in range(winding.shape[0]):
        for y in range(winding.shape[1]):
            inside = 0
            for x in range(winding.shape[2] - 1):
                inside += winding[z, y, x]
                if inside > 0 and labels[low[2] + z, low[1] + y, low[0] + x] == 0:
                    labels[low[2] + z, low[1] + y, low[0] + x] = label
                    painted += 1
    return painted


@jit
def cross(triangle: FloatArray, origin: FloatArray, spacing: float, low: IntArray, winding: NDArray[np.int16]) -> None:
    """Add to winding (z, y, x), which begins at voxel `low`, where lines along x enter or leave through a triangle."""
    x, y, z = np.empty(3), np.empty(3), np.empty(3)
    for i in range(3):
        x[i] = (triangle[i, 0] - origin[0]) / spacing - low[0]
        y[i] = (triangle[i, 1] - origin[1]) / spacing - low[1] + OFF_LATTICE[0]
        z[i] = (triangle[i, 2] - origin[2]) / spacing - low[2] + OFF_LATTICE[1]
    area = (y[1] - y[0]) * (z[2] - z[0]) - (z[1] - z[0]) * (y[2] - y[0])
    sign = -1 if area > 0.0 else 1
    rows = max(int(np.ceil(y.min())), 0), min(int(np.floor(y.max())) + 1, winding.shape[1])
    slices = max(int(np.ceil(z.min())), 0), min(int(np.floor(z.max())) + 1, winding.shape[0])
    for k in range(slices[0], slices[1]):
        for j in range(rows[0], rows[1]):
            a = edge_side((y[1], z[1]), (y[2], z[2]), j, k)
            b = edge_side((y[2], z[2]), (y[0], z[0]), j, k)
            c = edge_side((y[0], z[0]), (y[1], z[1]), j, k)
            if (a > 0.0 and b > 0.0 and c > 0.0) or (a < 0.0 and b < 0.0 and c < 0.0):
                at = (a * x[0] + b * x[1] + c * x[2]) / (a + b + c)
                winding[k, j, min(max(int(np.ceil(at)), 0), winding.shape[2] - 1)] += sign


__all__ = ["count_crossings", "paint"]
