"""The ventricles on a voxel grid, and back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy.ventricles._voxel_kernels import fill
from marey.anatomy.ventricles.coordinates import RIGHT_FREE_WALL
from marey.core import InvalidInput, Mesh
from marey.core.hexahedra import shape_functions
from marey.core.units import mm

FloatArray = NDArray[np.float64]
LINES = ("fibre", "sheet", "normal")
FINEST, COARSEST = 0.2 * mm, 5 * mm


@dataclass(frozen=True, eq=False)
class VoxelHeart:
    """Tissue on an isotropic grid; v voxels lie inside, in the order of ``numpy.nonzero(inside)``.

    Args:
        inside: (z, y, x) of the tissue, with at least one empty voxel all around.
        origin: (3,) mm, the heart frame's (x, y, z) of the centre of voxel [0, 0, 0].
        spacing: mm.
        cell: (v,) number of the mesh's cell that holds the voxel's centre.
        nodes: (v, 8) the cell's points.
        weights: (v, 8) the shape functions there; they sum to 1.
        points: how many the mesh has.
        fields: by name, (v,) or (v, 3): what the mesh has of fibre, sheet, normal, transmural, apicobasal, rotational,
            side and segment (int8).
    """

    inside: NDArray[np.bool_]
    origin: FloatArray
    spacing: float
    cell: NDArray[np.int64]
    nodes: NDArray[np.int64]
    weights: FloatArray
    points: int
    fields: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    @property
    def places(self) -> FloatArray:
        """(v, 3) mm: the inside voxels' centres in the heart frame."""
        index = np.argwhere(self.inside)[:, ::-1]
        return self.origin + self.spacing * index


def voxelise(mesh: Mesh, spacing: float) -> VoxelHeart:
    """The voxels whose centres lie in the tissue, with the mesh's fields there.

    Args:
        mesh: of hexahedra.
        spacing: mm, 0.2 to 5.

    Raises:
        InvalidInput: a spacing outside its range or so wide that no voxel is inside.
    """
    if not (math.isfinite(spacing) and FINEST <= spacing <= COARSEST):
        raise InvalidInput(
            f"The parameter 'spacing' is {spacing} mm.",
            f"It must lie between {FINEST:g} and {COARSEST:g} mm.",
            "Check its value and its unit.",
        )
    origin = (np.floor(mesh.points.min(axis=0) / spacing) - 1) * spacing
    shape = np.ceil((mesh.points.max(axis=0) - origin) / spacing).astype(int) + 2
    owner = np.full(shape[::-1], -1, np.int32)
    local = np.zeros((*owner.shape, 3), np.float32)
    fill(mesh.points[mesh.cells], origin, float(spacing), owner, local)
    inside = owner >= 0
    if not inside.any():
        raise InvalidInput(
            f"No voxel of {spacing:g} mm lies in the tissue.", "A finer grid is needed.", "Choose a smaller spacing."
        )
    cell = owner[inside].astype(np.int64)
    weights = shape_functions(local[inside].astype(np.float64))
    bare = VoxelHeart(inside, origin, float(spacing), cell, mesh.cells[cell], weights, len(mesh.points))
    fields = interpolated(mesh, bare.cell, bare.weights)
    return VoxelHeart(inside, origin, float(spacing), cell, bare.nodes, weights, len(mesh.points), fields)


def interpolated(mesh: Mesh, cell: NDArray[np.int64], weights: FloatArray) -> dict[str, NDArray[np.generic]]:
    """The mesh's anatomical fields at places given by cell (v,) and weights (v, 8)."""
    nodes = mesh.cells[cell]
    found: dict[str, NDArray[np.generic]] = {}
    for name, values in mesh.fields.items():
        if name in LINES:
            found[name] = _along_lines(np.asarray(values, np.float64)[nodes], weights)
        elif name == "rotational":
            found[name] = _angle(np.asarray(values, np.float64)[nodes], weights)
        elif name == "side":
            found[name] = (np.einsum("vk,vk->v", weights, values[nodes].astype(np.float64)) > 0.5).astype(np.int8)
        elif np.issubdtype(values.dtype, np.floating):
            found[name] = np.einsum("vk,vk...->v...", weights, np.asarray(values, np.float64)[nodes])
    if "segment" in mesh.cell_fields:
        found["segment"] = mesh.cell_fields["segment"][cell]
        found["side"] = (np.asarray(found["segment"]) == RIGHT_FREE_WALL).astype(np.int8)
    return found


def sample(heart: VoxelHeart, values: FloatArray) -> FloatArray:
    """Values at the mesh's points (n,) or (n, k) at the inside voxels, (v,) or (v, k)."""
    if len(values) != heart.points:
        raise InvalidInput(
            f"There are {len(values)} values for a mesh of {heart.points} points.",
            "One per point is needed.",
            "Check them.",
        )
    sampled: FloatArray = np.einsum("vk,vk...->v...", heart.weights, values[heart.nodes])
    return sampled


def average(heart: VoxelHeart, values: FloatArray, mesh: Mesh) -> FloatArray:
    """Values at the inside voxels (v,) at the mesh's points (n,): weighted means, or the nearest where none is near."""
    weight = np.bincount(heart.nodes.ravel(), heart.weights.ravel(), heart.points)
    total = np.bincount(heart.nodes.ravel(), (heart.weights * values[:, None]).ravel(), heart.points)
    lonely = weight < 1e-3
    mean = total / np.where(lonely, 1.0, weight)
    if lonely.any():
        mean[lonely] = values[cKDTree(heart.places).query(mesh.points[lonely])[1]]
    return mean


def spread(heart: VoxelHeart, values: NDArray[np.generic], outside: float = 0.0) -> NDArray[np.generic]:
    """Values at the inside voxels (v,) or (v, k) on the whole grid, (z, y, x) or (z, y, x, k)."""
    grid = np.full((*heart.inside.shape, *values.shape[1:]), outside, values.dtype)
    grid[heart.inside] = values
    return grid


def _along_lines(vectors: FloatArray, weights: FloatArray) -> FloatArray:
    """Means of unit vectors (v, 8, 3) whose sign means nothing, unit again."""
    first = vectors[np.arange(len(vectors)), weights.argmax(axis=1)]
    sign = np.where(np.einsum("vki,vi->vk", vectors, first) < 0, -1.0, 1.0)
    mean = np.einsum("vk,vki->vi", weights * sign, vectors)
    unit: FloatArray = mean / np.linalg.norm(mean, axis=-1, keepdims=True)
    return unit


def _angle(angles: FloatArray, weights: FloatArray) -> FloatArray:
    """Means of angles (v, 8) across the jump at pi; points on the axis (exactly 0) do not count."""
    weights = weights * (angles != 0)
    mean: FloatArray = np.arctan2((weights * np.sin(angles)).sum(1), (weights * np.cos(angles)).sum(1))
    return mean


__all__ = ["VoxelHeart", "average", "sample", "spread", "voxelise"]
