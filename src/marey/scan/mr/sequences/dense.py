"""DENSE: displacement encoding with stimulated echoes (Aletras 1999, doi:10.1006/jmre.1998.1676).

Two right-angled pulses with a gradient between them lay cos(2 pi k X) along the field, X the material's position then.
A
time t later a pulse and the same gradient at its new position x give three echoes::

    S = PD sin a (  1/2 exp(-t / T1*) exp(2 pi i k (x - X))       stimulated echo: its phase is the displacement
                  + Mr(t)             exp(2 pi i k x)             magnetisation that has recovered since
                  + 1/2 exp(-t / T1*) exp(2 pi i k (x + X)) )     its mirror

The unwanted two oscillate over the voxel and lie k and 2 k off the centre of k-space. Two acquisitions with the second
pulse reversed (CSPAMM, Kim 2004) cancel the recovered part, three in steps of 120 degrees the mirror as well.
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
class Dense(Parameters):
    """One encoded direction.

    Args:
        encoding: k, cycles per mm.
        cycles: acquisitions with cycled phase: 1 keeps all echoes, 2 cancels the recovered one, 3 the mirror too.
        encoding_time: between the first two pulses, ms.
        flip_angle: of the readout, radians.
        repetition_time, echo_time: of the readout, ms.
    """

    encoding: float = parameter(0.10 / mm, 0.01 / mm, 1 / mm, "1/mm", "doi:10.1006/jmre.1998.1676; textbook value")
    cycles: int = parameter(2, 1, 3, "1", "textbook value")
    encoding_time: float = parameter(2 * ms, 0, 20 * ms, "ms", "textbook value")
    flip_angle: float = parameter(15 * DEGREE, 0, math.pi / 2, "deg", "textbook value")
    repetition_time: float = parameter(15 * ms, 1 * ms, 100 * ms, "ms", "textbook value")
    echo_time: float = parameter(1.5 * ms, 0, 40 * ms, "ms", "textbook value")

    def __call__(
        self,
        of: Spins,
        reference: ArrayLike,
        position: ArrayLike,
        time: float,
        *,
        off_resonance: ArrayLike = 0.0,
        b1: ArrayLike = 1.0,
    ) -> Complex:
        """Signal, mean over the cycles; its phase is 2 pi k (position - reference) where only the stimulated echo is
        left.

        Args:
            of: spins.
            reference: of the material along the encoded direction at the time of encoding, mm; NaN where it has mixed,
                which leaves no stimulated echo.
            position: where the material is now, same direction, mm.
            time: since the encoding, ms.
            off_resonance: of the field, 1/ms, and `b1`, factor of the readout's flip angle; all broadcast.

        Raises:
            InvalidInput: a negative time.
        """
        if time < 0:
            raise InvalidInput(
                f"The time {time} ms lies before the encoding.", "Displacement is read after it.", "Give a later time."
            )
        stimulated, recovered, mirror = self.echoes(of, reference, position, time, off_resonance=off_resonance, b1=b1)
        return stimulated + (recovered if self.cycles < 2 else 0) + (mirror if self.cycles < 3 else 0)

    def echoes(
        self,
        of: Spins,
        reference: ArrayLike,
        position: ArrayLike,
        time: float,
        *,
        off_resonance: ArrayLike = 0.0,
        b1: ArrayLike = 1.0,
    ) -> tuple[Complex, Complex, Complex]:
        """Stimulated echo, recovered magnetisation and mirror; arguments as of the call."""
        angle = self.flip_angle * np.asarray(b1)
        E1 = np.exp(-self.repetition_time / of.t1)
        steady = (1 - E1) / (1 - E1 * np.cos(angle))
        left = np.exp(-time * (1 / of.t1 - np.log(np.cos(angle)) / self.repetition_time))
        phase = 2 * np.pi * (of.off_resonance + np.asarray(off_resonance))
        signal = of.density * np.sin(angle) * np.exp(self.echo_time * (1j * phase - 1 / of.t2_star))
        X, x = np.asarray(reference, np.float64), np.asarray(position, np.float64)
        stored = 0.5 * left * np.exp(-self.encoding_time / of.t2) * ~np.isnan(X)
        X = np.nan_to_num(X)
        return (
            signal * stored * self._wave(x - X),
            signal * steady * (1 - left) * self._wave(x),
            signal * stored * self._wave(x + X),
        )

    def _wave(self, distance: Reals) -> Complex:
        return np.asarray(np.exp(2j * np.pi * self.encoding * distance), np.complex128)

    def displacement(self, signal: ArrayLike) -> Reals:
        """Displacement (mm) from the phase of a signal, within plus or minus 1 / (2 k)."""
        return np.asarray(np.angle(np.asarray(signal)) / (2 * np.pi * self.encoding), np.float64)


__all__ = ["Dense"]
