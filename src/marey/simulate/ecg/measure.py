"""What one reads from a 12-lead beat: QRS duration and axis, QT, R progression, concordance of the T wave.

For one beat with little noise: simulated, or averaged from a recording. The QRS is where the leads together change
fast; the T wave ends where the tangent to its steepest descent meets the baseline (Lepeschkin and
Surawicz 1952, Circulation 6:378).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, NotAnalysable, Signal
from marey.simulate.ecg.electrodes import LEADS

FloatArray = NDArray[np.float64]

INDEPENDENT = [0, 1, 6, 7, 8, 9, 10, 11]
"""I, II and V1 to V6: the others follow from them."""

THRESHOLD = 0.03
"""Part of its largest rate of change below which the QRS has not begun or is over."""

QUIET = 24.0
"""Ms that the rate of change must stay below the threshold, so that a notch does not end the QRS, nor the pause before
the late right ventricle of a bundle branch block."""


@dataclass(frozen=True, eq=False)
class BeatMeasurements:
    """One beat of a 12-lead ECG.

    Args:
        qrs_onset, qrs_offset, t_end: ms on the signal's clock.
        qrs_axis: degrees in the frontal plane, 0 to the left and 90 downwards, from R + S of I and aVF.
        r, s, t: (12,) mV: largest positive and negative deflection in the QRS (0 if none), extreme of the T wave.
        net: (12,) mV ms, area of the QRS.
    """

    qrs_onset: float
    qrs_offset: float
    t_end: float
    qrs_axis: float
    r: FloatArray
    s: FloatArray
    t: FloatArray
    net: FloatArray

    @property
    def qrs_duration(self) -> float:
        """Ms."""
        return self.qrs_offset - self.qrs_onset

    @property
    def qt(self) -> float:
        """Ms."""
        return self.t_end - self.qrs_onset

    @property
    def transition(self) -> str:
        """The first chest lead from which on, to V6, R is larger than S; "" when V6 still has the larger S."""
        larger = self.r[6:] > -self.s[6:]
        later = np.logical_and.accumulate(larger[::-1])[::-1]
        return LEADS[6 + int(np.argmax(later))] if later.any() else ""

    def concordant(self, *leads: str) -> bool:
        """Whether the T wave has the sign of the QRS area in all of these leads."""
        rows = [LEADS.index(lead) for lead in leads]
        return bool((self.t[rows] * self.net[rows] > 0).all())


def measure_beat(ecg: Signal) -> BeatMeasurements:
    """Measurements of one beat.

    Args:
        ecg: the 12 leads in the order of `LEADS`, from before the QRS to after the T wave, baseline at 0.

    Raises:
        InvalidInput: other leads.
        NotAnalysable: no QRS, or one that is cut off; no T wave.
    """
    if ecg.names != LEADS:
        raise InvalidInput(
            f"The signal has the leads {', '.join(ecg.names)}.",
            f"{', '.join(LEADS)} are needed.",
            "Order the leads so.",
        )
    times, values = ecg.times, ecg.values
    first, last = _qrs(values[INDEPENDENT], times)
    inside = slice(first, last + 1)
    r, s = np.maximum(values[:, inside].max(axis=1), 0), np.minimum(values[:, inside].min(axis=1), 0)
    net = np.asarray(np.trapezoid(values[:, inside], times[inside], axis=1), np.float64)
    peak, t_end = _t_wave(values[INDEPENDENT], times, last)
    around = (times > times[last] + QUIET) & (np.abs(times - times[peak]) < 100)
    t_values = values[:, around]
    return BeatMeasurements(
        qrs_onset=float(times[first]),
        qrs_offset=float(times[last]),
        t_end=t_end,
        qrs_axis=float(np.degrees(np.arctan2(2 / np.sqrt(3) * (r[5] + s[5]), r[0] + s[0]))),
        r=r,
        s=s,
        t=t_values[np.arange(12), np.abs(t_values).argmax(axis=1)],
        net=net,
    )


def _qrs(values: FloatArray, times: FloatArray) -> tuple[int, int]:
    """First and last sample of the QRS."""
    rate = np.linalg.norm(np.gradient(values, times, axis=1), axis=0)
    peak = int(rate.argmax())
    threshold = THRESHOLD * rate[peak] + 2 * float(np.quantile(rate, 0.2))
    quiet = int(np.ceil(QUIET / float(np.median(np.diff(times)))))
    calm = np.convolve(rate < threshold, np.ones(quiet), "valid") == quiet  # calm[k]: k to k + quiet - 1
    before, after = np.flatnonzero(calm[: max(peak - quiet + 1, 0)]), np.flatnonzero(calm[peak:])
    if rate[peak] <= 0 or before.size == 0 or after.size == 0:
        raise NotAnalysable(
            "No whole QRS complex was found in the signal.",
            f"One beat is needed, with at least {QUIET:.0f} ms of rest before and after its QRS.",
            "Start the signal before the first activation and let it run past the T wave.",
        )
    return int(before[-1] + quiet - 1), int(peak + after[0])


def _t_wave(values: FloatArray, times: FloatArray, qrs_end: int) -> tuple[int, float]:
    """Sample of the T wave's peak and the time of its end."""
    size = np.linalg.norm(values, axis=0)
    start = int(np.searchsorted(times, times[qrs_end] + 60))
    if times.size - start < 5:
        raise _no_t_wave()
    peak = start + int(size[start:].argmax())
    slope = np.gradient(size, times)
    steepest = peak + int(slope[peak:].argmin())
    if peak in (start, times.size - 1) or not slope[steepest] < 0:
        raise _no_t_wave()
    end = float(times[steepest] - size[steepest] / slope[steepest])
    if end > times[-1]:
        raise _no_t_wave()
    return peak, end


def _no_t_wave() -> NotAnalysable:
    return NotAnalysable(
        "No whole T wave was found after the QRS.",
        "One beat from before the QRS to after the T wave is needed.",
        "Let the signal run longer.",
    )


__all__ = ["BeatMeasurements", "measure_beat"]
