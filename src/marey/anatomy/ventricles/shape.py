"""The two ventricles at end-diastole in the numbers that a cardiologist reads from a study."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marey.core import InvalidInput, Parameter, Parameters, parameter
from marey.core.units import factor, mL, mm

DEGREE = factor("deg")
TEXTBOOK = "textbook value; range: what imaging of adults with and without heart disease shows"
TEMPLATE = "a shape setting of this template, without a clinical counterpart"
WALL_THICKNESS = (
    8.0, 8.5, 8.5, 8.0, 7.5, 7.5,
    7.0, 8.0, 8.0, 7.0, 6.5, 6.5,
    6.0, 6.5, 6.0, 6.0,
    4.0,
)  # fmt: skip
WAVES = 6


@dataclass(frozen=True)
class VentricleShape(Parameters):
    """Both ventricles at end-diastole. Sphericity follows from volume and length.

    Args:
        lv_volume: cavity up to the mitral plane.
        lv_length: from the cavity's apex to the mitral plane, along the axis.
        apical_shape: exponent of the meridian below the widest place: 2 an ellipse, less pointed, more blunt.
        widest_height: where the cavity is widest, as a fraction of its length.
        base_narrowing: how much narrower the mitral plane is than the widest place.
        septal_curvature: 1 round, 0 flat, negative bowed into the left ventricle; halfway between the insertions.
        anterior_insertion, inferior_insertion: angle of the right ventricle's insertions from mid-septum at the base.
        base_tilt: of the mitral plane, its anterior edge up.
        rv_volume: cavity up to the tricuspid plane and the outflow tract's end.
        rv_length: from the right ventricle's apex to the base, along the left ventricle's axis.
        rv_wall_thickness: of its free wall.
        rv_outflow: rise of the outflow tract's end above the tricuspid plane.
        rv_taper: exponent of the growth of the right ventricle's depth from its apex: less is blunter.
        wall_thickness: of the 17 AHA segments, in their order; each between 2 and 35 mm.
        waves: amplitudes, as fractions of the radius, of the endocardial waves cos 2a, sin 2a, cos 3a, sin 3a over the
            angle a, constant along the axis, then cos 2a and sin 2a that change sign at mid-height; each within 0.1.

    Raises:
        InvalidInput: a value outside its range, or a right ventricle longer than the left.
    """

    lv_volume: float = parameter(150 * mL, 30 * mL, 500 * mL, "mL", TEXTBOOK)
    lv_length: float = parameter(90 * mm, 50 * mm, 140 * mm, "mm", TEXTBOOK)
    apical_shape: float = parameter(2.0, 1.4, 3.0, "1", TEMPLATE)
    widest_height: float = parameter(0.7, 0.5, 0.85, "1", TEMPLATE)
    base_narrowing: float = parameter(0.12, 0.0, 0.35, "1", TEMPLATE)
    septal_curvature: float = parameter(1.0, -0.5, 1.2, "1", TEXTBOOK)
    anterior_insertion: float = parameter(60 * DEGREE, 45 * DEGREE, 75 * DEGREE, "deg", TEXTBOOK)
    inferior_insertion: float = parameter(60 * DEGREE, 45 * DEGREE, 75 * DEGREE, "deg", TEXTBOOK)
    base_tilt: float = parameter(5 * DEGREE, -20 * DEGREE, 20 * DEGREE, "deg", TEXTBOOK)
    rv_volume: float = parameter(160 * mL, 30 * mL, 500 * mL, "mL", TEXTBOOK)
    rv_length: float = parameter(76 * mm, 35 * mm, 125 * mm, "mm", TEXTBOOK)
    rv_wall_thickness: float = parameter(3.5 * mm, 1.5 * mm, 12 * mm, "mm", TEXTBOOK)
    rv_outflow: float = parameter(12 * mm, 0.0 * mm, 30 * mm, "mm", TEXTBOOK)
    rv_taper: float = parameter(0.9, 0.6, 1.5, "1", TEMPLATE)
    wall_thickness: tuple[float, ...] = WALL_THICKNESS
    waves: tuple[float, ...] = (0.0,) * WAVES

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_row("wall_thickness", self.wall_thickness, len(WALL_THICKNESS), 2 * mm, 35 * mm)
        _check_row("waves", self.waves, WAVES, -0.1, 0.1)
        if not 0.3 * self.lv_length <= self.rv_length <= 0.95 * self.lv_length:
            raise InvalidInput(
                f"The parameter 'rv_length' is {self.rv_length:.4g} mm, 'lv_length' {self.lv_length:.4g} mm.",
                "It must lie between 0.3 and 0.95 of 'lv_length': the template's right apex ends above the left one.",
                "Change one of the two.",
            )

    def table(self, prefix: str = "") -> Iterator[Parameter]:
        """Every parameter; those in rows as "wall_thickness.1" to "wall_thickness.17" and "waves.1" to "waves.6"."""
        yield from super().table(prefix)
        for number, value in enumerate(self.wall_thickness, start=1):
            yield Parameter(f"{prefix}wall_thickness.{number}", value, 2 * mm, 35 * mm, "mm", TEXTBOOK)
        for number, value in enumerate(self.waves, start=1):
            yield Parameter(f"{prefix}waves.{number}", value, -0.1, 0.1, "1", TEMPLATE)


def _check_row(name: str, values: Any, count: int, low: float, high: float) -> None:
    if not isinstance(values, tuple) or len(values) != count:
        raise InvalidInput(
            f"The parameter '{name}' is {values!r}.", f"A tuple of {count} numbers is needed.", "Give all of them."
        )
    for number, value in enumerate(values, start=1):
        fine = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not fine or not low <= value <= high:
            raise InvalidInput(
                f"The parameter '{name}.{number}' is {value!r}.",
                f"It must be a number between {low:g} and {high:g}.",
                "Check its value and its unit (thicknesses are in mm).",
            )


__all__ = ["VentricleShape"]
