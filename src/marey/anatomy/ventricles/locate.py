"""The seam for the inverse map: where points of a patient's surface or volume lie in the template."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy.ventricles._voxel_kernels import nearest
from marey.anatomy.ventricles.voxels import interpolated
from marey.core import InvalidInput, Mesh
from marey.core.hexahedra import GAUSS, shape_functions

FloatArray = NDArray[np.float64]
CANDIDATES = 16


@dataclass(frozen=True, eq=False)
class Place:
    """Places in the template.

    Args:
        cell: (p,) that holds the point or comes nearest to it.
        weights: (p, 8) shape functions of the cell's points at the place.
        distance: (p,) mm from the point to the place; 0 inside the tissue.
        fields: the mesh's coordinates and fibres there, by name.
    """

    cell: NDArray[np.int64]
    weights: FloatArray
    distance: FloatArray
    fields: Mapping[str, NDArray[np.generic]]


def locate(mesh: Mesh, points: FloatArray) -> Place:
    """Template coordinates of points: of the place itself inside the tissue, of the nearest place outside.

    Args:
        mesh: of the template, with the fields that are wanted.
        points: (p, 3) mm in the heart frame.

    Raises:
        InvalidInput: points that are not (p, 3) finite numbers.
    """
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise InvalidInput(
            f"The points have shape {points.shape} or are not finite.", "Finite (p, 3) in mm are needed.", "Check them."
        )
    corners = mesh.points[mesh.cells]
    within = np.einsum("qk,mki->mqi", shape_functions(GAUSS), corners).reshape(-1, 3)
    near = cKDTree(within).query(points, k=min(CANDIDATES, len(within)))[1]
    candidates = np.asarray(near, np.int64) // len(GAUSS)
    cell, local = np.zeros(len(points), np.int64), np.zeros((len(points), 3))
    nearest(corners, np.ascontiguousarray(points, np.float64), candidates, cell, local)
    weights = shape_functions(local)
    there = np.einsum("pk,pki->pi", weights, corners[cell])
    return Place(cell, weights, np.linalg.norm(there - points, axis=-1), interpolated(mesh, cell, weights))


__all__ = ["Place", "locate"]
