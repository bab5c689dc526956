"""Whether a motion can be that of a heart: no folds, a closed cycle, muscle that keeps its volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_MYOCARDIUM, Level
from marey.core import Finding
from marey.measure.followed_wall import TrackedCine
from marey.measure.segment_strain import FAMILIES
from marey.measure.strain import KEYS
from marey.trust.verdict import verdict

AFFECTS = (*KEYS, "lv_strain_dispersion", *(f"{family}_aha_{n}" for family in FAMILIES for n in range(1, 17)))


@dataclass(frozen=True)
class CheckMotion:
    """Folding, closure and incompressibility of the motion of one cine, each a finding.

    Args:
        stretch: area in the plane of the mid-ventricular muscle at end-systole over that at end-diastole that can be
            true. Muscle keeps its volume and shortens along the axis, so it grows in the plane, by less than half.
        gap: share of the wall's largest mean displacement that may be left in the phase before end-diastole.
    """

    stretch: tuple[float, float] = (0.85, 1.5)
    gap: float = 0.6

    def __call__(self, tracked: TrackedCine, /) -> tuple[Finding, ...]:
        """Findings check_motion_folds, check_motion_closed and check_motion_volume."""
        muscle = self._muscle(tracked)
        return (_folds(tracked), self._closed(tracked, muscle), self._volume(tracked, muscle))

    def _muscle(self, tracked: TrackedCine) -> NDArray[np.bool_]:
        """(z, y, x) LV myocardium of the mid slices at end-diastole."""
        middle = np.array([level == Level.MID for level in tracked.cine.levels])
        wall = tracked.cine.labels.mask(LV_MYOCARDIUM)[tracked.motion.reference]
        return np.asarray(wall & middle[:, None, None])

    def _closed(self, tracked: TrackedCine, muscle: NDArray[np.bool_]) -> Finding:
        label = "The motion comes back to where it began"
        if not muscle.any():
            return verdict("motion_closed", label, None, "No mid-ventricular slice shows the wall.", AFFECTS)
        moved = np.linalg.norm(tracked.motion.displacement[:, muscle], axis=-1).mean(axis=1)
        left, most = float(moved[tracked.motion.reference - 1]), max(float(moved.max()), 1e-6)
        advice = (
            f"The wall still lies {left:.1f} mm from its place in the phase before end-diastole, of at most {most:.1f} "
            "mm: the cine may not show a whole beat, or beats of different length."
        )
        evidence = {"left_mm": left, "most_mm": most}
        return verdict("motion_closed", label, left <= self.gap * most, advice, AFFECTS, evidence=evidence)

    def _volume(self, tracked: TrackedCine, muscle: NDArray[np.bool_]) -> Finding:
        label = "The followed muscle keeps its volume"
        if not muscle.any():
            return verdict("motion_volume", label, None, "No mid-ventricular slice shows the wall.", AFFECTS)
        ratio = float(tracked.motion.area_ratio()[tracked.cine.phases.end_systole][muscle].mean())
        low, high = self.stretch
        advice = (
            f"In the plane the muscle becomes {ratio:.2f} times as large at end-systole; {low:g} to {high:g} can be "
            "true. Look at the contours of the wall."
        )
        return verdict("motion_volume", label, low <= ratio <= high, advice, AFFECTS, evidence={"area_ratio": ratio})


def _folds(tracked: TrackedCine) -> Finding:
    folds = int((tracked.motion.area_ratio() <= 0).sum())
    advice = f"The motion folds over itself at {folds} pixels; strain there means nothing."
    label = "The motion nowhere folds over itself"
    return verdict("motion_folds", label, folds == 0, advice, AFFECTS, evidence={"pixels": folds})


__all__ = ["CheckMotion"]
