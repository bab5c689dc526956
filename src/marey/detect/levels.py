"""Which short-axis slices are basal, mid, apical or outside the left ventricle."""

from dataclasses import dataclass

import numpy as np

from marey.anatomy import LV_MYOCARDIUM, KeyPhases, Level, slice_areas
from marey.anatomy.axes import at_phase, base_end
from marey.core import InvalidInput, Labels, NotAnalysable
from marey.core.units import mm


@dataclass(frozen=True, eq=False)
class LabelledPhases:
    """Labels with the two phases found in them."""

    labels: Labels
    phases: KeyPhases


@dataclass(frozen=True)
class FindLevels:
    """One `Level` per slice, at end-diastole, by equal thirds of the LV's length from base to apex.

    The thirds are those of the 17-segment model (Cerqueira 2002, doi:10.1161/hc0402.102975); slices through the apical
    cap count as apical. A slice without enough myocardium is outside. The length runs from the outer face of the first
    to that of the last slice with it.

    Args:
        basal, mid: shares of the length, from the base, of the basal and of the mid level.
        smallest_wall: mm^2 of myocardium below which a slice is outside.
    """

    basal: float = 1 / 3
    mid: float = 1 / 3
    smallest_wall: float = 80.0 * mm**2

    def __post_init__(self) -> None:
        if not (self.basal > 0 and self.mid > 0 and self.basal + self.mid < 1):
            raise InvalidInput(
                f"The shares of the basal and mid level are {self.basal} and {self.mid}.",
                "Two positive shares that leave some for the apical level are needed.",
                "Use 1/3 and 1/3, or 0.35 and 0.35.",
            )

    def __call__(self, value: LabelledPhases, /) -> tuple[Level, ...]:
        """The level of each slice, in the order of the grid.

        Raises:
            NotAnalysable: no slice shows the LV at end-diastole.
        """
        labels, phase = at_phase(value.labels, value.phases.end_diastole), 0
        inside = slice_areas(labels, LV_MYOCARDIUM)[phase] >= self.smallest_wall
        if not inside.any():
            raise NotAnalysable(
                "No slice shows the wall of the left ventricle at end-diastole.",
                "At least one slice through the left ventricle is needed.",
                "Check that the stack is a short-axis cine of the heart.",
            )
        positions = labels.grid.slice_positions
        half = labels.grid.slice_extents / 2
        low, high = (positions - half)[inside].min(), (positions + half)[inside].max()
        from_base = (positions - low) / (high - low)
        if base_end(labels, phase) > 0:
            from_base = 1 - from_base
        thirds = np.searchsorted([self.basal, self.basal + self.mid], from_base - 1e-6)
        names = (Level.BASAL, Level.MID, Level.APICAL)
        return tuple(names[third] if there else Level.OUTSIDE for third, there in zip(thirds, inside, strict=True))


__all__ = ["FindLevels", "LabelledPhases"]
