"""SASHA: T1 mapping by saturation recovery (Chow 2014, doi:10.1002/mrm.24878).

One image without preparation, then one per heartbeat with a saturation a time TS before it. The signal of any readout
is affine in the magnetisation at its start, 1 - exp(-TS' / T1), so S = A - B exp(-TS / T1) holds exactly and the fit of
three parameters is unbiased, whatever T2, flip angle and readout.
"""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from marey.core import InvalidInput, Parameters, parameter
from marey.scan.mr.sequences.fit import fit_exponential
from marey.scan.mr.sequences.readout import DEGREE, BalancedReadout, Complex, Readout, Reals
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class Sasha(Parameters):
    """Timing.

    Args:
        images: after saturation; there is one more without.
        readout: of each image.
        efficiency: of the saturation.
    """

    images: int = parameter(9, 2, 30, "1", "doi:10.1002/mrm.24878")
    efficiency: float = parameter(1.0, 0.8, 1, "1", "doi:10.1002/mrm.24878")
    readout: Readout = field(default_factory=partial(BalancedReadout, flip_angle=70 * DEGREE))

    def times(self, rr: float) -> Reals:
        """From the saturation to the centre of each image, evenly over the heartbeat; the first is infinite; ms.

        Raises:
            InvalidInput: a heartbeat too short for the readout.
        """
        earliest, latest = self.readout.before + 10, rr - (self.readout.duration - self.readout.before)
        if latest <= earliest:
            raise InvalidInput(
                f"A heartbeat of {rr:.0f} ms leaves no room for a readout of {self.readout.duration:.0f} ms.",
                "Saturation and readout fit into one heartbeat.",
                "Read fewer lines.",
            )
        return np.concatenate([[np.inf], np.linspace(earliest, latest, self.images)])

    def __call__(self, of: Spins, rr: float, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0) -> Complex:
        """Signals in the order of `times`, ``(*shape, image)``; arguments as of `Molli`."""
        response = self.readout(of, off_resonance, b1)
        mz = np.ones(response.after.gain.shape)
        signals = [response.signal(mz)]
        for time in self.times(rr)[1:]:
            left = np.exp(-(time - self.readout.before) / of.t1)
            mz = 1 - (1 - (1 - self.efficiency) * recovered(mz, of.t1, rr - time)) * left
            signals.append(response.signal(mz))
            mz = response.after(mz)
        return np.stack(signals, -1)


def recovered(mz: Reals, t1: Reals, time: float) -> Reals:
    """Longitudinal magnetisation after a time in ms."""
    return np.asarray(1 - (1 - mz) * np.exp(-max(time, 0.0) / t1), np.float64)


def sasha_t1(times: ArrayLike, signals: ArrayLike) -> Reals:
    """T1 map (ms) from signals ``(*shape, image)``: the fit of three parameters."""
    return fit_exponential(times, signals).constant


__all__ = ["Sasha", "sasha_t1"]
