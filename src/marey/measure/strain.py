"""Circumferential and radial strain of the left ventricle from motion in short-axis slices."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import Level
from marey.core import Finding, InvalidInput, Motion
from marey.core.units import percent
from marey.measure.cine import SegmentedCine
from marey.measure.curves import Curve
from marey.measure.outlines import Outlines, find_outlines, ray_angles
from marey.measure.terms import measured, missing
from marey.measure.uncertainty import interval

Array = NDArray[np.float64]
LAYERS = {"lv_gcs_endo": 0.0, "lv_gcs": 0.5, "lv_gcs_epi": 1.0}  # depth in the wall
KEYS = (*LAYERS, "lv_grs", "lv_time_to_peak_gcs")
CONVENTION = (
    "Lagrangian strain (length / length at end-diastole - 1) of a closed line through the wall, or of the wall's "
    "thickness, in the plane of the mid-ventricular short-axis slices, mean over those slices; not corrected for "
    "motion through the plane"
)
METHOD = "outlines at end-diastole carried along by diffeomorphic registration of the cine"
# Root mean square error on mid slices of simulated exams, points: benchmarks/registration.py
ERROR_SD: Mapping[str, float] = {"lv_gcs_endo": 4.1, "lv_gcs": 3.6, "lv_gcs_epi": 1.6, "lv_grs": 7.0}
WAVES = 8  # around the ventricle, that an outline keeps
LEAST_WALL = 2.0  # mm from inner to outer outline


@dataclass(frozen=True, eq=False)
class TrackedCine:
    """A segmented cine and how its pixels move.

    Args:
        cine: with levels and key phases.
        motion: on the grid of the labels, from end-diastole.

    Raises:
        InvalidInput: motion of another grid, number of phases or reference.
    """

    cine: SegmentedCine
    motion: Motion

    def __post_init__(self) -> None:
        labels, motion = self.cine.labels, self.motion
        same = labels.grid.same_as(motion.grid) and labels.times.size == motion.times.size
        if not same or motion.reference != self.cine.phases.end_diastole:
            raise InvalidInput(
                f"The motion has {motion.times.size} phases on a grid {motion.grid.shape} from phase "
                f"{motion.reference}; the labels {labels.times.size} on {labels.grid.shape}, end-diastole "
                f"{self.cine.phases.end_diastole}.",
                "Motion from end-diastole on the grid of the labels is needed.",
                "Track this cine from its end-diastole.",
            )


@dataclass(frozen=True, eq=False)
class Strains:
    """Strain over the beat and its peaks.

    Args:
        curves: name with its unit to (times in ms, values), as in `marey.core.Report`; empty when nothing was measured.
        findings: peaks, and when the circumferential one is reached.
    """

    curves: Mapping[str, Curve] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class MeasureStrain:
    """Global circumferential strain in three layers and global radial strain of the mid-ventricular slices.

    Args:
        least_phases: fewest phases between which a peak is looked for.
    """

    least_phases: int = 8

    def __call__(self, tracked: TrackedCine, /) -> Strains:
        """Curves and peaks; without a mid slice that shows a closed wall, findings that say so."""
        cine = tracked.cine
        phases = cine.labels.times.size
        if phases < self.least_phases:
            return _nothing(f"The exam has {phases} phases; peak strain needs at least {self.least_phases}.")
        rings = _rings(cine)
        if not rings:
            return _nothing("No mid-ventricular slice shows a closed wall at end-diastole.")
        slices = [slice_strains(tracked.motion, row, outlines) for row, outlines in rings.items()]
        strains = {key: np.mean([one[key] for one in slices], axis=0) for key in slices[0]}
        return Strains(_curves(cine, strains), _peaks(cine, strains, list(rings)))


def _rings(cine: SegmentedCine) -> dict[int, Outlines]:
    """Outlines at end-diastole of mid slices whose wall is closed."""
    rows = [row for row, level in enumerate(cine.levels) if level == Level.MID]
    found = {row: find_outlines(cine.labels, cine.phases.end_diastole, row) for row in rows}
    return {
        row: outlines
        for row, outlines in found.items()
        if outlines and (outlines.outer - outlines.inner).min() > LEAST_WALL
    }


def slice_strains(motion: Motion, row: int, outlines: Outlines) -> dict[str, Array]:
    """Strain of one slice at every phase, ``(t,)``, by the key of its peak."""
    lines = {key: motion.follow(row, _line(motion, outlines, depth)) for key, depth in LAYERS.items()}
    strains = {key: _stretch(_perimeter(line), motion.reference) for key, line in lines.items()}
    across = np.linalg.norm(lines["lv_gcs_epi"] - lines["lv_gcs_endo"], axis=-1).mean(axis=1)
    return {**strains, "lv_grs": _stretch(across, motion.reference)}


def _line(motion: Motion, outlines: Outlines, depth: float) -> Array:
    """(ray, 2) mm (y, x) of a closed line at a depth of 0 (endocardium) to 1 (epicardium)."""
    radius = _smooth(outlines.inner + depth * (outlines.outer - outlines.inner))
    angles = ray_angles()
    middle = outlines.centre * motion.grid.spacing[1:]
    return np.asarray(middle + np.stack([radius * np.sin(angles), radius * np.cos(angles)], axis=-1))


def _smooth(radius: Array) -> Array:
    """The radius (ray,) without the stairs of the pixels, which would lengthen the line."""
    waves = np.fft.rfft(radius)
    waves[WAVES + 1 :] = 0
    return np.asarray(np.fft.irfft(waves, len(radius)))


def _perimeter(line: Array) -> Array:
    """Length of closed lines (t, n, 2), ``(t,)``."""
    return np.asarray(np.linalg.norm(np.roll(line, -1, axis=1) - line, axis=-1).sum(axis=1))


def _stretch(length: Array, reference: int) -> Array:
    return np.asarray(length / length[reference] - 1)


def _curves(cine: SegmentedCine, strains: Mapping[str, Array]) -> dict[str, Curve]:
    if not cine.has_clock:
        return {}
    times = tuple(cine.labels.times.tolist())
    names = {"lv_gcs": "LV circumferential strain [%]", "lv_grs": "LV radial strain [%]"}
    return {name: (times, tuple((strains[key] / percent).tolist())) for key, name in names.items()}


def _peaks(cine: SegmentedCine, strains: Mapping[str, Array], rows: list[int]) -> tuple[Finding, ...]:
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
    times = cine.labels.times
    delay = float((times[int(curve.argmin())] - times[cine.phases.end_diastole]) % cine.cycle)
    step = cine.cycle / times.size
    found = measured("lv_time_to_peak_gcs", delay, (max(delay - step, 0.0), delay + step))
    return replace(found, convention="phase of the most negative mid-wall strain; interval: one phase", method=METHOD)


def _nothing(reason: str) -> Strains:
    return Strains({}, tuple(missing(key, reason) for key in KEYS))


__all__ = ["MeasureStrain", "Strains", "TrackedCine", "slice_strains"]
