"""What lies around the heart in a short-axis slice: lungs, abdomen, chest wall, great vessels.

The organs are arranged as in a person seen along the heart's axis (abdomen below, chest wall above the right ventricle, lung
beside the free wall), with wide variation; one in a few thoraxes is a patchwork of random organs, so that nothing depends on the
arrangement.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from marey.scan.cine.heart import Heart
from marey.scan.cine.noise import smooth_field

Array = NDArray[np.float32]


class Organ(IntEnum):
    """Tissues outside the pericardium (numbers go on where `Tissue` ends)."""

    LUNG = 10
    LUNG_VESSEL = 11
    LIVER = 12
    LIVER_VESSEL = 13
    SPLEEN = 14
    GUT_WALL = 15
    GUT_CONTENT = 16
    FAT = 17
    MUSCLE = 18
    MARROW = 19
    AIR = 20
    VESSEL = 21
    FLUID = 22


def random_thorax(rng: np.random.Generator, heart: Heart, x: Array, y: Array, z: Array) -> NDArray[np.uint8]:
    """Draw the surroundings of a heart.

    Args:
        rng: source of randomness.
        heart: decides how much room there is.
        x, y: heart coordinates of the pixels, ``(1, row, column)``.
        z: height of each slice, ``(slice, 1, 1)``.

    Returns:
        `Organ` values ``(slice, row, column)``.
    """
    shape = np.broadcast_shapes(x.shape, y.shape, z.shape)
    if rng.random() < 0.12:
        return _patchwork(rng, shape)
    organ = _lungs(rng, shape)
    level = z / np.float32(heart.lv.length) - 0.5
    outer = heart.lv.radius + heart.lv.wall
    if rng.random() < 0.85:
        _add_great_vessels(rng, organ, x, y, level, outer)
    _add_abdomen(rng, organ, x, y, level, outer)
    if rng.random() < 0.85:
        _add_chest_wall(rng, organ, x, y, level, outer + heart.rv.half_width * 0.5)
    if rng.random() < 0.1:
        rim = rng.uniform(3, 14) * (0.6 + np.abs(smooth_field(rng, shape, 5)))
        _fill(organ, _heart_distance(heart, x, y) < rim, Organ.FLUID if rng.random() < 0.25 else Organ.FAT)
    return organ


def _heart_distance(heart: Heart, x: Array, y: Array) -> Array:
    outer = heart.lv.radius + heart.lv.wall
    left = np.hypot(x, y) - outer
    right = np.hypot((x + outer * heart.rv.attachment) / 1.1, y) - max(heart.rv.half_width, outer)
    return np.asarray(np.minimum(left, right), np.float32)


def _patchwork(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    kinds = rng.choice(list(Organ), size=6, p=_PATCHWORK)
    knots = int(rng.integers(4, 11))
    fields = np.stack([smooth_field(rng, shape, knots) for _ in kinds])
    return np.asarray(kinds[fields.argmax(0)], np.uint8)


_PATCHWORK = np.array([5, 1, 4, 1, 2, 2, 3, 4, 4, 2, 2, 2, 1]) / 33


def _lungs(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    organ = np.full(shape, Organ.LUNG, np.uint8)
    fine = smooth_field(rng, shape, int(rng.integers(26, 60)))
    coarse = smooth_field(rng, shape, 8)
    _fill(organ, fine + 0.5 * coarse > rng.uniform(1.3, 2.4), Organ.LUNG_VESSEL)
    branch = smooth_field(rng, shape, int(rng.integers(8, 16)))
    _fill(organ, (np.abs(branch) < 0.07) & (coarse > rng.uniform(0.2, 1.5)), Organ.LUNG_VESSEL)
    return organ


def _add_great_vessels(
    rng: np.random.Generator, organ: NDArray[np.uint8], x: Array, y: Array, level: Array, outer: float
) -> None:
    """Descending aorta, caval veins, pulmonary veins: round, bright, mostly near the base; the spine behind them."""
    sx, sy = rng.uniform(-50, 50), outer + rng.uniform(55, 95)
    _fill(organ, _inside(x, y, sx, sy, rng.uniform(16, 24), rng.uniform(14, 22)), Organ.MARROW)
    _fill(organ, _inside(x, y, sx, sy + 24, 8, 7), Organ.FLUID)
    ax, ay, size = rng.uniform(-20, 40), outer + rng.uniform(14, 50), rng.uniform(8, 15)
    drift = level * rng.normal(0, 12)
    aorta = np.hypot(x - ax - drift, y - ay - drift)
    _fill(organ, aorta < size + 1.5, Organ.MUSCLE)
    _fill(organ, aorta < size, Organ.VESSEL)
    for _ in range(rng.integers(0, 4)):
        angle, distance = rng.uniform(-np.pi, np.pi), outer + rng.uniform(8, 45)
        centre = distance * np.cos(angle), distance * np.sin(angle)
        tube = np.hypot(x - centre[0], (y - centre[1]) * rng.uniform(0.5, 1.6)) < rng.uniform(4, 14)
        _fill(organ, tube & (level > rng.uniform(-0.2, 0.6)), Organ.VESSEL)


def _add_abdomen(rng: np.random.Generator, organ: NDArray[np.uint8], x: Array, y: Array, level: Array, outer: float) -> None:
    angle = rng.normal(0.0, 0.3)
    floor = outer + rng.normal(4, 11) + level * rng.uniform(-10, 60)
    depth = y * np.cos(angle) + x * np.sin(angle) - floor - 5 * smooth_field(rng, organ.shape, 6)
    inside = depth > 0
    side = x + 14 * smooth_field(rng, organ.shape, 5) - rng.uniform(-50, 45) + 40 * level
    texture = smooth_field(rng, organ.shape, 24)
    _fill(organ, inside, Organ.FAT if rng.random() < 0.7 else Organ.GUT_WALL)
    if rng.random() < 0.5:
        loops = inside & (smooth_field(rng, organ.shape, int(rng.integers(9, 18))) > 0.1)
        _fill(organ, loops, rng.choice([Organ.GUT_WALL, Organ.GUT_CONTENT, Organ.MUSCLE]))
    _add_stomach(rng, organ, x, y, inside, floor)
    spleen = _inside(x, y, rng.uniform(25, 80), outer + rng.uniform(10, 60), rng.uniform(14, 34), rng.uniform(12, 28))
    _fill(organ, inside & spleen, Organ.SPLEEN)
    liver = inside & (side < 0) & (depth > rng.uniform(0, 5))
    _fill(organ, liver, Organ.LIVER)
    _fill(organ, liver & (texture > rng.uniform(1.5, 2.8)), Organ.LIVER_VESSEL)
    _fill(organ, inside & (depth < rng.uniform(0, 3.5)), Organ.MUSCLE)


def _add_stomach(
    rng: np.random.Generator, organ: NDArray[np.uint8], x: Array, y: Array, inside: NDArray[np.bool_], floor: Array
) -> None:
    for _ in range(rng.integers(0, 3)):
        cx, cy = rng.uniform(-30, 80), float(np.mean(floor)) + rng.uniform(5, 45)
        rx, ry = rng.uniform(12, 40), rng.uniform(8, 28)
        _fill(organ, inside & _inside(x, y, cx, cy, rx + 4, ry + 4), Organ.GUT_WALL)
        content = Organ.AIR if rng.random() < 0.35 else Organ.GUT_CONTENT
        _fill(organ, inside & _inside(x, y, cx, cy, rx, ry), content)


def _add_chest_wall(
    rng: np.random.Generator, organ: NDArray[np.uint8], x: Array, y: Array, level: Array, room: float
) -> None:
    angle = np.deg2rad(rng.normal(-125, 25))
    distance = room + rng.uniform(-4, 45) + level * rng.uniform(0, 50)
    wobble = 7 * smooth_field(rng, organ.shape, 5)
    along = x * np.float32(np.sin(angle)) - y * np.float32(np.cos(angle)) + 4 * smooth_field(rng, organ.shape, 7)
    curved = (along / np.float32(rng.uniform(90, 220))) ** 2 * 60
    depth = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - distance + curved - wobble
    ribs = np.sin(along / np.float32(rng.uniform(4, 9)) + rng.uniform(0, 6)) + smooth_field(rng, organ.shape, 9)
    lining, wall, fat = rng.uniform(0, 10), rng.uniform(8, 26), rng.uniform(4, 45)
    _fill(organ, depth > 0, Organ.FAT)
    _fill(organ, depth > lining, Organ.MUSCLE)
    _fill(organ, (depth > lining) & (ribs > rng.uniform(-0.2, 0.7)), Organ.MARROW)
    _fill(organ, depth > lining + wall, Organ.FAT)
    if rng.random() < 0.5:
        _fill(organ, (depth > lining + wall + fat * 0.4) & (ribs < rng.uniform(-0.8, 0.2)), Organ.MUSCLE)
    _fill(organ, depth > lining + wall + fat, Organ.AIR)


def _fill(organ: NDArray[np.uint8], where: NDArray[np.bool_], kind: int) -> None:
    np.copyto(organ, np.uint8(kind), where=where)


def _inside(x: Array, y: Array, cx: float, cy: float, rx: float, ry: float) -> NDArray[np.bool_]:
    return np.asarray(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1)


__all__ = ["Organ", "random_thorax"]
