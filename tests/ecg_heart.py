"""A simple voxel biventricle of truncated ellipsoids, for tests of lead fields."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.simulate.ecg import Tissue

FloatArray = NDArray[np.float64]
BASE = 78.0
LV_CENTRE, LV_INNER, LV_OUTER = (0.0, 0.0, 58.0), (23.0, 23.0, 58.0), (32.0, 32.0, 66.0)
RV_CENTRE, RV_INNER, RV_OUTER = (-20.0, -4.0, 58.0), (40.0, 36.0, 50.0), (44.0, 40.0, 54.0)


@dataclass(frozen=True, eq=False)
class Heart:
    """Voxels with coordinates: transmural 0 endo to 1 epi, apicobasal 0 to 1, rotational, membership of the RV."""

    tissue: Tissue
    transmural: FloatArray
    apicobasal: FloatArray
    rotational: FloatArray
    right: NDArray[np.bool_]
    blood: FloatArray


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
    rv_blood = (rv_inner <= 1) & (outer > 1)
    fibres = _fibres(points[mask], depth[mask], right[mask])
    return Heart(
        Tissue(mask, fibres, spacing, low),
        depth[mask],
        np.clip((points[mask][:, 2] + 8) / (BASE + 8), 0, 1),
        np.arctan2(-points[mask][:, 1], -points[mask][:, 0]),
        right[mask],
        points[(inner <= 1) | rv_blood],
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


def activation(heart: Heart) -> FloatArray:
    """(n,) ms: through the wall and from apex to base; no conduction system."""
    return np.asarray(25 * heart.transmural + 0.3 * heart.tissue.points[:, 2], np.float64)
