"""Names of structures, views, phases and segments of the heart."""

from marey.anatomy.phases import KeyPhases
from marey.anatomy.structures import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.views import Level, View
from marey.anatomy.volumes import slice_areas, volume_curve

__all__ = [
    "LV_CAVITY", "LV_MYOCARDIUM", "RV_CAVITY", "KeyPhases", "Level", "View", "slice_areas", "volume_curve",
]  # fmt: skip
