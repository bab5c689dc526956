"""Which material lies where the ventricles' muscle is: cells, places within them, and what follows from these."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import locate
from marey.anatomy.ventricles.voxels import interpolated
from marey.core import Mesh
from marey.core.hexahedra import shape_functions
from marey.scan.body.tissue import Tissue
from marey.scan.scene.voxels import Voxels
from marey.simulate.scar import Scar, infarction

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
COORDINATES = ("apicobasal", "rotational", "transmural")


@dataclass(frozen=True, eq=False)
class Material:
    """What v voxels of muscle are made of.

    Args:
        mesh: at end-diastole.
        cell: (v,) of the mesh.
        weights: (v, 8) of its corners.
        beside: (v, 3) mm from the cell to the voxel, where it lies between a cell's curved face and its triangles.
    """

    mesh: Mesh
    cell: IntArray
    weights: FloatArray
    beside: FloatArray

    @property
    def reference(self) -> FloatArray:
        """(v, 3) mm where it lies at end-diastole."""
        return self.of_points(self.mesh.points) + self.beside

    def of_points(self, values: FloatArray) -> FloatArray:
        """(v, k) of values (n, k) at the mesh's points."""
        found: FloatArray = np.einsum("vk,vki->vi", self.weights, values[self.mesh.cells[self.cell]])
        return found

    def scarred(self, scars: tuple[Scar, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(v,) core and (v,) border zone."""
        fields = {name: self.mesh.fields[name] for name in COORDINATES}
        cells = {"segment": self.mesh.cell_fields["segment"]}
        bare = Mesh(self.mesh.points, self.mesh.cells, fields, cells)
        found = interpolated(bare, self.cell, self.weights)
        up, around, through = (np.asarray(found[name], np.float64) for name in COORDINATES)
        scar = infarction(scars, up, around, through, np.asarray(found["side"]) == 0)
        return scar.core, scar.border


def material(voxels: Voxels, chosen: NDArray[np.bool_], mesh: Mesh, points: FloatArray) -> Material:
    """The material in the chosen voxels (slice, sample, row, column).

    Args:
        voxels: of the grid.
        chosen: voxels within the ventricles' muscle.
        mesh: at end-diastole.
        points: (n, 3) mm, of the mesh now.
    """
    owner, local = voxels.cells(points[mesh.cells])
    cell, weights = owner[chosen].astype(np.int64), shape_functions(local[chosen].astype(np.float64))
    missed, beside = cell < 0, np.zeros((len(cell), 3))
    if missed.any():
        places = voxels.places(chosen)[missed]
        near = locate(Mesh(points, mesh.cells), places)
        cell[missed], weights[missed] = near.cell, near.weights
        beside[missed] = places - np.einsum("vk,vki->vi", near.weights, points[mesh.cells[near.cell]])
    return Material(mesh, cell, weights, beside)


def with_scars(tissue: NDArray[np.uint8], found: Material, scars: tuple[Scar, ...]) -> NDArray[np.uint8]:
    """Tissue (v,) of the muscle with its scars."""
    core, border = found.scarred(scars)
    scarred = np.where(border, np.uint8(Tissue.BORDER_ZONE), tissue)
    return np.where(core, np.uint8(Tissue.SCAR_CORE), scarred)


__all__ = ["Material", "material", "with_scars"]
