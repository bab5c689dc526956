"""Hexahedra that fill what blood fills: tubes and bags around their axis, the right ventricle between its two walls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CORNERS = ((0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0))
SAME = 1e-6  # mm


@dataclass(frozen=True, eq=False)
class Filling:
    """How nodes (level, sector, depth) are joined to hexahedra, with local axes depth, sector, level.

    Args:
        nodes: (level, sector, depth) numbers; nodes that lie on each other share one.
        count: of different nodes.
        first: (count,) where each is met first in the flattened (level, sector, depth).
        cells: (m, 8) numbers.
        depth: (m,) of each cell, 0 at the axis.
        walls: quads (f, 4) of the sides.
        lid: quads (f, 4) of the end through which blood comes and goes.
    """

    nodes: IntArray
    count: int
    first: IntArray
    cells: IntArray
    depth: IntArray
    walls: IntArray
    lid: IntArray


def around_axis(rings: FloatArray, depths: int) -> FloatArray:
    """(level, sector + 1, depths + 1, 3) from the middle of each ring (level, sector, 3) to the ring; closed."""
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    middle = rings.mean(axis=1)[:, None, None]
    share = np.linspace(0.0, 1.0, depths + 1)[:, None]
    places: FloatArray = middle + share * (closed[:, :, None] - middle)
    return places


def between(one: FloatArray, other: FloatArray, depths: int) -> FloatArray:
    """(level, sector, depths + 1, 3) from one sheet (level, sector, 3) to the other."""
    share = np.linspace(0.0, 1.0, depths + 1)[:, None]
    places: FloatArray = one[:, :, None] + share * (other - one)[:, :, None]
    return places


def filling(places: FloatArray, *, lid: int, inner_wall: bool) -> Filling:
    """Join places (level, sector, depth, 3) to hexahedra.

    Args:
        places: at a moment at which nothing lies on each other by accident.
        lid: the level, 0 or -1, at which blood comes and goes.
        inner_wall: whether depth 0 is a wall, not an axis.
    """
    flat = np.round(places.reshape(-1, 3) / SAME).astype(np.int64)
    _, first, number = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    nodes = number.reshape(places.shape[:3])
    k, i, j = places.shape[0] - 1, places.shape[1] - 1, places.shape[2] - 1
    block = [nodes[a : a + k, b : b + i, c : c + j] for a, b, c in CORNERS]
    cells = np.stack(block, axis=-1).reshape(-1, 8)
    depth = np.broadcast_to(np.arange(j), (k, i, j)).ravel()
    walls = [_quads(nodes[..., -1])] + ([_quads(nodes[..., 0])] if inner_wall else [])
    return Filling(nodes, len(first), first, cells, depth, np.concatenate(walls), _quads(nodes[lid]))


def _quads(sheet: IntArray) -> IntArray:
    """(f, 4) of a sheet (p, q) of numbers."""
    return np.stack([sheet[:-1, :-1], sheet[1:, :-1], sheet[1:, 1:], sheet[:-1, 1:]], axis=-1).reshape(-1, 4)


__all__ = ["Filling", "around_axis", "between", "filling"]
