"""Two truncated ellipsoids on voxels, with coordinates and fibres in closed form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CENTRE_Z = 58.0
BASE_Z = 75.0
LV_INNER, LV_OUTER = (22.0, 22.0, 58.0), (32.0, 32.0, 68.0)
RV_X, RV_INNER, RV_OUTER = -18.0, (38.0, 28.0, 55.0), (42.0, 32.0, 59.0)


@dataclass(frozen=True)
class VoxelBiventricle:
    """Mask, fibres and ventricular coordinates, [z, y, x]."""

    mask: NDArray[np.bool_]
    spacing: float
    origin: tuple[float, float, float]
    fibre: Floats
    transmural: Floats
    apicobasal: Floats
    rotational: Floats
    side: NDArray[np.int64]


def voxel_biventricle(spacing: float) -> VoxelBiventricle:
    """A heart of normal size; fibres from +60 degrees on the endocardium to -60 on the epicardium."""
    origin = (-64.0, -36.0, -14.0)
    sizes = (100.0, 72.0, BASE_Z + 14.0)
    x_axis, y_axis, z_axis = (low + np.arange(0.0, size, spacing) for low, size in zip(origin, sizes, strict=True))
    z, y, x = np.meshgrid(z_axis, y_axis, x_axis, indexing="ij")

    def radius(centre: float, half: tuple[float, float, float]) -> Floats:
        r: Floats = np.sqrt(((x - centre) / half[0]) ** 2 + (y / half[1]) ** 2 + ((z - CENTRE_Z) / half[2]) ** 2)
        return r

    lv = (radius(0.0, LV_OUTER) < 1) & (radius(0.0, LV_INNER) >= 1)
    rv = (radius(RV_X, RV_OUTER) < 1) & (radius(RV_X, RV_INNER) >= 1) & (radius(0.0, LV_OUTER) >= 1)
    mask = (lv | rv) & (z < BASE_Z)
    depth_lv = (radius(0.0, LV_INNER) - 1) / (LV_OUTER[0] / LV_INNER[0] - 1)
    depth_rv = (radius(RV_X, RV_INNER) - 1) / (RV_OUTER[0] / RV_INNER[0] - 1)
    transmural = np.clip(np.where(lv, depth_lv, depth_rv), 0.0, 1.0)
    return VoxelBiventricle(
        mask,
        spacing,
        origin,
        _fibre(x - np.where(lv, 0.0, RV_X), y, z - CENTRE_Z, transmural),
        transmural,
        np.clip((z + 5.0) / (BASE_Z + 5.0), 0.0, 1.0),
        np.arctan2(-y, -x),
        np.where(lv, 0, 1),
    )


def _fibre(x: Floats, y: Floats, z: Floats, transmural: Floats) -> Floats:
    outward = _unit(np.stack([x / 27.0**2, y / 27.0**2, z / 63.0**2], axis=-1))
    around = _unit(np.stack([-y, x, np.zeros_like(x)], axis=-1) + np.array([0.0, 1e-9, 0.0]))
    up = np.cross(outward, around)
    helix = np.deg2rad(60.0 - 120.0 * transmural)[..., None]
    fibre: Floats = np.cos(helix) * around + np.sin(helix) * up
    fibre[np.linalg.norm(fibre, axis=-1) < 0.5] = (1.0, 0.0, 0.0)
    return fibre


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-12)
    return unit
