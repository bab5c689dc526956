"""How far the wall of each AHA segment moves inward and thickens, from the contours of all phases.

The regional curve is projected on the volume curve, so that every phase counts and an error of one contour hardly
does: for a quantity q(t) and the volume V(t), the slope of q against (V(ED) - V(t)) / (V(ED) - V(ES)) by least squares
is what q changes by from end-diastole to end-systole in step with the ventricle; negative where a segment bulges.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import AHA17, LV_CAVITY, Level, Segment, segment_at
from marey.core import Finding
from marey.measure.cine import SegmentedCine
from marey.measure.outlines import Outlines, find_outlines, ray_angles
from marey.measure.septum import Turn, angles_from_septum, anterior_turn, find_septum, nearest_septum
from marey.measure.volumes import check_analysable

Array = NDArray[np.float64]
EXCURSION, THICKENING = "wall_excursion", "wall_motion_thickening"
LABELS = {EXCURSION: ("Endocardial excursion", "%"), THICKENING: ("Systolic thickening", "mm")}
CONVENTION = (
    "inward motion of the endocardium about the middle of the epicardium, in percent of the radius at end-diastole, "
    "and change of the distance between both outlines; segments as for wall thickness; in the plane of the slices"
)
METHOD = "least squares of the contours of all phases against the volume curve"
_DOUBTFUL = 0.5  # confidence when anterior and inferior may be exchanged


@dataclass(frozen=True)
class MeasureWallMotion:
    """Excursion and thickening per segment, from end-diastole to end-systole.

    Args:
        least_share: of the phases that must show a slice's wall for the slice to count.
    """

    least_share: float = 0.6

    def __call__(self, cine: SegmentedCine, /) -> tuple[Finding, ...]:
        """Findings wall_excursion_aha_N and wall_motion_thickening_aha_N for N of 1 to 16.

        Raises:
            NotAnalysable: one phase, no left ventricle, or nothing that moves.
        """
        check_analysable(cine, 1)
        outlines = _outlines(cine)
        ed = cine.phases.end_diastole
        septa = {row: find_septum(cine.labels, ed, row, found[ed]) for row, found in outlines.items() if ed in found}
        known = {row: septum for row, septum in septa.items() if septum is not None}
        if not known:
            reason = "The right ventricle was not found beside the left, so the segments could not be placed."
            return tuple(_blank(segment, family, reason) for family in LABELS for segment in _SEEN)
        turn = anterior_turn(cine.labels, ed, known)
        means = defaultdict(list)
        for row, found in outlines.items():
            septum = nearest_septum(known, row)
            if septum is None or ed not in found or len(found) < self.least_share * cine.labels.times.size:
                continue
            degrees = angles_from_septum(septum, turn)
            for number, pair in _slice_motion(cine, row, found, degrees).items():
                means[number].append(pair)
        return tuple(_finding(segment, family, means, k, turn) for k, family in enumerate(LABELS) for segment in _SEEN)


_SEEN = tuple(segment for segment in AHA17 if segment.level is not None)


def _outlines(cine: SegmentedCine) -> dict[int, dict[int, Outlines]]:
    """By slice and phase."""
    rows = [row for row, level in enumerate(cine.levels) if level != Level.OUTSIDE]
    phases = range(cine.labels.times.size)
    every = {row: {phase: find_outlines(cine.labels, phase, row) for phase in phases} for row in rows}
    return {row: {p: one for p, one in found.items() if one is not None} for row, found in every.items()}


def _slice_motion(
    cine: SegmentedCine, row: int, found: Mapping[int, Outlines], degrees: Array
) -> dict[int, tuple[float, float]]:
    """Excursion (share of the radius) and thickening (mm) of each segment of one slice."""
    phases = list(found)
    emptying = _emptying(cine)[phases]
    inner, outer = np.moveaxis(np.array([_radii(outlines) for outlines in found.values()]), 1, 0)
    at_rest = inner[phases.index(cine.phases.end_diastole)]
    inward = -_slope(inner, emptying) / np.maximum(at_rest, 1.0)
    thicker = _slope(outer - inner, emptying)
    numbers = np.array([segment_at(cine.levels[row], angle).number for angle in degrees])
    return {
        int(n): (float(inward[numbers == n].mean()), float(thicker[numbers == n].mean())) for n in np.unique(numbers)
    }


def _emptying(cine: SegmentedCine) -> Array:
    """(t,) 0 at end-diastole, 1 at end-systole."""
    volumes = cine.volumes(LV_CAVITY)
    ed, es = volumes[cine.phases.end_diastole], volumes[cine.phases.end_systole]
    return np.asarray((ed - volumes) / (ed - es))


def _radii(outlines: Outlines) -> tuple[Array, Array]:
    """(ray,) mm from the middle of the epicardium to endocardium and epicardium, at the rays' angles."""
    angles = ray_angles()
    rays = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    outer, inner = outlines.outer[:, None] * rays, outlines.inner[:, None] * rays
    middle = outer.mean(axis=0)
    return _about(inner - middle), _about(outer - middle)


def _about(points: Array) -> Array:
    """Distance (ray,) of a closed line (ray, 2) from the origin at the rays' angles."""
    around = np.arctan2(points[:, 0], points[:, 1]) % (2 * np.pi)
    order = np.argsort(around)
    radius = np.linalg.norm(points, axis=1)
    return np.asarray(np.interp(ray_angles(), around[order], radius[order], period=2 * np.pi))


def _slope(curves: Array, emptying: Array) -> Array:
    """Least-squares slope (ray,) of curves (t, ray) against the emptying (t,)."""
    centred = emptying - emptying.mean()
    return np.asarray(centred @ (curves - curves.mean(axis=0)) / max(float(centred @ centred), 1e-9))


def _finding(
    segment: Segment, family: str, means: Mapping[int, list[tuple[float, float]]], place: int, turn: Turn
) -> Finding:
    values = [pair[place] for pair in means.get(segment.number, [])]
    if not values:
        return _blank(segment, family, f"No {segment.level} slice shows enough wall in this segment.")
    value = float(np.mean(values)) * (100 if family == EXCURSION else 1)
    return replace(
        _blank(segment, family, turn.doubt), value=value, convention=CONVENTION, method=METHOD,
        confidence=_DOUBTFUL if turn.doubt else 1.0,
    )  # fmt: skip


def _blank(segment: Segment, family: str, message: str) -> Finding:
    label, unit = LABELS[family]
    site: dict[str, float | int | str] = {"segment": segment.name, "segment_code": segment.code.value}
    return Finding(
        f"{family}_aha_{segment.number}", f"{label}, {segment.name}", None, unit, evidence=site, confidence=0.0,
        message=message,
    )  # fmt: skip


__all__ = ["EXCURSION", "THICKENING", "MeasureWallMotion"]
