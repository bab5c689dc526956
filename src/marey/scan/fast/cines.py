"""Whole short-axis cines by the fast path: what a clinic would send, without k-space."""

from dataclasses import dataclass

import numpy as np

from marey.core import Image
from marey.scan.fast.pictures import pictures, random_habits
from marey.scan.fast.placements import covering_stack
from marey.scan.fast.signals import random_look
from marey.scan.mr.series.subject import Subject
from marey.scan.scene import with_body

BREATH = 3.0  # mm that the heart lies below its place at end-expiration
SAMPLES = 3


@dataclass(frozen=True)
class PictureCine:
    """A short-axis cine of a subject: all slices from beyond the apex into the atria, at even times of one beat.

    Args:
        phases: how many.
    """

    phases: int = 15

    def __call__(self, it: Subject, rng: np.random.Generator) -> Image:
        """The magnitudes ``(t, z, y, x)``, by a random scanner and operator."""
        grid = covering_stack(it.landmarks, rng)
        period = float(it.beat.period)
        times = np.arange(self.phases) * period / self.phases
        around = it.around(grid, 1, BREATH).repeat(SAMPLES, axis=1)
        scenes = (it.motion.scene(grid, float(time), BREATH, SAMPLES) for time in times)
        codes = np.concatenate([with_body(scene, around).tissue for scene in scenes])
        look, habits = random_look(rng), random_habits(rng)
        values = pictures(habits, look(codes, rng), rng).reshape(self.phases, *grid.shape)
        intervals = np.full(grid.shape[0], period)
        return Image(values, grid, times, intervals, name="cine short axis")


__all__ = ["PictureCine"]
