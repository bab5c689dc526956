"""A simple voxel biventricle of truncated ellipsoids with shortest-path activation, for tests of the ECG."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from marey.simulate.ecg import Tissue

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BASE = 78.0
LV_CENTRE, LV_INNER, LV_OUTER = (0.0, 0.0, 58.0), (23.0, 23.0, 58.0), (32.0, 32.0, 66.0)
RV_CENTRE, RV_INNER, RV_OUTER = (-20.0, -4.0, 58.0), (40.0, 36.0, 50.0), (44.0, 40.0, 54.0)
LEFT_SITES = {  # (height mm, degrees from the septum towards the anterior wall) and ms
    (68, 110): 0, (68, 60): 5, (68, 180): 8, (52, 0): 11, (18, -60): 16, (35, -110): 17, (18, 0): 18,
}  # fmt: skip
RIGHT_SITES = {(22, 30): 24, (22, -50): 27, (22, -10): 28, (62, 60): 31}


@dataclass(frozen=True, eq=False)
class Heart:
    """Voxels with coordinates: transmural 0 endo to 1 epi, apicobasal 0 to 1, membership of the RV."""

    tissue: Tissue
    transmural: FloatArray
    apicobasal: FloatArray
    right: NDArray[np.bool_]
    blood: FloatArray
    left_endocardium: NDArray[np.bool_]
    right_endocardium: NDArray[np.bool_]


def _level(points: FloatArray, centre: tuple[float, ...], axes: tuple[float, ...]) -> FloatArray:
    return np.asarray(np.linalg.norm((points - np.array(centre)) / np.array(axes), axis=-1), np.float64)


def biventricle(spacing: float) -> Heart:
    low, high = np.array([-66.0, -46.0, -12.0]), np.array([36.0, 46.0, BASE])
    axes = [np.arange(a, b + spacing / 2, spacing) for a, b in zip(low, high, strict=True)]
    z, y, x = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    points = np.stack([x, y, z], axis=-1)
    inner, outer = _level(points, LV_CENTRE, LV_INNER), _level(points, LV_CENTRE, LV_OUTER)
    rv_inner, rv_outer = _level(points, RV_CENTRE, RV_INNER), _level(points, RV_CENTRE, RV_OUTER)
    left = (outer <= 1) & (inner > 1)
    right = (rv_outer <= 1) & (rv_inner > 1) & (outer > 1)
    mask = left | right
    depth = np.where(left, (inner - 1) / np.maximum(inner - 1 + 1 - outer, 1e-9), 0.0)
    rv_depth = (rv_inner - 1) / np.maximum(rv_inner - 1 + 1 - rv_outer, 1e-9)
    depth = np.clip(np.where(right, rv_depth, depth), 0, 1)
    septum = left & (rv_inner <= 1.1)
    rv_blood = (rv_inner <= 1) & (outer > 1)
    fibres = _fibres(points[mask], depth[mask], right[mask])
    thickness = 2.5 * spacing
    return Heart(
        Tissue(mask, fibres, spacing, low),
        depth[mask],
        np.clip((points[mask][:, 2] + 8) / (BASE + 8), 0, 1),
        right[mask],
        points[(inner <= 1) | rv_blood],
        (left & (inner < 1 + thickness / 26) & (z < 74))[mask],
        (((septum & (outer > 1 - thickness / 33)) | (right & (rv_inner < 1 + thickness / 45))) & (z < 74))[mask],
    )


def _fibres(points: FloatArray, depth: FloatArray, right: NDArray[np.bool_]) -> FloatArray:
    centre = np.where(right[:, None], RV_CENTRE, LV_CENTRE)
    axes = np.where(right[:, None], RV_OUTER, LV_OUTER)
    normal = (points - centre) / axes**2
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    around = np.cross([0.0, 0.0, 1.0], normal)
    around /= np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-6)
    around[np.linalg.norm(around, axis=1) < 0.5] = [1.0, 0.0, 0.0]
    upwards = np.cross(normal, around)
    angle = np.deg2rad(60 - 120 * depth)[:, None]
    fibre = np.cos(angle) * around + np.sin(angle) * upwards
    return np.asarray(fibre / np.linalg.norm(fibre, axis=1, keepdims=True), np.float64)


def activation(heart: Heart, *, left_bundle: bool = True) -> FloatArray:
    """(n,) ms: shortest paths over the 26 neighbours with a fast endocardium, from the Purkinje network's sites.

    Without the left bundle only the right sites are left, and the left endocardium is slow.
    """
    tissue = heart.tissue
    number = np.pad(np.full(tissue.mask.shape, -1), 1, constant_values=-1)
    number[1:-1, 1:-1, 1:-1][tissue.mask] = np.arange(len(tissue.fibres))
    fast = heart.right_endocardium | (heart.left_endocardium & left_bundle)
    index = np.argwhere(tissue.mask)
    n = len(index)
    edges = [_edges(tissue, number, index, fast, step) for step in np.ndindex(3, 3, 3) if step > (1, 1, 1)]
    edges += [_start(tissue, _right_site(*site), delay) for site, delay in RIGHT_SITES.items()]
    edges += [_start(tissue, _left_site(*site), delay) for site, delay in LEFT_SITES.items() if left_bundle]
    rows, columns, costs = (np.concatenate(parts) for parts in zip(*edges, strict=True))
    graph = coo_array((costs, (rows, columns)), shape=(n + 1, n + 1)).tocsr()
    times = np.asarray(dijkstra(graph, directed=False, indices=[n])[0, :n], np.float64)
    return np.asarray(times - times.min(), np.float64)


def _edges(
    tissue: Tissue, number: IntArray, index: IntArray, fast: NDArray[np.bool_], step: tuple[int, ...]
) -> tuple[IntArray, IntArray, FloatArray]:
    there = number[tuple((index + step).T)]
    here = np.flatnonzero(there >= 0)
    there = there[here]
    arm = (np.array(step) - 1)[::-1] * tissue.spacing
    along = 0.5 * (tissue.fibres[here] @ arm) ** 2 + 0.5 * (tissue.fibres[there] @ arm) ** 2
    slow = np.sqrt(along / 0.5**2 + (arm @ arm - along) / 0.22**2)
    return here, there, np.where(fast[here] & fast[there], np.linalg.norm(arm) / 2.0, slow)


def _start(tissue: Tissue, site: FloatArray, delay: float) -> tuple[IntArray, IntArray, FloatArray]:
    """An edge from the conduction system, the last node of the graph, to the voxel at a site."""
    nearest = np.argmin(np.linalg.norm(tissue.points - site, axis=1))
    return np.array([len(tissue.fibres)]), np.array([nearest]), np.array([delay + 1e-6])


def _left_site(height: float, angle: float) -> FloatArray:
    return _site(height, angle, LV_CENTRE, LV_INNER)


def _right_site(height: float, angle: float) -> FloatArray:
    return _site(height, angle, RV_CENTRE, RV_INNER)


def _site(height: float, angle: float, centre: tuple[float, ...], axes: tuple[float, ...]) -> FloatArray:
    reach = np.sqrt(max(0.0, 1 - ((height - centre[2]) / axes[2]) ** 2))
    turn = np.deg2rad(angle)
    return np.array([centre[0] - axes[0] * reach * np.cos(turn), centre[1] - axes[1] * reach * np.sin(turn), height])
