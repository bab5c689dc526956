"""A parametric trunk: a rounded superelliptic cylinder with lungs, a rib cage and the heart's blood.

Frame: LPS in mm; x = y = 0 on the axis of the trunk, z = 0 at the fourth intercostal space (the level of V1 and V2).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import S, cm, m, mm

FloatArray = NDArray[np.float64]
CAP = 6
"""Exponent of the rounding at the shoulders and the pelvis."""

GEDDES = "Geddes and Baker 1967, Med Biol Eng 5:271"
TEXTBOOK = "textbook value; reported ones spread widely"
ADULT = "textbook anthropometry of adults"


@dataclass(frozen=True)
class Conductivities(Parameters):
    """What the tissues of the trunk conduct, isotropic."""

    trunk: float = parameter(0.22 * S / m, 0.05 * S / m, 0.6 * S / m, "S/m", f"average of the trunk; {TEXTBOOK}")
    lung: float = parameter(0.05 * S / m, 0.02 * S / m, 0.3 * S / m, "S/m", TEXTBOOK)
    blood: float = parameter(0.67 * S / m, 0.2 * S / m, 1.0 * S / m, "S/m", GEDDES)
    heart: float = parameter(0.20 * S / m, 0.05 * S / m, 0.6 * S / m, "S/m", f"average over directions; {TEXTBOOK}")
    rib_cage: float = parameter(
        0.10 * S / m, 0.01 * S / m, 0.3 * S / m, "S/m", "mean of bone (0.01 to 0.02) and intercostal muscle, half each"
    )


@dataclass(frozen=True)
class Torso(Parameters):
    """Shape of the trunk and its tissues."""

    half_width: float = parameter(16.5 * cm, 11 * cm, 25 * cm, "cm", ADULT)
    half_depth: float = parameter(11.0 * cm, 7 * cm, 20 * cm, "cm", ADULT)
    squareness: float = parameter(2.5, 2.0, 4.0, "1", "2 is an ellipse; textbook cross-sections lie between 2 and 3")
    shoulder_height: float = parameter(13 * cm, 9 * cm, 18 * cm, "cm", ADULT)
    hip_height: float = parameter(-30 * cm, -42 * cm, -20 * cm, "cm", ADULT)
    chest_wall: float = parameter(22 * mm, 12 * mm, 70 * mm, "mm", "skin to pleura; textbook anatomy")
    rib_layer: float = parameter(10 * mm, 0 * mm, 20 * mm, "mm", "thickness of a rib; 0 leaves the cage out")
    lung_top: float = parameter(
        11 * cm, 6 * cm, 15 * cm, "cm", "textbook anatomy: the apices stand above the clavicles"
    )
    diaphragm: float = parameter(-5 * cm, -12 * cm, 0 * cm, "cm", "height of its dome in mid-breath; textbook anatomy")
    mediastinum: float = parameter(3 * cm, 1 * cm, 6 * cm, "cm", "half width between the lungs; textbook anatomy")
    sternum_half_width: float = parameter(2 * cm, 1 * cm, 3.5 * cm, "cm", "textbook anatomy")
    intercostal_step: float = parameter(3 * cm, 2 * cm, 5 * cm, "cm", "from the 4th to the 5th space; textbook anatomy")
    midclavicular: float = parameter(0.5, 0.35, 0.65, "1", "V4 as a part of the half width; textbook anatomy")
    anterior_axillary: float = parameter(0.8, 0.7, 0.92, "1", "V5 as a part of the half width; textbook anatomy")
    conductivities: Conductivities = field(default_factory=Conductivities)

    @property
    def centre_height(self) -> float:
        """Mm, half way between the caps."""
        return (self.shoulder_height + self.hip_height) / 2

    @property
    def half_height(self) -> float:
        """Mm, from the middle to a cap; the electrodes of the limbs lie a little inside."""
        return (self.shoulder_height - self.hip_height) / 2 * 1.1


def signed_distance(torso: Torso, points: FloatArray) -> FloatArray:
    """Mm to the skin, negative inside; of first order: exact at the skin, approximate away from it.

    Args:
        points: (..., 3) LPS mm.
    """
    a, b, c, n = torso.half_width, torso.half_depth, torso.half_height, torso.squareness
    x, y, z = np.abs(points[..., 0]) / a, np.abs(points[..., 1]) / b, np.abs(points[..., 2] - torso.centre_height) / c
    across = np.maximum((x**n + y**n) ** (1 / n), 1e-9)
    level = np.maximum((across**CAP + z**CAP) ** (1 / CAP), 1e-9)
    radial = (across / level) ** (CAP - 1)
    gx, gy = radial * (x / across) ** (n - 1) / a, radial * (y / across) ** (n - 1) / b
    gz = (z / level) ** (CAP - 1) / c
    return np.asarray((level - 1) / np.maximum(np.sqrt(gx**2 + gy**2 + gz**2), 1e-9), np.float64)


def anterior_point(torso: Torso, x: float, z: float) -> FloatArray:
    """(3,) mm on the front of the trunk."""
    reach = _reach(torso, z)
    inside = reach**torso.squareness - abs(x / torso.half_width) ** torso.squareness
    if inside <= 0:
        raise InvalidInput(
            f"The point at x = {x:.0f} mm, z = {z:.0f} mm lies beside the trunk.",
            f"At this height the trunk is {2 * reach * torso.half_width:.0f} mm wide.",
            "Choose a point between its flanks, or check the shape of the torso.",
        )
    return np.array([x, -torso.half_depth * inside ** (1 / torso.squareness), z])


def lateral_point(torso: Torso, side: int, z: float) -> FloatArray:
    """(3,) mm on a flank, in the frontal plane of the axis: side +1 is the left one, -1 the right one."""
    return np.array([side * torso.half_width * _reach(torso, z), 0.0, z])


def surface_points(torso: Torso, around: int = 32, rows: int = 12) -> FloatArray:
    """Points of a body-surface map: (rows, around, 3) mm, from hips to shoulders, from the left flank forwards."""
    heights = np.linspace(torso.hip_height, torso.shoulder_height, rows)
    angles = 2 * np.pi * np.arange(around) / around
    cosine, sine = np.cos(angles), -np.sin(angles)
    n = torso.squareness
    radius = (np.abs(cosine / torso.half_width) ** n + np.abs(sine / torso.half_depth) ** n) ** (-1 / n)
    reach = np.array([_reach(torso, float(z)) for z in heights])[:, None]
    return np.stack(
        [reach * radius * cosine, reach * radius * sine, np.broadcast_to(heights[:, None], (rows, around))], -1
    )


def _reach(torso: Torso, z: float) -> float:
    """Width of the trunk at a height, as a part of its largest."""
    height = abs(z - torso.centre_height) / torso.half_height
    if height >= 1:
        raise InvalidInput(
            f"The height {z:.0f} mm lies above or below the trunk.",
            f"It reaches from {torso.centre_height - torso.half_height:.0f} to "
            f"{torso.centre_height + torso.half_height:.0f} mm.",
            "Choose a height inside, or check the shape of the torso.",
        )
    return float((1 - height**CAP) ** (1 / CAP))


__all__ = [
    "Conductivities", "Torso", "anterior_point", "lateral_point", "signed_distance", "surface_points",
]  # fmt: skip
