"""Isochromats: the Bloch equations of many spins in one voxel, as a reference for phase graphs, and profiles of
slices.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import Parameters, parameter
from marey.core.units import ms
from marey.scan.mr.program import Event, Program

Reals = NDArray[np.float64]
Complex = NDArray[np.complex128]


def play(program: Program, t1: float, t2: float, off_resonance: float = 0.0, isochromats: int = 512) -> Complex:
    """Signals of a program as the mean of spins that dephasing spreads evenly over the circle.

    Exact while the program's summed dephasing stays below the number of isochromats.

    Args:
        program: may rewind its dephasing.
        t1, t2: ms.
        off_resonance: 1/ms.
        isochromats: spins in the voxel.

    Returns:
        ``(read,)``.
    """
    place = 2 * np.pi * np.arange(isochromats) / isochromats
    transverse, along = np.zeros(isochromats, np.complex128), np.ones(isochromats)
    out: list[complex] = []
    for kind, (a, b) in zip(program.kinds, program.numbers, strict=True):
        if kind == Event.PULSE:
            transverse, along = rotate(transverse, along, a, b)
        elif kind == Event.WAIT:
            transverse = transverse * np.exp(-a / t2 + 1j * (2 * np.pi * off_resonance * a + b * place))
            along = 1 + (along - 1) * math.exp(-a / t1)
        elif kind == Event.READ:
            out.append(complex(transverse.mean() * np.exp(-1j * a)))
        elif kind == Event.READ_Z:
            out.append(complex(along.mean()))
        else:
            factor = {Event.SPOIL: 1.0, Event.DECAY: math.exp(-a / t2), Event.SCALE: a}[Event(kind)]
            transverse, along = np.zeros_like(transverse), np.full(isochromats, along.mean() * factor)
    return np.array(out)


def rotate(transverse: Complex, along: Reals, flip: ArrayLike, phase: float = 0.0) -> tuple[Complex, Reals]:
    """Right-handed rotation about the axis at a phase in the transverse plane.

    Args:
        transverse, along: magnetisation, any shape.
        flip, phase: radians.
    """
    turned = transverse * np.exp(-1j * phase)
    c, s = np.cos(flip), np.sin(flip)
    y = turned.imag * c - along * s
    return (turned.real + 1j * y) * np.exp(1j * phase), np.asarray(turned.imag * s + along * c, np.float64)


@dataclass(frozen=True)
class SlicePulse(Parameters):
    """A slice-selective pulse: a sinc with a Hann window, with its gradient rewound.

    Args:
        flip_angle: radians, in the middle of the slice.
        duration: ms.
        time_bandwidth: product of duration and bandwidth, the number of zero crossings.
        window: 0 cuts the sinc off, 1 is the full window.
    """

    flip_angle: float = parameter(math.pi / 4, 0, math.pi, "deg", "textbook value")
    duration: float = parameter(1 * ms, 0.1 * ms, 20 * ms, "ms", "textbook value")
    time_bandwidth: float = parameter(2.7, 1, 20, "1", "textbook value")
    window: float = parameter(1.0, 0, 1, "1", "textbook value")
    steps: int = parameter(128, 16, 4096, "1", "convergence, tests")

    def shape(self) -> Reals:
        """Flip angle of each step, radians, ``(step,)``; on resonance they add up to the flip angle."""
        place = (np.arange(self.steps) + 0.5) / self.steps - 0.5
        wave = np.sinc(self.time_bandwidth * place) * (1 - self.window * (0.5 - 0.5 * np.cos(2 * np.pi * place)))
        return np.asarray(self.flip_angle * wave / wave.sum(), np.float64)

    def profile(self, position: ArrayLike) -> tuple[Complex, Reals]:
        """Magnetisation after the pulse, from equilibrium.

        Args:
            position: across the slice in nominal thicknesses, 0 the middle; any shape.

        Returns:
            Transverse and longitudinal magnetisation, same shape; the transverse lies along -y in the middle.
        """
        across = np.asarray(position, np.float64)
        turn = np.exp(2j * np.pi * across * self.time_bandwidth / self.steps)
        transverse, along = np.zeros(across.shape, np.complex128), np.ones(across.shape)
        for flip in self.shape():
            transverse, along = rotate(transverse, along, flip)
            transverse = transverse * turn
        return transverse * np.exp(-1j * np.pi * across * self.time_bandwidth * (1 + 1 / self.steps)), along

    def flip_factors(self, samples: int = 32, extent: float = 1.5) -> Reals:
        """Local flip angle over the nominal one at evenly spaced places, ``(samples,)``: the `b1` of sequences.

        Args:
            samples: places.
            extent: how far they reach, in nominal thicknesses.
        """
        position = ((np.arange(samples) + 0.5) / samples - 0.5) * extent
        transverse, along = self.profile(position)
        return np.asarray(np.arctan2(np.abs(transverse), along) / self.flip_angle, np.float64)


__all__ = ["SlicePulse", "play", "rotate"]
