"""Body surface area, to which volumes and mass are indexed."""

from marey.anatomy.body_surface import METHOD as BODY_SURFACE_AREA_METHOD
from marey.anatomy.body_surface import mosteller
from marey.core import Facts
from marey.core.units import cm, kg

_HEIGHTS, _WEIGHTS = (40 * cm, 250 * cm), (2 * kg, 400 * kg)


def body_surface_area(facts: Facts) -> float | None:
    """Body surface area in mm^2 by Mosteller's formula.

    None when height or weight is missing or cannot be a person's.
    """
    if facts.height is None or facts.weight is None:
        return None
    if not (_HEIGHTS[0] <= facts.height <= _HEIGHTS[1] and _WEIGHTS[0] <= facts.weight <= _WEIGHTS[1]):
        return None
    return mosteller(facts.height, facts.weight)


__all__ = ["BODY_SURFACE_AREA_METHOD", "body_surface_area"]
