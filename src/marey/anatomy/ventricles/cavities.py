"""Volumes of cavities and of the wall, from the mesh alone."""

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles.topology import Cavity
from marey.core import Mesh
from marey.core.hexahedra import cell_volumes
from marey.core.units import MYOCARDIAL_DENSITY

FloatArray = NDArray[np.float64]


def cavity_volume(points: FloatArray, cavity: Cavity) -> FloatArray:
    """Volume enclosed by a cavity's wall and a fan of triangles over its rim, by the divergence theorem.

    Exact for the bilinear quads and the fan; it does not change when everything is moved or turned.

    Args:
        points: (..., n, 3) mm, for example over time.
        cavity: of the mesh's topology.

    Returns:
        (...) mm3.
    """
    rim = points[..., cavity.rim, :]
    centre = rim.mean(axis=-2, keepdims=True)
    a, b, c, d = (points[..., cavity.wall[:, corner], :] - centre for corner in range(4))
    diagonals = _triple(a, b, c) + _triple(a, c, d) + _triple(a, b, d) + _triple(b, c, d)
    volume: FloatArray = -diagonals.sum(axis=-1) / 12
    return volume


def wall_volume(mesh: Mesh, cells: NDArray[np.bool_] | None = None) -> float:
    """Volume of the tissue, mm3; of all cells or of those chosen by a mask (m,)."""
    volumes = cell_volumes(mesh.points, mesh.cells)
    return float(volumes.sum() if cells is None else volumes[cells].sum())


def mass(mesh: Mesh, cells: NDArray[np.bool_] | None = None) -> float:
    """Mass of the tissue, mg."""
    return wall_volume(mesh, cells) * MYOCARDIAL_DENSITY


def _triple(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    product: FloatArray = np.sum(a * np.cross(b, c), axis=-1)
    return product


__all__ = ["cavity_volume", "mass", "wall_volume"]
