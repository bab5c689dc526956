"""How far organs and fluids reach, so that they have the volumes asked for: counted on points throughout the trunk."""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.core.units import mL
from marey.scan.body._kernels import heart_gaps, organ_scores, paint
from marey.scan.body._shape import ALL, HeartMap, Shape
from marey.scan.body._tubes import Tubes
from marey.scan.body.thorax import Thorax
from marey.scan.body.tissue import Tissue

FloatArray = NDArray[np.float64]
Points = NDArray[np.float32]
STEP = 5.0


def trunk_points(s: Shape, rng: np.random.Generator) -> Points:
    """(n, 3) mm, jittered lattice points that fill the cage and the upper abdomen, one per STEP cubed."""
    width = s.cage_width + STEP
    axes = (
        np.arange(-width, width, STEP),
        np.arange(s.cage_front - STEP, s.cage_back + STEP, STEP),
        np.arange(s.dome - 185.0, s.lung_top + STEP, STEP),
    )
    x, y, z = np.meshgrid(*axes, indexing="ij")
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    return np.asarray(points + rng.uniform(-STEP / 2, STEP / 2, points.shape), np.float32)


def solved(thorax: Thorax, s: Shape, h: HeartMap, tubes: Tubes, points: Points) -> Shape:
    """The shape whose organs and fluids have the volumes of the thorax at end-expiration.

    Raises:
        InvalidInput: a volume for which there is no room.
    """
    scores = np.empty((len(points), 4), np.float32)
    organ_scores(points, s, scores)
    tissue = np.empty(len(points), np.uint8)

    def where(shape: Shape, *kinds: Tissue) -> NDArray[np.bool_]:
        paint(points, h, shape, tubes, tissue)
        return np.isin(tissue, kinds)

    organs, effusions = thorax.organs, thorax.effusions
    content = (Tissue.STOMACH_WALL, Tissue.STOMACH_CONTENT, Tissue.GAS)
    in_belly = np.asarray(points[:, 2] < s.dome)
    room = where(s, *content) & in_belly
    s = s._replace(stomach=_level(scores[room, 0], organs.stomach_volume, STEP, "stomach"))
    s = _gas(s, organs.stomach_gas, points, where(s, Tissue.STOMACH_CONTENT) & (scores[:, 0] < s.stomach))
    s = s._replace(spleen=_level(scores[where(s, Tissue.SPLEEN), 1], organs.spleen_volume, STEP, "spleen"))
    s = s._replace(liver=_level(scores[where(s, Tissue.LIVER), 2], organs.liver_volume, STEP, "liver"))
    s = _pericardial(s, effusions.pericardial, h, tubes)
    left = np.asarray(points[:, 0] >= 0)
    if effusions.right_pleural > 0:
        lung = where(s, Tissue.LUNG) & ~left
        s = s._replace(right_fluid=-_level(-scores[lung, 3], effusions.right_pleural, STEP, "right pleural effusion"))
    if effusions.left_pleural > 0:
        lung = where(s, Tissue.LUNG) & left
        s = s._replace(left_fluid=-_level(-scores[lung, 3], effusions.left_pleural, STEP, "left pleural effusion"))
    return s


def _gas(s: Shape, share: float, points: Points, inside: NDArray[np.bool_]) -> Shape:
    """The horizontal level of the fluid in the stomach of a patient on the back."""
    if share <= 0 or not inside.any():
        return s
    return s._replace(stomach_gas=float(np.quantile(points[inside, 1], min(share, 1.0))))


def _pericardial(s: Shape, volume: float, h: HeartMap, tubes: Tubes) -> Shape:
    if volume <= 0:
        return s
    count = h.distance.shape
    z, y, x = np.meshgrid(*(o + h.spacing * np.arange(n) for o, n in zip(h.origin[::-1], count, strict=True)),
                          indexing="ij")  # fmt: skip
    heart = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    points = np.asarray(heart @ h.rotation.T + h.translation, np.float32)
    gaps = np.empty((len(points), 2), np.float32)
    heart_gaps(points, h, s, gaps)
    tissue = np.empty(len(points), np.uint8)
    paint(points, h, s._replace(effused=ALL), tubes, tissue)
    room = tissue == Tissue.PERICARDIAL_FLUID
    return s._replace(effused=_level(gaps[room, 1], volume, h.spacing, "pericardial effusion"))


def _level(scores: NDArray[np.float32], volume: float, step: float, what: str) -> float:
    """The score below which points, each of step cubed, have a volume."""
    needed = volume / step**3
    if needed > len(scores):
        raise InvalidInput(
            f"The {what} is to have {volume / mL:.0f} mL.",
            f"There is room for {len(scores) * step**3 / mL:.0f} mL in this thorax.",
            "Ask for less, or for a larger thorax.",
        )
    return float(np.interp(needed, np.arange(1, len(scores) + 1), np.sort(scores)))


__all__ = ["solved", "trunk_points"]
