"""Pixels over time on a grid, and labels for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.grid import Grid
from marey.core.structure import Structure


@dataclass(frozen=True)
class FrameSource:
    """The file, and the frame in it, that one slice at one phase was read from."""

    path: Path
    frame: int = 0


@dataclass(frozen=True, eq=False)
class Image:
    """A cine (or, with one time, a still) on a grid.

    Args:
        values: ``(t, z, y, x)``, finite real numbers of any real dtype.
        grid: where the voxels are.
        times: (t,) ms after the R wave, increasing; the mean over slices. ``phase / t`` of the RR interval when the
            file has no clock.
        rr_intervals: (z,) ms, the RR interval while each slice was taken; NaN where unknown.
        name: what the scanner called it (free text, never trusted).
        view: a `marey.anatomy.View` value, or "" before the views were found.
        modality: DICOM modality, "MR".
        sources: (t, z) of `FrameSource`, as nested tuples, empty when not read from files.

    Raises:
        InvalidInput: shapes that do not agree, values that are not finite.
    """

    values: NDArray[Any]
    grid: Grid
    times: NDArray[np.float64]
    rr_intervals: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    name: str = ""
    view: str = ""
    modality: str = "MR"
    sources: tuple[tuple[FrameSource, ...], ...] = ()

    def __post_init__(self) -> None:
        times = np.asarray(self.times, dtype=np.float64)
        rr = np.asarray(self.rr_intervals, dtype=np.float64)
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "rr_intervals", rr if rr.size else np.full(self.grid.shape[0], np.nan))
        if self.values.ndim != 4 or self.values.shape[1:] != self.grid.shape or times.shape != self.values.shape[:1]:
            raise InvalidInput(
                f"The image '{self.name}' has values {self.values.shape}, grid {self.grid.shape}, {times.size} times.",
                "Values (t, z, y, x) that agree with the grid and the times are needed.",
                "This is a fault of the reader; please report it with the file.",
            )
        if self.values.dtype.kind == "f" and not np.isfinite(self.values).all():
            raise InvalidInput(
                f"The image '{self.name}' holds values that are not numbers (NaN or infinite).",
                "Every pixel must be a finite number.",
                "Export the image again without masking or processing.",
            )

    @property
    def phases(self) -> int:
        """Number of phases over the beat."""
        return int(self.values.shape[0])

    @property
    def rr_interval(self) -> float:
        """Median RR interval over the slices in ms; NaN when no slice has one."""
        known = self.rr_intervals[np.isfinite(self.rr_intervals)]
        return float(np.median(known)) if known.size else float("nan")

    def crop(self, rows: slice, columns: slice) -> "Image":
        """The same phases and slices with fewer pixels (a view, not a copy)."""
        return replace(self, values=self.values[:, :, rows, columns], grid=self.grid.crop(rows, columns))


@dataclass(frozen=True, eq=False)
class Labels:
    """Which structure each voxel belongs to, at each phase.

    Args:
        values: ``(t, z, y, x)`` uint8; 0 is background, the others are keys of `structures`.
        grid: where the voxels are.
        times: (t,) ms after the R wave.
        structures: what each integer in `values` means.
        probability: ``(structure, t, z, y, x)`` uint8 in 255ths, in the order of `structures`; None when the
            labels were not made by something that knows it.
    """

    values: NDArray[np.uint8]
    grid: Grid
    times: NDArray[np.float64]
    structures: Mapping[int, Structure]
    probability: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "structures", MappingProxyType(dict(self.structures)))
        object.__setattr__(self, "times", np.asarray(self.times, dtype=np.float64))
        seen = np.zeros(256, np.bool_)
        seen[self.values.reshape(-1)] = True
        unnamed = set(np.flatnonzero(seen).tolist()) - {0, *self.structures}
        if unnamed:
            raise InvalidInput(
                f"The labels {sorted(unnamed)} have no structure.",
                f"Only 0 and {sorted(self.structures)} were named.",
                "Name every label.",
            )
        if self.values.shape != (self.times.size, *self.grid.shape):
            raise InvalidInput(
                f"The labels have shape {self.values.shape}.",
                f"{self.times.size} times on a grid {self.grid.shape} are expected.",
                "This is a fault of the program; please report it.",
            )

    def mask(self, *structures: Structure) -> NDArray[np.bool_]:
        """``(t, z, y, x)`` of voxels that belong to any of the structures."""
        keys = [key for key, structure in self.structures.items() if structure in structures]
        return np.isin(self.values, keys)

    def crop(self, rows: slice, columns: slice) -> "Labels":
        """A part of every slice, at the same place in the patient."""
        window = (..., rows, columns)
        probability = None if self.probability is None else self.probability[window]
        grid = self.grid.crop(rows, columns)
        return replace(self, values=self.values[window], grid=grid, probability=probability)

    def on(self, grid: Grid, rows: slice, columns: slice) -> "Labels":
        """The labels of a crop, put back on the whole `grid` (background elsewhere)."""
        window = (..., rows, columns)
        values = np.zeros((self.values.shape[0], *grid.shape), np.uint8)
        values[window] = self.values
        probability = None
        if self.probability is not None:
            probability = np.zeros((self.probability.shape[0], *values.shape), np.uint8)
            probability[window] = self.probability
        return Labels(values, grid, self.times, self.structures, probability)


__all__ = ["FrameSource", "Image", "Labels"]
