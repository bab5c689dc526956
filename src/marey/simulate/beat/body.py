"""The ventricles of a heart as a mesh and as voxels, cut into the patches that the mechanics know."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.anatomy.ventricles import (
    Resolution,
    Topology,
    topology,
    ventricles,
    with_coordinates,
    with_fibres,
)
from marey.anatomy.ventricles.coordinates import RIGHT_FREE_WALL
from marey.anatomy.ventricles.voxels import VoxelHeart, voxelise
from marey.core import Mesh
from marey.simulate.heart import Heart
from marey.simulate.scar import Infarction, infarction

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]
LEFT_PATCHES = 17
PATCHES = 20


@dataclass(frozen=True, eq=False)
class Body:
    """A heart's ventricles at end-diastole.

    Args:
        mesh: with ventricular coordinates and fibres.
        known: its topology.
        voxels: the same on a grid.
        patch: (m,) of each cell: 0 to 16 the AHA segments, 17 to 19 the right free wall's base, middle and apex.
        voxel_patch: (v,) of each voxel inside.
        infarct: where the voxels are dead.
    """

    mesh: Mesh
    known: Topology
    voxels: VoxelHeart
    patch: IntArray
    voxel_patch: IntArray
    infarct: Infarction

    def patch_means(self, values: Array, chosen: NDArray[np.bool_] | None = None) -> Array:
        """(20,) means of values (v,) over the (chosen) voxels of each patch; NaN where there is none."""
        which = np.ones(len(values), np.bool_) if chosen is None else chosen
        total = np.bincount(self.voxel_patch[which], values[which], PATCHES)
        count = np.bincount(self.voxel_patch[which], minlength=PATCHES)
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def body(heart: Heart, resolution: Resolution, spacing: float) -> Body:
    """Build the ventricles.

    Args:
        heart: whose.
        resolution: of the mesh.
        spacing: of the voxels, mm.

    Raises:
        InvalidInput: a shape that makes no heart.
    """
    known = topology(resolution)
    mesh = with_coordinates(ventricles(heart.shape, resolution), known)
    mesh = with_fibres(mesh, known, heart.fibres)
    voxels = _in_one_piece(voxelise(mesh, spacing))
    of = {name: np.asarray(voxels.fields[name], np.float64) for name in ("apicobasal", "rotational", "transmural")}
    segment = np.asarray(mesh.cell_fields["segment"], np.int64)
    height = np.asarray(mesh.fields["apicobasal"], np.float64)[mesh.cells].mean(axis=1)
    patch = np.where(segment == RIGHT_FREE_WALL, _right_patch(height, segment == RIGHT_FREE_WALL), segment - 1)
    left = segment[voxels.cell] != RIGHT_FREE_WALL
    infarct = infarction(heart.scars, of["apicobasal"], of["rotational"], of["transmural"], left)
    return Body(mesh, known, voxels, patch, patch[voxels.cell], infarct)


def _in_one_piece(voxels: VoxelHeart) -> VoxelHeart:
    """Without the few voxels at edges of the wall that no face joins to the others."""
    pieces, count = ndimage.label(voxels.inside)
    if count == 1:
        return voxels
    main = pieces == 1 + np.argmax(np.bincount(pieces[voxels.inside])[1:])
    kept = main[voxels.inside]
    fields = {name: values[kept] for name, values in voxels.fields.items()}
    return replace(
        voxels,
        inside=main,
        cell=voxels.cell[kept],
        nodes=voxels.nodes[kept],
        weights=voxels.weights[kept],
        fields=fields,
    )


def _right_patch(height: Array, right: NDArray[np.bool_]) -> IntArray:
    """Base, middle and apex: thirds of the right free wall's height."""
    low, high = height[right].min(), height[right].max()
    third = np.clip(((high - height) / (high - low) * 3).astype(np.int64), 0, 2)
    return np.asarray(LEFT_PATCHES + third)


__all__ = ["LEFT_PATCHES", "PATCHES", "Body", "body"]
