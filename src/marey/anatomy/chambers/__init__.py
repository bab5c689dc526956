"""Atria, great vessels, valves and papillary muscles on the biventricular template; labels of the whole heart."""

from marey.anatomy.chambers._kernels import paint
from marey.anatomy.chambers.attach import VEINS, Anchors, Chambers, anchors, attach, check_chambers
from marey.anatomy.chambers.labels import (
    STRUCTURES,
    HeartLabels,
    Lattice,
    heart_labels,
    lattice,
    structure_of,
    ventricle_parts,
)
from marey.anatomy.chambers.muscles import InnerMuscles, inner_muscles
from marey.anatomy.chambers.shape import AtriaShape
from marey.anatomy.chambers.surfaces import check_surface, crossings, enclosed_volume, outward_normals
from marey.anatomy.chambers.valves import ValveRing, plate, valve_rings

__all__ = [
    "STRUCTURES", "VEINS", "Anchors", "AtriaShape", "Chambers", "HeartLabels", "InnerMuscles", "Lattice", "ValveRing",
    "anchors", "attach", "check_chambers", "check_surface", "crossings", "enclosed_volume", "heart_labels",
    "inner_muscles", "lattice", "outward_normals", "paint", "plate", "structure_of", "valve_rings", "ventricle_parts",
]  # fmt: skip
