"""Whether the slices hold the whole left ventricle, evenly and aligned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, slice_areas
from marey.anatomy.axes import base_end, slice_centroids
from marey.core import Finding
from marey.core.units import mm
from marey.quality.reading import Reading, not_made, verdict


@dataclass(frozen=True)
class CheckApex:
    """How much of the LV lies beyond the last slice at the apex, at end-diastole.

    The cavity near the apex is taken as a paraboloid: its area falls in a straight line to zero at the apex. The line
    through the last two slices with cavity tells where that is; what lies beyond half a slice step is missing.

    Args:
        limit: mm of cavity that may be missing.
    """

    limit: float = 10.0 * mm

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding, in mm."""
        areas, positions = _from_apex(value, slice_areas(value.still, LV_CAVITY)[0])
        filled = np.flatnonzero(areas)
        key, label, method = (
            "apex_coverage",
            "LV beyond the apical slice",
            "straight line through the last two cavity areas",
        )
        if filled.size < 2:
            return (not_made(key, label, "mm", reason="Too few slices show the LV to judge the apex.", method=method),)
        missing = _missing_length(areas, positions, filled)
        message = (
            f"The stack ends inside the left ventricle: some {missing:.0f} mm towards the apex were not imaged. "
            "Volumes and mass are too small; acquire slices until no cavity is seen."
        )
        return (verdict(key, label, missing, "mm", passed=missing <= self.limit, message=message, method=method),)


def _missing_length(areas: NDArray[np.float64], positions: NDArray[np.float64], filled: NDArray[np.intp]) -> float:
    if filled[0] > 0:
        return 0.0
    step = positions[1] - positions[0]
    slope = max(areas[filled[1]] - areas[0], 0.0) / (positions[filled[1]] - positions[0])
    to_apex = areas[0] / slope if slope > 0 else np.inf
    return float(max(0.0, min(to_apex, 100.0) - step / 2))


