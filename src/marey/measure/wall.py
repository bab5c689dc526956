"""Wall thickness and thickening of the left ventricle per AHA-17 segment."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import AHA17, Level, Segment, segment_at
from marey.core import Code, Finding
from marey.measure.cine import SegmentedCine
from marey.measure.outlines import RAYS, Outlines, find_outlines
from marey.measure.septum import Septum, Turn, angles_from_septum, anterior_turn, find_septum, nearest_septum
from marey.measure.terms import measured, missing
from marey.measure.uncertainty import interval
from marey.measure.volumes import check_analysable

THICKNESS = Code("122445", "DCM", "Wall Thickness")
THICKENING = Code("59092-7", "LN", "% Thickening")
CONVENTION = (
    "compact wall, papillary muscles and trabeculae left out; 60 (apical 90) degree sectors about the middle of the "
    "septum, midway between the RV insertions; the same slices at end-diastole and end-systole; not corrected for "
    "walls that cross the slice obliquely"
)
METHOD = "distance across the wall between outlines finer than a pixel; interval: each outline half a pixel off (1 SD)"
_TRUE_APEX = "The true apex lies beyond the short-axis slices and cannot be measured in them."
_DOUBTFUL = 0.5  # confidence when anterior and inferior may be exchanged

Thicknesses = dict[int, float]  # segment number to mm


@dataclass(frozen=True)
class MeasureWall:
    """Wall thickness at end-diastole and end-systole, and thickening, per segment.

    Args:
        least_share: of a segment's rays in a slice that have to cross a wall for the slice to count.
    """

    least_share: float = 0.5

    def __call__(self, cine: SegmentedCine, /) -> tuple[Finding, ...]:
        """Findings wall_thickness_ed_aha_N, wall_thickness_es_aha_N, wall_thickening_aha_N for N of 1 to 17, and
        wall_thickness_ed_max.

        Raises:
            NotAnalysable: one phase, no left ventricle, or nothing that moves.
        """
        check_analysable(cine, 1)
        ed, es = cine.phases.end_diastole, cine.phases.end_systole
        outlines = {phase: _outlines(cine, phase) for phase in (ed, es)}
        septa = {phase: _septa(cine, phase, outlines[phase]) for phase in (ed, es)}
        septa = {ed: septa[ed] or septa[es], es: septa[es] or septa[ed]}
        if not septa[ed]:
            reason = "The right ventricle was not found beside the left, so the segments could not be placed."
            return (*_nothing(reason), _greatest(cine, outlines[ed]))
        turn = anterior_turn(cine.labels, ed, septa[ed])
        diastole, systole = (self._segments(cine, outlines[phase], septa[phase], turn) for phase in (ed, es))
        found = [_findings(segment, diastole, systole, cine, turn) for segment in AHA17]
        return (*(finding for column in zip(*found, strict=True) for finding in column), _greatest(cine, outlines[ed]))

    def _segments(
        self, cine: SegmentedCine, outlines: Mapping[int, Outlines], septa: Mapping[int, Septum], turn: Turn
    ) -> Thicknesses:
        """Mean over the slices of the mean over each segment's rays."""
        means = defaultdict(list)
        for row, outline in outlines.items():
            septum = nearest_septum(septa, row)
            if septum is None:
                continue
            thickness = outline.thickness(_least_wall(cine))
            numbers = np.array(
                [segment_at(cine.levels[row], angle).number for angle in angles_from_septum(septum, turn)]
            )
            for number in np.unique(numbers):
                rays = thickness[numbers == number]
                if np.isfinite(rays).mean() >= self.least_share:
                    means[int(number)].append(float(np.nanmean(rays)))
        return {number: float(np.mean(values)) for number, values in means.items()}


def _outlines(cine: SegmentedCine, phase: int) -> dict[int, Outlines]:
    rows = [row for row, level in enumerate(cine.levels) if level != Level.OUTSIDE]
    found = {row: find_outlines(cine.labels, phase, row) for row in rows}
    return {row: outlines for row, outlines in found.items() if outlines is not None}


def _septa(cine: SegmentedCine, phase: int, outlines: Mapping[int, Outlines]) -> dict[int, Septum]:
    found = {row: find_septum(cine.labels, phase, row, outline) for row, outline in outlines.items()}
    return {row: septum for row, septum in found.items() if septum is not None}


