"""Which place on the template a contour point belongs to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.shape.contours import Contours
from marey.shape.samples import SurfaceSamples

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NORMAL_REACH = 10.0  # mm that a difference of one between unit normals counts as
APART = 1e4  # mm between surfaces, so that none is matched to another


@dataclass(frozen=True, eq=False)
class Matches:
    """Of each contour point, the sample it belongs to.

    Args:
        sample: (c,) number of the sample.
        place, normal: (c, 3) where it is now, mm, and its unit normal.
        distance: (c,) mm of the contour point outwards from the surface, along the normal.
    """

    sample: IntArray
    place: FloatArray
    normal: FloatArray
    distance: FloatArray


def match(contours: Contours, targets: FloatArray, samples: SurfaceSamples, points: FloatArray) -> Matches:
    """Nearest samples of the same surface that face the same way.

    Args:
        contours: their normals and surfaces.
        targets: (c, 3) mm, their points after the slices are aligned.
        samples: of the template.
        points: (n, 3) mm, the template's, where it now is.
    """
    place, normal = samples(points)
    tree = cKDTree(_features(place, normal, samples.surface))
    _, sample = tree.query(_features(targets, contours.normals, contours.surface))
    place, normal = place[sample], normal[sample]
    distance = np.sum((targets - place) * normal, axis=1)
    return Matches(np.asarray(sample, np.int64), place, normal, distance)


def _features(place: FloatArray, normal: FloatArray, surface: IntArray) -> FloatArray:
    return np.concatenate([place, NORMAL_REACH * normal, APART * surface[:, None]], axis=1)


__all__ = ["Matches", "match"]
