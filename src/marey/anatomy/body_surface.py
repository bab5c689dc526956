"""Body surface area from height and weight."""

import math

from marey.core.units import cm, kg, m2

METHOD = "Mosteller 1987, doi:10.1056/NEJM198710223171717"


def mosteller(height: float, weight: float) -> float:
    """Body surface area in mm2 of a height in mm and a weight in mg: ``sqrt(height [cm] * weight [kg] / 3600)`` m2."""
    return math.sqrt(height / cm * (weight / kg) / 3600) * m2


__all__ = ["METHOD", "mosteller"]
