"""The trunk as a volume conductor: the tissues of a `Torso` on voxels, with the heart and its blood in their place."""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.simulate.ecg.conductor import Conductor, voxel_conductor
from marey.simulate.ecg.pose import Pose
from marey.simulate.ecg.torso import Torso, signed_distance

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NOTHING = np.empty((0, 3))


def trunk_conductor(
    torso: Torso,
    pose: Pose | None = None,
    wall: FloatArray = NOTHING,
    blood: FloatArray = NOTHING,
    *,
    spacing: float = 5.0,
) -> Conductor:
    """The volume conductor of a torso.

    Args:
        torso: shape and conductivities.
        pose: of the heart; needed when there is one.
        wall: (n, 3) mm in the heart frame, voxel centres of the myocardium, less than `spacing` apart.
        blood: (m, 3) mm in the heart frame, voxel centres of the cavities, on the same grid.
        spacing: mm, 3 to 10: finer costs memory and time, coarser loses the heart's walls.

    Raises:
        InvalidInput: a spacing outside its range, a heart that reaches out of the chest.
    """
    if not 3 <= spacing <= 10:
        raise InvalidInput(
            f"The parameter 'spacing' of the trunk is {spacing} mm.", "It must lie between 3 and 10 mm.", "Use 5 mm."
        )
    centres, origin, shape = _grid(torso, spacing)
    distance = signed_distance(torso, centres)
    place = pose or Pose()
    heart, cavity = (_counted(place.to_torso(points), distance, origin, spacing) for points in (wall, blood))
    law = torso.conductivities
    tissue = np.full(shape, law.trunk)
    tissue[_rib_cage(torso, centres, distance)] = law.rib_cage
    tissue[_lungs(torso, centres, distance)] = law.lung
    tissue[heart > 0] = law.heart
    tissue[cavity > heart] = law.blood
    return voxel_conductor(tissue, distance, spacing, origin)


def _grid(torso: Torso, spacing: float) -> tuple[FloatArray, FloatArray, tuple[int, ...]]:
    reach = np.array([torso.half_width, torso.half_depth, torso.half_height])
    half = np.ceil(reach / spacing).astype(int) + 2
    origin = np.array([0.0, 0.0, torso.centre_height]) - half * spacing
    axes = [o + spacing * np.arange(2 * k + 1) for o, k in zip(origin, half, strict=True)]
    z, y, x = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    return np.stack([x, y, z], axis=-1), origin, z.shape


def _counted(points: FloatArray, distance: FloatArray, origin: FloatArray, spacing: float) -> NDArray[np.int64]:
    """How many of the points lie in each cell."""
    out = np.zeros(distance.shape, np.int64)
    cells = np.round((points - origin) / spacing).astype(int)[:, ::-1]
    if (cells < 0).any() or (cells >= distance.shape).any() or (distance[tuple(cells.T)] > -spacing).any():
        raise InvalidInput(
            "The heart reaches out of the chest.",
            "All of it must lie inside the trunk.",
            "Check the pose ('left', 'back', 'up' in cm) and the size of the torso.",
        )
    np.add.at(out, tuple(cells.T), 1)
    return out


def _rib_cage(torso: Torso, points: FloatArray, distance: FloatArray) -> BoolArray:
    """A shell of ribs and the muscle between them, just outside the pleura, from the diaphragm's fringe upwards."""
    depth = -distance - torso.chest_wall
    bottom = torso.diaphragm - 80
    return np.asarray((depth < 0) & (depth > -torso.rib_layer) & (points[..., 2] > bottom) & (distance < 0), bool)


def _lungs(torso: Torso, points: FloatArray, distance: FloatArray) -> BoolArray:
    """All that lies inside the chest wall, beside the mediastinum and above a domed diaphragm."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    radius = (x / torso.half_width) ** 2 + (y / torso.half_depth) ** 2
    dome = torso.diaphragm - 60 * radius
    beside = np.abs(x) > torso.mediastinum
    return np.asarray((distance < -torso.chest_wall) & beside & (z > dome) & (z < torso.lung_top), bool)


__all__ = ["trunk_conductor"]
