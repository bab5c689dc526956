"""The tissues of a patient's thorax at any points, at any breathing position."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput
from marey.scan.body._build import heart_map, patient, tubes_at
from marey.scan.body._kernels import paint
from marey.scan.body.heart_space import DistanceMap, HeartSpace, usual_heart_space
from marey.scan.body.pose import breathing_pose, check_breath
from marey.scan.body.thorax import Thorax


def thorax_tissue(
    thorax: Thorax,
    points: ArrayLike,
    breath: float = 0.0,
    heart: HeartSpace | None = None,
    moment: DistanceMap | None = None,
) -> NDArray[np.uint8]:
    """What lies at points of a patient, but for the heart itself, which is to be painted over it.

    Where the heart is, epicardial fat is returned. Metal is to be kept when the heart is painted: leads go into it. The
    first call for a thorax and a heart takes about a second, later ones the time of their points.

    Args:
        thorax: the patient.
        points: (..., 3) LPS mm.
        breath: mm that the diaphragm's dome lies nearer to the feet than at end-expiration.
        heart: the room it takes and its vessels' ends; a usual one when None.
        moment: distances to the heart's outside at this moment of the beat; those of `heart` when None.

    Returns:
        (...) uint8 `Tissue` codes.

    Raises:
        InvalidInput: points that are not finite triples; a breath, or volumes of organs and fluids, that cannot be.
    """
    flat = check_points(points)
    check_breath(breath)
    known = patient(thorax, heart or usual_heart_space())
    now = breathing_pose(known.heart.pose, breath, thorax.breathing.heart)
    space = heart_map(moment or known.heart.distance, now)
    out = np.empty(len(flat), np.uint8)
    paint(flat, space, known.shape._replace(breath=float(breath)), tubes_at(known, float(breath)), out)
    return out.reshape(np.shape(points)[:-1])


def check_points(points: ArrayLike) -> NDArray[np.float32]:
    """Points (..., 3) as (n, 3).

    Raises:
        InvalidInput: points that are not finite triples.
    """
    known = np.asarray(points, np.float32)
    if known.ndim == 0 or known.shape[-1] != 3 or not np.isfinite(known).all():
        raise InvalidInput(
            f"Points of shape {known.shape} were given, or some are not finite.",
            "Finite coordinates (..., 3) in mm are needed.",
            "Make them with 'Grid.world'.",
        )
    return np.ascontiguousarray(known.reshape(-1, 3))


__all__ = ["check_points", "thorax_tissue"]
