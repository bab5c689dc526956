"""The room that the heart takes in the thorax, and the ends of its vessels, which the thorax continues."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.anatomy.chambers import Lattice
from marey.anatomy.chambers.valves import SECTORS
from marey.anatomy.chambers.vessels import End
from marey.core import InvalidInput, Mesh
from marey.scan.body.pose import Pose, default_pose

FloatArray = NDArray[np.float64]
MARGIN = 42.0
"""Mm around the heart in which distances are known."""
VESSELS = (
    "aorta", "pulmonary trunk", "superior vena cava", "inferior vena cava", "left superior pulmonary vein",
    "left inferior pulmonary vein", "right superior pulmonary vein", "right inferior pulmonary vein",
)  # fmt: skip
# Of the default heart: centre, direction and radius in the heart frame.
USUAL_ENDS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float], float]] = {
    "aorta": ((-21.0, -9.0, 140.0), (-0.30, -0.10, 0.95), 14.5),
    "pulmonary trunk": ((-16.0, -39.0, 129.0), (0.50, -0.25, 0.83), 12.0),
    "superior vena cava": ((-56.0, 6.0, 145.0), (-0.10, -0.35, 0.93), 9.0),
    "inferior vena cava": ((-67.0, 55.0, 107.0), (-0.35, 0.93, -0.05), 10.5),
    "left superior pulmonary vein": ((46.0, 18.0, 129.0), (0.84, 0.0, 0.54), 6.0),
    "left inferior pulmonary vein": ((40.0, 47.0, 109.0), (0.70, 0.71, 0.05), 6.0),
    "right superior pulmonary vein": ((-14.0, 27.0, 137.0), (-0.62, 0.25, 0.75), 6.0),
    "right inferior pulmonary vein": ((-9.0, 51.0, 114.0), (-0.50, 0.84, 0.20), 6.0),
}
# Ellipsoids (centre, half axes) in the heart frame that stand for a heart nobody has given.
USUAL_HEART = (
    ((0.0, 0.0, 42.0), (36.0, 36.0, 50.0)), ((-42.0, -2.0, 52.0), (38.0, 42.0, 46.0)),
    ((12.0, 24.0, 112.0), (28.0, 24.0, 22.0)), ((-46.0, 22.0, 106.0), (24.0, 26.0, 26.0)),
    ((-16.0, -14.0, 112.0), (17.0, 26.0, 28.0)),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class DistanceMap:
    """Distance to the heart's outside on a lattice in the heart frame.

    Args:
        values: (z, y, x) float32 mm, negative within; of the gaps and crevices between chambers as well.
        origin: (3,) mm, the centre of voxel [0, 0, 0].
        spacing: mm.
    """

    values: NDArray[np.float32]
    origin: FloatArray
    spacing: float


@dataclass(frozen=True, eq=False)
class HeartSpace:
    """What the thorax has to know of the heart.

    Args:
        pose: where the heart lies at end-expiration.
        distance: to its surface at end-diastole.
        ends: of the vessels in `VESSELS`, in the heart frame; their directions point away from the heart.

    Raises:
        InvalidInput: a vessel without its end.
    """

    pose: Pose
    distance: DistanceMap
    ends: Mapping[str, End]

    def __post_init__(self) -> None:
        missing = [name for name in VESSELS if name not in self.ends]
        if missing:
            raise InvalidInput(
                f"The ends of the heart's vessels lack {', '.join(missing)}.",
                f"Needed are {', '.join(VESSELS)}.",
                "Use 'vessel_ends' on the surfaces of a beat's chambers.",
            )
        object.__setattr__(self, "ends", MappingProxyType(dict(self.ends)))


def distance_map(inside: NDArray[np.bool_], lattice: Lattice, closing: float = 6.0) -> DistanceMap:
    """Distances from a heart's voxels.

    Args:
        inside: (z, y, x), where any structure of the heart is; spacings of 2 to 3 mm are fine enough.
        lattice: where the voxels lie, heart frame.
        closing: mm; narrower crevices count as heart, and hold fat unless the heart is painted there.

    Raises:
        InvalidInput: nothing inside.
    """
    if not inside.any():
        raise InvalidInput(
            "The heart has no voxel.", "At least one voxel must lie within.", "Check the lattice and the labels."
        )
    step = float(lattice.spacing)
    pad = int(np.ceil(MARGIN / step))
    wide = np.pad(inside, pad)
    if closing > 0:
        grown = ndimage.distance_transform_edt(~wide) * step <= closing / 2
        wide = ndimage.distance_transform_edt(grown) * step > closing / 2
    outer = ndimage.distance_transform_edt(~wide) * step - step / 2
    inner = ndimage.distance_transform_edt(wide) * step - step / 2
    signed = ndimage.gaussian_filter(np.where(wide, -inner, outer).astype(np.float32), 0.7)
    return DistanceMap(np.ascontiguousarray(signed), np.asarray(lattice.origin) - pad * step, step)


def vessel_ends(surfaces: Mapping[str, Mesh]) -> dict[str, End]:
    """Far ends of the vessels' stumps, from a beat's chambers (any moment: the ends do not move).

    Raises:
        InvalidInput: a vessel is missing.
    """
    missing = [name for name in VESSELS if name not in surfaces]
    if missing:
        raise InvalidInput(
            f"The beat has no surface of {', '.join(missing)}.",
            "All great vessels are needed.",
            "Simulate the beat with its chambers.",
        )
    return {name: _end(surfaces[name].points) for name in VESSELS}


@cache
def usual_heart_space() -> HeartSpace:
    """A heart of usual size and place, for a thorax of which nobody has given the heart."""
    lattice = Lattice(np.array([-90.0, -60.0, -12.0]), 3.0, (56, 42, 48))
    z, y, x = np.meshgrid(*(o + 3.0 * np.arange(n) for o, n in zip(lattice.origin[::-1], lattice.shape, strict=True)),
                          indexing="ij")  # fmt: skip
    inside = np.zeros(lattice.shape, np.bool_)
    for (cx, cy, cz), (rx, ry, rz) in USUAL_HEART:
        inside |= ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 < 1
    ends = {name: End(np.array(c), _unit(np.array(d)), r) for name, (c, d, r) in USUAL_ENDS.items()}
    return HeartSpace(default_pose(), distance_map(inside, lattice), ends)


def _end(points: FloatArray) -> End:
    """Of a stack of rings between two poles."""
    ring, centre = points[-1 - SECTORS : -1], points[-1]
    spokes = ring - centre
    normal = np.cross(spokes, np.roll(spokes, -1, axis=0)).sum(axis=0)
    return End(centre, _unit(normal), float(np.linalg.norm(spokes, axis=1).mean()))


def _unit(vector: FloatArray) -> FloatArray:
    unit: FloatArray = vector / np.linalg.norm(vector)
    return unit


__all__ = ["VESSELS", "DistanceMap", "HeartSpace", "distance_map", "usual_heart_space", "vessel_ends"]
