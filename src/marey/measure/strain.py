"""Global circumferential and radial strain of the left ventricle from motion in short-axis slices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import Level
from marey.core import Finding
from marey.core.units import percent
from marey.measure.cine import SegmentedCine
from marey.measure.curves import Curve, sampled_share
from marey.measure.followed_wall import FollowedWall, TrackedCine
from marey.measure.periodic import fit_periodic
from marey.measure.terms import measured, missing
from marey.measure.uncertainty import interval

Array = NDArray[np.float64]
LAYERS = {"lv_gcs_endo": "endocardium", "lv_gcs": "mid-wall", "lv_gcs_epi": "epicardium"}
STRAINS = (*LAYERS, "lv_grs")
RATES = ("lv_gcs_rate_systolic", "lv_gcs_rate_diastolic")
KEYS = (*STRAINS, "lv_time_to_peak_gcs", *RATES)
CONVENTION = (
    "Lagrangian strain (length / length at end-diastole - 1) of a closed line through the wall, or of the wall's "
    "thickness, in the plane of the mid-ventricular short-axis slices, mean over those slices; not corrected for "
    "motion through the plane"
)
METHOD = "outlines at end-diastole carried along by diffeomorphic registration of the cine"
# Root mean square error on mid slices of simulated exams, points: benchmarks/registration.py
ERROR_SD: Mapping[str, float] = {"lv_gcs_endo": 4.1, "lv_gcs": 3.6, "lv_gcs_epi": 1.6, "lv_grs": 7.0}


@dataclass(frozen=True, eq=False)
class Strains:
    """Strain over the beat and its peaks.

    Args:
        curves: name with its unit to (times in ms, values), as in `marey.core.Report`; empty when nothing was measured.
        findings: peaks, when the circumferential one is reached, and peak rates.
    """

    curves: Mapping[str, Curve] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class MeasureStrain:
    """Global circumferential strain in three layers and global radial strain of the mid-ventricular slices.

    Args:
        least_phases: fewest phases between which a peak is looked for.
        least_share: of the beat that the phases must cover for strain rates.
    """

    least_phases: int = 8
    least_share: float = 0.8

    def __call__(self, tracked: TrackedCine, /) -> Strains:
        """Curves and peaks; without a mid slice that shows a closed wall, findings that say so."""
        cine = tracked.cine
        phases = cine.labels.times.size
        if phases < self.least_phases:
            return _nothing(f"The exam has {phases} phases; peak strain needs at least {self.least_phases}.")
        walls = {row: wall for row, wall in tracked.walls.items() if cine.levels[row] == Level.MID}
        if not walls:
            return _nothing("No mid-ventricular slice shows a closed wall at end-diastole.")
        slices = [slice_strains(wall) for wall in walls.values()]
        strains = {key: np.mean([one[key] for one in slices], axis=0) for key in STRAINS}
        findings = (*_peaks(cine, strains, list(walls)), *self._rates(cine, strains["lv_gcs"]))
        return Strains(_curves(cine, strains), findings)

    def _rates(self, cine: SegmentedCine, curve: Array) -> tuple[Finding, ...]:
        """Fastest shortening before and fastest lengthening after the peak of the smoothed curve."""
        if not cine.has_clock:
            return tuple(missing(key, "The file has no times of its phases.") for key in RATES)
        if sampled_share(cine) < self.least_share:
            return tuple(missing(key, "The phases cover only a part of the beat.") for key in RATES)
        fit = fit_periodic(cine.labels.times, curve, cine.cycle)
        start = float(cine.labels.times[cine.phases.end_diastole])
        times = start + np.linspace(0, cine.cycle, 400)
        peak = int(fit.values(times).argmin())
        slopes = fit.slopes(times)
        fastest = float(slopes[: peak + 1].min()), float(slopes[peak:].max())
        unsure = ERROR_SD["lv_gcs"] * percent / max(abs(float(curve.min())), ERROR_SD["lv_gcs"] * percent)
        return tuple(_rate(key, slope, unsure) for key, slope in zip(RATES, fastest, strict=True))


def slice_strains(wall: FollowedWall) -> dict[str, Array]:
    """Strain of one slice at every phase, ``(t,)``, by the key of its peak."""
    return {**{key: wall.circumferential(depth) for key, depth in LAYERS.items()}, "lv_grs": wall.radial()}


def _rate(key: str, slope: float, unsure: float) -> Finding:
    """A rate that is as unsure, relative to its size, as the peak strain."""
    bounds = interval(slope, unsure * abs(slope), -float("inf"))
    method = f"steepest point of a periodic smoothing spline through the mid-wall strain; {METHOD}"
    return replace(measured(key, slope, bounds), convention=CONVENTION, method=method)


def _curves(cine: SegmentedCine, strains: Mapping[str, Array]) -> dict[str, Curve]:
    if not cine.has_clock:
        return {}
    times = tuple(cine.labels.times.tolist())
    names = {"lv_gcs": "LV GCS [%]", "lv_grs": "LV GRS [%]"}
    return {name: (times, tuple((strains[key] / percent).tolist())) for key, name in names.items()}


def _peaks(cine: SegmentedCine, strains: Mapping[str, Array], rows: Sequence[int]) -> tuple[Finding, ...]:
    """The most negative circumferential and the most positive radial strain."""
    evidence = {"ed_phase": cine.phases.end_diastole, "first_slice": rows[0], "last_slice": rows[-1]}
    findings = []
    for key, curve in strains.items():
        peak = float(curve.max() if key == "lv_grs" else curve.min())
        bounds = interval(peak, ERROR_SD[key] * percent, -1.0)
        found = replace(measured(key, peak, bounds), convention=CONVENTION, method=METHOD, evidence=evidence)
        findings.append(found)
    return (*findings, _time_to_peak(cine, strains["lv_gcs"]))


def _time_to_peak(cine: SegmentedCine, curve: Array) -> Finding:
    if not cine.has_clock:
        return missing("lv_time_to_peak_gcs", "The file has no times of its phases.")
    delay, step = time_to_lowest(cine, curve), cine.cycle / cine.labels.times.size
    found = measured("lv_time_to_peak_gcs", delay, (max(delay - step, 0.0), delay + step))
    return replace(found, convention="phase of the most negative mid-wall strain; interval: one phase", method=METHOD)


def time_to_lowest(cine: SegmentedCine, curve: Array) -> float:
    """Ms from end-diastole to the lowest point of a curve ``(t,)``."""
    times = cine.labels.times
    return float((times[int(curve.argmin())] - times[cine.phases.end_diastole]) % cine.cycle)


def _nothing(reason: str) -> Strains:
    return Strains({}, tuple(missing(key, reason) for key in KEYS))


__all__ = ["CONVENTION", "METHOD", "MeasureStrain", "Strains", "TrackedCine", "slice_strains", "time_to_lowest"]
