"""A beating phantom: an LV that is a tapering tube in a wall, with an RV beside it; and its true labels."""

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.core import Facts, Grid, Image, Labels
from marey.core.units import cm, kg

SLICES, PHASES, SIZE, PIXEL, STEP = 8, 12, 128, 1.5, 8.0
FACTS = Facts("ID-7", "Doe^Jane", "F", 54.0, 168 * cm, 63 * kg, "2024-05-06", "Phantom", 1.5)


def _truth() -> NDArray[np.uint8]:
    y, x = (np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2) * PIXEL
    values = np.zeros((PHASES, SLICES, SIZE, SIZE), np.uint8)
    for t in range(PHASES):
        squeeze = np.sin(np.pi * t / PHASES) ** 2  # 0 at the R wave, 1 in mid-cycle
        for z in range(1, SLICES):
            taper = np.sqrt(z / SLICES)  # apex at z = 0
            cavity, wall = taper * (27 - 9 * squeeze), 8 + 3 * squeeze
            lv = np.hypot(x - 10, y)
            rv = np.hypot((x + 30) / 1.1, y / 1.3) < taper * (30 - 8 * squeeze)
            values[t, z][rv] = 3
            values[t, z][lv < cavity + wall] = 2
            values[t, z][lv < cavity] = 1
    return values


def beating_tube() -> tuple[Image, Labels]:
    """The cine and its true labels."""
    values = _truth()
    normal, row, column = np.array([-0.6, 0.6, -0.53]), np.array([0.7, 0.7, 0.0]), np.zeros(3)
    normal /= np.linalg.norm(normal)
    row = row - normal * (row @ normal)
    row /= np.linalg.norm(row)
    column = np.cross(normal, row)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = -normal * STEP, column * PIXEL, row * PIXEL
    affine[:3, 3] = -affine[:3, :3] @ [SLICES / 2, SIZE / 2, SIZE / 2]
    grid = Grid((SLICES, SIZE, SIZE), affine, slice_thickness=STEP)
    times = np.arange(PHASES) * 900.0 / PHASES
    grey = np.array([60, 900, 250, 450])[values] + np.random.default_rng(0).normal(0, 15, values.shape)
    image = Image(grey.clip(0).astype(np.uint16), grid, times, np.full(SLICES, 900.0), "cine sax")
    structures = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY}
    probability = np.stack([(values == key) * np.uint8(255) for key in structures])
    return image, Labels(values, grid, times, structures, probability)
