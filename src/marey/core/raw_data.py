"""Raw data of one slice, with what a reconstruction elsewhere must know of it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.grid import Grid
from marey.core.kspace import KSpace


@dataclass(frozen=True, eq=False)
class RawSlice:
    """Readouts of one slice in the order in which they were taken; all pairs are (phase encoding, readout).

    Args:
        kspace: samples ``(coil, readout, sample)``.
        line: ``(readout,)`` of k-space, 0 to ``matrix[0] - 1``, or the number of the spoke.
        frame: ``(readout,)`` count of the frame within its beat, or within the scan when it is not gated.
        time: ``(readout,)`` ms since the R wave.
        rr: ``(readout,)`` ms, length of the beat.
        grid: of the picture, ``(1, row, column)``.
        phase_encoding: as in `MrHeader`: "row" when phases are encoded along the column index.
        matrix: lines, and samples without oversampling, of a full k-space.
        field_of_view: mm within which nothing folds; along the readout with its oversampling.
        slice: number of the slice in its stack.
        encoding: number of the velocity encoding or contrast.
        trajectory: of the readouts.

    Raises:
        InvalidInput: arrays of another length than the readouts, numbers that are no counts, no field of view.
    """

    kspace: KSpace
    line: NDArray[np.intp]
    frame: NDArray[np.intp]
    time: NDArray[np.float64]
    rr: NDArray[np.float64]
    grid: Grid
    phase_encoding: Literal["row", "column"]
    matrix: tuple[int, int]
    field_of_view: tuple[float, float]
    slice: int = 0
    encoding: int = 0
    trajectory: Literal["cartesian", "radial"] = "cartesian"

    def __post_init__(self) -> None:
        readouts = self.kspace.samples.shape[1:-1]
        parts = (self.line, self.frame, self.time, self.rr)
        if len(readouts) != 1 or any(part.shape != readouts for part in parts) or self.grid.shape[0] != 1:
            raise InvalidInput(
                f"There are readouts {readouts}, lines, frames, times and beats {[part.shape for part in parts]} "
                f"of {self.grid.shape[0]} slice(s).",
                "One line, frame, time and beat for each readout of one slice is expected.",
                "Give readouts in the order of measurement.",
            )
        counts = min(self.line.min(initial=0), self.frame.min(initial=0), self.slice, self.encoding)
        outside = self.trajectory == "cartesian" and self.line.max(initial=0) >= self.matrix[0]
        clocks = np.stack([self.time, self.rr, self.kspace.times])
        times = np.isfinite(clocks).all() and clocks.min(initial=0) >= 0
        if counts < 0 or outside or not times or not self.line.size or not min(*self.field_of_view, *self.matrix) > 0:
            raise InvalidInput(
                f"The slice has {self.line.size} readouts, a matrix of {self.matrix}, a field of view of "
                f"{self.field_of_view} mm, and counters from {counts}.",
                "Lines within the matrix, times and counters from 0 and a field of view are expected.",
                "Correct what differs.",
            )

    @property
    def directions(self) -> NDArray[np.float64]:
        """``(3, 3)`` LPS unit vectors, one a row: along the readout, along phase encoding, through the slice."""
        across, along = (2, 1) if self.phase_encoding == "row" else (1, 2)
        axes = self.grid.directions
        return np.asarray(np.stack([axes[:, along], axes[:, across], self.grid.normal]), np.float64)

    @property
    def picture(self) -> tuple[int, int]:
        """Pixels of the picture."""
        rows, columns = self.grid.shape[1:]
        return (columns, rows) if self.phase_encoding == "row" else (rows, columns)

    @property
    def picture_field(self) -> tuple[float, float]:
        """Mm that the picture covers."""
        rows, columns = (float(n * step) for n, step in zip(self.grid.shape[1:], self.grid.spacing[1:], strict=True))
        return (columns, rows) if self.phase_encoding == "row" else (rows, columns)

    @property
    def acceleration(self) -> int:
        """Every how many-th line was measured outside the calibration lines."""
        lines = np.unique(self.line)
        return int(np.diff(lines).max()) if lines.size > 1 and self.trajectory == "cartesian" else 1


__all__ = ["RawSlice"]
