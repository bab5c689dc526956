"""MOLLI: T1 mapping by a modified Look-Locker inversion recovery (Messroghli 2004, doi:10.1002/mrm.20110).

After each inversion balanced single-shot images are read in consecutive heartbeats; empty heartbeats let the
magnetisation recover before the next inversion. All images together are fitted by S = A - B exp(-TI / T1*), and T1 =
T1* (B / A - 1). That correction is one for continuous small flip angles, so T1 comes out too short, the more the
shorter T2, the larger the flip angle, the faster the heart and the worse the inversion (Kellman and Hansen 2014,
doi:10.1186/1532-429X-16-2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import ms
from marey.scan.mr.sequences.fit import Exponential, fit_exponential
from marey.scan.mr.sequences.readout import BalancedReadout, Complex, Readout, Reals, recover, scale
from marey.scan.mr.spins import Spins


@dataclass(frozen=True)
class Molli(Parameters):
    """Scheme and timing; 5(3)3 unless said otherwise.

    Args:
        images: after each inversion.
        pauses: empty heartbeats between the groups of images.
        first_time: from the first inversion to its first image, ms.
        increment: by which that time grows from group to group, ms.
        efficiency: of the inversion.
        readout: of each image.
    """

    images: tuple[int, ...] = (5, 3)
    pauses: tuple[int, ...] = (3,)
    first_time: float = parameter(100 * ms, 20 * ms, 500 * ms, "ms", "doi:10.1186/1532-429X-16-2")
    increment: float = parameter(80 * ms, 0, 300 * ms, "ms", "doi:10.1186/1532-429X-16-2")
    efficiency: float = parameter(0.96, 0.5, 1, "1", "doi:10.1186/1532-429X-16-2")
    readout: Readout = field(default_factory=BalancedReadout)

    def __post_init__(self) -> None:
        """Refuse schemes that are none."""
        super().__post_init__()
        if not self.images or len(self.pauses) != len(self.images) - 1 or min(self.images + self.pauses) < 0:
            raise InvalidInput(
                f"The scheme has {len(self.images)} groups of images and {len(self.pauses)} pauses.",
                "There is one pause between each two groups, and nothing is negative.",
                "Write 5(3)3 as images=(5, 3), pauses=(3,).",
            )

    @property
    def heartbeats(self) -> int:
        """Length of the breath-hold."""
        return sum(self.images) + sum(self.pauses)

    @property
    def beats(self) -> list[int]:
        """Number of the heartbeat in which each image is taken."""
        return [beat for beat, _, _ in self._beats()]

    def _beats(self) -> list[tuple[int, int, float]]:
        """Of every image: its heartbeat, its place in its group, the group's first time."""
        found, beat = [], 0
        for group, (count, pause) in enumerate(zip(self.images, (*self.pauses, 0), strict=True)):
            found += [(beat + k, k, self.first_time + group * self.increment) for k in range(count)]
            beat += count + pause
        return found

    def times(self, rr: float | Sequence[float]) -> Reals:
        """Time from the inversion to each image, ``(image,)`` ms; arguments as of the call."""
        moments = self._moments(rr)
        return np.array([first + moments[beat] - moments[beat - k] for beat, k, first in self._beats()])

    def _moments(self, rr: float | Sequence[float]) -> Reals:
        """Time of the image that could be read in each heartbeat, ``(heartbeat,)`` ms."""
        steps = np.broadcast_to(np.asarray(rr, np.float64), (self.heartbeats - 1,))
        longest = self.first_time + (len(self.images) - 1) * self.increment
        if (steps <= self.readout.duration + longest).any() or self.readout.before > self.first_time:
            raise InvalidInput(
                f"A heartbeat of {steps.min():.0f} ms leaves no room for a readout of {self.readout.duration:.0f} ms "
                f"that is centred {self.first_time:.0f} to {longest:.0f} ms after an inversion.",
                "Inversion and readout fit into one heartbeat, and the readout starts after the inversion.",
                "Read fewer lines, or change the times.",
            )
        return np.concatenate([[0.0], np.cumsum(steps)])

    def __call__(
        self, of: Spins, rr: float | Sequence[float], off_resonance: ArrayLike = 0.0, b1: ArrayLike = 1.0
    ) -> Complex:
        """Signals of all images in the order in which they are taken, negative where the magnetisation still is.

        Args:
            of: spins.
            rr: ms; one, or those between the heartbeats, ``(heartbeats - 1,)``.
            off_resonance: of the field, 1/ms, and `b1`, factor of the flip angle: broadcast with the spins.

        Returns:
            ``(*shape, image)``.

        Raises:
            InvalidInput: a readout that does not fit into a heartbeat.
        """
        moments, read = self._moments(rr), self.readout
        response = read(of, off_resonance, b1)
        t1 = np.broadcast_to(of.t1, response.after.gain.shape)
        mz, now = np.ones(t1.shape), 0.0
        signals: list[Complex] = []
        for beat, k, first in self._beats():
            if k == 0:
                inversion = moments[beat] - first
                mz = (
                    recover(t1, inversion - now).then(scale(t1, -self.efficiency))(mz)
                    if signals
                    else -self.efficiency * mz
                )
                now = inversion
            mz = recover(t1, moments[beat] - read.before - now)(mz)
            signals.append(response.signal(mz))
            mz, now = response.after(mz), moments[beat] - read.before + read.duration
        return np.stack(signals, -1)


def look_locker_t1(fit: Exponential) -> Reals:
    """T1 (ms) of a fitted recovery S = A - B exp(-TI / T1*): T1* (B / A - 1); 0 where it cannot be one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t1 = fit.constant * (-fit.amplitude / fit.offset - 1)
    return np.where(np.isfinite(t1) & (t1 > 0), t1, 0.0)


def molli_t1(times: ArrayLike, signals: ArrayLike) -> Reals:
    """T1 map (ms) as a scanner makes it, from signals with sign, ``(*shape, image)``."""
    return look_locker_t1(fit_exponential(times, signals))


__all__ = ["Molli", "look_locker_t1", "molli_t1"]
