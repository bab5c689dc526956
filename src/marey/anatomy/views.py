"""The standard cardiac views and the levels of a short-axis slice."""

from enum import StrEnum


class View(StrEnum):
    """Orientation of an imaging plane relative to the heart."""

    SHORT_AXIS = "short axis"
    TWO_CHAMBER = "2-chamber"
    RV_TWO_CHAMBER = "2-chamber (RV)"
    THREE_CHAMBER = "3-chamber"
    FOUR_CHAMBER = "4-chamber"
    RV_OUTFLOW = "RV outflow tract"
    OTHER = "other"


class Level(StrEnum):
    """Where a short-axis slice cuts the left ventricle."""

    BASAL = "basal"
    MID = "mid"
    APICAL = "apical"
    OUTSIDE = "outside"


__all__ = ["Level", "View"]
