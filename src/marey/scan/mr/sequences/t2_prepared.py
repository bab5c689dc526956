"""T2-prepared single-shot imaging: T2 maps and T2-weighted oedema pictures (Giri 2009, doi:10.1186/1532-429X-11-56).

Each image is read after a preparation that multiplies the longitudinal magnetisation by exp(-TE / T2); heartbeats
without images between them let it recover. The maps fit S = A exp(-TE / T2); recovery between preparation and the
centre of k-space adds a signal that does not decay, so T2 comes out some milliseconds too long.
"""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import ms
from marey.scan.mr.sequences.fit import fit_exponential
from marey.scan.mr.sequences.readout import DEGREE, BalancedReadout, Complex, Readout, Reals, recover
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class T2Prepared(Parameters):
    """Timing.

    Args:
        echo_times: of the preparations, ms; 0 is none.
        pause: heartbeats without image between two images.
        delay: from the preparation to the first pulse of the readout, ms.
        readout: of each image.
    """

    echo_times: tuple[float, ...] = (0.0, 24.0, 55.0)
    pause: int = parameter(2, 0, 10, "1", "doi:10.1186/1532-429X-11-56")
    delay: float = parameter(2 * ms, 0, 100 * ms, "ms", "textbook value")
    readout: Readout = field(default_factory=partial(BalancedReadout, flip_angle=40 * DEGREE, centre=0.25))

    def __post_init__(self) -> None:
        """Refuse preparations that are none."""
        super().__post_init__()
        if not self.echo_times or not all(0 <= time <= 500 for time in self.echo_times):
            raise InvalidInput(
                f"The preparations take {self.echo_times} ms.",
                "There is at least one, of 0 to 500 ms.",
                "Give the echo times in milliseconds.",
            )

    def __call__(self, of: Spins, rr: float, off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0) -> Complex:
        """Signals in the order of the echo times, ``(*shape, image)``; arguments as of `Molli`.

        Raises:
            InvalidInput: a heartbeat too short for preparation and readout.
        """
        longest = max(self.echo_times) + self.delay + self.readout.duration
        if rr < longest:
            raise InvalidInput(
                f"Preparation and readout take {longest:.0f} ms, a heartbeat {rr:.0f} ms.",
                "Both fit into one heartbeat.",
                "Read fewer lines.",
            )
        response = self.readout(of, off_resonance, b1)
        t1 = np.broadcast_to(of.t1, response.after.gain.shape)
        mz, signals = np.ones(t1.shape), []
        for time in self.echo_times:
            mz = recover(t1, self.delay)(mz * np.exp(-time / of.t2))
            signals.append(response.signal(mz))
            mz = recover(t1, (self.pause + 1) * rr - longest)(response.after(mz))
        return np.stack(signals, -1)


def t2_map(echo_times: ArrayLike, signals: ArrayLike) -> Reals:
    """T2 map (ms) from magnitudes ``(*shape, image)``: the fit of two parameters."""
    return fit_exponential(echo_times, signals, offset=False).constant


__all__ = ["T2Prepared", "t2_map"]
