"""Labels to findings: volumes, mass, curves, wall thickness, each with its convention, interval and code."""

from marey.measure.body import BODY_SURFACE_AREA_METHOD, body_surface_area
from marey.measure.cine import SegmentedCine
from marey.measure.curves import MeasureCurves, VolumeCurves
from marey.measure.references import reference_range
from marey.measure.volumes import MeasureVolumes
from marey.measure.wall import MeasureWall

__all__ = [
    "BODY_SURFACE_AREA_METHOD", "MeasureCurves", "MeasureVolumes", "MeasureWall", "SegmentedCine", "VolumeCurves",
    "body_surface_area", "reference_range",
]  # fmt: skip
