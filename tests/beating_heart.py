"""A beating heart in the patient, and pictures of it on any grid."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from heart_phantoms import ANTERIOR, BASE, CENTRE, SEPTAL, STRUCTURES, short_axis_grid
from marey.core import Grid, Image, Labels

BRIGHTNESS = np.array([20.0, 200.0, 60.0, 190.0])  # lung, LV blood, wall, RV blood


def heart(grid: Grid, squeeze: float = 1.0) -> NDArray[np.uint8]:
    """Labels (z, y, x): an LV that closes at the apex 50 mm below `CENTRE` and ends 35 mm above it, an RV beside it.

    The cavity's radius is at most 26 mm times `squeeze`; the wall's outer face stays where it is.
    """
    index = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
    points = grid.world(index) - CENTRE
    height, septal, anterior = points @ BASE, points @ SEPTAL, points @ ANTERIOR
    radius = np.hypot(septal, anterior)
    taper = np.sqrt(np.clip((height + 50.0) / 85.0, 0.0, 1.0))
    right = (septal - 42.0) ** 2 + (0.8 * anterior) ** 2 < (32.0 * taper) ** 2
    values = np.zeros(grid.shape, np.uint8)
    values[right & (height < 50.0)] = 3
    values[radius < 34.0 * taper] = 2
    values[radius < 26.0 * squeeze * taper - 1.0] = 1
    values[(height > 35.0) & (values != 3)] = 0
    return values


def squeezes(phases: int) -> NDArray[np.float64]:
    """From 1 at phase 0 (end-diastole) to 0.7 in the middle of the beat and back, (phases,)."""
    swing: NDArray[np.float64] = 0.85 + 0.15 * np.cos(2 * np.pi * np.arange(phases) / phases)
    return swing


def heart_labels(grid: Grid, phases: int = 12) -> Labels:
    """Labels of a beat of 900 ms."""
    values = np.stack([heart(grid, squeeze) for squeeze in squeezes(phases)])
    return Labels(values, grid, np.arange(phases) * 900.0 / phases, STRUCTURES)


def picture(grid: Grid, phases: int = 12, name: str = "", noise: float = 4.0, seed: int = 0) -> Image:
    """A cine of the heart, with noise; RR 900 ms."""
    labels = heart_labels(grid, phases)
    values = BRIGHTNESS[labels.values] + np.random.default_rng(seed).normal(0, noise, labels.values.shape)
    rr = np.full(grid.shape[0], 900.0)
    return Image(values.astype(np.float32), grid, labels.times, rr, name)


def plane(turn: float, tilt: float = 0.0, offset: float = 0.0, slices: int = 1) -> Grid:
    """A plane through the heart, 128 x 128 pixels of 2 mm.

    Args:
        turn: degrees of its trace from septal towards anterior.
        tilt: degrees between the plane and the long axis.
        offset: mm from the middle of the LV along the plane's normal.
        slices: number of parallel slices, 8 mm apart, about that place.
    """
    trace = np.cos(np.radians(turn)) * SEPTAL + np.sin(np.radians(turn)) * ANTERIOR
    across = np.cross(trace, BASE)
    lean = np.radians(tilt)
    normal, up = np.cos(lean) * across + np.sin(lean) * BASE, np.cos(lean) * BASE - np.sin(lean) * across
    return grid_of((normal, up, trace), CENTRE + offset * normal, (slices, 128, 128), (8.0, 2.0, 2.0))


def grid_of(
    directions: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    centre: NDArray[np.float64],
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
) -> Grid:
    """A grid about a centre with the given unit directions (z, y, x)."""
    affine = np.eye(4)
    affine[:3, :3] = np.stack(directions, axis=1) * np.array(spacing)
    affine[:3, 3] = centre - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return Grid(shape, affine, slice_thickness=spacing[0])


def stack(slices: int = 14, step: float = 8.0) -> Grid:
    """A short-axis stack that reaches beyond the apex and the base."""
    return short_axis_grid((slices, 96, 96), (step, 2.0, 2.0))


def reoriented_grid(grid: Grid, flips: tuple[bool, bool, bool], *, swap: bool) -> Grid:
    """The grid of an array after flipping its z, y, x axes and then exchanging y and x."""
    affine, shape = grid.affine.copy(), list(grid.shape)
    positions = grid.slice_positions
    for axis, flip in enumerate(flips):
        if flip:
            affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
            affine[:3, axis] *= -1
    if flips[0]:
        positions = positions[-1] - positions[::-1]
    if swap:
        affine[:, [1, 2]] = affine[:, [2, 1]]
        shape[1], shape[2] = shape[2], shape[1]
    return Grid((shape[0], shape[1], shape[2]), affine, positions, grid.slice_thickness)


def reoriented(values: NDArray[np.generic], flips: tuple[bool, bool, bool], *, swap: bool) -> NDArray[np.generic]:
    """The array (t, z, y, x) flipped and exchanged in the same way."""
    axes = tuple(axis + 1 for axis, flip in enumerate(flips) if flip)
    flipped = np.flip(values, axes)
    return np.ascontiguousarray(flipped.swapaxes(2, 3) if swap else flipped)


def reoriented_image(image: Image, flips: tuple[bool, bool, bool], *, swap: bool) -> Image:
    """The same picture of the same place, stored otherwise."""
    grid = reoriented_grid(image.grid, flips, swap=swap)
    rr = image.rr_intervals[::-1] if flips[0] else image.rr_intervals
    return replace(image, values=reoriented(image.values, flips, swap=swap), grid=grid, rr_intervals=rr)


def reoriented_labels(labels: Labels, flips: tuple[bool, bool, bool], *, swap: bool) -> Labels:
    """The same labels of the same place, stored otherwise."""
    grid = reoriented_grid(labels.grid, flips, swap=swap)
    values = reoriented(labels.values, flips, swap=swap).astype(np.uint8)
    return Labels(values, grid, labels.times, labels.structures)
