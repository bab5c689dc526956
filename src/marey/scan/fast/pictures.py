"""From mean signals to the pictures of a scanner: flow, coils, resolution, ghosts, noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from marey.scan.fields import smooth_field

Complex = NDArray[np.complex64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Habits:
    """How one exam was taken.

    Args:
        resolution: share of k-space (row, column) that was sampled.
        edge: share of it over which the filter falls; 0 rings.
        noise: standard deviation relative to the blood.
        ghost: strength of the motion ghosts along the rows' direction.
        shading: strength of the coils' slope; `direction` (radians) is where they lie.
        gamma: exponent of the display curve.
        flow: strength of the dark jets and the bright inflow in blood.
    """

    resolution: tuple[float, float]
    edge: float
    noise: float
    ghost: float
    shading: float
    direction: float
    gamma: float
    flow: float


def random_habits(rng: np.random.Generator) -> Habits:
    """Draw the settings and faults of an exam."""
    return Habits(
        resolution=(float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.6, 1.0))),
        edge=float(rng.uniform(0.0, 1.0)),
        noise=float(rng.uniform(0.003, 0.035) if rng.random() < 0.85 else rng.uniform(0.035, 0.1)),
        ghost=float(abs(rng.normal(0, 0.04)) * rng.integers(0, 2)),
        shading=float(abs(rng.normal(0, 1.0))),
        direction=float(np.deg2rad(rng.normal(-125, 50))),
        gamma=float(np.exp(rng.normal(0, 0.15))),
        flow=float(rng.uniform(0, 0.35)),
    )


def pictures(habits: Habits, signals: Complex, rng: np.random.Generator) -> Float32:
    """Magnitudes ``(slice, row, column)`` of `signals` ``(species, slice, row, column)``: water, fat, blood."""
    water, fat, blood = signals
    shape = water.shape
    if habits.flow:
        jets = np.clip(np.abs(smooth_field(rng, shape, 14)) - 0.6, 0, 2)
        swirls = 0.15 * np.abs(smooth_field(rng, shape, 40)) - 0.1 * smooth_field(rng, shape, 10)
        blood = blood * (1 - habits.flow * np.clip(jets + swirls, -1, 1))
    texture = 0.03 * smooth_field(rng, shape, 16) + 0.03 * smooth_field(rng, shape, 45)
    signal = (water + fat + blood) * (1 + texture) * _coil(habits, shape, rng)
    return np.asarray(_through_k_space(habits, signal.astype(np.complex64), rng) ** np.float32(habits.gamma))


def _coil(habits: Habits, shape: tuple[int, ...], rng: np.random.Generator) -> Float32:
    rows, columns = np.linspace(-0.5, 0.5, shape[1])[:, None], np.linspace(-0.5, 0.5, shape[2])[None]
    toward = columns * np.cos(habits.direction) + rows * np.sin(habits.direction)
    bend = np.exp(habits.shading * (1.6 * toward + 1.5 * toward * np.abs(toward)))
    return np.asarray(bend[None] * np.exp(0.12 * smooth_field(rng, shape, 4)), np.float32)


def _through_k_space(habits: Habits, signal: Complex, rng: np.random.Generator) -> Float32:
    spectrum = fft.fft2(signal)
    rows, columns = (fft.fftfreq(size).astype(np.float32) * 2 for size in signal.shape[1:])
    window = np.outer(
        _edge(rows / habits.resolution[0], habits.edge), _edge(columns / habits.resolution[1], habits.edge)
    )
    measured = window > 0
    window = window.astype(np.complex64)
    if habits.ghost:
        lines = np.arange(signal.shape[1])
        breathing = np.cos(2 * np.pi * lines / rng.uniform(2, 9) + rng.uniform(0, 6))
        window *= 1 + habits.ghost * fft.ifftshift(breathing)[:, None] * np.exp(1j * rng.uniform(0, 6))
    level = habits.noise * np.sqrt(spectrum[0].size)
    noise = level * rng.standard_normal((*signal.shape, 2), dtype=np.float32).view(np.complex64)[..., 0]
    return np.asarray(np.abs(fft.ifft2(spectrum * window + noise * measured)), np.float32)


def _edge(k: Float32, edge: float) -> Float32:
    """A Tukey window over -1 to 1."""
    part = np.clip((np.abs(k) - (1 - edge)) / max(edge, 1e-6), 0, 1)
    return np.asarray(np.where(np.abs(k) <= 1, (1 + np.cos(np.pi * part * (edge > 0))) / 2, 0) + 0, np.float32)


__all__ = ["Habits", "pictures", "random_habits"]
