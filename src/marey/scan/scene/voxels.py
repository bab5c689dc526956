"""The voxels of a slice stack, sub-sampled through the slices, and how closed surfaces and cells are put on them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers import paint
from marey.anatomy.ventricles import fill
from marey.core import Grid, InvalidInput
from marey.scan.body.pose import Pose
from marey.scan.scene._kernels import place

FloatArray = NDArray[np.float64]
Codes = NDArray[np.uint8]
Window = tuple[slice, slice]
MARGIN = 1.5
MOST_SAMPLES = 64


@dataclass(frozen=True, eq=False)
class Voxels:
    """Sub-sampled voxels of a grid, seen from the heart.

    Args:
        grid: of the slices.
        samples: sub-slices through the thickness of each.
        pose: of the heart now.
        window: the rows and columns that are looked at; all of them when None.

    Raises:
        InvalidInput: fewer than 1 or more than 64 samples.
    """

    grid: Grid
    samples: int
    pose: Pose
    window: Window | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise InvalidInput(
                f"The slices are to be sampled {self.samples} times through their thickness.",
                f"1 to {MOST_SAMPLES} samples are possible.",
                "Correct 'samples'; 3 are usual.",
            )

    @cached_property
    def step(self) -> float:
        """Mm from sub-slice to sub-slice."""
        return (self.grid.slice_thickness or self.grid.spacing[0]) / self.samples

    @cached_property
    def first(self) -> FloatArray:
        """(slice,) height of each slice's first sub-slice along the normal, in steps."""
        return np.asarray(self.grid.slice_positions / self.step - (self.samples - 1) / 2, np.float64)

    @cached_property
    def _axes(self) -> tuple[FloatArray, FloatArray]:
        """Rows: column, row and height axes per mm; and where the heart frame's origin is on them."""
        _, row, column = self.grid.spacing
        scale = np.array([1 / column, 1 / row, 1 / self.step])[:, None]
        axes = self.grid.directions[:, ::-1].T * scale
        return axes @ self.pose.rotation, axes @ (self.pose.translation - self.grid.affine[:3, 3])

    @cached_property
    def mirrored(self) -> bool:
        """Whether the voxel axes (column, row, height) are left-handed."""
        return bool(np.linalg.det(self._axes[0]) < 0)

    def of_heart(self, points: FloatArray) -> FloatArray:
        """(..., 3) column, row and height in steps, of points in the heart frame."""
        axes, shift = self._axes
        return np.asarray(points @ axes.T + shift, np.float64)

    def to_heart(self, where: FloatArray) -> FloatArray:
        """(..., 3) mm in the heart frame of columns, rows and heights."""
        axes, shift = self._axes
        return np.asarray((where - shift) @ np.linalg.inv(axes).T, np.float64)

    def places(self, chosen: NDArray[np.bool_]) -> FloatArray:
        """(v, 3) mm in the heart frame of the chosen voxels (slice, sample, row, column)."""
        piece, sample, row, column = np.nonzero(chosen)
        rows, columns = self.spans
        where = [column + columns.start, row + rows.start, self.first[piece] + sample]
        return self.to_heart(np.stack(where, axis=-1).astype(np.float64))

    @cached_property
    def spans(self) -> Window:
        """The window's rows and columns."""
        return self.window or (slice(0, self.grid.shape[1]), slice(0, self.grid.shape[2]))

    def around(self, points: FloatArray) -> "Voxels":
        """The same voxels, of the rows and columns that hold points (n, 3) of the heart frame and lie in the window."""
        where = self.of_heart(points)
        low, high = where.min(axis=0) - MARGIN, where.max(axis=0) + MARGIN
        rows, columns = (
            slice(*np.clip([int(np.floor(low[axis])), int(np.ceil(high[axis])) + 1], span.start, span.stop).tolist())
            for axis, span in ((1, self.spans[0]), (0, self.spans[1]))
        )
        return replace(self, window=(rows, columns))

    def within(self, larger: "Voxels") -> tuple[slice, slice, slice, slice]:
        """Where this window lies in arrays over a larger one's."""
        every = slice(None)
        rows, columns = (
            slice(own.start - other.start, own.stop - other.start)
            for own, other in zip(self.spans, larger.spans, strict=True)
        )
        return every, every, rows, columns

    def empty(self) -> Codes:
        """Zeros (slice, sample, row, column) over the window."""
        rows, columns = (span.stop - span.start for span in self.spans)
        return np.zeros((self.grid.shape[0], self.samples, rows, columns), np.uint8)

    def paint(self, parts: Iterable[tuple[int, FloatArray]], values: Codes) -> None:
        """Give codes to the voxels still 0 within closed surfaces, first come first served.

        Args:
            parts: code and triangles (m, 3, 3) in mm of the heart frame, outward.
            values: (slice, sample, row, column) over the window; changed.
        """
        rows, columns = self.spans
        for code, triangles in parts:
            where, low, high = place(triangles, *self._axes, self.mirrored)
            for number, height in enumerate(self.first):
                met = (high >= height - 0.01) & (low <= height + self.samples - 0.99)
                if met.any():
                    origin = np.array([columns.start, rows.start, height], np.float64)
                    paint(where[met], origin, 1.0, code, values[number])

    def cells(self, corners: FloatArray) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Which hexahedron each voxel's middle lies in.

        Args:
            corners: (m, 8, 3) mm in the heart frame.

        Returns:
            (slice, sample, row, column) number of the cell, -1 outside all; and (..., 3) the place within it, -1 to 1.
        """
        where, low, high = place(corners, *self._axes, False)
        rows, columns = self.spans
        owner = np.full(self.empty().shape, -1, np.int32)
        local = np.zeros((*owner.shape, 3), np.float32)
        for number, height in enumerate(self.first):
            met = np.nonzero((high >= height - 0.01) & (low <= height + self.samples - 0.99))[0]
            if met.size:
                origin = np.array([columns.start, rows.start, height], np.float64)
                fill(where[met], origin, 1.0, owner[number], local[number])
                found = owner[number] >= 0
                owner[number][found] = met[owner[number][found]]
        return owner, local


def sub_slices(grid: Grid, samples: int) -> FloatArray:
    """(slice, sample, row, column, 3) mm LPS of the middles of all sub-sampled voxels."""
    voxels = Voxels(grid, samples, Pose(np.eye(3), np.zeros(3)))
    height = (voxels.first[:, None] + np.arange(samples)) * voxels.step
    base = grid.affine[:3, 3] + height[..., None] * grid.normal
    down = np.arange(grid.shape[1])[:, None, None] * grid.affine[:3, 1]
    along = np.arange(grid.shape[2])[:, None] * grid.affine[:3, 2]
    return np.asarray(base[:, :, None, None] + down + along, np.float64)


__all__ = ["Voxels", "Window", "sub_slices"]
