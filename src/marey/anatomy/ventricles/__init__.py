"""The biventricular template: shape, mesh, coordinates, fibres and voxels of both ventricles."""

from marey.anatomy.ventricles._voxel_kernels import fill
from marey.anatomy.ventricles.atlas import ShapeAtlas, read_atlas
from marey.anatomy.ventricles.cavities import cavity_volume, mass, wall_volume
from marey.anatomy.ventricles.check import check_mesh, check_template
from marey.anatomy.ventricles.coordinates import with_coordinates
from marey.anatomy.ventricles.fibres import FibreAngles, frames_within, with_fibres
from marey.anatomy.ventricles.locate import Place, locate
from marey.anatomy.ventricles.mesh import ventricles
from marey.anatomy.ventricles.shape import VentricleShape
from marey.anatomy.ventricles.topology import COARSE, FINE, MEDIUM, Cavity, Resolution, Topology, topology
from marey.anatomy.ventricles.voxels import VoxelHeart, average, sample, spread, voxelise

__all__ = [
    "COARSE", "FINE", "MEDIUM", "Cavity", "FibreAngles", "Place", "Resolution", "ShapeAtlas", "Topology",
    "VentricleShape", "VoxelHeart", "average", "cavity_volume", "check_mesh", "check_template", "fill",
    "frames_within", "locate", "mass", "read_atlas", "sample", "spread", "topology", "ventricles", "voxelise",
    "wall_volume", "with_coordinates", "with_fibres",
]  # fmt: skip
