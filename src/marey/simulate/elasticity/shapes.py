"""Meshes of simple bodies for verification and first trials: a beam and a truncated ellipsoid."""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, Mesh
from marey.core.hexahedra import GAUSS, shape_functions

FloatArray = NDArray[np.float64]


def block(size: tuple[float, float, float], cells: tuple[int, int, int]) -> Mesh:
    """A block with one corner in the origin.

    Args:
        size: edges along x, y, z, mm.
        cells: number of cells along each.

    Returns:
        Hexahedra with the surfaces "x0", "x1", "y0", "y1", "z0", "z1".
    """
    _check_counts(cells)
    i, j, k = np.meshgrid(*(np.arange(c + 1) for c in cells), indexing="ij")
    number = np.arange(i.size).reshape(i.shape)
    points = np.stack([i, j, k], axis=-1).reshape(-1, 3) * (np.array(size) / cells)
    surfaces = {
        "x0": _quads(number[0].T), "x1": _quads(number[-1]), "y0": _quads(number[:, 0]),
        "y1": _quads(number[:, -1].T), "z0": _quads(number[:, :, 0].T), "z1": _quads(number[:, :, -1]),
    }  # fmt: skip
    return Mesh(points, _hexahedra(number), surfaces=surfaces)


def truncated_ellipsoid(
    cells: tuple[int, int, int],
    short: tuple[float, float] = (7.0, 10.0),
    long: tuple[float, float] = (17.0, 20.0),
    base: float = 5.0,
) -> Mesh:
    """An ellipsoid of revolution about z, cut at z = base, apex at negative z (Land 2015, problems 2 and 3).

    Args:
        cells: number across the wall, from apex to base, around.
        short, long: half axes of the inner and the outer surface, mm.
        base: z of the cut, mm.

    Returns:
        Hexahedra, collapsed at the apex, with the surfaces "endocardium", "epicardium", "base" and the field
        "depth" from 0 inside to 1 outside.
    """
    _check_counts(cells)
    across, up, around = cells
    t = np.linspace(0, 1, across + 1)[:, None, None]
    v = np.linspace(0, 2 * np.pi, around, endpoint=False)[None, :, None]
    rs, rl = short[0] + (short[1] - short[0]) * t, long[0] + (long[1] - long[0]) * t
    u = np.pi - np.linspace(0, 1, up + 1)[None, None] * (np.pi - np.arccos(base / rl))
    grid = np.stack(
        np.broadcast_arrays(rs * np.sin(u) * np.cos(v), rs * np.sin(u) * np.sin(v), rl * np.cos(u), t), axis=-1
    )
    number = np.empty(grid.shape[:3], np.int64)
    number[:, :, 0] = np.arange(across + 1)[:, None]
    number[:, :, 1:] = across + 1 + np.arange(number[:, :, 1:].size).reshape(number[:, :, 1:].shape)
    table = np.empty((int(number.max()) + 1, 4))
    table[number.ravel()] = grid.reshape(-1, 4)
    ring = np.concatenate([number, number[:, :1]], axis=1)
    surfaces = {
        "endocardium": _quads(ring[0].T), "epicardium": _quads(ring[-1]), "base": _quads(ring[:, :, -1]),
    }  # fmt: skip
    return Mesh(np.ascontiguousarray(table[:, :3]), _hexahedra(ring), {"depth": table[:, 3].copy()}, surfaces=surfaces)


def helical_fibres(
    mesh: Mesh,
    angles: tuple[float, float] = (90.0, -90.0),
    short: tuple[float, float] = (7.0, 10.0),
    long: tuple[float, float] = (17.0, 20.0),
) -> FloatArray:
    """Fibres of the truncated ellipsoid (m, 8, 3) at its points of integration (Land 2015, problem 3).

    Args:
        mesh: of `truncated_ellipsoid`.
        angles: inside and outside, degrees from the circumference, linear in depth.
        short, long: as given to `truncated_ellipsoid`.
    """
    x, y, z = np.moveaxis(np.einsum("ga,mai->mgi", shape_functions(GAUSS), mesh.points[mesh.cells]), -1, 0)
    low, high = np.full_like(x, -0.2), np.full_like(x, 1.2)
    for _ in range(50):  # depth of a point between the confocal-like shells, by bisection
        t = (low + high) / 2
        outside = (x**2 + y**2) / (short[0] + (short[1] - short[0]) * t) ** 2 + z**2 / (
            long[0] + (long[1] - long[0]) * t
        ) ** 2 > 1
        low, high = np.where(outside, t, low), np.where(outside, high, t)
    t = np.clip((low + high) / 2, 0, 1)
    rs, rl = short[0] + (short[1] - short[0]) * t, long[0] + (long[1] - long[0]) * t
    u, v = -np.arccos(np.clip(z / rl, -1, 1)), np.arctan2(-y, -x)
    longitudinal = np.stack([rs * np.cos(u) * np.cos(v), rs * np.cos(u) * np.sin(v), -rl * np.sin(u)], axis=-1)
    longitudinal /= np.linalg.norm(longitudinal, axis=-1, keepdims=True)
    circumferential = np.stack([-np.sin(v) * np.sin(u), np.cos(v) * np.sin(u), np.zeros_like(u)], axis=-1)
    circumferential /= np.linalg.norm(circumferential, axis=-1, keepdims=True)
    angle = np.deg2rad(angles[0] + (angles[1] - angles[0]) * t)[..., None]
    return np.asarray(np.sin(angle) * longitudinal + np.cos(angle) * circumferential)


def _hexahedra(number: NDArray[np.int64]) -> NDArray[np.int64]:
    low, high = number[:, :, :-1], number[:, :, 1:]
    corners = [
        side[i : i + number.shape[0] - 1, j : j + number.shape[1] - 1]
        for side in (low, high)
        for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    return np.stack([c.ravel() for c in corners], axis=-1)


def _quads(number: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([c.ravel() for c in (number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:])], -1)


def _check_counts(cells: tuple[int, int, int]) -> None:
    if min(cells) < 1:
        raise InvalidInput(f"A mesh of {cells} cells was asked for.", "At least one cell each way.", "Ask for more.")


__all__ = ["block", "helical_fibres", "truncated_ellipsoid"]
