"""What the pixels and the planes of a stack say about being a short axis, without labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.axes import TYPICAL_BASE
from marey.core import Grid, Image

STEP = 3.0  # mm, pixel size at which roundness is looked for
RADII = (15.0, 18.0, 21.0, 24.0, 27.0, 30.0)  # mm, LV cavities from small to dilated; the aorta is smaller
RIM = 4.0  # mm, how far inside and outside the border is compared
DIRECTIONS = 16
FAINTEST, CLEAR_ROUNDNESS = 0.15, 0.35  # of the range of brightness in what moves
CLEAR_LENGTH = 40.0  # mm


def angle_to_typical(grid: Grid) -> float:
    """Degrees (0 to 90) between the normal of the slices and the usual long axis of the LV in the patient."""
    return angle_between(grid.normal, np.array(TYPICAL_BASE))


def angle_between(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Degrees (0 to 90) between two lines, whatever their signs and lengths."""
    cosine = np.abs(first @ second) / (np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.degrees(np.arccos(np.clip(cosine, 0.0, 1.0))))


def perpendicular_to(grid: Grid, others: tuple[Grid, ...]) -> float:
    """How nearly the slices cut the other planes at right angles: 1 for all of them, 0 for none; 0.5 without any."""
    if not others:
        return 0.5
    return float(1 - np.mean([abs(grid.normal @ other.normal) for other in others]))


def extent(grid: Grid) -> float:
    """Mm from the first to the last slice."""
    return float(grid.slice_positions[-1] - grid.slice_positions[0])


@dataclass(frozen=True, eq=False)
class Column:
    """A round, bright, beating cavity that goes through the slices.

    Args:
        clarity: 0 (none) to 1.
        points: (n, 3) LPS mm, its middle in each slice of the longest run.
    """

    clarity: float
    points: NDArray[np.float64]


def ventricle_column(image: Image) -> Column:
    """The longest run of round beating cavities from slice to slice.

    In each slice the place is sought where a circle of 15 to 30 mm radius is brighter inside than outside in (nearly)
    every direction, weighted with how much the pixels change over the beat. In a short axis these places follow each
    other for several centimetres; in other orientations no slice has a round cavity, or it jumps.
    """
    found = [_roundest(image, z) for z in range(image.grid.shape[0])]
    positions = image.grid.slice_positions
    best = Column(0.0, np.empty((0, 3)))
    start = 0
    for z in range(1, len(found)):
        jump = np.linalg.norm(found[z][1] - found[z - 1][1])
        step = positions[z] - positions[z - 1]
        if jump > 6.0 + 0.8 * step or min(found[z][0], found[z - 1][0]) < FAINTEST:
            start = z
            continue
        roundness = float(np.mean([one[0] for one in found[start : z + 1]]))
        clarity = min(1.0, (positions[z] - positions[start]) / CLEAR_LENGTH) * min(1.0, roundness / CLEAR_ROUNDNESS)
        if clarity > best.clarity or (clarity == best.clarity and z - start >= len(best.points)):
            best = Column(clarity, _in_patient(image, found, range(start, z + 1)))
    return best


def _in_patient(image: Image, found: list[tuple[float, NDArray[np.float64]]], run: range) -> NDArray[np.float64]:
    _, row, column = image.grid.spacing
    return image.grid.world([[z, found[z][1][0] / row, found[z][1][1] / column] for z in run])


def _roundest(image: Image, z: int) -> tuple[float, NDArray[np.float64]]:
    """Roundness (about 0 to 0.6) and in-plane position (y, x) in mm of the roundest bright spot of a slice."""
    frames = _coarse(image.values[:, z], image.grid.spacing[1:])
    motion = _smooth(frames.std(axis=0))
    if motion.max() <= 0:
        return 0.0, np.zeros(2)
    weight = np.clip(2 * motion / motion.max(), 0, 1)
    moving = frames[0][weight >= 1]
    scale = float(np.subtract(*np.percentile(moving, [95, 5]))) or 1.0
    roundness = np.max([_border_contrast(frames[0], radius) for radius in RADII], axis=0) * weight / scale
    peak = np.unravel_index(int(roundness.argmax()), roundness.shape)
    return float(roundness[peak]), np.array(peak, dtype=np.float64) * STEP


def _coarse(frames: NDArray[np.generic], spacing: tuple[float, float]) -> NDArray[np.float64]:
    """``(t, y, x)`` on pixels of `STEP` mm, at most eight phases; whole pixels are averaged, coarser ones repeated."""
    frames = frames[:: max(1, len(frames) // 8)]
    rows, columns = (_starts(size, step) for size, step in zip(frames.shape[1:], spacing, strict=True))
    if max(spacing) > STEP:
        return frames[:, rows][:, :, columns].astype(np.float64)
    sums = np.add.reduceat(np.add.reduceat(frames.astype(np.float64), rows, axis=1), columns, axis=2)
    counts = np.outer(np.diff([*rows, frames.shape[1]]), np.diff([*columns, frames.shape[2]]))
    means: NDArray[np.float64] = sums / counts
    return means


def _starts(size: int, step: float) -> NDArray[np.intp]:
    starts = np.round(np.arange(0, size * step, STEP) / step).astype(np.intp)
    return starts[starts < size]


def _smooth(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter

    smoothed: NDArray[np.float64] = gaussian_filter(picture, 12.0 / STEP / 1.2)
    return smoothed


def _border_contrast(picture: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """For each pixel as centre: brightness inside minus outside the circle, in the third worst direction."""
    turns = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    unit = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    inner, outer = (np.round(unit * r / STEP).astype(int) for r in (radius - RIM, radius + RIM))
    margin = int(np.ceil((radius + RIM) / STEP))
    padded = np.pad(picture, margin, mode="edge")
    contrast = [_shifted(padded, i, margin) - _shifted(padded, o, margin) for i, o in zip(inner, outer, strict=True)]
    third: NDArray[np.float64] = np.partition(contrast, 2, axis=0)[2]
    return third


def _shifted(padded: NDArray[np.float64], by: NDArray[np.intp], margin: int) -> NDArray[np.float64]:
    y, x = margin + by
    height, width = padded.shape[0] - 2 * margin, padded.shape[1] - 2 * margin
    return padded[y : y + height, x : x + width]
