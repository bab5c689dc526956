"""Motion of the whole mesh from the multi-patch mechanics' strains and volumes."""

from marey.simulate.motion.deform import Deformation, Tethers

__all__ = ["Deformation", "Tethers"]
