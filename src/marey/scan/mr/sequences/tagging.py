"""Tagging by spatial modulation of magnetisation: SPAMM and CSPAMM.

Axel and Dougherty, Radiology 1989, volume 172, page 349; Fischer, Magn Reson Med 1993, volume 30, page 191.

Hard pulses of binomial strength with a gradient between them leave Mz(p) along the reference position p; with two
pulses of angle b, Mz = cos^2 b - sin^2 b cos(2 pi p / spacing), with more the lines are narrower. The pattern moves
with the muscle and fades: under the pulses of the readout (a every TR) the magnetisation goes to its steady state with
1/T1* = 1/T1 - ln(cos a) / TR,

    Mz(t) = Ms + (Mz(0) - Ms) exp(-t / T1*)

CSPAMM subtracts a second scan whose last tagging pulse is reversed, which leaves the modulation alone.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import mm, ms
from marey.scan.mr.sequences.readout import DEGREE, Complex, Reals
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class Tagging(Parameters):
    """One set of parallel tags.

    Args:
        spacing: of the tags in the undeformed muscle, mm.
        tag_angle: all tagging pulses together, radians.
        weights: relative strengths of the tagging pulses: (1, 1) or (1, 3, 3, 1).
        complementary: CSPAMM.
        flip_angle: of the readout, radians.
        repetition_time, echo_time: of the readout, ms.
    """

    spacing: float = parameter(7 * mm, 2 * mm, 40 * mm, "mm", "textbook value")
    tag_angle: float = parameter(math.pi / 2, 0.1, math.pi, "deg", "textbook value")
    weights: tuple[float, ...] = (1.0, 1.0)
    complementary: bool = False
    flip_angle: float = parameter(12 * DEGREE, 0, math.pi / 2, "deg", "textbook value")
    repetition_time: float = parameter(5 * ms, 1 * ms, 100 * ms, "ms", "textbook value")
    echo_time: float = parameter(2.5 * ms, 0, 40 * ms, "ms", "textbook value")

    def __post_init__(self) -> None:
        """Refuse a tag without two pulses."""
        super().__post_init__()
        if len(self.weights) < 2 or not all(math.isfinite(weight) and weight > 0 for weight in self.weights):
            raise InvalidInput(
                f"The tagging pulses have the weights {self.weights}.",
                "There are at least two, and they are positive.",
                "Write (1, 1) or (1, 3, 3, 1).",
            )

    def modulation(self, position: ArrayLike, *, reverse: bool = False) -> Reals:
        """Longitudinal magnetisation just after tagging over that just before.

        Args:
            position: of the material, along the tags' normal, mm; any shape. Where it is not known (NaN: blood that has
                mixed) the mean over the pattern.
            reverse: the last pulse has the opposite sign, as in the second scan of CSPAMM.
        """
        place = np.asarray(position, np.float64)
        angles = self.tag_angle * np.asarray(self.weights) / sum(self.weights)
        if reverse:
            angles = angles * np.append(np.ones(len(angles) - 1), -1)
        mixed = float(_binomial(angles, 2 * np.pi * np.arange(64) / 64).mean())
        known = _binomial(angles, 2 * np.pi * np.nan_to_num(place) / self.spacing)
        return np.where(np.isnan(place), mixed, known)

    def __call__(
        self,
        of: Spins,
        position: ArrayLike,
        time: float,
        rr: float,
        *,
        across: ArrayLike | None = None,
        off_resonance: ArrayLike = 0.0,
        b1: ArrayLike = 1.0,
    ) -> Complex:
        """Signal at a time of the beat.

        Args:
            of: spins.
            position: as of `modulation`.
            time: since the tags, ms.
            rr: time between heartbeats, ms; the tags of each are laid over what is left of the last.
            across: position along the normal of a second set, laid right after the first: a grid.
            off_resonance: of the field, 1/ms, and `b1`, factor of the readout's flip angle; all broadcast.

        Raises:
            InvalidInput: a time outside the beat.
        """
        if not 0 <= time <= rr:
            raise InvalidInput(
                f"The time {time} ms is outside a beat of {rr} ms.",
                "Tags live for one beat.",
                "Give a time in the beat.",
            )
        second = 1.0 if across is None else self.modulation(across)
        mz = self._along(of, self.modulation(position) * second, time, rr, b1)
        if self.complementary:
            mz = mz - self._along(of, self.modulation(position, reverse=True) * second, time, rr, b1)
        phase = 2 * np.pi * (of.off_resonance + np.asarray(off_resonance))
        echo = np.exp(self.echo_time * (1j * phase - 1 / of.t2_star))
        return np.asarray(of.density * mz * np.sin(self.flip_angle * np.asarray(b1)) * echo, np.complex128)

    def fading(self, of: Spins, b1: ArrayLike = 1.0) -> tuple[Reals, Reals]:
        """Steady state Ms and time constant T1* (ms) of the readout."""
        angle, E1 = self.flip_angle * np.asarray(b1), np.exp(-self.repetition_time / of.t1)
        steady = (1 - E1) / (1 - E1 * np.cos(angle))
        return np.asarray(steady), np.asarray(1 / (1 / of.t1 - np.log(np.cos(angle)) / self.repetition_time))

    def _along(self, of: Spins, pattern: Reals, time: float, rr: float, b1: ArrayLike) -> Reals:
        """Longitudinal magnetisation in the periodic state: the tags act on what the beat before has left."""
        steady, constant = self.fading(of, b1)
        left = np.exp(-rr / constant)
        before = steady * (1 - left) / (1 - pattern * left)
        return np.asarray(steady + (pattern * before - steady) * np.exp(-time / constant), np.float64)


def _binomial(angles: Reals, phase: Reals) -> Reals:
    """Mz after hard pulses of the given angles about x, with precession by a phase between them, from Mz = 1."""
    transverse, along = np.zeros(phase.shape, np.complex128), np.ones(phase.shape)
    for place, angle in enumerate(angles):
        transverse = transverse * np.exp(1j * phase) if place else transverse
        y, c, s = transverse.imag, math.cos(angle), math.sin(angle)
        transverse, along = transverse.real + 1j * (y * c - along * s), y * s + along * c
    return np.asarray(along, np.float64)


__all__ = ["Tagging"]
