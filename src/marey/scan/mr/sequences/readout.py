"""Trains of pulses that read one image, and how they change the magnetisation along the field.

Between preparation, recovery and readout everything that happens to the longitudinal magnetisation, and every signal,
is an affine function of the longitudinal magnetisation before (transverse magnetisation is spoiled in between). So a
readout is played twice, from 0 and from 1, and a whole exam is algebra on affine maps (`Affine`).
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import Parameters, parameter
from marey.core.units import ms
from marey.scan.mr import epg
from marey.scan.mr.program import joined, pulse, read, read_z, saturate, wait
from marey.scan.mr.spins import Spins

Reals = NDArray[np.float64]
Complex = NDArray[np.complex128]
Number = TypeVar("Number", Reals, Complex)

DEGREE = math.pi / 180


@dataclass(frozen=True, eq=False)
class Affine(Generic[Number]):
    """A function gain * mz + offset of the longitudinal magnetisation; arrays of one shape."""

    gain: Number
    offset: Number

    def __call__(self, mz: Reals) -> Number:
        """Its value."""
        return self.gain * mz + self.offset

    def then(self, later: "Affine[Number]") -> "Affine[Number]":
        """The law: ``f.then(g)(mz) == g(f(mz))``."""
        return Affine(later.gain * self.gain, later.gain * self.offset + later.offset)

    def fixed_point(self) -> Number:
        """The magnetisation that it leaves as it is: the periodic steady state."""
        return self.offset / (1 - self.gain)


def recover(t1: Reals, time: float) -> Affine[Reals]:
    """Recovery towards 1 for a time in ms."""
    left = np.exp(-time / t1)
    return Affine(left, 1 - left)


def scale(t1: Reals, factor: ArrayLike) -> Affine[Reals]:
    """Preparation that multiplies: -1 inverts, 0 saturates."""
    return Affine(np.broadcast_to(np.asarray(factor, np.float64), t1.shape), np.zeros_like(t1))


@dataclass(frozen=True, eq=False)
class Response:
    """What a readout does: signal at the centre of k-space and longitudinal magnetisation after it."""

    signal: Affine[Complex]
    after: Affine[Reals]


class Readout(Parameters, ABC):
    """A train of pulses that reads one image, or one segment of it."""

    @property
    @abstractmethod
    def before(self) -> float:
        """Time from the first pulse to the centre of k-space, ms."""

    @property
    @abstractmethod
    def duration(self) -> float:
        """Of the whole train, ms."""

    @abstractmethod
    def __call__(self, of: Spins, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0) -> Response:
        """Play it.

        Args:
            of: spins.
            off_resonance: of the field, 1/ms, and `b1`, factor of the flip angle: broadcast with the spins.
        """


@dataclass(frozen=True)
class BalancedReadout(Readout):
    """A single-shot balanced train: linear start-up ramp, then pulses of alternating phase, echo at half the
    repetition.

    Args:
        flip_angle: radians.
        repetition_time: ms.
        lines: of k-space.
        centre: share of the lines before the centre of k-space.
        ramp: pulses of the start-up, their flip angles grow linearly.
    """

    flip_angle: float = parameter(35 * DEGREE, 0, math.pi, "deg", "doi:10.1186/1532-429X-16-2")
    repetition_time: float = parameter(2.8 * ms, 1 * ms, 20 * ms, "ms", "textbook value")
    lines: int = parameter(64, 1, 1024, "1", "textbook value")
    centre: float = parameter(0.4, 0, 0.99, "1", "textbook value")
    ramp: int = parameter(5, 0, 50, "1", "doi:10.1186/1532-429X-16-2")

    @property
    def before(self) -> float:
        """Time from the first pulse to the centre of k-space, ms."""
        return (self.ramp + int(self.centre * self.lines) + 0.5) * self.repetition_time

    @property
    def duration(self) -> float:
        """Of the whole train, ms."""
        return (self.ramp + self.lines) * self.repetition_time

    def __call__(self, of: Spins, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0) -> Response:
        """Play it; see `Readout`."""
        flips = np.minimum((np.arange(self.ramp + self.lines) + 1) / (self.ramp + 1), 1) * self.flip_angle
        half, middle = self.repetition_time / 2, self.ramp + int(self.centre * self.lines)
        train = joined([
            pulse(flip, math.pi * (k % 2)) + wait(half)
            + (read(math.pi * (k % 2) - math.pi / 2) if k == middle else joined([])) + wait(half)
            for k, flip in enumerate(flips.tolist())
        ]) + read_z()  # fmt: skip
        off = of.off_resonance + np.asarray(off_resonance)
        one, zero = (epg.play(p, of.t1, of.t2, off, b1, orders=1) for p in (train, saturate() + train))
        density = of.density
        signal = Affine(density * (one - zero)[..., 0], density * zero[..., 0])
        return Response(signal, Affine((one - zero)[..., 1].real, zero[..., 1].real))


@dataclass(frozen=True)
class SpoiledReadout(Readout):
    """A train of ideally spoiled gradient echoes, or one segment of it.

    Args:
        flip_angle: radians.
        repetition_time, echo_time: ms.
        lines: pulses in one heartbeat.
        centre: share of the lines before the centre of k-space.
    """

    flip_angle: float = parameter(20 * DEGREE, 0, math.pi, "deg", "textbook value")
    repetition_time: float = parameter(5.2 * ms, 1 * ms, 50 * ms, "ms", "textbook value")
    echo_time: float = parameter(2.0 * ms, 0, 40 * ms, "ms", "textbook value")
    lines: int = parameter(25, 1, 1024, "1", "textbook value")
    centre: float = parameter(0.5, 0, 0.99, "1", "textbook value")

    @property
    def before(self) -> float:
        """Time from the first pulse to the centre of k-space, ms."""
        return int(self.centre * self.lines) * self.repetition_time + self.echo_time

    @property
    def duration(self) -> float:
        """Of the whole train, ms."""
        return self.lines * self.repetition_time

    def __call__(self, of: Spins, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0) -> Response:
        """Play it; see `Readout`."""
        t1, off, factor = np.broadcast_arrays(
            of.t1, of.off_resonance + np.asarray(off_resonance), np.asarray(b1, np.float64)
        )
        angle, e1 = self.flip_angle * factor, np.exp(-self.repetition_time / t1)
        decay = e1 * np.cos(angle)
        steady = (1 - e1) / np.where(decay < 1, 1 - decay, 1.0)

        def after(pulses: int) -> Affine[Reals]:
            left = np.asarray(decay**pulses, np.float64)
            return Affine(left, np.asarray(steady * (1 - left), np.float64))

        first = after(int(self.centre * self.lines))
        echo = of.density * np.sin(angle) * np.exp(self.echo_time * (2j * np.pi * off - 1 / of.t2_star))
        signal = Affine[Complex](np.asarray(echo * first.gain), np.asarray(echo * first.offset))
        return Response(signal, after(self.lines))


__all__ = [
    "DEGREE", "Affine", "BalancedReadout", "Complex", "Readout", "Reals", "Response", "SpoiledReadout", "recover",
    "scale",
]  # fmt: skip
