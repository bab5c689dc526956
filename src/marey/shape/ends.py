"""Where the ventricles end between slices: the base by direction around the axis, and the apices.

A slice shows the ventricle or it does not; so the end lies between the last slice that does and the next. With short
axes alone nothing else is known of it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.axes import base_end
from marey.anatomy.structures import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.ventricles import MEDIUM, Resolution, topology
from marey.core import Labels
from marey.shape.samples import Surface

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
DIRECTIONS = 24
UNIFORM = 1 / np.sqrt(12)  # standard deviation of a place known to lie within a step, in steps


@dataclass(frozen=True, eq=False)
class EndPoints:
    """Points of the template that mark ends, and what each is the end of.

    Args:
        nodes: (e,) point numbers.
        surface: (e,) `Surface` whose label ends there.
        upper: (e,) whether it is the base's end.
        share: (e,) weight, so that each rim counts like a few independent points.
    """

    nodes: IntArray
    surface: IntArray
    upper: BoolArray
    share: FloatArray


@dataclass(frozen=True, eq=False)
class Ends:
    """Heights along the slices' normal between which each end point lies, (e,) mm; infinite where nothing is known."""

    low: FloatArray
    high: FloatArray


@cache
def end_points(resolution: Resolution = MEDIUM) -> EndPoints:
    """The left ventricle's rim (mid-wall), the right one's, both apices."""
    known = topology(resolution)
    layer = resolution.inner_layers // 2
    left, right = known.inner[-1, :, layer], known.outer[-1, 1 : resolution.septal_sectors, 0]
    apex = known.inner[0, 0, 0], known.outer[0, 0, -1]
    right_apex = known.inner[resolution.rv_apex, 1 : resolution.septal_sectors, -1]
    parts = (
        (left, Surface.LV_EPICARDIUM, True, 6 / len(left)),
        (right, Surface.RV_ENDOCARDIUM, True, 4 / len(right)),
        (np.array(apex[:1]), Surface.LV_ENDOCARDIUM, False, 1.0),
        (np.array(apex[1:]), Surface.LV_EPICARDIUM, False, 1.0),
        (right_apex, Surface.RV_ENDOCARDIUM, False, 1 / len(right_apex)),
    )
    counts = [len(part[0]) for part in parts]
    return EndPoints(
        np.concatenate([part[0] for part in parts]),
        np.repeat([int(part[1]) for part in parts], counts),
        np.repeat([part[2] for part in parts], counts),
        np.repeat([part[3] for part in parts], counts),
    )


@dataclass(frozen=True, eq=False)
class Coverage:
    """Which slices of one phase show what, by direction around the left ventricle's axis.

    Args:
        heights: (z,) mm of the slices, growing from apex to base.
        shown: by `Surface`: (z, direction) whether a slice shows it there.
        centre: (2,) y, x pixels of the axis.
    """

    heights: FloatArray
    shown: dict[int, BoolArray]
    centre: FloatArray
    sign: int


def coverage(labels: Labels, phase: int) -> Coverage:
    """Read the coverage of a short-axis stack at a phase that shows a left ventricle."""
    sign = base_end(labels, phase)
    wall, cavity, right = (labels.mask(one)[phase] for one in (LV_MYOCARDIUM, LV_CAVITY, RV_CAVITY))
    centre = np.argwhere((wall | cavity).any(axis=0)).mean(axis=0)
    shown = {
        int(Surface.LV_EPICARDIUM): _by_direction(wall, centre),
        int(Surface.LV_ENDOCARDIUM): np.repeat(cavity.any(axis=(1, 2))[:, None], DIRECTIONS, axis=1),
        int(Surface.RV_ENDOCARDIUM): _by_direction(right, centre),
    }
    order = slice(None, None, sign)
    heights = (labels.grid.slice_positions * sign)[order]
    return Coverage(heights, {key: mask[order] for key, mask in shown.items()}, centre, sign)


def _by_direction(mask: BoolArray, centre: FloatArray) -> BoolArray:
    out = np.zeros((len(mask), DIRECTIONS), np.bool_)
    slices, y, x = np.nonzero(mask)
    out[slices, _direction(np.stack([y, x], axis=-1) - centre)] = True
    return out


def _direction(offset: FloatArray) -> IntArray:
    angle = np.arctan2(offset[..., 0], offset[..., 1]) / (2 * np.pi)
    return np.asarray(np.floor(angle * DIRECTIONS), np.int64) % DIRECTIONS


def find_ends(seen: Coverage, where: EndPoints, index: FloatArray) -> Ends:
    """Between which heights the end points lie that the template now has at grid indices (e, 3)."""
    sector = _direction(index[:, 1:] - seen.centre)
    low, high = np.full(len(sector), -np.inf), np.full(len(sector), np.inf)
    step = float(np.diff(seen.heights).mean()) if len(seen.heights) > 1 else 0.0
    for k, (surface, upper) in enumerate(zip(where.surface, where.upper, strict=True)):
        mask = seen.shown[int(surface)]
        rows = np.flatnonzero(mask[:, sector[k]] if upper else mask.any(axis=1))
        if rows.size == 0 or step == 0.0:
            continue
        last = rows[-1] if upper else rows[0]
        low[k], high[k] = _between(seen.heights, int(last), upper=upper)
    return Ends(low, high)


def _between(heights: FloatArray, last: int, *, upper: bool) -> tuple[float, float]:
    if upper:
        return float(heights[last]), float(heights[last + 1]) if last + 1 < len(heights) else np.inf
    return float(heights[last - 1]) if last > 0 else -np.inf, float(heights[last])


def pulls(ends: Ends, height: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Target heights (e,) mm and their standard deviations; infinite where nothing pulls.

    Between two slices the middle, as uncertain as an even spread is; beyond the stack's last slice only back to it.
    """
    inside = np.isfinite(ends.low) & np.isfinite(ends.high)
    low, high = (np.where(inside, end, height) for end in (ends.low, ends.high))
    middle, width = (low + high) / 2, np.where(inside, (high - low) * UNIFORM, np.inf)
    below, above = (height < ends.low) & ~inside, (height > ends.high) & ~inside
    target = np.where(below, ends.low, np.where(above, ends.high, middle))
    return target, np.where(below | above, 1.0, width)


__all__ = ["Coverage", "EndPoints", "Ends", "coverage", "end_points", "find_ends", "pulls"]
