"""The wall of the left ventricle as motion carries it through the beat."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import Level
from marey.core import InvalidInput, Motion
from marey.measure.cine import SegmentedCine
from marey.measure.outlines import Outlines, find_outlines, ray_angles

Array = NDArray[np.float64]
DEPTHS = {"endocardium": 0.0, "mid-wall": 0.5, "epicardium": 1.0}  # 0 is the inner outline, 1 the outer one
WAVES = 8  # around the ventricle, that an outline keeps
LEAST_WALL = 2.0  # mm from inner to outer outline


@dataclass(frozen=True, eq=False)
class FollowedWall:
    """Closed lines through the wall of one slice, followed through the beat.

    Args:
        outlines: at end-diastole.
        lines: name of `DEPTHS` to points ``(t, ray, 2)`` mm (y, x).
        reference: phase of end-diastole.
    """

    outlines: Outlines
    lines: Mapping[str, Array]
    reference: int

    def circumferential(self, depth: str, rays: NDArray[np.bool_] | None = None) -> Array:
        """Lagrangian strain over the beat, ``(t,)``, of the line at a depth, or of its arcs between chosen `rays`."""
        line = self.lines[depth]
        steps = np.linalg.norm(np.roll(line, -1, axis=1) - line, axis=-1)
        chosen = slice(None) if rays is None else rays & np.roll(rays, -1)
        return _stretch(steps[:, chosen].sum(axis=1), self.reference)

    def radial(self, rays: NDArray[np.bool_] | None = None) -> Array:
        """Lagrangian strain over the beat, ``(t,)``, of the mean distance between endocardium and epicardium."""
        across = np.linalg.norm(self.lines["epicardium"] - self.lines["endocardium"], axis=-1)
        return _stretch(across[:, slice(None) if rays is None else rays].mean(axis=1), self.reference)


@dataclass(frozen=True, eq=False)
class TrackedCine:
    """A segmented cine and how its pixels move.

    Args:
        cine: with levels and key phases.
        motion: on the grid of the labels, from end-diastole.

    Raises:
        InvalidInput: motion of another grid, number of phases or reference.
    """

    cine: SegmentedCine
    motion: Motion

    def __post_init__(self) -> None:
        labels, motion = self.cine.labels, self.motion
        same = labels.grid.same_as(motion.grid) and labels.times.size == motion.times.size
        if not same or motion.reference != self.cine.phases.end_diastole:
            raise InvalidInput(
                f"The motion has {motion.times.size} phases on a grid {motion.grid.shape} from phase "
                f"{motion.reference}; the labels {labels.times.size} on {labels.grid.shape}, end-diastole "
                f"{self.cine.phases.end_diastole}.",
                "Motion from end-diastole on the grid of the labels is needed.",
                "Track this cine from its end-diastole.",
            )

    @cached_property
    def walls(self) -> dict[int, FollowedWall]:
        """Of every slice of the ventricle whose wall is closed at end-diastole."""
        rows = [row for row, level in enumerate(self.cine.levels) if level != Level.OUTSIDE]
        found = {row: find_outlines(self.cine.labels, self.motion.reference, row) for row in rows}
        return {
            row: follow(self.motion, row, outlines)
            for row, outlines in found.items()
            if outlines and (outlines.outer - outlines.inner).min() > LEAST_WALL
        }


def follow(motion: Motion, row: int, outlines: Outlines) -> FollowedWall:
    """The lines of one slice at every phase."""
    lines = {name: motion.follow(row, _line(motion, outlines, depth)) for name, depth in DEPTHS.items()}
    return FollowedWall(outlines, lines, motion.reference)


def _line(motion: Motion, outlines: Outlines, depth: float) -> Array:
    """(ray, 2) mm (y, x) of a closed line at a depth of the wall."""
    radius = _smooth(outlines.inner + depth * (outlines.outer - outlines.inner))
    angles = ray_angles()
    middle = outlines.centre * motion.grid.spacing[1:]
    return np.asarray(middle + np.stack([radius * np.sin(angles), radius * np.cos(angles)], axis=-1))


def _smooth(radius: Array) -> Array:
    """The radius (ray,) without the stairs of the pixels, which would lengthen the line."""
    waves = np.fft.rfft(radius)
    waves[WAVES + 1 :] = 0
    return np.asarray(np.fft.irfft(waves, len(radius)))


def _stretch(length: Array, reference: int) -> Array:
    return np.asarray(length / length[reference] - 1)


__all__ = ["DEPTHS", "FollowedWall", "TrackedCine", "follow"]