def _least_wall(cine: SegmentedCine) -> float:
    return 0.5 * float(np.sqrt(cine.labels.grid.pixel_area))


def _keys(segment: Segment) -> tuple[str, str, str]:
    number = segment.number
    return f"wall_thickness_ed_aha_{number}", f"wall_thickness_es_aha_{number}", f"wall_thickening_aha_{number}"


def _blank(segment: Segment, message: str) -> tuple[Finding, Finding, Finding]:
    ed, es, thickening = _keys(segment)
    site: dict[str, float | int | str] = {"segment": segment.name, "segment_code": segment.code.value}
    return (
        Finding(ed, f"Wall thickness at end-diastole, {segment.name}", None, "mm", THICKNESS, evidence=site,
                confidence=0.0, message=message),
        Finding(es, f"Wall thickness at end-systole, {segment.name}", None, "mm", THICKNESS, evidence=site,
                confidence=0.0, message=message),
        Finding(thickening, f"Wall thickening, {segment.name}", None, "%", THICKENING, evidence=site,
                confidence=0.0, message=message),
    )  # fmt: skip


def _nothing(reason: str) -> tuple[Finding, ...]:
    blanks = [_blank(segment, reason if segment.level else _TRUE_APEX) for segment in AHA17]
    return tuple(finding for column in zip(*blanks, strict=True) for finding in column)


def _findings(
    segment: Segment, diastole: Thicknesses, systole: Thicknesses, cine: SegmentedCine, turn: Turn
) -> tuple[Finding, Finding, Finding]:
    """Thickness at both phases and thickening of one segment."""
    reason = _TRUE_APEX if segment.level is None else f"No {segment.level} slice shows enough wall in this segment."
    blank = _blank(segment, reason)
    ed, es = diastole.get(segment.number), systole.get(segment.number)
    sd = _thickness_sd(cine)
    thick_ed = blank[0] if ed is None else _fill(blank[0], ed, interval(ed, sd), turn)
    thick_es = blank[1] if es is None else _fill(blank[1], es, interval(es, sd), turn)
    if ed is None or es is None:
        return thick_ed, thick_es, blank[2]
    thickening = 100 * (es - ed) / ed
    sd_thickening = 100 * es / ed * float(np.hypot(sd / ed, sd / es))
    return thick_ed, thick_es, _fill(blank[2], thickening, interval(thickening, sd_thickening, -100.0), turn)


def _fill(blank: Finding, value: float, bounds: tuple[float, float], turn: Turn) -> Finding:
    return replace(
        blank,
        value=value,
        interval=bounds,
        convention=CONVENTION,
        method=METHOD,
        confidence=_DOUBTFUL if turn.doubt else 1.0,
        message=turn.doubt,
    )


def _thickness_sd(cine: SegmentedCine) -> float:
    """Two outlines, each half a pixel off independently."""
    return float(np.sqrt(2) * 0.5 * np.sqrt(cine.labels.grid.pixel_area))


def _greatest(cine: SegmentedCine, outlines: Mapping[int, Outlines]) -> Finding:
    """Thickest 30 degrees of any basal or mid slice at end-diastole; apical slices cut the wall obliquely."""
    best, place = 0.0, -1
    for row, outline in outlines.items():
        if cine.levels[row] in (Level.BASAL, Level.MID):
            thickest = float(np.nan_to_num(_running_mean(outline.thickness(_least_wall(cine))), nan=0.0).max())
            best, place = (thickest, row) if thickest > best else (best, place)
    if place < 0:
        return missing("wall_thickness_ed_max", "No basal or mid slice shows a wall at end-diastole.")
    return replace(
        measured("wall_thickness_ed_max", best, interval(best, _thickness_sd(cine))),
        convention=f"thickest 30 degrees of the basal and mid slices at end-diastole; {CONVENTION}",
        method=METHOD,
        evidence={"slice": place, "ed_phase": cine.phases.end_diastole},
    )


def _running_mean(thickness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over 30 degrees around each ray; NaN where any of them crosses no wall."""
    width = RAYS // 12
    shifted = [np.roll(thickness, shift) for shift in range(-(width // 2), width - width // 2)]
    mean: NDArray[np.float64] = np.mean(shifted, axis=0)
    return mean


__all__ = ["CONVENTION", "METHOD", "MeasureWall"]
