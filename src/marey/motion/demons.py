"""Diffeomorphic registration of all phases of a cine to one of them, by log-domain demons with several channels.

Vercauteren et al., Symmetric log-domain diffeomorphic registration: a demons-based approach, MICCAI 2008,
doi:10.1007/978-3-540-85988-8_90. A stationary velocity field per phase and slice is smooth over the beat; its
exponential is the displacement, and the exponential of its negative is the inverse.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.motion._kernels import blurred, compose, demons_force, warped

Float32 = NDArray[np.float32]
SQUARINGS = 6
THREADS = os.cpu_count() or 1
LONGEST_STEP = 1.0  # pixels in one iteration


@dataclass(frozen=True)
class Demons:
    """How the velocity is found, coarse to fine.

    Args:
        iterations: at each level, coarsest first; every level has half the pixels per side of the next.
        fluid: standard deviation of the smoothing of every step, pixels of the level.
        elastic: standard deviation of the smoothing of the velocity, pixels of the level.
        between_phases: standard deviation of the smoothing of the velocity over the beat, phases.
        between_slices: the same through the stack, slices.
    """

    iterations: tuple[int, ...] = (40, 30, 12)
    fluid: float = 2.5
    elastic: float = 0.8
    between_phases: float = 0.5
    between_slices: float = 0.3

    def __call__(self, pictures: Float32, weights: Float32, reference: int, *, closed: bool = True) -> Float32:
        """Velocity that leads from the reference phase to each phase.

        Args:
            pictures: (t, z, row, column, channel).
            weights: (channel,) of the squared differences.
            reference: phase that all others are registered to.
            closed: whether the last phase leads back to the first.

        Returns:
            (t, z, row, column, 2) pixels (row, column); zero at the reference phase.
        """
        levels = pyramid(pictures, len(self.iterations))
        velocity = np.zeros((*levels[0].shape[:4], 2), np.float32)
        for level, iterations in zip(levels, self.iterations, strict=True):
            velocity = enlarged(velocity, level.shape[2:4])
            for _ in range(iterations):
                velocity = self._regular(self._better(velocity, level, weights, reference), reference, closed=closed)
        return velocity

    def _better(self, velocity: Float32, level: Float32, weights: Float32, reference: int) -> Float32:
        """One iteration at one level."""

        def some(part: tuple[Float32, Float32]) -> Float32:
            fields, pictures = (array.reshape(-1, *array.shape[2:]) for array in part)
            step = demons_force(level[reference], warped(pictures, exponential(fields)), weights, LONGEST_STEP)
            smooth = blurred(fields + blurred(step, gaussian(self.fluid)), gaussian(self.elastic))
            return smooth.reshape(part[0].shape)

        parts = zip(np.array_split(velocity, THREADS), np.array_split(level, THREADS), strict=True)
        with ThreadPoolExecutor(THREADS) as pool:
            return np.concatenate(list(pool.map(some, parts)))

    def _regular(self, velocity: Float32, reference: int, *, closed: bool) -> Float32:
        """Smooth over the beat and through the slices, and at rest in the reference phase."""
        out = velocity
        ends: Literal["wrap", "nearest"] = "wrap" if closed else "nearest"
        if len(out) > 2 and self.between_phases:
            out = ndimage.gaussian_filter1d(out, self.between_phases, axis=0, mode=ends, truncate=3)
        if out.shape[1] > 1 and self.between_slices:
            out = ndimage.gaussian_filter1d(out, self.between_slices, axis=1, mode="nearest", truncate=3)
        out[reference] = 0
        return out


def exponential(velocity: Float32) -> Float32:
    """Displacement (n, row, column, 2) after unit time along a stationary velocity of the same shape, pixels."""
    field = velocity / np.float32(2**SQUARINGS)
    for _ in range(SQUARINGS):
        field = compose(field, field)
    return field


def gaussian(deviation: float) -> Float32:
    """Weights that sum to 1, out to three standard deviations."""
    reach = max(round(3 * deviation), 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(deviation, 1e-6)) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def pyramid(pictures: Float32, levels: int) -> list[Float32]:
    """Pictures (t, z, row, column, channel), the last as they are, each before with half the pixels a side."""
    made = [np.ascontiguousarray(pictures, np.float32)]
    while len(made) < levels:
        made.insert(0, _halved(made[0]))
    return made


def enlarged(velocity: Float32, shape: tuple[int, ...]) -> Float32:
    """The same motion on pixels of half the size; as it is when the shape (row, column) is the same already."""
    if velocity.shape[2:4] == tuple(shape):
        return velocity
    return 2 * _doubled(_doubled(velocity, 2, shape[0]), 3, shape[1])


def _halved(pictures: Float32) -> Float32:
    """Means of two by two pixels; an odd last row or column is left out."""
    t, z, rows, columns, channels = pictures.shape
    even = pictures[:, :, : rows // 2 * 2, : columns // 2 * 2]
    return np.asarray(even.reshape(t, z, rows // 2, 2, columns // 2, 2, channels).mean(axis=(3, 5)), np.float32)


def _doubled(values: Float32, axis: int, size: int) -> Float32:
    """Linear interpolation a quarter of a pixel before and behind every pixel; the last is repeated up to `size`."""
    along = np.moveaxis(values, axis, 0)
    before, behind = np.concatenate([along[:1], along[:-1]]), np.concatenate([along[1:], along[-1:]])
    pairs = np.stack([0.75 * along + 0.25 * before, 0.75 * along + 0.25 * behind], axis=1)
    twice = pairs.reshape(-1, *along.shape[1:])
    whole = np.concatenate([twice, np.repeat(twice[-1:], size - len(twice), axis=0)])
    return np.ascontiguousarray(np.moveaxis(whole, 0, axis), np.float32)


__all__ = ["Demons", "exponential"]
