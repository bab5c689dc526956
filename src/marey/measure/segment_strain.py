"""Circumferential and radial strain of each AHA segment, and how far apart in time the segments shorten."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import AHA17, Segment, segment_at
from marey.core import Finding
from marey.core.units import percent
from marey.measure.cine import SegmentedCine
from marey.measure.followed_wall import TrackedCine
from marey.measure.septum import Turn, angles_from_septum, anterior_turn, find_septum, nearest_septum
from marey.measure.strain import METHOD, time_to_lowest
from marey.measure.terms import measured, missing
from marey.measure.uncertainty import interval

Array = NDArray[np.float64]
FAMILIES = {"wall_circumferential_strain": "Circumferential strain", "wall_radial_strain": "Radial strain"}
DISPERSION = "lv_strain_dispersion"
# Root mean square error of one segment on simulated exams, points: benchmarks/registration.py
ERROR_SD = {"wall_circumferential_strain": 7.8, "wall_radial_strain": 14.7}
CONVENTION = (
    "peak Lagrangian strain of the mid-wall line (circumferential) or of the wall's thickness (radial) within the "
    "segment, in the plane of the slices; segments as for wall thickness; not corrected for motion through the plane"
)
_DOUBTFUL = 0.5  # confidence when anterior and inferior may be exchanged
_LEAST_SEGMENTS = 9


@dataclass(frozen=True)
class MeasureSegmentStrain:
    """Peak strain of AHA segments 1 to 16 and the spread of the times at which they shorten most.

    Args:
        least_phases: fewest phases between which a peak is looked for.
    """

    least_phases: int = 8

    def __call__(self, tracked: TrackedCine, /) -> tuple[Finding, ...]:
        """Findings wall_circumferential_strain_aha_N, wall_radial_strain_aha_N and lv_strain_dispersion."""
        cine = tracked.cine
        phases = cine.labels.times.size
        if phases < self.least_phases:
            return _nothing(f"The exam has {phases} phases; peak strain needs at least {self.least_phases}.")
        reference = tracked.motion.reference
        septa = {row: find_septum(cine.labels, reference, row, wall.outlines) for row, wall in tracked.walls.items()}
        known = {row: septum for row, septum in septa.items() if septum is not None}
        if not known:
            return _nothing("The right ventricle was not found beside the left, so the segments could not be placed.")
        turn = anterior_turn(cine.labels, reference, known)
        rays = {
            row: angles_from_septum(nearest, turn) for row in tracked.walls if (nearest := nearest_septum(known, row))
        }
        curves = segment_curves(tracked, rays)
        return (*_peaks(curves, turn), _dispersion(cine, curves))


def segment_curves(tracked: TrackedCine, degrees: dict[int, Array]) -> dict[int, tuple[Array, Array]]:
    """Circumferential and radial strain ``(t,)`` by segment, mean over its slices.

    Args:
        tracked: cine and motion.
        degrees: of every ray from the middle of the septum, by slice.
    """
    found = defaultdict(list)
    for row, angles in degrees.items():
        wall, level = tracked.walls[row], tracked.cine.levels[row]
        numbers = np.array([segment_at(level, angle).number for angle in angles])
        for number in np.unique(numbers):
            rays = numbers == number
            found[int(number)].append((wall.circumferential("mid-wall", rays), wall.radial(rays)))
    means = {number: np.mean(curves, axis=0) for number, curves in found.items()}
    return {number: (along, across) for number, (along, across) in means.items()}


def _peaks(curves: dict[int, tuple[Array, Array]], turn: Turn) -> list[Finding]:
    findings = []
    for (family, label), place in zip(FAMILIES.items(), range(2), strict=True):
        for segment in AHA17:
            blank = _blank(segment, family, label)
            if segment.number in curves:
                curve = curves[segment.number][place]
                blank = _fill(blank, family, float(curve.max() if place else curve.min()), turn)
            findings.append(blank)
    return findings


def _fill(blank: Finding, family: str, peak: float, turn: Turn) -> Finding:
    value = peak / percent
    return replace(
        blank, value=value, interval=interval(value, ERROR_SD[family], -100.0), convention=CONVENTION, method=METHOD,
        confidence=_DOUBTFUL if turn.doubt else 1.0, message=turn.doubt,
    )  # fmt: skip


def _blank(segment: Segment, family: str, label: str, message: str = "") -> Finding:
    site: dict[str, float | int | str] = {"segment": segment.name, "segment_code": segment.code.value}
    beyond = "The true apex lies beyond the short-axis slices and cannot be measured in them."
    reason = beyond if segment.level is None else message or f"No {segment.level} slice shows a closed wall here."
    return Finding(
        f"{family}_aha_{segment.number}", f"{label}, {segment.name}", None, "%", evidence=site, confidence=0.0,
        message=reason,
    )  # fmt: skip


def _dispersion(cine: SegmentedCine, curves: dict[int, tuple[Array, Array]]) -> Finding:
    """Standard deviation of the time to peak circumferential strain over the segments."""
    if not cine.has_clock:
        return missing(DISPERSION, "The file has no times of its phases.")
    if len(curves) < _LEAST_SEGMENTS:
        return missing(DISPERSION, f"Only {len(curves)} of 16 segments were followed; {_LEAST_SEGMENTS} are needed.")
    delays = np.array([time_to_lowest(cine, along) for along, _ in curves.values()])
    spread = float(delays.std(ddof=1))
    step = cine.cycle / cine.labels.times.size
    convention = "standard deviation of the time to peak circumferential strain over the segments; interval: one phase"
    found = measured(DISPERSION, spread, (max(spread - step, 0.0), spread + step))
    return replace(found, convention=convention, method=METHOD, evidence={"segments": len(curves)})


def _nothing(reason: str) -> tuple[Finding, ...]:
    blanks = [_blank(segment, family, label, reason) for family, label in FAMILIES.items() for segment in AHA17]
    return (*blanks, missing(DISPERSION, reason))


__all__ = ["FAMILIES", "MeasureSegmentStrain", "segment_curves"]
