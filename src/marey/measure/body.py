"""Body surface area, to which volumes and mass are indexed."""

import math

from marey.core import Facts
from marey.core.units import cm, kg, m2

BODY_SURFACE_AREA_METHOD = "Mosteller 1987, doi:10.1056/NEJM198710223171717"
_HEIGHTS, _WEIGHTS = (40 * cm, 250 * cm), (2 * kg, 400 * kg)


def body_surface_area(facts: Facts) -> float | None:
    """Body surface area in mm^2: ``sqrt(height [cm] * weight [kg] / 3600)`` m^2.

    None when height or weight is missing or cannot be a person's.
    """
    if facts.height is None or facts.weight is None:
        return None
    if not (_HEIGHTS[0] <= facts.height <= _HEIGHTS[1] and _WEIGHTS[0] <= facts.weight <= _WEIGHTS[1]):
        return None
    return math.sqrt(facts.height / cm * (facts.weight / kg) / 3600) * m2


__all__ = ["BODY_SURFACE_AREA_METHOD", "body_surface_area"]
