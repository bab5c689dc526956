"""The eight-node hexahedron of finite elements: points of integration with gradients along the fibres, faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.core.hexahedra import CORNERS, GAUSS, determinants, quadrature

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FACE_SHAPE = np.prod(1 + GAUSS[:4, None, :2] * CORNERS[None, :4, :2], axis=2) / 4
FACE_SLOPES = CORNERS[None, :4, :2] * (1 + GAUSS[:4, None, :2] * CORNERS[None, :4, :2])[..., ::-1] / 4


@dataclass(frozen=True, eq=False)
class Points:
    """Points of integration in the cells of a mesh.

    Args:
        gradients: (m, 8, 8, 3) of the shape functions, 1/mm, along the fibre frame of each point.
        weights: (m, 8) mm3 that each point stands for.
    """

    gradients: FloatArray
    weights: FloatArray


def integration_points(points: FloatArray, cells: IntArray, frames: FloatArray) -> Points:
    """Gradients and volumes at the eight points of integration of each cell.

    Args:
        points: (n, 3) mm.
        cells: (m, 8); a node may appear more than once in a cell (a collapsed edge).
        frames: (m, 8, 3, 3) fibre, sheet and sheet normal as columns.

    Raises:
        InvalidInput: a cell that is inside out or flat.
    """
    volumes = determinants(points, cells)
    if (volumes <= 0).any():
        bad = np.flatnonzero((volumes <= 0).any(axis=1))
        raise InvalidInput(
            f"{bad.size} of {len(cells)} cells are inside out or flat, the first is cell {bad[0]}.",
            "Hexahedra in VTK's order with a positive volume everywhere are needed.",
            "Check the order of their points and the surface that the mesh was made from.",
        )
    found = quadrature(points, cells)
    return Points(np.ascontiguousarray(found.gradients @ frames), found.weights)


def fibre_frames(fibres: FloatArray, sheets: FloatArray | None = None) -> FloatArray:
    """Right-handed orthonormal frames (..., 3, 3) with fibre, sheet, normal as columns.

    Args:
        fibres: (..., 3) directions.
        sheets: (..., 3) directions that are made perpendicular to the fibres; any perpendicular one where not given.

    Raises:
        InvalidInput: a direction of no length, or a sheet along its fibre.
    """
    if sheets is None:
        sheets = np.eye(3)[np.argmin(np.abs(fibres), axis=-1)]
    with np.errstate(invalid="ignore", divide="ignore"):
        f = fibres / np.linalg.norm(fibres, axis=-1, keepdims=True)
        s = sheets - f * np.sum(f * sheets, axis=-1, keepdims=True)
        s = s / np.linalg.norm(s, axis=-1, keepdims=True)
    frames = np.stack([f, s, np.cross(f, s)], axis=-1)
    if not np.isfinite(frames).all():
        raise InvalidInput(
            "A fibre or sheet direction has no length, or a sheet runs along its fibre.",
            "Two directions that span a plane are needed at every point.",
            "Check the fibre field of the mesh.",
        )
    return np.asarray(frames, np.float64)


__all__ = ["FACE_SHAPE", "FACE_SLOPES", "Points", "fibre_frames", "integration_points"]
