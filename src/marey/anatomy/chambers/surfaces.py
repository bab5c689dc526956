"""Closed surfaces of triangles: made of rings between two poles, measured, and refused when they cut themselves."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers._kernels import count_crossings
from marey.core import InvalidInput, Mesh

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def ring_stack(rings: FloatArray, first: FloatArray, last: FloatArray) -> Mesh:
    """A closed surface through rings (levels, sectors, 3), with a pole (3,) before the first and after the last.

    Its points are the first pole, the rings and the last pole. The surface looks outward when the rings run
    counter-clockwise, seen from the last pole.
    """
    levels, sectors = rings.shape[:2]
    points = np.concatenate([first[None], rings.reshape(-1, 3), last[None]])
    return Mesh(points, stack_triangles(levels, sectors))


@cache
def stack_triangles(levels: int, sectors: int) -> IntArray:
    """(2 levels sectors, 3) triangles of `ring_stack`."""
    number = 1 + np.arange(levels * sectors).reshape(levels, sectors)
    following = np.roll(number, -1, axis=1)
    a, b, c, d = number[:-1], following[:-1], following[1:], number[1:]
    sides = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    zero, end = np.zeros(sectors, np.int64), np.full(sectors, levels * sectors + 1)
    bottom = np.stack([zero, following[0], number[0]], axis=-1)
    top = np.stack([end, number[-1], following[-1]], axis=-1)
    return np.concatenate([bottom, sides, top])


def enclosed_volume(mesh: Mesh) -> float:
    """Volume in mm3 within a closed surface, exactly (divergence theorem)."""
    a, b, c = (mesh.points[mesh.cells[:, corner]] for corner in range(3))
    middle = mesh.points.mean(axis=0)
    return float(np.sum((a - middle) * np.cross(b - middle, c - middle)) / 6)


def outward_normals(mesh: Mesh) -> FloatArray:
    """(n, 3) unit normals at the points of a surface, means of the triangles around weighted by their area."""
    a, b, c = (mesh.points[mesh.cells[:, corner]] for corner in range(3))
    area, count = np.cross(b - a, c - a), len(mesh.points)
    total = [np.bincount(mesh.cells.ravel(), np.repeat(area[:, axis], 3), count) for axis in range(3)]
    normals = np.stack(total, axis=-1)
    unit: FloatArray = normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    return unit


def crossings(one: Mesh, other: Mesh | None = None) -> int:
    """How many triangles' edges pierce triangles: of a surface with itself, or of two surfaces with each other.

    Triangles of one surface that share a point do not count.
    """
    corners = one.points[one.cells]
    if other is None:
        return int(count_crossings(corners, corners, one.cells, one.cells))
    apart = other.cells + len(one.points)
    return int(count_crossings(corners, other.points[other.cells], one.cells, apart))


def check_surface(mesh: Mesh, name: str) -> None:
    """Refuse a surface that has holes, is turned inside out or cuts itself.

    Raises:
        InvalidInput: it says what is wrong with which surface.
    """
    edges = np.concatenate([mesh.cells[:, [0, 1]], mesh.cells[:, [1, 2]], mesh.cells[:, [2, 0]]])
    there = edges[:, 0] * len(mesh.points) + edges[:, 1]
    back = edges[:, 1] * len(mesh.points) + edges[:, 0]
    if len(np.unique(there)) < len(there) or not np.array_equal(np.sort(there), np.sort(back)):
        raise _refuse(name, "has holes")
    if enclosed_volume(mesh) <= 0:
        raise _refuse(name, "is inside out")
    cuts = crossings(mesh)
    if cuts:
        raise _refuse(name, f"cuts itself at {cuts} places")


def _refuse(name: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"The surface of the {name} {what}.",
        "A closed surface that looks outward and does not meet itself is needed.",
        "Bring the parameters of the atria and vessels nearer to their usual values.",
    )


__all__ = ["check_surface", "crossings", "enclosed_volume", "outward_normals", "ring_stack", "stack_triangles"]
