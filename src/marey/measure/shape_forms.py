"""Forms of a ventricle from the template's points: thickness, length, sphericity, curvature."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy.ventricles import Resolution, Topology

Array = NDArray[np.float64]
DENSE = np.linspace(0, 1, 6)[:-1]  # places along each side of a quad
MID = (0.35, 0.75)  # share of the levels taken for mid-ventricle


def axis_length(points: Array, known: Topology) -> Array:
    """(...) mm from the endocardial apex to the middle of the mitral ring, of points (..., n, 3)."""
    ring = points[..., known.cavities["lv"].rim, :].mean(axis=-2)
    return np.asarray(np.linalg.norm(ring - points[..., known.inner[0, 0, 0], :], axis=-1))


def sphericity(volume: float, length: float) -> float:
    """Three-dimensional sphericity index: volume over that of the sphere whose diameter is the length (1 a sphere).

    Mannaerts et al. 2004, doi:10.1016/j.ehj.2004.02.030.
    """
    return volume / (np.pi / 6 * length**3)


def wall_thickness(points: Array, known: Topology) -> Array:
    """(level, sector) mm: from the endocardium the shortest way to the wall's other side, apex level left out.

    The other side is the epicardium, or beside the right ventricle its septal surface; from points (n, 3) mm.
    """
    inside = points[known.inner[1:, :, 0]]
    outside = np.where(known.open[1:, :, None], points[known.inner[1:, :, -1]], points[known.outer[1:, :, -1]])
    tree = cKDTree(_densely(outside))
    distance = np.asarray(tree.query(inside.reshape(-1, 3))[0], np.float64)
    return distance.reshape(inside.shape[:2])


def _densely(sheet: Array) -> Array:
    """Points (m, 3) on the bilinear quads of a closed sheet (level, sector, 3)."""
    ring = np.concatenate([sheet, sheet[:, :1]], axis=1)
    a, b = DENSE[:, None, None, None, None], DENSE[None, :, None, None, None]
    low, high = ring[:-1], ring[1:]
    patch = (1 - a) * ((1 - b) * low[:, :-1] + b * low[:, 1:]) + a * ((1 - b) * high[:, :-1] + b * high[:, 1:])
    return np.concatenate([patch.reshape(-1, 3), sheet[-1]])


def curvature(line: Array) -> float:
    """1/mm of an open line (n, 2): that of the circle with least squares of the distances (Kasa 1976).

    Positive where the line turns left.
    """
    x, y = (line - line.mean(axis=0)).T
    matrix = np.stack([x, y, np.ones_like(x)], axis=-1)
    (a, b, c), *_ = np.linalg.lstsq(matrix, x**2 + y**2, rcond=None)
    middle = np.array([a, b]) / 2
    radius = float(np.sqrt(c + middle @ middle))
    steps = np.diff(line, axis=0)
    turn = float(np.sum(steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0]))
    return float(np.sign(turn)) / radius


def septal_curvature_ratio(endocardium: Array, resolution: Resolution) -> float:
    """Curvature of the septum over that of the free wall, mean of mid levels.

    Args:
        endocardium: (level, sector, 3) mm in the heart frame, seen along z.
        resolution: which sectors are septum.
    """
    levels = resolution.levels
    ratios = []
    for ring in endocardium[round(MID[0] * levels) : round(MID[1] * levels) + 1, :, :2]:
        margin = resolution.septal_sectors // 8
        septum = ring[margin : resolution.septal_sectors + 1 - margin]
        free = ring[resolution.septal_sectors :]
        ratios.append(curvature(septum) / curvature(free))
    return float(np.mean(ratios))


__all__ = ["axis_length", "curvature", "septal_curvature_ratio", "sphericity", "wall_thickness"]
