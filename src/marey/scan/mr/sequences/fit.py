"""Fitting one exponential to many voxels at once.

For a given time constant the other parameters are linear, so the best of a fine grid of time constants is found by
projection and then refined by Gauss and Newton's method with the linear parameters eliminated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput

Reals = NDArray[np.float64]
GRID = np.geomspace(5, 6000, 160)
"""Time constants to start from, ms."""


@dataclass(frozen=True, eq=False)
class Exponential:
    """Parameters of offset + amplitude exp(-time / constant) and the root mean square left over; the voxels' shape."""

    offset: Reals
    amplitude: Reals
    constant: Reals
    residual: Reals


def fit_exponential(times: ArrayLike, signals: ArrayLike, *, offset: bool = True) -> Exponential:
    """Least squares.

    Args:
        times: ``(time,)`` ms; infinity is allowed where there is an offset.
        signals: ``(*shape, time)``, real, with sign.
        offset: whether there is one besides the exponential.

    Raises:
        InvalidInput: fewer times than parameters, shapes that differ, signals that are not finite.
    """
    t, y = np.asarray(times, np.float64), np.asarray(signals, np.float64)
    if y.shape[-1:] != t.shape or len(np.unique(t)) < 2 + offset or not np.isfinite(y).all():
        raise InvalidInput(
            f"{y.shape} signals at {len(np.unique(t))} different times were given to a fit of {2 + offset} parameters.",
            "The last axis of the signals is time, there are as many times as parameters, and all are finite.",
            "Take more images, or leave out the empty voxels.",
        )
    rows = y.reshape(-1, t.size)
    explained = np.stack([((rows @ _basis(t, constant, offset)) ** 2).sum(1) for constant in GRID])
    constant = GRID[explained.argmax(0)]
    for _ in range(12):
        step = _step(t, rows, constant, offset)
        constant = np.clip(constant * np.exp(np.clip(step / constant, -0.3, 0.3)), GRID[0] / 2, GRID[-1] * 2)
    level, amplitude, model = _linear(t, rows, constant, offset)
    residual = np.sqrt(((rows - model) ** 2).mean(1))
    return Exponential(*(array.reshape(y.shape[:-1]) for array in (level, amplitude, constant, residual)))


def _basis(t: Reals, constant: float, offset: bool) -> Reals:
    columns = [np.ones_like(t), np.exp(-t / constant)] if offset else [np.exp(-t / constant)]
    return np.asarray(np.linalg.qr(np.stack(columns, 1))[0], np.float64)


def _linear(t: Reals, rows: Reals, constant: Reals, offset: bool) -> tuple[Reals, Reals, Reals]:
    """Offset, amplitude and model for given constants, ``(voxel,)``, ``(voxel,)``, ``(voxel, time)``."""
    e = np.exp(-t / constant[:, None])
    e_mean, y_mean = (e.mean(1), rows.mean(1)) if offset else (np.zeros(len(rows)), np.zeros(len(rows)))
    centred = e - e_mean[:, None]
    amplitude = (centred * (rows - y_mean[:, None])).sum(1) / (centred**2).sum(1)
    level = y_mean - amplitude * e_mean
    return level, amplitude, level[:, None] + amplitude[:, None] * e


def _step(t: Reals, rows: Reals, constant: Reals, offset: bool) -> Reals:
    """Gauss-Newton step of the constant, with the linear parameters eliminated (Kaufman's approximation)."""
    _, amplitude, model = _linear(t, rows, constant, offset)
    e = np.exp(-t / constant[:, None])
    slope = amplitude[:, None] * e * np.where(np.isfinite(t), t, 0) / constant[:, None] ** 2
    if offset:
        e, slope = e - e.mean(1, keepdims=True), slope - slope.mean(1, keepdims=True)
    slope = slope - e * ((slope * e).sum(1) / (e**2).sum(1))[:, None]
    size = (slope**2).sum(1)
    return np.asarray(((rows - model) * slope).sum(1) / np.where(size > 0, size, np.inf), np.float64)


def restore_polarity(times: ArrayLike, magnitudes: ArrayLike) -> Reals:
    """Signs of the magnitudes of an inversion recovery: the early ones are negative, how many is what fits best.

    Args:
        times: ``(time,)`` ms, in any order.
        magnitudes: ``(*shape, time)``.
    """
    t, y = np.asarray(times, np.float64), np.asarray(magnitudes, np.float64)
    ranks = np.argsort(np.argsort(t))
    candidates = np.stack([y * np.where(ranks < flipped, -1, 1) for flipped in range(t.size)])
    best = fit_exponential(t, candidates).residual.argmin(0)
    return np.asarray(np.take_along_axis(candidates, best[None, ..., None], 0)[0], np.float64)


__all__ = ["Exponential", "fit_exponential", "restore_polarity"]
