"""How fast what lies in each voxel moves."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy.chambers import STRUCTURES
from marey.scan.body.tissue import Tissue
from marey.scan.scene.blood import Stream
from marey.scan.scene.movement import Moment
from marey.scan.scene.voxels import Voxels

FloatArray = NDArray[np.float64]
Codes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Float32 = NDArray[np.float32]
BLOOD = tuple(tissue for tissue in Tissue if tissue.name.endswith("BLOOD"))


def blood_velocity(
    voxels: Voxels, streams: tuple[Stream, ...], structure: Codes, flowing: Mask
) -> tuple[Float32, Mask]:
    """Velocities (slice, sample, row, column, 3) in mm/ms, heart frame, and where they are known.

    The few voxels of a structure that lie between its surface and the cells that fill it follow their neighbours.

    Args:
        voxels: of the grid.
        streams: all blood.
        structure: numbers of structures.
        flowing: where blood is.
    """
    values, known = np.zeros((*structure.shape, 3), np.float32), np.zeros(structure.shape, np.bool_)
    for stream in streams:
        near = voxels.around(stream.corners.reshape(-1, 3))
        where = near.within(voxels)
        wanted = flowing[where] & ~known[where] & (structure[where] == STRUCTURES.index(stream.structure) + 1)
        if not wanted.any():
            continue
        owner, local = near.cells(stream.corners)
        wanted &= owner >= 0
        found = stream.velocity(owner[wanted].astype(np.int64), local[wanted].astype(np.float64))
        values[where][wanted] = found
        known[where][wanted] = True
    for number in np.unique(structure[flowing & ~known]):
        here = flowing & (structure == number)
        lost, kept = here & ~known, here & known
        if kept.any():
            values[lost] = values[kept][cKDTree(voxels.places(kept)).query(voxels.places(lost))[1]]
            known |= lost
    return values, known


def nearest_velocity(places: FloatArray, now: Moment, speed: Moment) -> FloatArray:
    """(v, 3) velocities of the points of walls and surfaces that lie nearest to places (v, 3)."""
    every, fast = (np.concatenate([moment.points, *moment.surfaces.values()]) for moment in (now, speed))
    return np.asarray(fast[cKDTree(every).query(places)[1]], np.float64)


__all__ = ["BLOOD", "blood_velocity", "nearest_velocity"]
