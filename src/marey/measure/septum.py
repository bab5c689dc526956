"""Where the septum is in each slice and on which side of it the anterior wall lies."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import RV_CAVITY
from marey.anatomy.axes import base_end
from marey.core import Labels
from marey.measure.outlines import RAYS, Outlines, along_rays, ray_angles

_REACH = 4.0  # mm beyond the epicardium in which the RV cavity counts as touching
_SMALLEST_ARC = 20.0  # degrees
_CLEAR = 0.5  # cosine from which the patient's own directions decide
_UP_AND_FRONT = np.array([0.0, -1.0, 1.0]) / np.sqrt(2.0)  # LPS


@dataclass(frozen=True)
class Septum:
    """The septum of one slice.

    Args:
        ends: radians of the two insertions of the RV, in the rays' direction.
        middle: radians, midway between them.
    """

    ends: tuple[float, float]
    middle: float


@dataclass(frozen=True)
class Turn:
    """Which way around a slice leads from the septum to the anterior wall.

    Args:
        sign: +1 in the direction of the rays' angle, -1 against it.
        doubt: one sentence when it is not certain, else "".
    """

    sign: int
    doubt: str = ""


def find_septum(labels: Labels, phase: int, row: int, outlines: Outlines) -> Septum | None:
    """The arc of the LV wall that the RV cavity touches; None when it hardly touches."""
    from scipy.ndimage import binary_closing, binary_opening

    keys = [key for key, structure in labels.structures.items() if structure == RV_CAVITY]
    rv = np.isin(labels.values[phase, row], keys).astype(np.float64)
    radii = outlines.outer[:, None] + np.arange(0.5, _REACH + 0.1, 0.5)
    touching = (along_rays(rv, outlines.centre, radii, labels.grid.spacing[1:]) > 0.5).any(axis=1)
    thrice = binary_opening(binary_closing(np.tile(touching, 3), np.ones(9, bool)), np.ones(5, bool))
    touching = thrice[RAYS : 2 * RAYS]
    width = 2 * np.pi / RAYS
    if touching.all() or touching.sum() * width < np.radians(_SMALLEST_ARC):
        return None
    start, length = _longest_gap(touching)
    first, last = start + length, start + RAYS - 1  # the septum is what the longest gap leaves
    return Septum((first * width % (2 * np.pi), last * width % (2 * np.pi)), (first + last) / 2 * width % (2 * np.pi))


def nearest_septum(septa: Mapping[int, Septum], row: int) -> Septum | None:
    """The septum of this slice or, where the RV is missing, of the nearest slice that has one."""
    return min(septa.items(), key=lambda item: abs(item[0] - row))[1] if septa else None


def anterior_turn(labels: Labels, phase: int, septa: Mapping[int, Septum]) -> Turn:
    """Which way the anterior wall lies.

    In the patient it faces up and to the front. Where the file keeps no orientation, or the slices lie so that this
    says little, it follows from the view from the apex, in which the septum lies counter-clockwise of the anterior
    wall (Cerqueira et al. 2002, doi:10.1161/hc0402.102975).
    """
    x, y = labels.grid.directions[:, 2], labels.grid.directions[:, 1]
    middle = np.angle(np.mean([np.exp(1j * septum.middle) for septum in septa.values()]))
    septal = np.cos(middle) * x + np.sin(middle) * y
    ahead = np.cos(middle + np.pi / 2) * x + np.sin(middle + np.pi / 2) * y
    base = labels.grid.normal * base_end(labels, phase)
    by_apex = 1 if float(np.cross(base, septal) @ ahead) > 0 else -1
    if _axis_aligned(labels.grid.directions):
        return Turn(by_apex, "The file keeps no orientation of the slices: anterior and inferior may be exchanged.")
    upwards = float(ahead @ _UP_AND_FRONT)
    if abs(upwards) < _CLEAR:
        return Turn(by_apex)
    by_patient = 1 if upwards > 0 else -1
    if by_patient != by_apex:
        doubt = "Base and apex do not fit the patient's orientation: anterior and inferior may be exchanged."
        return Turn(by_patient, doubt)
    return Turn(by_patient)


def angles_from_septum(septum: Septum, turn: Turn) -> NDArray[np.float64]:
    """Degrees from the middle of the septum of every ray, -180 to 180, positive to the anterior wall, ``(ray,)``."""
    degrees = np.degrees(turn.sign * (ray_angles() - septum.middle))
    wrapped: NDArray[np.float64] = (degrees + 180.0) % 360.0 - 180.0
    return wrapped


def _longest_gap(touching: NDArray[np.bool_]) -> tuple[int, int]:
    """First ray and length of the longest run that does not touch, around the circle."""
    first_touch = int(touching.argmax())
    rolled = np.roll(touching, -first_touch)  # starts touching, so no gap runs over the end
    edges = np.flatnonzero(np.diff(np.concatenate([rolled, [True]]).astype(np.int8)))
    starts, stops = edges[::2] + 1, edges[1::2] + 1
    best = int((stops - starts).argmax())
    return int(starts[best] + first_touch) % RAYS, int(stops[best] - starts[best])


def _axis_aligned(directions: NDArray[np.float64]) -> bool:
    """Whether the slices lie exactly along the patient's axes, which a short axis never does."""
    return bool(np.isclose(np.abs(directions), np.round(np.abs(directions)), atol=1e-3).all())


__all__ = ["Septum", "Turn", "angles_from_septum", "anterior_turn", "find_septum", "nearest_septum"]
