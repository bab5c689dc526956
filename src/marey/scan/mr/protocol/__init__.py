"""Protocol: planes as an operator plans and misplaces them, settings of every series, vendor styles.

found = landmarks(beat, pose)
settings = series_settings("cine", 1.5)
error = Operator().draw(rng)
acquired = short_axis(found, settings.slices, error)
exported = short_axis(found, vendor_style("upsampled").reconstructed(settings.slices), error)
"""

from marey.scan.mr.protocol.landmarks import Landmarks, landmarks
from marey.scan.mr.protocol.operator import PERFECT, Misplacement, Operator
from marey.scan.mr.protocol.plane import Plane, Slices, plane
from marey.scan.mr.protocol.planes import (
    PLANES,
    aortic_flow,
    flow_box,
    four_chamber,
    short_axis,
    three_chamber,
    transverse,
    two_chamber,
)
from marey.scan.mr.protocol.settings import SERIES, SeriesSettings, series_settings
from marey.scan.mr.protocol.styles import STYLES, VendorStyle, vendor_style

__all__ = [
    "PERFECT", "PLANES", "SERIES", "STYLES", "Landmarks", "Misplacement", "Operator", "Plane", "SeriesSettings",
    "Slices", "VendorStyle", "aortic_flow", "flow_box", "four_chamber", "landmarks", "plane", "series_settings",
    "short_axis", "three_chamber", "transverse", "two_chamber", "vendor_style",
]  # fmt: skip
