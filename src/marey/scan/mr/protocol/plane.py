"""One plane in the patient, its axes as a scanner writes them, and the slices that lie on it."""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, InvalidInput, Parameters, parameter
from marey.core.units import mm
from marey.scan.mr.protocol.landmarks import unit

FloatArray = NDArray[np.float64]
Direction = Literal["row", "column"]
# How a plane is looked at: the normal to the right, the back or the head; rows to the left or the back.
TOWARDS = np.array([-1.0, 1.0, 1.0])
TEXTBOOK = "textbook value"


@dataclass(frozen=True)
class Slices(Parameters):
    """How slices lie and how finely they are sampled.

    Args:
        field_of_view: mm along the readout.
        phase_share: of the field of view that is imaged along the phase encoding.
        matrix: pixels along the readout; pixels are square.
        thickness: mm.
        gap: mm between neighbouring slices; negative where they overlap.

    Raises:
        InvalidInput: a value outside its range, slices that do not advance.
    """

    field_of_view: float = parameter(360 * mm, 20 * mm, 600 * mm, "mm", TEXTBOOK)
    phase_share: float = parameter(1.0, 0.2, 1.0, "1", TEXTBOOK)
    matrix: int = parameter(208, 16, 2048, "1", TEXTBOOK)
    thickness: float = parameter(8 * mm, 0.5 * mm, 40 * mm, "mm", "doi:10.1186/s12968-020-00607-1: 6 to 8 mm")
    gap: float = parameter(2 * mm, -20 * mm, 30 * mm, "mm", "doi:10.1186/s12968-020-00607-1: 10 mm with the slice")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.matrix, int) or self.step < 0.5:
            raise InvalidInput(
                f"The slices have a matrix of {self.matrix!r} and advance by {self.step:.3g} mm.",
                "A whole number of pixels is needed, and slices that advance by at least 0.5 mm.",
                "Correct 'matrix', 'thickness' or 'gap'.",
            )

    @property
    def step(self) -> float:
        """Mm from the middle of a slice to that of the next."""
        return self.thickness + self.gap

    @property
    def pixel(self) -> float:
        """Mm from pixel to pixel, both ways."""
        return self.field_of_view / self.matrix

    @property
    def phase_matrix(self) -> int:
        """Pixels along the phase encoding, even."""
        return max(2 * round(self.matrix * self.phase_share / 2), 2)


@dataclass(frozen=True, eq=False)
class Plane:
    """An oriented plane, right-handed: ``normal == row x column``.

    Args:
        centre: (3,) LPS mm, the middle of the field of view.
        normal: (3,) unit vector.
        row: (3,) unit vector in which the column index grows, as in DICOM's first direction cosines.
        column: (3,) unit vector in which the row index grows.
        phase: along which of both the phase is encoded.
    """

    centre: FloatArray
    normal: FloatArray
    row: FloatArray
    column: FloatArray
    phase: Direction


def plane(centre: FloatArray, normal: FloatArray, turn: float = 0.0) -> Plane:
    """A plane with signs and in-plane axes as scanners choose them.

    The normal's largest component says whether the plane counts as sagittal, coronal or transverse; the normal then
    points to the right, the back or the head. Transverse planes have columns without a left-right component, others
    rows without a head-foot component; along those the phase is encoded.

    Args:
        centre: (3,) LPS mm.
        normal: (3,), of either sign and any length.
        turn: radians by which the field of view is turned in the plane, from rows towards columns.

    Raises:
        InvalidInput: a normal of no direction.
    """
    normal = np.asarray(normal, np.float64)
    if normal.shape != (3,) or not np.isfinite(normal).all() or not np.linalg.norm(normal) > 1e-9:
        raise InvalidInput(
            f"The plane's normal is {normal.tolist()}.", "A vector of three numbers, not 0, is needed.", "Correct it."
        )
    main = int(np.argmax(np.abs(normal)))
    normal = unit(normal * np.sign(normal[main]) * TOWARDS[main])
    if main == 2:
        column = unit(np.array([0.0, normal[2], -normal[1]]))
        row = np.cross(column, normal)
    else:
        row = unit(np.array([normal[1], -normal[0], 0.0]))
        column = np.cross(normal, row)
    c, s = math.cos(turn), math.sin(turn)
    turned = c * row + s * column, c * column - s * row
    return Plane(np.asarray(centre, np.float64), normal, *turned, "column" if main == 2 else "row")


def slices_on(where: Plane, heights: FloatArray, slices: Slices) -> Grid:
    """The grid of slices at heights (z,) mm above the plane, evenly spaced and increasing."""
    size = {"row": slices.matrix, "column": slices.matrix} | {where.phase: slices.phase_matrix}
    rows, columns = size["column"], size["row"]
    affine = np.eye(4)
    affine[:3, 0] = where.normal * (heights[1] - heights[0] if len(heights) > 1 else slices.step)
    affine[:3, 1], affine[:3, 2] = where.column * slices.pixel, where.row * slices.pixel
    corner = where.centre + heights[0] * where.normal
    affine[:3, 3] = corner - affine[:3, 1] * (rows - 1) / 2 - affine[:3, 2] * (columns - 1) / 2
    return Grid((len(heights), rows, columns), affine, slice_thickness=slices.thickness)


def check_meets(grid: Grid, pieces: FloatArray, what: str) -> None:
    """Refuse a grid of which no slice meets any piece inside its field of view.

    Args:
        grid: of the slices.
        pieces: (m, k, 3) LPS mm, corners of cells or triangles.
        what: they are, for the sentence.

    Raises:
        InvalidInput: none is met.
    """
    index = grid.index(pieces)
    low, high = index.min(axis=1), index.max(axis=1)
    half = (grid.slice_thickness or grid.spacing[0]) / 2 / grid.spacing[0]
    first = np.ceil(np.maximum(low[:, 0] - half, 0))
    meets = (first <= np.minimum(high[:, 0] + half, grid.shape[0] - 1)) & (high[:, 1:] >= -0.5).all(axis=1)
    meets &= (low[:, 1:] <= np.array(grid.shape[1:]) - 0.5).all(axis=1)
    if not meets.any():
        raise InvalidInput(
            f"The plane at {np.round(grid.centre, 1).tolist()} mm misses the {what}.",
            f"The {what} lies between {np.round(pieces.min(axis=(0, 1)), 1).tolist()} and "
            f"{np.round(pieces.max(axis=(0, 1)), 1).tolist()} mm (left, back, head).",
            "Plan the plane on this heart, or make its shift and tilt smaller.",
        )


def moved(where: Plane, by: FloatArray) -> Plane:
    """The plane shifted by (3,) mm along its rows, columns and normal."""
    axes = np.stack([where.row, where.column, where.normal])
    return replace(where, centre=where.centre + by @ axes)


__all__ = ["Direction", "Plane", "Slices", "check_meets", "moved", "plane", "slices_on"]
