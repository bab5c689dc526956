"""The magnetic field of implants: each is a dipole along the scanner's field, which runs from the feet to the head."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput
from marey.scan.body._implants import STENT_MIDDLE, WIRE_HEIGHTS, generator_place, wire_places
from marey.scan.body._shape import shape_of
from marey.scan.body.body import check_points
from marey.scan.body.heart_space import HeartSpace, usual_heart_space
from marey.scan.body.pose import breathing_pose, check_breath
from marey.scan.body.thorax import Thorax

FloatArray = NDArray[np.float64]
PROTON = 42577.478
"""Gyromagnetic ratio of the proton over 2 pi, kHz per tesla (CODATA 2018, shielding left out)."""
NEAREST = 4.0
"""Mm; nearer to a dipole there is no signal, and the field is taken as there."""


def implant_off_resonance(
    thorax: Thorax, points: ArrayLike, field_strength: float, breath: float = 0.0, heart: HeartSpace | None = None
) -> NDArray[np.float32]:
    """Off-resonance by metal: ``f0 m (3 cos^2 - 1) / (4 pi r^3)`` summed over the implants, m of `Implants`.

    Args:
        thorax: with its implants; without any the field is 0.
        points: (..., 3) LPS mm.
        field_strength: tesla.
        breath: as in `thorax_tissue`.
        heart: where the stent lies; a usual one when None.

    Returns:
        (...) kHz.

    Raises:
        InvalidInput: points, a breath or a field strength that cannot be.
    """
    if not 0 < field_strength <= 20:
        raise InvalidInput(
            f"The field strength is {field_strength} T.", "It must lie between 0 and 20 T.", "Use 1.5 or 3."
        )
    check_breath(breath)
    flat = check_points(points).astype(np.float64)
    total = np.zeros(len(flat))
    for place, moment in dipoles(thorax, breath, heart or usual_heart_space()):
        away = flat - place
        r = np.maximum(np.linalg.norm(away, axis=1), NEAREST)
        total += moment * (3 * (away[:, 2] / r) ** 2 - 1) / (4 * np.pi * r**3)
    return np.asarray(PROTON * field_strength * total, np.float32).reshape(np.shape(points)[:-1])


def dipoles(thorax: Thorax, breath: float, heart: HeartSpace) -> list[tuple[FloatArray, float]]:
    """Place (3,) mm and moment, mm3, of every implant's dipole."""
    implants, s = thorax.implants, shape_of(thorax)
    forward = np.array([0.0, -breath * thorax.breathing.chest_forward, 0.0])
    found = []
    if implants.pacemaker:
        found.append((np.array(generator_place(s)), implants.generator_moment))
    if implants.sternal_wires:
        middles = [wire_places(height, s)[:-1].mean(axis=0) + forward for height in WIRE_HEIGHTS]
        found += [(middle, implants.wire_moment) for middle in middles]
    if implants.stent:
        pose = breathing_pose(heart.pose, breath, thorax.breathing.heart)
        found.append((pose.to_patient(np.array(STENT_MIDDLE)), implants.stent_moment))
    return found


__all__ = ["dipoles", "implant_off_resonance"]
