"""End-diastole and end-systole from the LV volume curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, KeyPhases, volume_curve
from marey.core import Labels, NotAnalysable
from marey.core.units import mL


@dataclass(frozen=True)
class FindPhases:
    """End-diastole is the phase with the largest, end-systole the one with the smallest LV cavity.

    With many phases the curve is first freed of single outliers (cyclic median of three), then smoothed over the cycle
    (1-2-1 weights), so that one badly labelled phase does not decide.

    Args:
        smooth_from: number of phases from which on the curve is smoothed.
        smallest_change: part of the largest volume by which the volume must change over the beat.
    """

    smooth_from: int = 10
    smallest_change: float = 0.02

    def __call__(self, value: Labels, /) -> KeyPhases:
        """The two phases.

        Raises:
            NotAnalysable: fewer than two phases, no LV, or an LV that does not beat.
        """
        volumes = volume_curve(value, LV_CAVITY)
        if volumes.size < 2:
            raise NotAnalysable(
                "The images show one phase of the beat only.",
                "End-diastole and end-systole, better the whole beat, are needed.",
                "Give the cine series with all its phases.",
            )
        if volumes.max() <= 0:
            raise NotAnalysable(
                "No left ventricle was found in any phase.",
                "A short-axis cine with the left ventricle in its slices is needed.",
                "Check with 'marey info' that the right series was taken as the short axis.",
            )
        curve = smooth_cyclic(volumes) if volumes.size >= self.smooth_from else volumes
        if np.ptp(curve) < self.smallest_change * curve.max():
            raise NotAnalysable(
                f"The left ventricle keeps its volume over the beat ({volumes.max() / mL:.0f} mL in every phase).",
                "A beating heart is expected.",
                "Check that the images are a cine and not copies of one phase.",
            )
        return KeyPhases(int(curve.argmax()), int(curve.argmin()))


def smooth_cyclic(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of three, then the weights 1-2-1, both over the cycle, ``(t,)``."""
    around = np.stack([np.roll(curve, 1), curve, np.roll(curve, -1)])
    calm = np.median(around, axis=0)
    smoothed: NDArray[np.float64] = (np.roll(calm, 1) + 2 * calm + np.roll(calm, -1)) / 4
    return smoothed


__all__ = ["FindPhases", "smooth_cyclic"]
