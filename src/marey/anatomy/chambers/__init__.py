"""Atria, great vessels, valves and papillary muscles around the biventricular template, and labels of the whole heart."""

from marey.anatomy.chambers.attach import Anchors, Chambers, anchors, attach
from marey.anatomy.chambers.shape import AtriaShape
from marey.anatomy.chambers.surfaces import check_surface, crossings, enclosed_volume
from marey.anatomy.chambers.valves import ValveRing, valve_rings

__all__ = [
    "Anchors", "AtriaShape", "Chambers", "ValveRing", "anchors", "attach", "check_surface", "crossings",
    "enclosed_volume", "valve_rings",
]  # fmt: skip
