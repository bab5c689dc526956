"""The patient around the heart."""

from marey.scan.body.body import thorax_tissue
from marey.scan.body.heart_space import DistanceMap, HeartSpace, distance_map, usual_heart_space, vessel_ends
from marey.scan.body.implants import implant_off_resonance
from marey.scan.body.pose import HeartBreathing, Pose, breathing_pose, default_pose, pose_of
from marey.scan.body.thorax import Breathing, ChestWall, Effusions, Implants, Organs, Thorax, torso_of
from marey.scan.body.tissue import TISSUES, Tissue
from marey.scan.body.variation import random_thorax

__all__ = [
    "TISSUES", "Breathing", "ChestWall", "DistanceMap", "Effusions", "HeartBreathing", "HeartSpace", "Implants",
    "Organs", "Pose", "Thorax", "Tissue", "breathing_pose", "default_pose", "distance_map", "implant_off_resonance",
    "pose_of", "random_thorax", "thorax_tissue", "torso_of", "usual_heart_space", "vessel_ends",
]  # fmt: skip
