"""Short-axis cine: random hearts in random thoraxes, as a bSSFP scanner would show them."""

from marey.scan.cine.exam import CineExam, SimulatedExam, Truth
from marey.scan.cine.heart import PRESETS, Heart, Preset, random_heart
from marey.scan.cine.stack import TRUTH, random_stack

__all__ = [
    "PRESETS", "TRUTH", "CineExam", "Heart", "Preset", "SimulatedExam", "Truth", "random_heart", "random_stack",
]  # fmt: skip
