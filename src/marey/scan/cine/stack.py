"""Labelled short-axis stacks at one moment of the beat: the stream that trains the network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.core import Structure
from marey.scan.cine.acquisition import acquire, random_scanner
from marey.scan.cine.contrast import random_signals
from marey.scan.cine.heart import Heart, Preset, random_heart
from marey.scan.cine.surfaces import Points, extent
from marey.scan.cine.thorax import random_thorax
from marey.scan.cine.tissue import HeartField, Tissue

Array = NDArray[np.float32]

TRUTH: dict[int, Structure] = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY}
_LABEL_OF = np.zeros(32, np.uint8)
_LABEL_OF[[Tissue.LV_BLOOD, Tissue.LV_TRABECULA]] = 1
_LABEL_OF[Tissue.LV_WALL] = 2
_LABEL_OF[[Tissue.RV_BLOOD, Tissue.RV_TRABECULA]] = 3
_LABEL_OF[Tissue.BEYOND_BASE] = 4  # becomes LV cavity or background, slice by slice
_BLOOD = (Tissue.LV_BLOOD, Tissue.RV_BLOOD, Tissue.OTHER_BLOOD, Tissue.BEYOND_BASE)
_BEYOND_BASE = 4


@dataclass(frozen=True)
class StackPlan:
    """Which slices are taken of a heart.

    Args:
        heights: slice centres along the LV axis, mm.
        thickness: mm.
        tilt: slope of the plane against the true short axis, along x and y.
        centre: where the LV axis meets the picture, mm from its middle, (x, y).
        breath_hold: in-plane shift of each slice, mm, ``(slice, 2)``.
        pixel: mm.
        matrix: rows and columns.
        samples: how many sub-slices are averaged.
    """

    heights: NDArray[np.floating]
    thickness: float
    tilt: tuple[float, float]
    centre: tuple[float, float]
    breath_hold: NDArray[np.float64]
    pixel: float
    matrix: int
    samples: int = 3

    @property
    def levels(self) -> Array:
        """Slice centres, ``(slice, 1, 1)`` mm."""
        return self.heights.astype(np.float32)[:, None, None]

    def window(self, heart: Heart) -> tuple[slice, slice, slice]:
        """All slices, and the rows and columns that hold the whole heart."""
        left, right, low, high = (int(bound / self.pixel) for bound in extent(heart))
        middle = (self.matrix - 1) / 2
        column, row = (round(middle + centre / self.pixel) for centre in self.centre)
        return (
            slice(None),
            slice(max(row + low - 3, 0), max(row + high + 3, 0)),
            slice(max(column + left - 3, 0), max(column + right + 3, 0)),
        )

    def points(self) -> Points:
        """Heart coordinates of the pixels, ``(slice * sample, row, column)``."""
        axis = (np.arange(self.matrix, dtype=np.float32) - (self.matrix - 1) / 2) * self.pixel
        x = (axis[None, None, :] - self.centre[0] - self.breath_hold[:, 0, None, None]).astype(np.float32)
        y = (axis[None, :, None] - self.centre[1] - self.breath_hold[:, 1, None, None]).astype(np.float32)
        x, y = np.broadcast_arrays(x, y)
        offsets = ((np.arange(self.samples) + 0.5) / self.samples - 0.5) * self.thickness
        heights = (self.heights[:, None] + offsets).reshape(-1, 1, 1)
        x, y = (np.repeat(axis, self.samples, axis=0) for axis in (x, y))
        return Points(x, y, (heights + self.tilt[0] * x + self.tilt[1] * y).astype(np.float32))


def random_plan(rng: np.random.Generator, heart: Heart, slices: int, pixel: float, matrix: int) -> StackPlan:
    """Draw how an operator would cover this heart: somewhere between beyond the apex and into the atria."""
    thickness = rng.uniform(5, 10)
    step = thickness + (rng.uniform(0, 2.5) if rng.random() < 0.75 else rng.uniform(2, 12))
    span = step * (slices - 1)
    low, high = -14.0, heart.lv.length + 26 - span
    start = rng.uniform(min(low, high), max(low, high))
    return StackPlan(
        heights=start + step * np.arange(slices),
        thickness=thickness,
        tilt=(rng.normal(0, 0.07), rng.normal(0, 0.07)),
        centre=(rng.normal(14, 14), rng.normal(0, 14)),
        breath_hold=rng.normal(0, 1.2, (slices, 2)),
        pixel=pixel,
        matrix=matrix,
    )


def label_slices(tissue: NDArray[np.uint8], samples: int) -> NDArray[np.uint8]:
    """What an expert would draw, ``(slice, row, column)``, keys of `TRUTH`.

    A pixel belongs to what fills most of it. At the base a slice counts as left ventricle when muscle surrounds at
    least half of the cavity (the usual reading rule), and then the cavity's whole outline is drawn.
    """
    sub = _LABEL_OF[tissue].reshape(-1, samples, *tissue.shape[1:])
    share = np.stack([(sub == key).sum(1) for key in range(5)])
    share[0] = np.maximum(share[0], 1) - 1  # a tie goes to the heart
    labels: NDArray[np.uint8] = share.argmax(0).astype(np.uint8)
    for picture in labels:
        if _muscle_surrounds(picture):
            picture[picture == _BEYOND_BASE] = 1
        else:
            picture[picture != 3] = 0
    return labels


def _muscle_surrounds(picture: NDArray[np.uint8]) -> bool:
    """Whether LV muscle is met in at least half of all directions, seen from the middle of the LV."""
    rows, columns = np.nonzero((picture == 1) | (picture == 2) | (picture == _BEYOND_BASE))
    if rows.size < 12:
        return False
    wall_rows, wall_columns = np.nonzero(picture == 2)
    angle = np.arctan2(wall_rows - rows.mean(), wall_columns - columns.mean())
    return bool((np.histogram(angle, 24, (-np.pi, np.pi))[0] > 0).mean() >= 0.5)


def random_stack(
    rng: np.random.Generator, slices: int = 8, pixel: float = 1.6, matrix: int = 144, preset: Preset | None = None
) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
    """A stack of one random heart in one random thorax by one random scanner.

    Returns:
        Magnitudes ``(slice, row, column)`` (blood about 1) and labels with the keys of `TRUTH`.
    """
    heart = random_heart(rng, preset)
    plan = random_plan(rng, heart, slices, pixel, matrix)
    points = plan.points()
    contraction = float(rng.choice([0.0, 1.0, rng.random()], p=[0.35, 0.4, 0.25]))
    window = plan.window(heart)
    tissue = np.zeros(points.z.shape, np.uint8)
    tissue[window] = HeartField(heart, Points(*(axis[window] for axis in points)), rng).tissues(contraction)
    thorax = random_thorax(rng, heart, points.x[:1], points.y[:1], plan.levels)
    signal, blood = mix(tissue, thorax, random_signals(rng), plan.samples)
    picture = acquire(random_scanner(rng), signal, blood, rng, rng)
    return picture.astype(np.float16), label_slices(tissue, plan.samples)


def mix(tissue: NDArray[np.uint8], thorax: NDArray[np.uint8], signals: Array, samples: int) -> tuple[Array, Array]:
    """Average the sub-slices' signal over the slice thickness; also the share of flowing blood."""
    signal, blood = np.zeros((2, *thorax.shape), np.float32)
    by_sample = tissue.reshape(-1, samples, *tissue.shape[1:])
    is_blood = np.isin(np.arange(32), _BLOOD).astype(np.float32)
    for k in range(samples):
        layer = np.where(by_sample[:, k] == Tissue.OUTSIDE, thorax, by_sample[:, k])
        signal += signals[layer]
        blood += is_blood[layer]
    return signal / samples, blood / samples


__all__ = ["TRUTH", "StackPlan", "label_slices", "mix", "random_plan", "random_stack"]
