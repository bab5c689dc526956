"""Turbo spin echo, with black blood: scouts, T2-weighted and STIR pictures.

A right-angled pulse and a train of refocusing pulses, whose echoes phase graphs give for any refocusing angle (Weigel
2015, doi:10.1002/jmri.24619); at 180 degrees the echoes fall by exp(-n ESP / T2). The picture's contrast is that of the
echo in the centre of k-space. Double inversion: everything is inverted, the slice inverted back; blood that flows in
from outside arrives inverted and is read when it passes through zero. A third inversion nulls fat (STIR).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import Parameters, parameter
from marey.core.units import ms
from marey.scan.mr import epg
from marey.scan.mr.program import joined, pulse, read, wait
from marey.scan.mr.sequences.readout import Complex, Reals
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class TurboSpinEcho(Parameters):
    """Train and preparation.

    Args:
        echoes: in the train.
        centre: number of the echo in the centre of k-space, from 1.
        echo_spacing: ms.
        refocusing_angle: radians.
        black_blood_time: from the double inversion to the train, ms; 0 is none.
        fat_time: from the inversion of fat to the train, ms; 0 is none.
        heartbeats: between trains.
    """

    echoes: int = parameter(20, 1, 256, "1", "textbook value")
    centre: int = parameter(8, 1, 256, "1", "textbook value")
    echo_spacing: float = parameter(7 * ms, 2 * ms, 50 * ms, "ms", "textbook value")
    refocusing_angle: float = parameter(math.pi, 0.3, math.pi, "deg", "textbook value")
    black_blood_time: float = parameter(620 * ms, 0, 2000 * ms, "ms", "textbook value")
    fat_time: float = parameter(0, 0, 1000 * ms, "ms", "textbook value")
    heartbeats: int = parameter(2, 1, 6, "1", "textbook value")

    def train(self, of: Spins, b1: ArrayLike = 1.0) -> Complex:
        """Echoes of a magnetisation of 1, ``(*shape, echo)``."""
        half = self.echo_spacing / 2
        echo = wait(half, 1) + pulse(self.refocusing_angle) + wait(half, 1) + read()
        program = joined([pulse(math.pi / 2, math.pi / 2), echo * max(self.echoes, self.centre)])
        return epg.play(program, of.t1, of.t2, 0.0, b1, orders=2 * max(self.echoes, self.centre) + 2)

    def __call__(self, of: Spins, rr: float, flowing: ArrayLike = False, b1: ArrayLike = 1.0) -> Complex:
        """Signal of the centre of k-space.

        Args:
            of: spins.
            rr: ms.
            flowing: whether the spins came into the slice after the double inversion; broadcast with the spins.
            b1: factor of the flip angles.
        """
        mz = self._prepared(of, rr, np.asarray(flowing, np.bool_))
        return np.asarray(of.density * mz * self.train(of, b1)[..., self.centre - 1], np.complex128)

    def _prepared(self, of: Spins, rr: float, flowing: NDArray[np.bool_]) -> Reals:
        """Longitudinal magnetisation at the train: the last one left none; blood that flows in saw inversions only."""
        wanted, fat = self.black_blood_time, self.fat_time
        rest = max(self.heartbeats * rr - self.echoes * self.echo_spacing - wanted, 0.0)
        left = np.exp(-self.heartbeats * rr / of.t1)
        inverted = -(1 - left) / (1 + left) if wanted else np.ones_like(left)
        start = np.where(flowing, inverted, 1 - np.exp(-rest / of.t1))
        if fat:
            middle = 1 + (start - 1) * np.exp(-max(wanted - fat, 0.0) / of.t1)
            return np.asarray(1 + (-middle - 1) * np.exp(-fat / of.t1), np.float64)
        return np.asarray(1 + (start - 1) * np.exp(-wanted / of.t1), np.float64)


__all__ = ["TurboSpinEcho"]
