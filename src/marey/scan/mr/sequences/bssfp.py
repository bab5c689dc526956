"""Balanced steady-state free precession: cine and real time.

With alternating pulses and a phase theta = 2 pi f TR + pi per repetition (Freeman and Hill, in Scheffler and Lehnhardt
2003,
doi:10.1007/s00330-003-1957-x), just after a pulse::

    M = (1 - E1) sin a (1 - E2 exp(-i theta)) / (C cos theta + D)
    C = E2 (E1 - 1) (1 + cos a),  D = 1 - E1 cos a - (E1 - cos a) E2^2

Written as a sum of dephased waves exp(i n theta), each of which a Lorentzian spread of frequencies inside the voxel
(1/T2' = 1/T2* - 1/T2) damps by exp(-|TE + n TR| / T2'), the sum is geometric and stays a closed form.
It refocuses at TR/2.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import ms
from marey.scan.mr.sequences.readout import DEGREE, Complex
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class Bssfp(Parameters):
    """Steady state.

    Args:
        flip_angle: radians.
        repetition_time, echo_time: ms.
    """

    flip_angle: float = parameter(60 * DEGREE, 0, math.pi, "deg", "textbook value")
    repetition_time: float = parameter(3.0 * ms, 1 * ms, 20 * ms, "ms", "textbook value")
    echo_time: float = parameter(1.5 * ms, 0, 20 * ms, "ms", "textbook value")

    def __post_init__(self) -> None:
        """Refuse an echo after the next pulse."""
        super().__post_init__()
        if self.echo_time > self.repetition_time:
            raise InvalidInput(
                f"The echo time {self.echo_time} ms is longer than the repetition time {self.repetition_time} ms.",
                "The echo lies between two pulses.",
                "Shorten the echo time.",
            )

    def __call__(self, of: Spins, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0) -> Complex:
        """Signal, real and positive for water on resonance.

        Args:
            of: spins.
            off_resonance: of the field, 1/ms, and `b1`, factor of the flip angle: broadcast with the spins.
        """
        TR, TE = self.repetition_time, self.echo_time
        angle = self.flip_angle * np.asarray(b1)
        phase = 2 * np.pi * (of.off_resonance + np.asarray(off_resonance))
        E1, E2 = np.exp(-TR / of.t1), np.exp(-TR / of.t2)
        C = E2 * (E1 - 1) * (1 + np.cos(angle))
        D = 1 - E1 * np.cos(angle) - (E1 - np.cos(angle)) * E2**2
        root = np.sqrt(D**2 - C**2)
        r = -C / (D + root)
        dephasing = np.maximum(1 / of.t2_star - 1 / of.t2, 0)
        w = np.exp(-TR * dephasing)
        turn = -np.exp(1j * phase * TR)
        waves = (1 - E2 * r) * np.exp(-TE * dephasing) / (1 - r * w * turn)
        waves = waves + (r - E2) * np.exp(-(TR - TE) * dephasing) / turn / (1 - r * w / turn)
        M = (1 - E1) * np.sin(angle) / root * waves
        return np.asarray(of.density * M * np.exp(TE * (1j * phase - 1 / of.t2)), np.complex128)


__all__ = ["Bssfp"]
