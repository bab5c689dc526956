"""The scene: what lies in the sub-sampled voxels of a slice stack, from a beating heart and the body around it."""

from marey.scan.scene.heart import HeartInMotion
from marey.scan.scene.layers import Covering
from marey.scan.scene.scene import Body, Scene, surroundings, with_body
from marey.scan.scene.trabeculae import Trabeculation
from marey.scan.scene.truth import LABELS, label_slices
from marey.scan.scene.voxels import sub_slices

__all__ = [
    "LABELS", "Body", "Covering", "HeartInMotion", "Scene", "Trabeculation", "label_slices", "sub_slices",
    "surroundings", "with_body",
]  # fmt: skip
