"""Hearts of known volume, drawn in the patient and cut by any grid."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY, KeyPhases, Level
from marey.anatomy.axes import TYPICAL_BASE, TYPICAL_SEPTAL
from marey.core import Facts, Grid, Labels
from marey.measure import SegmentedCine

STRUCTURES = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY}
BASE = np.array(TYPICAL_BASE) / np.linalg.norm(TYPICAL_BASE)
SEPTAL = np.array(TYPICAL_SEPTAL) - (np.array(TYPICAL_SEPTAL) @ BASE) * BASE
SEPTAL = SEPTAL / np.linalg.norm(SEPTAL)
ANTERIOR = np.cross(BASE, SEPTAL)
CENTRE = np.array([30.0, -20.0, 50.0])


def short_axis_grid(
    shape: tuple[int, int, int] = (8, 96, 96),
    spacing: tuple[float, float, float] = (8.0, 1.4, 1.4),
    turn: float = 0.3,
    shift: tuple[float, float] = (0.2, 0.3),
    directions: NDArray[np.float64] | None = None,
) -> Grid:
    """A short-axis stack from apex to base about `CENTRE`, turned in its plane by `turn` radians, off by `shift` mm."""
    if directions is None:
        y, x = np.cos(turn) * ANTERIOR + np.sin(turn) * SEPTAL, np.cos(turn) * SEPTAL - np.sin(turn) * ANTERIOR
        directions = np.stack([BASE, y, x], axis=1)
    affine = np.eye(4)
    affine[:3, :3] = directions * np.array(spacing)
    affine[:3, 3] = CENTRE - affine[:3, :3] @ ((np.array(shape) - 1) / 2) + directions[:, 1:] @ np.array(shift)
    return Grid(shape, affine)


@dataclass(frozen=True)
class Ventricles:
    """LV of inner radius `inner` and wall `wall(angle)`, in mm; an RV beside it that narrows towards the apex.

    Angles are radians from the middle of the septum towards the anterior wall.
    """

    inner: float = 22.0
    wall: Callable[[NDArray[np.float64]], NDArray[np.float64]] = lambda angle: np.full_like(angle, 9.0)
    rv: float = 30.0
    half_length: float = 60.0

    def values(self, grid: Grid) -> NDArray[np.uint8]:
        """Labels (z, y, x)."""
        index = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
        points = grid.world(index) - CENTRE
        height, septal, anterior = points @ BASE, points @ SEPTAL, points @ ANTERIOR
        radius, angle = np.hypot(septal, anterior), np.arctan2(anterior, septal)
        outer = self.inner + self.wall(angle)
        narrowing = self.rv * (1 + 0.3 * height / self.half_length)
        values = np.zeros(grid.shape, np.uint8)
        if self.rv:
            values[np.hypot(septal - self.inner - 14, anterior) < narrowing] = 3
        values[radius < outer] = 2
        values[radius < self.inner] = 1
        values[np.abs(height) > self.half_length] = 0
        return values


def cine(
    ventricles: list[Ventricles],
    grid: Grid | None = None,
    *,
    phases: KeyPhases | None = None,
    rr_interval: float = 900.0,
    facts: Facts | None = None,
    levels: tuple[Level, ...] | None = None,
    probability: NDArray[np.uint8] | None = None,
) -> SegmentedCine:
    """A cine with one phase per entry of `ventricles`; two phases are end-diastole and end-systole."""
    grid = grid or short_axis_grid()
    drawn = {id(ventricle): ventricle.values(grid) for ventricle in ventricles}
    values = np.stack([drawn[id(ventricle)] for ventricle in ventricles])
    times = np.arange(len(ventricles)) * rr_interval / len(ventricles)
    labels = Labels(
        values, grid, times if np.isfinite(rr_interval) else times * 0 + np.arange(len(times)), STRUCTURES, probability
    )
    return SegmentedCine(
        labels,
        phases or KeyPhases(0, len(ventricles) // 2),
        levels or thirds(grid.shape[0]),
        facts or Facts(),
        rr_interval,
    )


def thirds(slices: int) -> tuple[Level, ...]:
    """Levels of a stack from apex to base."""
    order = (Level.APICAL, Level.MID, Level.BASAL)
    return tuple(order[min(3 * row // slices, 2)] for row in range(slices))


def beat(phases: int, largest: float = 24.0, smallest: float = 16.0) -> list[Ventricles]:
    """A beat that shrinks and widens like a cosine, with constant mass and equal stroke volumes to a few per cent."""
    radii = smallest + (largest - smallest) * (0.5 + 0.5 * np.cos(2 * np.pi * np.arange(phases) / phases))
    mass = (largest + 8.0) ** 2 - largest**2
    return [_constant_mass(float(radius), mass) for radius in radii]


def _constant_mass(inner: float, mass: float) -> Ventricles:
    wall = float(np.sqrt(inner**2 + mass)) - inner
    return Ventricles(inner=inner, wall=lambda angle: np.full_like(angle, wall), rv=8 + inner)
