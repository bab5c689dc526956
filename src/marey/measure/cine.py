"""What the measurements are made from: a segmented short-axis cine with its key phases."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import KeyPhases, Level, slice_areas
from marey.core import Facts, InvalidInput, Labels, Structure
from marey.core.units import ms


@dataclass(frozen=True, eq=False)
class SegmentedCine:
    """A short-axis cine after segmentation.

    Args:
        labels: LV cavity, LV myocardium, RV cavity on every phase and slice.
        phases: end-diastole and end-systole.
        levels: one per slice.
        facts: height, weight, sex and age are used where they are known.
        rr_interval: ms, NaN when unknown.

    Raises:
        InvalidInput: levels or phases that do not belong to the labels.
    """

    labels: Labels
    phases: KeyPhases
    levels: tuple[Level, ...]
    facts: Facts = field(default_factory=Facts)
    rr_interval: float = float("nan")

    def __post_init__(self) -> None:
        phases, slices = self.labels.values.shape[:2]
        if len(self.levels) != slices:
            raise InvalidInput(
                f"There are {len(self.levels)} levels for {slices} slices.",
                "One level per slice is needed.",
                "This is a fault of the program; please report it.",
            )
        if not all(0 <= phase < phases for phase in (self.phases.end_diastole, self.phases.end_systole)):
            raise InvalidInput(
                f"The key phases are {self.phases} of {phases} phases.",
                "Phases of this cine are needed.",
                "This is a fault of the program; please report it.",
            )

    @cached_property
    def areas(self) -> dict[Structure, NDArray[np.float64]]:
        """Area of each structure in each slice at each phase, mm^2, ``(t, z)``."""
        return {structure: slice_areas(self.labels, structure) for structure in self.labels.structures.values()}

    def volumes(self, structure: Structure) -> NDArray[np.float64]:
        """Volume of a structure at each phase, mm^3, ``(t,)``; zero for one that was never labelled."""
        areas = self.areas.get(structure, np.zeros(self.labels.values.shape[:2]))
        return np.asarray(areas @ self.labels.grid.slice_extents)

    @property
    def has_clock(self) -> bool:
        """Whether the times are milliseconds: a file without a clock gives fractions of the beat."""
        times = self.labels.times
        return bool(times.size > 1 and (np.diff(times) > 0).all() and times[-1] > 10 * ms)

    @property
    def cycle(self) -> float:
        """Duration of the beat in ms: the RR interval, or the end of the last phase when that is not known."""
        times = self.labels.times
        sampled = float(times[-1] - times[0]) * times.size / max(times.size - 1, 1)
        return max(self.rr_interval, sampled) if np.isfinite(self.rr_interval) else sampled


__all__ = ["SegmentedCine"]
