"""Waves of pressure and flow in arteries, in one dimension."""

from marey.simulate.flow.waves.arteries import Arteries, Artery, Blood, Windkessel
from marey.simulate.flow.waves.carotid import carotid_inflow, common_carotid
from marey.simulate.flow.waves.solve import Waves, periodic_waves, propagate

__all__ = [
    "Arteries",
    "Artery",
    "Blood",
    "Waves",
    "Windkessel",
    "carotid_inflow",
    "common_carotid",
    "periodic_waves",
    "propagate",
]
