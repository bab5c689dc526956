"""How fast what lies in each voxel moves."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy.chambers import STRUCTURES
from marey.scan.body.tissue import Tissue
from marey.scan.scene.blood import BloodFlow
from marey.scan.scene.movement import Moment, Movement
from marey.scan.scene.muscle import Material
from marey.scan.scene.voxels import Voxels, Window

Codes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Float32 = NDArray[np.float32]
BLOOD = tuple(tissue for tissue in Tissue if tissue.name.endswith("BLOOD"))


def velocities(
    voxels: Voxels, window: Window, time: float, movement: Movement, blood: BloodFlow, structure: Codes, tissue: Codes,
    muscle: Mask, found: Material,
) -> Float32:  # fmt: skip
    """(slice, sample, row, column, 3) mm/ms LPS over a window; 0 outside the heart.

    Args:
        voxels: of the grid.
        window: rows and columns.
        time: ms.
        movement: of all points.
        blood: of the beat.
        structure: numbers of structures.
        tissue: codes.
        muscle: where the ventricles' muscle is.
        found: its material.
    """
    now, speed = movement.at(time), movement.velocity(time)
    values = np.zeros((*tissue.shape, 3), np.float32)
    flowing = np.isin(tissue, BLOOD)
    _add_blood(voxels, window, (blood, time, now, speed), structure, flowing, values)
    values[muscle] = found.of_points(speed.points)
    rest = (tissue != Tissue.AIR) & ~muscle & ~flowing
    values[rest] = _nearest(voxels.places(rest, window), now, speed)
    return np.asarray(values @ voxels.pose.rotation.T.astype(np.float32), np.float32)


def _add_blood(
    voxels: Voxels, window: Window, beat: tuple[BloodFlow, float, Moment, Moment], structure: Codes, flowing: Mask,
    values: Float32,
) -> None:  # fmt: skip
    blood, time, now, speed = beat
    known = np.zeros(structure.shape, np.bool_)
    for stream in blood.streams(time, now, speed):
        here = flowing & ~known & (structure == STRUCTURES.index(stream.structure) + 1)
        if not here.any():
            continue
        owner, local = voxels.cells(stream.corners, window)
        here &= owner >= 0
        values[here] = stream.velocity(owner[here].astype(np.int64), local[here].astype(np.float64))
        known |= here
    for number in np.unique(structure[flowing & ~known]):
        here = flowing & (structure == number)
        lost, kept = here & ~known, here & known
        if kept.any():
            near = cKDTree(voxels.places(kept, window)).query(voxels.places(lost, window))[1]
            values[lost] = values[kept][near]
        else:
            values[lost] = _nearest(voxels.places(lost, window), now, speed)


def _nearest(places: NDArray[np.float64], now: Moment, speed: Moment) -> NDArray[np.float64]:
    """(v, 3) velocities of the nearest points of walls and surfaces."""
    every, fast = (np.concatenate([moment.points, *moment.surfaces.values()]) for moment in (now, speed))
    return np.asarray(fast[cKDTree(every).query(places)[1]], np.float64)


__all__ = ["BLOOD", "velocities"]
