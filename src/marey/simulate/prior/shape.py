"""The ventricles of a person: volumes, lengths, and walls that weigh what they should."""

import dataclasses
from collections.abc import Mapping

from marey.anatomy import AHA17
from marey.anatomy.ventricles import MEDIUM, VentricleShape, mass, topology, ventricles
from marey.anatomy.views import Level
from marey.core import InvalidInput
from marey.core.units import g, mL, mm
from marey.simulate.prior.person import Person

USUAL_RV_WALL = 3.5 * mm
PASSES = 8
CLOSE = 1e-3


def shape_of(person: Person, traits: Mapping[str, float], shape: VentricleShape, rv_volume: float) -> VentricleShape:
    """The shape of a person's ventricles.

    Args:
        person: the body.
        traits: in coherent units.
        shape: the settings of the template, which are traits themselves.
        rv_volume: at end-diastole, mm3.

    Raises:
        InvalidInput: no ventricles of such numbers.
    """
    volume = traits["lv_volume_index"] * person.surface
    length = traits["lv_slenderness"] * (volume / mL) ** (1 / 3) * mm
    shape = dataclasses.replace(
        shape,
        lv_volume=volume,
        lv_length=length,
        rv_volume=rv_volume,
        rv_length=traits["rv_slenderness"] * length,
        rv_wall_thickness=USUAL_RV_WALL * traits["rv_wall"] * (person.surface / 1.9e6) ** (1 / 3),
        wall_thickness=tuple(
            thickness * (traits["septal_thickening"] if "sept" in segment.name else 1.0)
            * (traits["apical_thickening"] if segment.level is Level.APICAL else 1.0)
            for thickness, segment in zip(shape.wall_thickness, AHA17, strict=True)
        ),
    )  # fmt: skip
    return _weighing(shape, traits["lv_mass_index"] * person.surface)


def lv_mass(shape: VentricleShape) -> float:
    """Of the left ventricle with the septum, mg."""
    return mass(ventricles(shape, MEDIUM), topology(MEDIUM).side == 0)


def rv_mass(shape: VentricleShape) -> float:
    """Of the right free wall, mg."""
    return mass(ventricles(shape, MEDIUM), topology(MEDIUM).side == 1)


def _weighing(shape: VentricleShape, wanted: float) -> VentricleShape:
    """The same pattern of thickness, scaled until the left ventricle has that mass."""
    for _ in range(PASSES):
        ratio = wanted / lv_mass(shape)
        if abs(ratio - 1) < CLOSE:
            return shape
        thickness = tuple(value * ratio**0.9 for value in shape.wall_thickness)
        shape = dataclasses.replace(shape, wall_thickness=thickness)
    raise InvalidInput(
        f"No wall around {shape.lv_volume / mL:.0f} mL weighs {wanted / g:.0f} g.",
        "A wall of 2 to 35 mm is needed.",
        "Choose another mass or volume.",
    )


__all__ = ["lv_mass", "rv_mass", "shape_of"]
