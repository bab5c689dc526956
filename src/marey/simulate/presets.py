"""Hearts that show the signs of a disease, each as what differs from the healthy heart."""

from collections.abc import Mapping
from typing import Any

from marey.anatomy.ventricles.shape import WALL_THICKNESS
from marey.core import InvalidInput
from marey.core.units import cm, factor, litre, minute, mL, mm, mmHg, s
from marey.simulate.eikonal import Block
from marey.simulate.healing import healed_walls
from marey.simulate.heart import Heart
from marey.simulate.scar import Scar

DEGREE = factor("deg")
WOOD = mmHg * s / mL


def _walls(basal: float, mid: float, apical: float, apex: float, septal: float = 1.0) -> tuple[float, ...]:
    """Thickness of the 17 segments in mm; septal segments thicker by a factor."""
    ring = (1.0, septal, septal, 1.0, 0.95, 0.95)
    apical_ring = (1.0, septal, 1.0, 1.0)
    return (*(basal * k for k in ring), *(mid * k for k in ring), *(apical * k for k in apical_ring), apex)


LEFT_BUNDLE_BLOCK: Mapping[str, Any] = {"conduction_system.blocks": frozenset({Block.LEFT_BUNDLE})}
DILATED: Mapping[str, Any] = {
    "shape.lv_volume": 250 * mL, "shape.lv_length": 104 * mm, "shape.apical_shape": 2.3,
    "shape.wall_thickness": _walls(7.5, 7.0, 6.0, 4.0), "shape.rv_volume": 190 * mL,
    "muscle.contractility": 0.45, "muscle.rv_contractility": 0.8, "circulation.blood_volume": 5.5 * litre,
    "circulation.heart_rate": 78 / minute,
}  # fmt: skip

DIFFERENCES: Mapping[str, Mapping[str, Any]] = {
    "healthy": {},
    "dcm": DILATED,
    "dcm-lbbb": {**DILATED, **LEFT_BUNDLE_BLOCK},
    "hcm": {
        "shape.lv_volume": 115 * mL, "shape.lv_length": 86 * mm,
        "shape.wall_thickness": _walls(11.5, 11.0, 9.0, 6.0, septal=1.7), "shape.rv_volume": 130 * mL,
        "muscle.contractility": 1.05, "muscle.stiffness": 2.0, "circulation.blood_volume": 5.0 * litre,
    },
    "infarct": {
        "shape.lv_volume": 185 * mL, "shape.lv_length": 95 * mm, "shape.rv_volume": 150 * mL,
        "shape.wall_thickness": healed_walls(WALL_THICKNESS, (Scar(),)), "scars": (Scar(),),
        "muscle.contractility": 1.15, "muscle.rv_contractility": 0.8, "muscle.rv_stiffness": 1.5,
        "circulation.blood_volume": 5.15 * litre, "circulation.systemic_arteries.resistance": 1.1 * WOOD,
        "circulation.heart_rate": 72 / minute,
    },
    "lbbb": LEFT_BUNDLE_BLOCK,
    "rbbb": {"conduction_system.blocks": frozenset({Block.RIGHT_BUNDLE})},
    "rv-overload": {
        "shape.rv_volume": 240 * mL, "shape.rv_wall_thickness": 6.5 * mm, "shape.septal_curvature": 0.45,
        "shape.lv_volume": 115 * mL, "shape.rv_length": 78 * mm,
        "circulation.pulmonary_arteries.resistance": 0.5 * WOOD,
        "circulation.pulmonary_arteries.compliance": 1.3 * mL / mmHg, "muscle.rv_contractility": 1.6,
        "muscle.rv_stiffness": 1.5, "circulation.blood_volume": 5.1 * litre, "circulation.heart_rate": 80 / minute,
    },
    "hfpef": {
        "shape.lv_volume": 120 * mL, "shape.wall_thickness": _walls(11.5, 11.0, 9.0, 6.0), "muscle.stiffness": 2.2,
        "shape.rv_volume": 140 * mL, "muscle.rv_contractility": 0.7, "muscle.rv_stiffness": 2.0,
        "circulation.blood_volume": 5.25 * litre,
        "circulation.systemic_arteries.resistance": 1.15 * WOOD,
        "circulation.systemic_arteries.compliance": 1.0 * mL / mmHg, "circulation.heart_rate": 74 / minute,
    },
    "aortic-stenosis": {
        "shape.wall_thickness": _walls(12.0, 11.5, 9.5, 6.0), "shape.lv_volume": 135 * mL,
        "muscle.stiffness": 1.5, "circulation.aortic.area": 0.8 * cm**2, "circulation.blood_volume": 5.0 * litre,
    },
    "mitral-regurgitation": {
        "shape.lv_volume": 215 * mL, "shape.lv_length": 98 * mm, "shape.rv_volume": 165 * mL,
        "circulation.mitral.leak_area": 0.4 * cm**2, "circulation.blood_volume": 5.3 * litre,
    },
}  # fmt: skip

PRESETS = tuple(DIFFERENCES)


def preset(name: str) -> Heart:
    """A typical heart.

    Args:
        name: one of `PRESETS`.

    Raises:
        InvalidInput: another name.
    """
    if name not in DIFFERENCES:
        raise InvalidInput(
            f"There is no preset '{name}'.", f"Known are {', '.join(PRESETS)}.", "Choose one of these with --preset."
        )
    return Heart().but(DIFFERENCES[name])


__all__ = ["DIFFERENCES", "PRESETS", "preset"]
