"""Names of structures, views, phases and segments of the heart."""

from marey.anatomy.aha17 import AHA17, Segment, segment_at
from marey.anatomy.phases import KeyPhases
from marey.anatomy.structures import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.views import Level, View
from marey.anatomy.volumes import slice_areas, volume_curve

__all__ = [
    "AHA17", "LV_CAVITY", "LV_MYOCARDIUM", "RV_CAVITY", "KeyPhases", "Level", "Segment", "View", "segment_at",
    "slice_areas", "volume_curve",
]  # fmt: skip
