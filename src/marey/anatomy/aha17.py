"""The 17 segments of the left ventricle and where they lie around a short-axis slice.

Cerqueira et al., Circulation 2002, doi:10.1161/hc0402.102975. Angles are counted from the middle of the septum (midway
between the two insertions of the right ventricle), positive towards the anterior wall.
"""

import math
from dataclasses import dataclass

from marey.anatomy.views import Level
from marey.core import Code


@dataclass(frozen=True)
class Segment:
    """One of the 17 segments.

    Args:
        number: 1 to 17.
        name: e.g. "basal anterior".
        level: of the short-axis slices that cut it; None for the true apex (17), which lies beyond the cavity.
        code: its term in SNOMED CT.
        start, stop: degrees from the middle of the septum, positive to the anterior wall; stop is out.
    """

    number: int
    name: str
    level: Level | None
    code: Code
    start: float
    stop: float


_RING = (
    ("anterior", 60.0),
    ("anteroseptal", 0.0),
    ("inferoseptal", -60.0),
    ("inferior", -120.0),
    ("inferolateral", -180.0),
    ("anterolateral", 120.0),
)
_APICAL_RING = (("anterior", 45.0), ("septal", -45.0), ("inferior", -135.0), ("lateral", 135.0))
_CODES = (
    "264850008", "396482007", "396646008", "264846001", "396652009", "396654005",
    "264848000", "396647004", "396649001", "264847005", "396655006", "396656007",
    "264844003", "264845002", "264849008", "264853005", "128564006",
)  # fmt: skip


def _segments() -> tuple[Segment, ...]:
    places = [(f"{level} {wall}", level, start, 60.0) for level in (Level.BASAL, Level.MID) for wall, start in _RING]
    places += [(f"apical {wall}", Level.APICAL, start, 90.0) for wall, start in _APICAL_RING]
    segments = [
        Segment(number, name, level, Code(code, "SCT", f"Left ventricle {name} segment"), start, start + width)
        for number, ((name, level, start, width), code) in enumerate(zip(places, _CODES, strict=False), start=1)
    ]
    return (*segments, Segment(17, "apex", None, Code(_CODES[16], "SCT", "Apex of left ventricle"), 0.0, 0.0))


AHA17 = _segments()


def segment_at(level: Level, angle: float) -> Segment:
    """The segment at an angle of a short-axis slice.

    Args:
        level: basal, mid or apical.
        angle: degrees from the middle of the septum, positive towards the anterior wall; any turn.

    Raises:
        ValueError: the level is outside the ventricle.
    """
    ring = [segment for segment in AHA17 if segment.level == level]
    if not ring:
        raise ValueError(f"no segment lies at level '{level}': a basal, mid or apical slice is needed")
    first, width = ring[0].start, 360 // len(ring)
    sector = math.floor((angle - first) / width) % len(ring)
    return next(segment for segment in ring if (segment.start - first) // width % len(ring) == sector)


__all__ = ["AHA17", "Segment", "segment_at"]
