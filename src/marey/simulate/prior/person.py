"""Whose heart it is."""

from dataclasses import dataclass

from marey.anatomy.body_surface import mosteller
from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import cm, kg

ADULT = "adults, textbook value"
SEXES = ("F", "M")


@dataclass(frozen=True)
class Person(Parameters):
    """What the record says of the owner of a virtual heart.

    Args:
        sex: "F" or "M".
        group: name of the disease group.
        age: years.
        height, weight: of the body.

    Raises:
        InvalidInput: another sex, a number outside its range.
    """

    sex: str
    group: str = "healthy"
    age: float = parameter(57.0, 30.0, 90.0, "1", f"years; {ADULT}")
    height: float = parameter(170 * cm, 140 * cm, 205 * cm, "cm", ADULT)
    weight: float = parameter(75 * kg, 38 * kg, 170 * kg, "kg", ADULT)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sex not in SEXES:
            raise InvalidInput(f"The sex is '{self.sex}'.", f"Known are {', '.join(SEXES)}.", "Choose one of them.")

    @property
    def surface(self) -> float:
        """Body surface area by Mosteller's formula, mm2."""
        return mosteller(self.height, self.weight)


__all__ = ["SEXES", "Person"]
