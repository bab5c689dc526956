"""Places on the template's surfaces, with their normals, as linear functions of the template's points."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from marey.anatomy.ventricles import MEDIUM, Resolution, topology

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LOCAL = (0.25, 0.75)  # places within a quad, along both sides
FAN = (0.3, 0.6, 0.9)  # places from the middle of a valve's opening to its rim


class Surface(IntEnum):
    """What a contour or a place on the template belongs to."""

    LV_ENDOCARDIUM = 0
    LV_EPICARDIUM = 1
    RV_ENDOCARDIUM = 2
    MITRAL_PLANE = 3


@dataclass(frozen=True, eq=False)
class SurfaceSamples:
    """Places on the template's surfaces.

    Args:
        surface: (s,) which `Surface` each lies on.
        place: (s, n) weights of the template's points.
        along, across: (s, n) two tangents; their cross product points out of the tissue, or up from the mitral plane.
    """

    surface: IntArray
    place: csr_array
    along: csr_array
    across: csr_array

    def __call__(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Places and unit normals (s, 3) of a heart's points (n, 3)."""
        normal = np.cross(self.along @ points, self.across @ points)
        length = np.linalg.norm(normal, axis=-1, keepdims=True)
        return np.asarray(self.place @ points), np.asarray(normal / np.maximum(length, 1e-9))


@cache
def surface_samples(resolution: Resolution = MEDIUM) -> SurfaceSamples:
    """Four places on every quad of the surfaces that cine pictures show, and some on the mitral plane.

    The epicardium's are those of the left ventricle: thin as the right free wall is, it is seldom labelled.
    """
    known = topology(resolution)
    left = known.outer[..., -1][~known.open]
    epicardium = known.surfaces["epicardium"]
    quads = {
        Surface.LV_ENDOCARDIUM: known.surfaces["lv_endocardium"],
        Surface.LV_EPICARDIUM: epicardium[np.isin(epicardium, left).all(axis=1)],
        Surface.RV_ENDOCARDIUM: known.surfaces["rv_endocardium"],
    }
    parts = [_of_quads(corners, known.points) for corners in quads.values()]
    parts.append(_of_rim(known.cavities["lv"].rim, known.points))
    kinds = [*quads, Surface.MITRAL_PLANE]
    surface = np.concatenate([np.full(part[0].shape[0], int(kind)) for kind, part in zip(kinds, parts, strict=True)])
    place, along, across = (csr_array(np.concatenate([part[k] for part in parts])) for k in range(3))
    return SurfaceSamples(surface, place, along, across)


def _of_quads(quads: IntArray, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    a, b = (one.ravel() for one in np.meshgrid(LOCAL, LOCAL, indexing="ij"))
    place = np.stack([(1 - a) * (1 - b), a * (1 - b), a * b, (1 - a) * b], axis=-1)
    along = np.stack([b - 1, 1 - b, b, -b], axis=-1)
    across = np.stack([a - 1, -a, a, 1 - a], axis=-1)
    return _rows(quads, place, count), _rows(quads, along, count), _rows(quads, across, count)


def _of_rim(rim: IntArray, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    middle = np.full((len(rim), len(rim)), 1 / len(rim))
    here, after = np.eye(len(rim)), np.roll(np.eye(len(rim)), 1, axis=1)
    place = np.concatenate([share * here + (1 - share) * middle for share in FAN])
    along, across = np.tile(here - middle, (len(FAN), 1)), np.tile(after - here, (len(FAN), 1))
    wide = [np.zeros((len(place), count)) for _ in range(3)]
    for target, values in zip(wide, (place, along, across), strict=True):
        target[:, rim] = values
    return wide[0], wide[1], wide[2]


def _rows(quads: IntArray, weights: FloatArray, count: int) -> FloatArray:
    """(f * w, n) rows with the weights (w, 4) at the corners of each quad (f, 4); corners may coincide."""
    rows = np.zeros((len(quads), len(weights), count))
    for corner in range(4):
        rows[np.arange(len(quads))[:, None], np.arange(len(weights)), quads[:, [corner]]] += weights[:, corner]
    return rows.reshape(-1, count)


__all__ = ["Surface", "SurfaceSamples", "surface_samples"]
