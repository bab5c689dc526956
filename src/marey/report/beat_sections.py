"""Cuts through meshes of hexahedra and through surfaces."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]
_TETRAHEDRA = np.array([[0, 1, 2, 6], [0, 2, 3, 6], [0, 3, 7, 6], [0, 7, 4, 6], [0, 4, 5, 6], [0, 5, 1, 6]])
_EDGES = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
# a plane meets a tetrahedron in a triangle or a quadrilateral: the edges cut, in order, by which corners lie above
_CUTS = {
    1: (0, 1, 2), 2: (0, 3, 4), 4: (1, 3, 5), 8: (2, 4, 5), 3: (1, 2, 4, 3), 5: (0, 2, 5, 3), 6: (0, 1, 5, 4),
}  # fmt: skip


def section(points: Array, cells: IntArray, values: Array, normal: Array, offset: float) -> tuple[list[Array], Array]:
    """Polygons in which a plane meets the cells.

    Args:
        points: (n, 3) mm.
        cells: (m, 8).
        values: (n,) at the points.
        normal, offset: the plane ``points @ normal == offset``; unit normal.

    Returns:
        Polygons (k, 3) in space and the mean value of each.
    """
    corners = cells[:, _TETRAHEDRA].reshape(-1, 4)
    height = points @ normal - offset
    above = height[corners] > 0
    code = above @ np.array([1, 2, 4, 8])
    polygons: list[Array] = []
    found: list[float] = []
    for pattern in (*_CUTS, *(15 - key for key in _CUTS)):
        cut = _CUTS.get(pattern) or _CUTS[15 - pattern]
        chosen = corners[code == pattern]
        ends = chosen[:, _EDGES[list(cut)]]
        share = height[ends[..., 0]] / (height[ends[..., 0]] - height[ends[..., 1]])
        where = points[ends[..., 0]] + share[..., None] * (points[ends[..., 1]] - points[ends[..., 0]])
        there = values[ends[..., 0]] + share * (values[ends[..., 1]] - values[ends[..., 0]])
        polygons += list(where)
        found += there.mean(axis=1).tolist()
    return polygons, np.array(found)


def outline(points: Array, triangles: IntArray, normal: Array, offset: float) -> Array:
    """Line segments (k, 2, 3) in which a plane meets a surface of triangles."""
    height = points @ normal - offset
    edges = triangles[:, [[0, 1], [1, 2], [2, 0]]]
    crossed = (height[edges] > 0).sum(axis=-1) == 1
    met = crossed.sum(axis=1) == 2
    ends = edges[met][crossed[met]].reshape(-1, 2, 2)
    share = height[ends[..., 0]] / (height[ends[..., 0]] - height[ends[..., 1]])
    return np.asarray(points[ends[..., 0]] + share[..., None] * (points[ends[..., 1]] - points[ends[..., 0]]))


__all__ = ["outline", "section"]
