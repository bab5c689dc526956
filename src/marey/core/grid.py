"""Where voxels are in the patient, without any pixels."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core.errors import InvalidInput

SMALLEST_SPACING, LARGEST_SPACING = 0.1, 60.0  # mm


@dataclass(frozen=True, eq=False)
class Grid:
    """A stack of parallel slices in the patient.

    Args:
        shape: number of voxels ``(z, y, x)``.
        affine: (4, 4), maps ``(z, y, x, 1)`` voxel-centre indices to LPS millimetres; its z column is the mean
            step from slice to slice.
        slice_positions: (z,) mm along `normal` from slice 0, strictly increasing. Regular steps when not given; a stack
            with a missing slice keeps its true positions here.
        slice_thickness: mm of tissue that one slice averages over; None when the file does not say.
        frame_of_reference: DICOM UID shared by all grids of one patient position, or "".

    Raises:
        InvalidInput: spacing not finite or outside 0.1 to 60 mm, axes not orthogonal, positions not increasing.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]
    slice_positions: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    slice_thickness: float | None = None
    frame_of_reference: str = ""

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise InvalidInput(
                f"The image geometry is {affine.tolist()}.",
                "A finite 4 x 4 voxel-to-patient matrix is needed.",
                "Export the images again with their geometry.",
            )
        object.__setattr__(self, "affine", _frozen(affine))
        _check_spacing(self.spacing, self.directions)
        positions: NDArray[np.float64] = np.asarray(self.slice_positions, dtype=np.float64)
        if positions.size == 0:
            positions = np.arange(self.shape[0], dtype=np.float64) * self.spacing[0]
        if positions.shape != (self.shape[0],) or not (np.diff(positions) > 0).all():
            raise InvalidInput(
                f"The slice positions are {positions.tolist()} for {self.shape[0]} slices.",
                "One strictly increasing position per slice is needed.",
                "Remove duplicate slices and try again.",
            )
        object.__setattr__(self, "slice_positions", _frozen(positions))

    @cached_property
    def spacing(self) -> tuple[float, float, float]:
        """Voxel steps (z, y, x) in mm; z is the mean step between slices."""
        z, y, x = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(z), float(y), float(x)

    @cached_property
    def directions(self) -> NDArray[np.float64]:
        """(3, 3); columns are the unit vectors of the z, y and x index axes in LPS."""
        axes = self.affine[:3, :3]
        return np.asarray(axes / np.linalg.norm(axes, axis=0), np.float64)

    @property
    def normal(self) -> NDArray[np.float64]:
        """(3,) unit vector from slice 0 towards the last slice, LPS."""
        return self.directions[:, 0]

    @property
    def regular(self) -> bool:
        """Whether the slices are evenly spaced (to 10 % of the step)."""
        steps = np.diff(self.slice_positions)
        return bool(steps.size == 0 or np.ptp(steps) <= 0.1 * steps.mean())

    @cached_property
    def slice_extents(self) -> NDArray[np.float64]:
        """(z,) mm of heart that each slice stands for: half-way to each neighbour, a full step at the ends."""
        positions = self.slice_positions
        if positions.size == 1:
            return np.array([self.slice_thickness or self.spacing[0]])
        steps = np.diff(positions)
        edges = np.concatenate([[steps[0]], steps, [steps[-1]]])
        return np.asarray((edges[:-1] + edges[1:]) / 2, np.float64)

    @property
    def pixel_area(self) -> float:
        """mm^2 of one pixel in the slice plane."""
        return self.spacing[1] * self.spacing[2]

    @property
    def centre(self) -> NDArray[np.float64]:
        """(3,) LPS mm of the middle of the stack."""
        return self.world((np.array(self.shape) - 1) / 2)

    def world(self, index: ArrayLike) -> NDArray[np.float64]:
        """LPS millimetres of fractional indices.

        Args:
            index: (..., 3) as (z, y, x).
        """
        index = np.asarray(index, dtype=np.float64)
        along = np.interp(index[..., 0], np.arange(self.shape[0]), self.slice_positions)
        outside = index[..., 0] - np.clip(index[..., 0], 0, self.shape[0] - 1)
        along = along + outside * self.spacing[0]
        in_plane = index[..., 1:] @ self.affine[:3, 1:3].T
        return np.asarray(self.affine[:3, 3] + in_plane + along[..., None] * self.normal, np.float64)

    def index(self, world: ArrayLike) -> NDArray[np.float64]:
        """Fractional indices (..., 3) as (z, y, x) of LPS points (..., 3)."""
        offset = (np.asarray(world, dtype=np.float64) - self.affine[:3, 3]) @ self.directions
        z = np.interp(offset[..., 0], self.slice_positions, np.arange(self.shape[0]))
        outside = offset[..., 0] - np.clip(offset[..., 0], self.slice_positions[0], self.slice_positions[-1])
        z = z + outside / self.spacing[0]
        return np.stack([z, offset[..., 1] / self.spacing[1], offset[..., 2] / self.spacing[2]], axis=-1)

    def crop(self, rows: slice, columns: slice) -> "Grid":
        """The same slices with fewer pixels; bounds must lie inside the grid."""
        top, bottom, _ = rows.indices(self.shape[1])
        left, right, _ = columns.indices(self.shape[2])
        affine = self.affine.copy()
        affine[:3, 3] = self.affine[:3, 3] + self.affine[:3, 1] * top + self.affine[:3, 2] * left
        shape = (self.shape[0], bottom - top, right - left)
        return Grid(shape, affine, self.slice_positions, self.slice_thickness, self.frame_of_reference)

    def same_as(self, other: "Grid", tolerance: float = 0.01) -> bool:
        """Whether both grids put every voxel at the same place, to `tolerance` mm."""
        if self.shape != other.shape:
            return False
        corners = np.array([[0, 0, 0], [self.shape[0] - 1, 0, 0], np.array(self.shape) - 1])
        return bool(np.allclose(self.world(corners), other.world(corners), atol=tolerance))


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array = array.copy()
    array.flags.writeable = False
    return array


def _check_spacing(spacing: tuple[float, float, float], directions: NDArray[np.float64]) -> None:
    if not all(SMALLEST_SPACING <= step <= LARGEST_SPACING for step in spacing):
        raise InvalidInput(
            f"The voxel spacing is {tuple(round(step, 4) for step in spacing)} mm (z, y, x).",
            f"Steps between {SMALLEST_SPACING} and {LARGEST_SPACING} mm are expected of a heart image.",
            "The header is wrong or in other units; export the images again with their spacing in millimetres.",
        )
    if not np.allclose(directions.T @ directions, np.eye(3), atol=0.02):
        raise InvalidInput(
            "The slices are sheared: their axes are not at right angles.",
            "A stack of parallel, aligned slices is needed.",
            "Export the original slices, not a resampled or gantry-tilted volume.",
        )


__all__ = ["Grid"]
