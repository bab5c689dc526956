"""The four valves as rings in the base of the ventricles, which move with it.

The mitral and the aortic ring share the opening of the left ventricle, the tricuspid and the pulmonary ring that of the
right one. Each ring is a fixed mix of the points around its opening; so no two rings ever meet, however the base moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers.surfaces import ring_stack
from marey.anatomy.ventricles import Resolution, Topology, topology
from marey.core import Mesh

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SECTORS = 32
DISC = 4
AORTIC_SIDE = np.radians(35.0)
AORTIC_CENTRE, AORTIC_RADIUS = 0.53, 0.44
MITRAL_EDGE, CORNER = -0.02, 10.0
TRICUSPID = (0.36, 0.25, 0.47)
PULMONARY = (0.84, 0.12, 0.38)
SQUARENESS = 2.6


@dataclass(frozen=True, eq=False)
class ValveRing:
    """One valve's ring.

    Args:
        name: "mitral", "aortic", "tricuspid" or "pulmonary".
        disc: (4, 32, 3) mm; disc[0] is the ring, counter-clockwise seen from the atria and arteries, the others lie
            within the opening, ever nearer to its middle.
        centre: (3,) mm, the middle of the opening.
        normal: (3,) unit, out of the ventricle.
        radius: mm, of the circle with the same area.
    """

    name: str
    disc: FloatArray
    centre: FloatArray
    normal: FloatArray
    radius: float

    @property
    def points(self) -> FloatArray:
        """(32, 3) mm of the ring."""
        ring: FloatArray = self.disc[0]
        return ring


def valve_rings(known: Topology, points: FloatArray) -> Mapping[str, ValveRing]:
    """The four rings of ventricles whose points (n, 3) are where they are at one moment, by name."""
    return MappingProxyType({name: _ring(name, seat, points) for name, seat in _seats(known.resolution).items()})


def _ring(name: str, seat: tuple[IntArray, FloatArray], points: FloatArray) -> ValveRing:
    nodes, weights = seat
    disc = weights @ points[nodes]
    centre, rings = disc[0, 0], disc[1:]
    around = rings[0] - centre
    area = np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0) / 2
    size = float(np.linalg.norm(area))
    return ValveRing(name, rings, centre, area / size, float(np.sqrt(size / np.pi)))


def plate(ring: ValveRing, thickness: float) -> Mesh:
    """The closed valve as a closed surface of triangles: what its ring spans, so thick (mm)."""
    half = thickness / 2 * ring.normal
    rings = np.concatenate([ring.disc[::-1] - half, ring.disc + half])
    return ring_stack(rings, ring.centre - half, ring.centre + half)


@cache
def _seats(resolution: Resolution) -> Mapping[str, tuple[IntArray, FloatArray]]:
    """For each valve the points around its opening and weights (1 + DISC, SECTORS, points); row 0 is the centre."""
    known = topology(resolution)
    left, angle = known.inner[-1, :, 0], sector_angles(resolution)
    rim = known.cavities["rv"].rim
    seats = {name: (left, _left_weights(angle, _polar(*form))) for name, form in _left_forms().items()}
    for name, (middle, along, across) in (("tricuspid", TRICUSPID), ("pulmonary", PULMONARY)):
        place = _polar(np.array([middle, 0.5]), _superellipse(), np.array([along, across]))
        seats[name] = (rim, _right_weights(resolution.septal_sectors, place[:, ::-1]))
    return MappingProxyType(seats)


def sector_angles(resolution: Resolution) -> FloatArray:
    """(sectors + 1,) radians of the left ring's points from mid-septum, rising over the anterior wall; closed.

    The insertions lie at +-60 degrees, whatever their place in the heart, as for the 17 segments.
    """
    third = np.pi / 3
    septum = np.linspace(-third, third, resolution.septal_sectors, endpoint=False)
    return np.concatenate([septum, np.linspace(third, 5 * third, resolution.free_sectors + 1)])


def _left_forms() -> dict[str, tuple[FloatArray, FloatArray]]:
    """Middle and radii of the mitral and the aortic ring within the unit circle, whose first axis is mid-septum."""
    toward = np.array([np.cos(AORTIC_SIDE), np.sin(AORTIC_SIDE)])
    middle = toward * (MITRAL_EDGE - 1) / 2
    turn = 2 * np.pi * np.arange(SECTORS) / SECTORS
    ray = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    inward = ray @ middle
    circle = -inward + np.sqrt(inward**2 + 1 - middle @ middle)
    facing = ray @ toward
    chord = np.where(facing > 1e-9, (MITRAL_EDGE - middle @ toward) / np.maximum(facing, 1e-9), np.inf)
    mitral = (circle**-CORNER + chord**-CORNER) ** (-1 / CORNER)
    return {"mitral": (middle, mitral), "aortic": (AORTIC_CENTRE * toward, np.full(SECTORS, AORTIC_RADIUS))}


def _superellipse() -> FloatArray:
    turn = 2 * np.pi * np.arange(SECTORS) / SECTORS
    radius: FloatArray = (np.abs(np.cos(turn)) ** SQUARENESS + np.abs(np.sin(turn)) ** SQUARENESS) ** (-1 / SQUARENESS)
    return radius


def _polar(middle: FloatArray, radius: FloatArray, axes: FloatArray | float = 1.0) -> FloatArray:
    """(1 + DISC, SECTORS, 2): the middle, then the ring and ever smaller ones in it."""
    turn = 2 * np.pi * np.arange(SECTORS) / SECTORS
    ring = radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1) * axes
    scale = np.concatenate([[0.0], np.arange(DISC, 0, -1) / DISC])
    place: FloatArray = middle + scale[:, None, None] * ring
    return place


def _left_weights(angle: FloatArray, place: FloatArray) -> FloatArray:
    """Of the ring's points for places in the unit circle: on the fan of triangles over the ring's middle."""
    count = len(angle) - 1
    turn = np.mod(np.arctan2(place[..., 1], place[..., 0]) - angle[0], 2 * np.pi) + angle[0]
    low = np.clip(np.searchsorted(angle, turn, side="right") - 1, 0, count - 1)
    part = (turn - angle[low]) / (angle[low + 1] - angle[low])
    distance = np.minimum(np.linalg.norm(place, axis=-1), 1.0)[..., None]
    edge = _between(low, part, count)
    weights: FloatArray = distance * edge + (1 - distance) / count
    return weights


def _right_weights(septal: int, place: FloatArray) -> FloatArray:
    """Of the rim's points (free wall last) for places (along, across) the right ventricle's crescent."""
    along = np.clip(place[..., 0], 0.0, 1.0) * septal
    low = np.minimum(along.astype(np.int64), septal - 1)
    row = _between(low, along - low, septal + 1, closed=False)
    rim = np.zeros((*row.shape[:-1], 2 * septal))
    rim[..., : septal + 1] = (1 - place[..., 1, None]) * row[..., ::-1]
    free = place[..., 1, None] * row
    rim[..., septal + 1 :] += free[..., 1:-1]
    rim[..., septal] += free[..., 0]
    rim[..., 0] += free[..., -1]
    return rim


def _between(low: IntArray, part: FloatArray, count: int, *, closed: bool = True) -> FloatArray:
    """(..., count) weights that mix point `low` and the next one."""
    following = (low + 1) % count if closed else low + 1
    weights: FloatArray = (1 - part)[..., None] * np.eye(count)[low] + part[..., None] * np.eye(count)[following]
    return weights


__all__ = ["DISC", "SECTORS", "ValveRing", "plate", "sector_angles", "valve_rings"]