def _from_apex(value: Reading, areas: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Areas per slice and positions (mm, increasing), both from the apex to the base."""
    positions = value.labels.grid.slice_positions
    if base_end(value.still, 0) > 0:
        return areas, positions
    return areas[::-1], positions[-1] - positions[::-1]


@dataclass(frozen=True)
class CheckBase:
    """Whether the stack reaches the base: a slice beyond the LV, or a most basal slice whose wall is open.

    Args:
        closed: share of the directions around the cavity that show wall, from which on a ring is closed.
    """

    closed: float = 0.85

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding: the number of slices beyond the base at end-diastole."""
        lv = slice_areas(value.still, LV_CAVITY, LV_MYOCARDIUM)[0]
        ordered, _ = _from_apex(value, lv)
        key, label, method = "base_coverage", "Slices beyond the base", "slices without LV on the side of the atria"
        rows = np.flatnonzero(ordered)
        if not rows.size:
            return (not_made(key, label, "1", reason="No slice shows the LV.", method=method),)
        beyond = int(ordered.size - 1 - rows[-1])
        top = int(np.flatnonzero(lv)[-1 if base_end(value.still, 0) > 0 else 0])
        ring = ring_share(value, top)
        message = (
            "The most basal slice still cuts the full ring of the left ventricle: slices at the base are missing. LV "
            "and RV volumes and mass are too small; acquire slices until the atria are seen."
        )
        evidence: dict[str, float | int | str] = {"basal_slice": top, "ring_share": round(ring, 2)}
        passed = beyond > 0 or ring < self.closed
        return (verdict(key, label, beyond, "1", passed=passed, message=message, method=method, evidence=evidence),)


def ring_share(value: Reading, z: int, sectors: int = 36) -> float:
    """Share of the sectors around the cavity's centroid that hold myocardium, at end-diastole, 0 to 1."""
    wall, cavity = (np.argwhere(value.diastole(tissue)[z]) for tissue in (LV_MYOCARDIUM, LV_CAVITY))
    if not len(wall):
        return 0.0
    centre = (cavity if len(cavity) else wall).mean(axis=0)
    y, x = ((wall - centre) * value.labels.grid.spacing[1:]).T
    sector = np.floor((np.arctan2(y, x) / (2 * np.pi) % 1.0) * sectors).astype(int) % sectors
    return float(np.unique(sector).size / sectors)


@dataclass(frozen=True)
class CheckSlices:
    """Distances between the slices: none missing, none too far apart.

    Args:
        largest_ratio: largest to median step.
        largest_step: mm from slice to slice; 6 to 8 mm thick slices with gaps up to 10 mm in all are usual (SCMR,
            doi:10.1186/s12968-020-00607-1).
    """

    largest_ratio: float = 1.3
    largest_step: float = 10.5 * mm

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """Two findings: the largest step over the median one, and the median step in mm."""
        steps = np.diff(value.image.grid.slice_positions)
        method = "positions of the slices along their normal"
        if not steps.size:
            reason = "There is one slice only."
            return (
                not_made(
                    "slice_gaps", "Largest step between slices over the median", "1", reason=reason, method=method
                ),
            )
        usual, ratio = float(np.median(steps)), float(steps.max() / np.median(steps))
        missing = (
            f"Between slices {int(steps.argmax()) + 1} and {int(steps.argmax()) + 2} there are {steps.max():.0f} mm "
            f"instead of {usual:.0f} mm: slices are missing. Their volume was bridged by their neighbours; look for "
            "the missing files."
        )
        thickness = value.image.grid.slice_thickness
        seen = f", of which {thickness:.0f} mm are imaged" if thickness and thickness < usual else ""
        sparse = (
            f"The slices are {usual:.0f} mm apart{seen}. Volumes and mass rest on few slices and are less certain; up "
            f"to {self.largest_step:.0f} mm from slice to slice are recommended."
        )
        return (
            verdict(
                "slice_gaps", "Largest step between slices over the median", ratio, "1",
                passed=ratio <= self.largest_ratio, message=missing, method=method,
            ),
            verdict(
                "slice_distance", "Distance between slices", usual, "mm",
                passed=usual <= self.largest_step, message=sparse, method=method,
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class CheckAlignment:
    """Shift of slices against their neighbours in the plane, as different breath-holds leave it.

    In each inner slice the LV's centroid (cavity and wall, end-diastole) is compared with the straight line between
    its two neighbours; two thirds of that distance is the shift when that slice alone moved. More than 3.4 mm on
    average is noticeable motion in Tarroni 2019 (doi:10.1109/TMI.2018.2878509).

    Args:
        limit: mm, of the largest shift.
    """

    limit: float = 5.0 * mm

    def __call__(self, value: Reading, /) -> tuple[Finding, ...]:
        """One finding: the largest shift in mm."""
        lv = value.diastole(LV_CAVITY, LV_MYOCARDIUM)
        rows = np.flatnonzero(lv.any(axis=(1, 2)))
        key, label, method = "slice_alignment", "Largest in-plane shift of a slice", "LV centroids, slice by slice"
        if rows.size < 4:
            return (not_made(key, label, "mm", reason="Too few slices show the LV to compare them.", method=method),)
        centroids = slice_centroids(value.labels, lv)[rows[:-1] if _base_last(value) else rows[1:]]
        shifts = _shifts(centroids, value.labels.grid.normal)
        worst = int((rows if _base_last(value) else rows[1:])[1 + int(shifts.argmax())])
        message = (
            f"Slice {worst + 1} lies {shifts.max():.0f} mm beside the line of its neighbours: the breath was probably "
            "held elsewhere. Volumes hardly change, but contours in 3D and long-axis comparison suffer; look at that "
            "slice."
        )
        evidence: dict[str, float | int | str] = {"slice": worst, "mean_shift": round(float(shifts.mean()), 2)}
        passed = bool(shifts.max() <= self.limit)
        return (
            verdict(key, label, shifts.max(), "mm", passed=passed, message=message, method=method, evidence=evidence),
        )


def _base_last(value: Reading) -> bool:
    return base_end(value.still, 0) > 0


def _shifts(centroids: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """In-plane distance of inner centroids (n, 3) from the line between their neighbours, times 2/3, (n - 2,)."""
    heights = centroids @ normal
    share = (heights[1:-1] - heights[:-2]) / (heights[2:] - heights[:-2])
    between = centroids[:-2] + share[:, None] * (centroids[2:] - centroids[:-2])
    distances: NDArray[np.float64] = np.linalg.norm(centroids[1:-1] - between, axis=1) * 2 / 3
    return distances


__all__ = ["CheckAlignment", "CheckApex", "CheckBase", "CheckSlices", "ring_share"]
