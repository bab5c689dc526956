"""Waves of pressure and flow in arteries, in one dimension."""

from marey.simulate.flow.waves.adan56 import adan56_inflow
from marey.simulate.flow.waves.arteries import Arteries, Artery, Blood, Windkessel
from marey.simulate.flow.waves.carotid import carotid_inflow, common_carotid
from marey.simulate.flow.waves.indices import (
    BRACHIAL,
    CAROTID,
    FEMORAL,
    RADIAL,
    ROOT,
    Separated,
    amplification,
    at,
    foot,
    path,
    pulse_pressure,
    pulse_wave_velocity,
    separated,
)
from marey.simulate.flow.waves.solve import Waves, periodic_waves, propagate
from marey.simulate.flow.waves.systemic import SystemicTree, arterial_waves

__all__ = [
    "BRACHIAL",
    "CAROTID",
    "FEMORAL",
    "RADIAL",
    "ROOT",
    "Arteries",
    "Artery",
    "Blood",
    "Separated",
    "SystemicTree",
    "Waves",
    "Windkessel",
    "adan56_inflow",
    "amplification",
    "arterial_waves",
    "at",
    "carotid_inflow",
    "common_carotid",
    "foot",
    "path",
    "periodic_waves",
    "propagate",
    "pulse_pressure",
    "pulse_wave_velocity",
    "separated",
]
