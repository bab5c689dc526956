"""How round the left ventricle is and how large the right one beside it, in the mid-ventricular slices.

The base of the right ventricle is where contours are least certain; slices at half height are not touched by that.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, RV_CAVITY, Level
from marey.core import Finding
from marey.measure.cine import SegmentedCine
from marey.measure.outlines import RAYS, Outlines, find_outlines
from marey.measure.septum import Septum, find_septum
from marey.measure.terms import measured, missing

ECCENTRICITY = ("lv_eccentricity_ed", "lv_eccentricity_es")
AREAS = ("rv_lv_area_ratio", "rv_fractional_area_change", "lv_fractional_area_change")
ECCENTRICITY_CONVENTION = (
    "diameter of the cavity parallel to the septum over that at right angles to it (Ryan et al. 1985, "
    "doi:10.1016/S0735-1097(85)80433-2), mean over the mid-ventricular slices; 1 is round, a flat septum gives more"
)
AREA_CONVENTION = "areas of the cavities summed over the mid-ventricular slices, at end-diastole and end-systole"
_ARC = 7  # rays over which a radius is averaged


@dataclass(frozen=True)
class MeasureSeptalShape:
    """Eccentricity index of the LV, area of the RV over that of the LV, fractional area change of both."""

    def __call__(self, cine: SegmentedCine, /) -> tuple[Finding, ...]:
        """Findings of `ECCENTRICITY` and `AREAS`; without what they need, findings that say so."""
        rows = [row for row, level in enumerate(cine.levels) if level == Level.MID]
        phases = (cine.phases.end_diastole, cine.phases.end_systole)
        ratios = [_eccentricity(cine, phase, rows) for phase in phases]
        return (*(_round(key, ratio) for key, ratio in zip(ECCENTRICITY, ratios, strict=True)), *_areas(cine, rows))


def _eccentricity(cine: SegmentedCine, phase: int, rows: list[int]) -> float:
    """Mean over the slices; NaN when no slice shows LV and septum."""
    found = []
    for row in rows:
        outlines = find_outlines(cine.labels, phase, row)
        septum = outlines and find_septum(cine.labels, phase, row, outlines)
        if outlines and septum and outlines.inner.min() > 0:
            found.append(_ratio(outlines, septum))
    return float(np.mean(found)) if found else float("nan")


def _ratio(outlines: Outlines, septum: Septum) -> float:
    around = np.tile(outlines.inner, 3)
    smooth: NDArray[np.float64] = np.convolve(around, np.ones(_ARC) / _ARC, "same")[RAYS : 2 * RAYS]
    ray, quarter = round(septum.middle / (2 * np.pi) * RAYS), RAYS // 4
    across, beside, opposite, other = (smooth[(ray + k * quarter) % RAYS] for k in range(4))
    return float((beside + other) / (across + opposite))


def _round(key: str, ratio: float) -> Finding:
    if not np.isfinite(ratio):
        return missing(key, "No mid-ventricular slice shows the right ventricle beside the left.")
    return replace(measured(key, ratio), convention=ECCENTRICITY_CONVENTION, method="outlines of the cavity")


def _areas(cine: SegmentedCine, rows: list[int]) -> tuple[Finding, ...]:
    nothing = np.zeros(cine.labels.values.shape[:2])
    left, right = (cine.areas.get(structure, nothing)[:, rows].sum(axis=1) for structure in (LV_CAVITY, RV_CAVITY))
    ed, es = cine.phases.end_diastole, cine.phases.end_systole
    if not (left[ed] > 0 and right[ed] > 0):
        return tuple(missing(key, "No mid-ventricular slice shows both ventricles.") for key in AREAS)
    values = (right[ed] / left[ed], 1 - right[es] / right[ed], 1 - left[es] / left[ed])
    return tuple(
        replace(measured(key, float(value)), convention=AREA_CONVENTION, method="areas of the labels")
        for key, value in zip(AREAS, values, strict=True)
    )


__all__ = ["AREAS", "ECCENTRICITY", "MeasureSeptalShape"]
