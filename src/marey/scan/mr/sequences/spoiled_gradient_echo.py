"""Spoiled gradient echo (FLASH): the steady state under ideal spoiling.

    S = PD sin a (1 - E1) / (1 - E1 cos a) exp(-TE / T2*),  E1 = exp(-TR / T1)

largest at the Ernst angle cos a = E1. Blood that flows in has seen fewer pulses and is brighter: after n pulses from
equilibrium the longitudinal magnetisation has (E1 cos a)^n of its way to the steady state left. (Textbook equations.)
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marey.core import Parameters, parameter
from marey.core.units import ms
from marey.scan.mr.sequences.readout import DEGREE, Complex
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class SpoiledGradientEcho(Parameters):
    """Steady state, or a given number of pulses from equilibrium.

    Args:
        flip_angle: radians.
        repetition_time, echo_time: ms.
    """

    flip_angle: float = parameter(15 * DEGREE, 0, math.pi, "deg", "textbook value")
    repetition_time: float = parameter(5.0 * ms, 1 * ms, 5000 * ms, "ms", "textbook value")
    echo_time: float = parameter(2.5 * ms, 0, 60 * ms, "ms", "textbook value")

    def __call__(
        self, of: Spins, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0, pulses: ArrayLike = np.inf
    ) -> Complex:
        """Signal, real and positive for water on resonance.

        Args:
            of: spins.
            off_resonance: of the field, 1/ms.
            b1: factor of the flip angle.
            pulses: that the spins have seen since equilibrium, infinite in the steady state; all broadcast with the
            spins.
        """
        angle = self.flip_angle * np.asarray(b1)
        E1 = np.exp(-self.repetition_time / of.t1)
        steady = (1 - E1) / (1 - E1 * np.cos(angle))
        mz = steady + (1 - steady) * (E1 * np.cos(angle)) ** np.asarray(pulses, np.float64)
        phase = 2 * np.pi * (of.off_resonance + np.asarray(off_resonance))
        echo = np.exp(self.echo_time * (1j * phase - 1 / of.t2_star))
        return np.asarray(of.density * mz * np.sin(angle) * echo, np.complex128)


def ernst_angle(t1: ArrayLike, repetition_time: float) -> np.ndarray:
    """Flip angle of the largest signal, radians."""
    return np.arccos(np.exp(-repetition_time / np.asarray(t1, np.float64)))


__all__ = ["SpoiledGradientEcho", "ernst_angle"]
