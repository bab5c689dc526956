"""The capsules of all tubes of a patient, and what each of their ends moves with when the patient breathes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.scan.body._kernels import heart_gaps
from marey.scan.body._shape import HeartMap, Shape
from marey.scan.body._tubes import Tubes, gridded
from marey.scan.body._vessels import Path
from marey.scan.body._wall import spine_place
from marey.scan.body.pose import Pose

FloatArray = NDArray[np.float64]
NEAR_HEART = 22.0
ROOT = 0.35
"""Part of a path that still follows the heart at its beginning, where the rest is fixed to the back."""


@dataclass(frozen=True, eq=False)
class Capsules:
    """Capsules at end-expiration.

    Args:
        ends: (n, 2, 3) mm.
        radii: (n, 2) mm.
        coat: (n,) mm.
        codes: (n, 3) uint8: lumen, shell, within.
        follows: (n, 2, 3): how much each end goes with the heart, with the diaphragm and with the front of the chest.
    """

    ends: FloatArray
    radii: FloatArray
    coat: FloatArray
    codes: NDArray[np.uint8]
    follows: FloatArray


def joined(parts: Sequence[Capsules]) -> Capsules:
    """All of them, the first ones winning."""
    names = ("ends", "radii", "coat", "codes", "follows")
    return Capsules(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def of_path(path: Path, h: HeartMap, s: Shape) -> Capsules:
    """The capsules of one smooth path."""
    ends = np.stack([path.places[:-1], path.places[1:]], axis=1)
    radii = np.stack([path.radii[:-1], path.radii[1:]], axis=1)
    codes = np.tile(np.array([path.lumen, path.shell, path.within], np.uint8), (len(ends), 1))
    along = np.linspace(0.0, 1.0, len(path.places))
    weights = np.zeros((len(path.places), 3))
    if path.rides in {"heart", "root"}:
        weights[:, 0] = near_heart(path.places, h, s)
    if path.rides == "heart":
        weights[:, 1] = (1 - weights[:, 0]) * with_diaphragm(path.places, s)
    if path.rides == "root":
        weights[:, 0] *= np.clip(1 - along / ROOT, 0, 1)
    if path.rides == "wall":
        weights[:, 2] = 1
    return Capsules(ends, radii, np.full(len(ends), path.coat), codes, np.stack([weights[:-1], weights[1:]], axis=1))


def of_tree(
    ends: FloatArray, radii: FloatArray, codes: tuple[int, int, int], h: HeartMap, s: Shape, *, coat: float = 0.0
) -> Capsules:
    """The capsules of a tree within an organ."""
    flat = ends.reshape(-1, 3)
    heart = near_heart(flat, h, s)
    weights = np.stack([heart, (1 - heart) * with_diaphragm(flat, s), np.zeros(len(flat))], axis=-1)
    kinds = np.tile(np.array(codes, np.uint8), (len(ends), 1))
    return Capsules(ends, radii, np.full(len(ends), coat), kinds, weights.reshape(-1, 2, 3))


def clear_of_heart(path: Path, h: HeartMap, s: Shape) -> Path:
    """Push a path's places out of the heart's way, but for those at its beginning that belong to the heart."""
    if not path.clear:
        return path
    places = path.places.copy()
    free = slice(int(np.searchsorted(_length(places), 20.0)) if path.held else 0, None)
    room = (path.radii + path.coat + s.epicardial * 0.5 + s.pericardium)[free]
    for _ in range(4):
        at = places[free]
        short = np.clip(room - _distance(at, h, s), 0, 15)
        slope = np.stack([_distance(at + step, h, s) - _distance(at - step, h, s) for step in np.eye(3)], axis=-1)
        slope[:, 2] = 0
        size = np.linalg.norm(slope, axis=1, keepdims=True)
        places[free] = at + short[:, None] * slope / np.maximum(size, 0.5)
    front = np.array([spine_place(float(z), s) for z in places[:, 2]]) - 15.0 - path.radii - path.coat
    before = np.abs(places[:, 0]) < 14.0 + 0.5 * path.radii
    places[:, 1] = np.where(before, np.minimum(places[:, 1], front), places[:, 1])
    inner = 0.25 * places[:-2] + 0.5 * places[1:-1] + 0.25 * places[2:]
    places[1:-1][free] = inner[free]
    return Path(places, path.radii, path.lumen, path.shell, path.coat, path.within, path.clear, path.held, path.rides)


def near_heart(places: FloatArray, h: HeartMap, s: Shape) -> FloatArray:
    """(n,): 1 at the heart, falling to 0 away from it."""
    return np.asarray(np.exp(-((np.maximum(_distance(places, h, s), 0.0) / NEAR_HEART) ** 2)))


def with_diaphragm(places: FloatArray, s: Shape) -> FloatArray:
    """(n,): 1 at the diaphragm and below, 0 at the lungs' apices."""
    return np.asarray(np.clip((s.lung_top - places[:, 2]) / (s.lung_top - s.dome), 0.0, 1.0))


def breathed(capsules: Capsules, breath: float, rest: Pose, now: Pose, s: Shape) -> Tubes:
    """Tubes in their places when the diaphragm has moved by `breath` mm and the heart's pose from `rest` to `now`."""
    flat, weights = capsules.ends.reshape(-1, 3), capsules.follows.reshape(-1, 3)
    heart = now.to_patient(rest.to_heart(flat)) - flat
    moved = flat + weights[:, :1] * heart
    moved[:, 2] -= weights[:, 1] * breath
    moved[:, 1] -= weights[:, 2] * breath * s.chest_forward
    ends = moved.reshape(-1, 2, 3)
    near, far = np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])
    return gridded(near, far, capsules.radii, capsules.coat, capsules.codes)


def _distance(places: FloatArray, h: HeartMap, s: Shape) -> FloatArray:
    gaps = np.empty((len(places), 2), np.float32)
    heart_gaps(np.ascontiguousarray(places, np.float32), h, s, gaps)
    return np.asarray(gaps[:, 0], np.float64)


def _length(places: FloatArray) -> FloatArray:
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


__all__ = ["Capsules", "breathed", "clear_of_heart", "joined", "of_path", "of_tree"]
