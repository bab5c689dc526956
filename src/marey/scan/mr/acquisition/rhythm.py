"""R waves and breathing while a scan runs."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from marey.core import Parameters, parameter
from marey.core.units import s

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rhythm(Parameters):
    """Beat lengths: slow and fast variation, and ectopic beats that come early and are followed by a pause.

    Args:
        rr: mean beat length, ms.
        variability: standard deviation of the beat length, relative; 0.2 and more is atrial fibrillation.
        ectopy: probability that a beat is ectopic.
        coupling: length of the beat that an ectopic one cuts short, relative; the pause makes up for it.
    """

    rr: float = parameter(900.0, 300, 2500, "ms", "textbook value")
    variability: float = parameter(0.03, 0, 0.4, "1", "textbook value")
    ectopy: float = parameter(0.0, 0, 0.5, "1", "textbook value")
    coupling: float = parameter(0.6, 0.35, 0.95, "1", "textbook value")

    def r_waves(self, rng: np.random.Generator, duration: float) -> Array:
        """(beat,) ms of R waves, from 0 to after `duration`."""
        beats = int(duration / (0.4 * self.rr)) + 4
        lengths = self.rr * np.clip(1 + self.variability * rng.standard_normal(beats), 0.5, 1.8)
        for early in np.flatnonzero(rng.random(beats - 1) < self.ectopy):
            lengths[early], lengths[early + 1] = self.coupling * self.rr, (2 - self.coupling) * self.rr
        waves = np.concatenate([[0.0], np.cumsum(lengths)])
        return np.asarray(waves[: int(np.searchsorted(waves, duration)) + 2], np.float64)


class Breathing(Protocol):
    """Where the diaphragm is."""

    def position(self, rng: np.random.Generator, clock: Array) -> Array:
        """(...) mm towards the feet from end-expiration, at times (...) ms of the scan."""
        ...


@dataclass(frozen=True)
class BreathHold(Parameters):
    """A held breath that slowly gives way.

    Args:
        depth: mm towards the feet where it is held.
        drift: mm/ms, negative as the diaphragm rises while it relaxes.
        tremor: standard deviation of what comes on top, mm.
    """

    depth: float = parameter(0.0, -20, 60, "mm", "textbook value")
    drift: float = parameter(0.0, -2 / s, 2 / s, "mm/s", "0.15 mm/s and more: textbook value")
    tremor: float = parameter(0.0, 0, 5, "mm", "textbook value")

    def position(self, rng: np.random.Generator, clock: Array) -> Array:
        """(...) mm at times (...) ms; the tremor changes within about a second."""
        if not self.tremor:
            return np.asarray(self.depth + self.drift * clock, np.float64)
        knots = np.arange(0, float(np.max(clock, initial=0)) + 2 * s, s)
        tremor = np.interp(clock, knots, self.tremor * rng.standard_normal(knots.size))
        return np.asarray(self.depth + self.drift * clock + tremor, np.float64)


@dataclass(frozen=True)
class FreeBreathing(Parameters):
    """Quiet breathing that rests at end-expiration: depth cos^4 (pi t / period), each breath a little different.

    The form is that of Lujan et al. 1999 (Medical Physics 26).
    """

    depth: float = parameter(13.0, 0, 60, "mm", "diaphragm in quiet breathing, textbook value")
    period: float = parameter(4 * s, 1.5 * s, 12 * s, "s", "textbook value")
    variability: float = parameter(0.15, 0, 0.5, "1", "of depth and period, textbook value")
    onset: float = parameter(0.5, 0, 1, "1", "where in a breath the scan begins; 0.5 is end-expiration")

    def position(self, rng: np.random.Generator, clock: Array) -> Array:
        """(...) mm at times (...) ms."""
        count = int(float(np.max(clock, initial=0)) / (0.5 * self.period)) + 4
        vary = np.clip(1 + self.variability * rng.standard_normal((2, count)), 0.5, 1.6)
        lengths = self.period * vary[0]
        starts = np.concatenate([[0.0], np.cumsum(lengths)]) - self.onset * lengths[0]
        # A breath runs from end-expiration to end-expiration, so its depth may change between two.
        late = clock + 0.5 * lengths[0]
        breath = np.clip(np.searchsorted(starts, late, side="right") - 1, 0, count - 1)
        within = (late - starts[breath]) / lengths[breath]
        return np.asarray(self.depth * vary[1][breath] * np.sin(np.pi * within) ** 4, np.float64)


def heart_time(clock: Array, r_waves: Array, period: float, systole: float | None = None) -> Array:
    """Where in the simulated beat the heart is.

    A longer beat has a longer diastole; systole lasts as long as in the simulated beat, except that a beat too short
    for it is cut off by the next R wave.

    Args:
        clock: (...) ms since the scan began.
        r_waves: (beat,) ms, increasing, from at most the first to after the last of the times.
        period: of the simulated beat, ms.
        systole: its length, ms; 0.384 sqrt(period in s) s (Bazett's form, textbook value) when not given.

    Returns:
        (...) ms from 0 to the period.
    """
    systole = min(0.384 * np.sqrt(period / s) * s, 0.6 * period) if systole is None else systole
    beat = np.clip(np.searchsorted(r_waves, clock, side="right") - 1, 0, r_waves.size - 2)
    since, rr = clock - r_waves[beat], r_waves[beat + 1] - r_waves[beat]
    rest = np.maximum(rr - systole, 0.05 * rr)
    late = systole + (since - systole) * (period - systole) / rest
    return np.asarray(np.clip(np.where(since < systole, since, late), 0, period * (1 - 1e-9)), np.float64)


__all__ = ["BreathHold", "Breathing", "FreeBreathing", "Rhythm", "heart_time"]
