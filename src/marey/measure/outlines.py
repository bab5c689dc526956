"""Inner and outer outline of the LV wall in one slice, finer than a pixel, and the distance between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM
from marey.core import Labels

RAYS = 120
_BLUR = 0.7  # pixels: enough to take the stairs off a mask, small against its curvature
_STEP = 0.25  # pixels along a ray
_MARGIN = 6  # pixels around the ventricle


@dataclass(frozen=True, eq=False)
class Outlines:
    """Outlines of one slice at evenly spaced angles around the centre of the cavity.

    The angle of a ray goes from the x axis of the grid towards its y axis; lengths are mm in the plane.

    Args:
        centre: (2,) y, x pixel indices.
        inner: (ray,) mm from the centre to the endocardium.
        outer: (ray,) mm from the centre to the epicardium.
    """

    centre: NDArray[np.float64]
    inner: NDArray[np.float64]
    outer: NDArray[np.float64]

    def thickness(self, least: float) -> NDArray[np.float64]:
        """Wall thickness in mm around the slice, ``(ray,)``; NaN where there is no wall (less than `least` mm).

        At each point of the middle line: its distance to the inner plus its distance to the outer outline, that is
        the length of a chord across the wall, not along the ray. Exact for parallel outlines.
        """
        inner, outer = self._points(self.inner), self._points(self.outer)
        middle = (inner + outer) / 2
        thickness = _distance(middle, inner) + _distance(middle, outer)
        thickness[self.outer - self.inner < least] = np.nan
        return thickness

    def _points(self, radius: NDArray[np.float64]) -> NDArray[np.float64]:
        angles = ray_angles()
        return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=-1)


def ray_angles() -> NDArray[np.float64]:
    """Radians of the rays, ``(ray,)``."""
    return np.arange(RAYS) * 2 * np.pi / RAYS


def find_outlines(labels: Labels, phase: int, row: int) -> Outlines | None:
    """Outlines of the LV wall in slice `row`; None without cavity or without myocardium."""
    cavity, wall = (_slice(labels, structure, phase, row) for structure in (LV_CAVITY, LV_MYOCARDIUM))
    if not cavity.any() or not wall.any():
        return None
    ys, xs = np.nonzero(cavity | wall)
    top, left = max(ys.min() - _MARGIN, 0), max(xs.min() - _MARGIN, 0)
    window = (slice(top, ys.max() + _MARGIN + 1), slice(left, xs.max() + _MARGIN + 1))
    centre = np.argwhere(cavity).mean(axis=0)
    spacing = labels.grid.spacing[1:]
    local = centre - (top, left)
    inner = _first_exit(cavity[window], local, spacing)
    outer = _first_exit((cavity | wall)[window], local, spacing)
    return Outlines(centre, inner, np.maximum(inner, outer))


def along_rays(
    image: NDArray[np.float64], centre: NDArray[np.float64], radii: NDArray[np.float64], spacing: tuple[float, float]
) -> NDArray[np.float64]:
    """Linear samples of a slice at `radii` (ray, n) or (n,) mm on every ray, ``(ray, n)``; 0 outside."""
    from scipy.ndimage import map_coordinates

    angles = ray_angles()[:, None]
    y = centre[0] + radii * np.sin(angles) / spacing[0]
    x = centre[1] + radii * np.cos(angles) / spacing[1]
    samples: NDArray[np.float64] = map_coordinates(image, [y, x], order=1, mode="constant")
    return samples


def _first_exit(
    mask: NDArray[np.bool_], centre: NDArray[np.float64], spacing: tuple[float, float]
) -> NDArray[np.float64]:
    """Mm along each ray to where the mask, slightly blurred, first falls through one half."""
    from scipy.ndimage import gaussian_filter

    soft = gaussian_filter(mask.astype(np.float64), _BLUR, mode="constant")
    step = _STEP * min(spacing)
    radii = np.arange(0, float(np.hypot(*(np.array(mask.shape) * spacing))), step)
    samples = along_rays(soft, centre, radii, spacing)
    below = samples < 0.5
    first = np.maximum(below.argmax(axis=1), 1)
    rays = np.arange(RAYS)
    before, after = samples[rays, first - 1], samples[rays, first]
    share = np.clip((before - 0.5) / np.maximum(before - after, 1e-9), 0, 1)
    exits: NDArray[np.float64] = (first - 1 + share) * step
    return exits


def _distance(points: NDArray[np.float64], outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of points (n, 2) to a closed polygon (m, 2), ``(n,)``."""
    edges = np.roll(outline, -1, axis=0) - outline
    offsets = points[:, None] - outline
    lengths = np.maximum((edges**2).sum(-1), 1e-12)
    along = np.clip((offsets * edges).sum(-1) / lengths, 0, 1)
    distances: NDArray[np.float64] = np.linalg.norm(offsets - along[..., None] * edges, axis=-1).min(axis=1)
    return distances


def _slice(labels: Labels, structure: object, phase: int, row: int) -> NDArray[np.bool_]:
    keys = [key for key, named in labels.structures.items() if named == structure]
    return np.isin(labels.values[phase, row], keys)


__all__ = ["RAYS", "Outlines", "along_rays", "find_outlines", "ray_angles"]
