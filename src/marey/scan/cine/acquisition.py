"""From tissue signal to the picture a scanner would export: flow, banding, coil shading, resolution, ghosts, noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.scan.fields import smooth_field

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Scanner:
    """How one exam was taken.

    Args:
        resolution: fraction of k-space (row, column) that was sampled; 1 is the pixel grid's own resolution.
        apodisation: strength of the k-space filter; 0 rings.
        noise: standard deviation relative to blood.
        ghost: strength of the motion ghosts along the rows' direction.
        shading: strength of the coil's slope (per picture), the nearer coil is bright.
        shading_direction: radians.
        gamma: exponent of the display curve.
        flow: strength of the dark jets in blood.
        banding: depth of the off-resonance bands.
    """

    resolution: tuple[float, float]
    apodisation: float
    noise: float
    ghost: float
    shading: float
    shading_direction: float
    gamma: float
    flow: float
    banding: float


def random_scanner(rng: np.random.Generator) -> Scanner:
    """Draw the settings and faults of an exam."""
    return Scanner(
        resolution=(rng.uniform(0.5, 1.0), rng.uniform(0.6, 1.0)),
        apodisation=rng.uniform(0.0, 2.2),
        noise=rng.uniform(0.003, 0.035) if rng.random() < 0.85 else rng.uniform(0.035, 0.1),
        ghost=abs(rng.normal(0, 0.04)) * rng.integers(0, 2),
        shading=abs(rng.normal(0, 1.0)),
        shading_direction=np.deg2rad(rng.normal(-125, 50)),
        gamma=float(np.exp(rng.normal(0, 0.15))),
        flow=rng.uniform(0, 0.35),
        banding=rng.uniform(0.2, 0.8) if rng.random() < 0.25 else 0.0,
    )


def acquire(
    scanner: Scanner, signal: Array, blood: Array, fields: np.random.Generator, noise: np.random.Generator
) -> Array:
    """Picture the scanner makes.

    Args:
        scanner: settings and faults.
        signal: ``(slice, row, column)``, fat may be negative.
        blood: same shape, 0 to 1, how much of each pixel is flowing blood.
        fields: draws what stays the same over the beat: coil, bands, texture.
        noise: draws what does not.

    Returns:
        Non-negative magnitudes, same shape.
    """
    shape = signal.shape
    if scanner.flow:
        jets = np.clip(np.abs(smooth_field(fields, shape, 14)) - 0.6, 0, 2)
        signal = signal * (
            1 - scanner.flow * blood * np.minimum(jets + 0.15 * np.abs(smooth_field(fields, shape, 40)), 1)
        )
    if scanner.banding:
        phase = 1.6 * smooth_field(fields, shape, 4)
        signal = signal * (1 - scanner.banding * np.exp(-((np.abs(phase) - 2.0) ** 2) / 0.03))
    texture = 0.03 * smooth_field(fields, shape, 16) + 0.03 * smooth_field(fields, shape, 45)
    signal = signal * (1 + texture) * _coil(scanner, shape, fields)
    return np.asarray(_through_k_space(scanner, signal, noise) ** np.float32(scanner.gamma), np.float32)


def _coil(scanner: Scanner, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    rows, columns = np.linspace(-0.5, 0.5, shape[1])[:, None], np.linspace(-0.5, 0.5, shape[2])[None]
    toward = columns * np.cos(scanner.shading_direction) + rows * np.sin(scanner.shading_direction)
    bend = np.exp(scanner.shading * (1.6 * toward + 1.5 * toward * np.abs(toward)))
    return np.asarray(bend[None] * np.exp(0.12 * smooth_field(rng, shape, 4)), np.float32)


def _through_k_space(scanner: Scanner, signal: Array, rng: np.random.Generator) -> Array:
    spectrum = np.fft.fft2(signal.astype(np.complex64))
    rows, columns = (np.fft.fftfreq(size).astype(np.float32) * 2 for size in signal.shape[1:])
    u, v = rows[:, None] / scanner.resolution[0], columns[None, :] / scanner.resolution[1]
    window = (np.abs(u) <= 1) * (np.abs(v) <= 1) * np.exp(-scanner.apodisation * (u * u + v * v))
    if scanner.ghost:
        lines = np.arange(signal.shape[1])
        breathing = np.cos(2 * np.pi * lines / rng.uniform(2, 9) + rng.uniform(0, 6))
        window = window * (1 + scanner.ghost * np.fft.ifftshift(breathing)[:, None] * np.exp(1j * rng.uniform(0, 6)))
    noise = scanner.noise * np.sqrt(spectrum[0].size) * rng.standard_normal((2, *signal.shape), dtype=np.float32)
    spectrum = spectrum * window + (noise[0] + 1j * noise[1]) * (np.abs(window) > 0.02)
    return np.asarray(np.abs(np.fft.ifft2(spectrum)), np.float32)


__all__ = ["Scanner", "acquire", "random_scanner"]
