"""Volume over the beat and how fast the left ventricle empties and fills."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, RV_CAVITY
from marey.core import Finding
from marey.core.units import g, mL
from marey.measure.cine import SegmentedCine
from marey.measure.periodic import PeriodicFit, fit_periodic
from marey.measure.terms import measured, missing
from marey.measure.uncertainty import interval
from marey.measure.volumes import LV_CONVENTION, mass_curve

Curve = tuple[tuple[float, ...], tuple[float, ...]]

_EJECTION = ("lv_peak_ejection_rate", "lv_peak_ejection_rate_edv", "lv_time_to_peak_ejection")
_FILLING = ("lv_peak_filling_rate", "lv_peak_filling_rate_edv", "lv_time_to_peak_filling")
_METHOD = (
    "steepest point of a periodic smoothing spline (8 harmonics, cross-validated) through the volumes of all phases"
)
_ENOUGH_FOR_FILLING = 20  # phases
_SLOW = "With fewer than 20 phases the filling rate is smoothed over and reads too low."
_SEEN = 0.8  # of the beat that has to lie between the first and the end of the last phase


@dataclass(frozen=True, eq=False)
class VolumeCurves:
    """Curves over the beat and what was read from them.

    Args:
        curves: name with its unit to (times in ms, values), as in `marey.core.Report`; empty without a clock.
        findings: peak ejection and filling rates and their times.
    """

    curves: Mapping[str, Curve] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class MeasureCurves:
    """Volume curves and peak rates from a segmented short-axis cine.

    Args:
        least_phases: fewest phases that a rate is read from.
    """

    least_phases: int = 10

    def __call__(self, cine: SegmentedCine, /) -> VolumeCurves:
        """The curves, and rates in mL/s and in EDV/s; with too few phases or no clock, findings that say so."""
        curves = _curves(cine) if cine.has_clock and cine.labels.times.size > 2 else {}
        reason = self._why_not(cine)
        if reason:
            return VolumeCurves(curves, tuple(missing(key, reason) for key in (*_EJECTION, *_FILLING)))
        return VolumeCurves(curves, _rates(cine))

    def _why_not(self, cine: SegmentedCine) -> str:
        phases = cine.labels.times.size
        if phases < self.least_phases:
            return f"The exam has {phases} phases; ejection and filling rates need at least {self.least_phases}."
        if not cine.has_clock:
            return "The file has no times of its phases, so ejection and filling rates could not be made."
        if cine.rr_interval > 0 and sampled_share(cine) < _SEEN:
            return "The phases cover only a part of the beat, so ejection and filling rates could not be made."
        return ""


def sampled_share(cine: SegmentedCine) -> float:
    """Share of the beat from the first phase to the end of the last, 0 to 1."""
    times = cine.labels.times
    return float((times[-1] - times[0]) * times.size / (times.size - 1) / cine.cycle)


def fit_volume(cine: SegmentedCine) -> PeriodicFit:
    """The LV volume over the beat as a smooth periodic curve, mm^3 over ms."""
    return fit_periodic(cine.labels.times, cine.volumes(LV_CAVITY), cine.cycle)


def _curves(cine: SegmentedCine) -> dict[str, Curve]:
    values = {
        "LV volume [mL]": cine.volumes(LV_CAVITY) / mL,
        "RV volume [mL]": cine.volumes(RV_CAVITY) / mL,
        "LV mass [g]": mass_curve(cine) / g,
    }
    times = tuple(cine.labels.times.tolist())
    return {name: (times, tuple(curve.tolist())) for name, curve in values.items() if curve.any()}


def _rates(cine: SegmentedCine) -> tuple[Finding, ...]:
    fit = fit_volume(cine)
    start, middle = (cine.labels.times[i] for i in (cine.phases.end_diastole, cine.phases.end_systole))
    ejection = _peak(cine, fit, _EJECTION, _moments(start, middle, cine), -1.0)
    filling = _peak(cine, fit, _FILLING, _moments(middle, start, cine), 1.0)
    if cine.labels.times.size < _ENOUGH_FOR_FILLING:
        filling = tuple(replace(found, message=_SLOW if found.value else found.message) for found in filling)
    return (*ejection, *filling)


def _moments(start: float, stop: float, cine: SegmentedCine) -> NDArray[np.float64]:
    """Times every 2 ms or so from `start` to the next `stop`, leaving out what no phase has seen."""
    duration = (stop - start) % cine.cycle
    times = start + np.linspace(0, duration, max(int(duration / 2), 2))
    first, last = cine.labels.times[0], cine.labels.times[-1]
    step = (last - first) / (cine.labels.times.size - 1)
    after_first = (times - first) % cine.cycle
    seen: NDArray[np.float64] = times[(after_first <= last - first + step / 2) | (after_first >= cine.cycle - step / 2)]
    return seen


def _peak(
    cine: SegmentedCine, fit: PeriodicFit, keys: tuple[str, str, str], times: NDArray[np.float64], sign: float
) -> tuple[Finding, ...]:
    """The steepest slope of one sign: rate, rate over EDV, and its time after the first of `times`."""
    slopes = sign * fit.slopes(times)
    best = int(slopes.argmax())
    rate, sd = float(slopes[best]), fit.slope_sd(float(times[best]))
    if rate <= 0:
        return tuple(missing(key, "The volume does not change in the expected direction.") for key in keys)
    edv = float(cine.volumes(LV_CAVITY)[cine.phases.end_diastole])
    delay, step = float(times[best] - times[0]), cine.cycle * sampled_share(cine) / cine.labels.times.size
    low, high = interval(rate, sd)
    findings = (
        measured(keys[0], rate, (low, high)),
        measured(keys[1], rate / edv, (low / edv, high / edv)),
        measured(keys[2], delay, (max(delay - step, 0.0), delay + step)),
    )
    return tuple(
        replace(found, convention=LV_CONVENTION, method=_METHOD, evidence={"time_ms": float(times[best] % cine.cycle)})
        for found in findings
    )


__all__ = ["Curve", "MeasureCurves", "VolumeCurves", "fit_volume", "sampled_share"]
