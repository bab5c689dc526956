"""The electrocardiogram: lead fields of the trunk, action potentials, 12 leads, electrograms, body-surface maps."""

from marey.simulate.ecg.action_potential import ActionPotential, DurationGradients, durations, transmembrane_potential
from marey.simulate.ecg.conductor import Conductor, NotSolved, reciprocal_potential, voxel_conductor
from marey.simulate.ecg.ecg import electrocardiogram, electrograms
from marey.simulate.ecg.electrodes import ELECTRODES, LEADS, electrode_positions, ground_position, twelve_leads
from marey.simulate.ecg.lead_field import (
    LeadField,
    electrogram_field,
    infinite_lead_field,
    surface_lead_field,
    torso_lead_field,
)
from marey.simulate.ecg.measure import BeatMeasurements, measure_beat
from marey.simulate.ecg.pose import Pose, pose_for_habitus
from marey.simulate.ecg.tissue import IntracellularConductivity, Tissue, enclosed_points
from marey.simulate.ecg.torso import Conductivities, Torso, surface_points
from marey.simulate.ecg.trunk import trunk_conductor

__all__ = [
    "ELECTRODES", "LEADS", "ActionPotential", "BeatMeasurements", "Conductivities", "Conductor", "DurationGradients",
    "IntracellularConductivity", "LeadField", "NotSolved", "Pose", "Tissue", "Torso", "durations", "electrocardiogram",
    "electrode_positions", "electrogram_field", "electrograms", "enclosed_points", "ground_position",
    "infinite_lead_field", "measure_beat", "pose_for_habitus", "reciprocal_potential", "surface_lead_field",
    "surface_points", "torso_lead_field", "transmembrane_potential", "trunk_conductor", "twelve_leads",
    "voxel_conductor",
]  # fmt: skip
