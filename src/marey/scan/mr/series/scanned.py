"""What a series leaves behind: pictures by their content, with what is true of them, and the raw data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.series.measure import Measured
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.subject import Subject


@dataclass(frozen=True, eq=False)
class Frames:
    """Pictures of one slice that belong to one series.

    Args:
        values: ``(t, row, column)`` real: velocities in mm/ms, phases in radians, maps in ms.
        times: (t,) ms after the R wave.
        labels: ``(t, row, column)``, keys of `marey.scan.scene.LABELS`.
        truth: further arrays ``(t, row, column, ...)`` by name, such as "displacement" in mm.
        inversion_times: (t,) ms, empty without inversion.
        highest: velocity that is not aliased, mm/ms.
        direction: (3,) LPS unit vector of positive velocities.
    """

    values: NDArray[Any]
    times: NDArray[np.float64]
    labels: NDArray[np.uint8]
    truth: Mapping[str, NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}))
    inversion_times: tuple[float, ...] = ()
    highest: float | None = None
    direction: tuple[float, float, float] | None = None


@dataclass(frozen=True, eq=False)
class ScannedSlice:
    """One slice.

    Args:
        measured: its readouts, one entry per encoding or contrast.
        frames: by content, as `marey.core.MrHeader` names it: "magnitude", "velocity", "T1 map".
    """

    measured: tuple[Measured, ...]
    frames: Mapping[str, Frames]

    @property
    def rr_interval(self) -> float:
        """Mean ms of the beats in which it was measured."""
        return float(np.mean([np.mean(part.schedule.rr) for part in self.measured]))


class ScanSlice(Protocol):
    """Measures one slice of a series in one breath-hold."""

    def __call__(
        self, it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, /, *,
        short_axis: bool
    ) -> ScannedSlice:  # fmt: skip
        """Of an exported slice ``(1, row, column)``; the labels of short axes follow the reading rules at the base."""
        ...


__all__ = ["Frames", "ScanSlice", "ScannedSlice"]
