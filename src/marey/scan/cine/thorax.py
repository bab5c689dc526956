"""What lies around the heart in a short-axis slice: lungs, abdomen, chest wall, great vessels.

The organs are arranged as in a person seen along the heart's axis (abdomen below, chest wall above the right ventricle,
lung beside the free wall), with wide variation; one thorax in eight is a patchwork of random organs, so that nothing
depends on the arrangement.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from marey.scan.cine.heart import Heart
from marey.scan.fields import smooth_field

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


def random_thorax(
    rng: np.random.Generator, heart: Heart, x: Array, y: Array, z: Array, *, patchwork: float = 0.12
) -> NDArray[np.uint8]:
    """Draw the surroundings of a heart.

    Args:
        rng: source of randomness.
        heart: decides how much room there is.
        x, y: heart coordinates of the pixels, ``(1, row, column)``.
        z: height of each slice, ``(slice, 1, 1)``.
        patchwork: how often organs are arranged at random, which trains well but is no person.

    Returns:
        `Organ` values ``(slice, row, column)``.
    """
    shape = np.broadcast_shapes(x.shape, y.shape, z.shape)
    if rng.random() < patchwork:
        return _patchwork(rng, shape)
    scene = _Scene(rng, heart, x, y, z / np.float32(heart.lv.length) - 0.5, _lungs(rng, shape))
    if rng.random() < 0.85:
        _add_great_vessels(scene)
    _add_abdomen(scene)
    if rng.random() < 0.85:
        _add_chest_wall(scene)
    if rng.random() < 0.1:
        rim = rng.uniform(3, 14) * (0.6 + np.abs(smooth_field(rng, shape, 5)))
        scene.fill(_heart_distance(heart, x, y) < rim, Organ.FLUID if rng.random() < 0.25 else Organ.FAT)
    return scene.organ


@dataclass(frozen=True, eq=False)
class _Scene:
    """A thorax being drawn: `level` is the slice's height from mid-ventricle as a fraction of the LV length."""

    rng: np.random.Generator
    heart: Heart
    x: Array
    y: Array
    level: Array
    organ: NDArray[np.uint8]

    @property
    def outer(self) -> float:
        """Radius of the left ventricle with its wall, mm."""
        return self.heart.lv.radius + self.heart.lv.wall

    def fill(self, where: NDArray[np.bool_], kind: int) -> None:
        np.copyto(self.organ, np.uint8(kind), where=where)

    def field(self, knots: int) -> Array:
        return smooth_field(self.rng, self.organ.shape, knots)

    def ellipse(self, cx: float, cy: float, rx: float, ry: float) -> NDArray[np.bool_]:
        return np.asarray(((self.x - cx) / rx) ** 2 + ((self.y - cy) / ry) ** 2 < 1)


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
    organ[fine + 0.5 * coarse > rng.uniform(1.3, 2.4)] = Organ.LUNG_VESSEL
    branch = smooth_field(rng, shape, int(rng.integers(8, 16)))
    organ[(np.abs(branch) < 0.07) & (coarse > rng.uniform(0.2, 1.5))] = Organ.LUNG_VESSEL
    return organ


def _add_great_vessels(scene: _Scene) -> None:
    """Descending aorta, caval veins, pulmonary veins: round, bright, mostly near the base; the spine behind them."""
    rng, x, y = scene.rng, scene.x, scene.y
    sx, sy = rng.uniform(-50, 50), scene.outer + rng.uniform(55, 95)
    scene.fill(scene.ellipse(sx, sy, rng.uniform(16, 24), rng.uniform(14, 22)), Organ.MARROW)
    scene.fill(scene.ellipse(sx, sy + 24, 8, 7), Organ.FLUID)
    ax, ay, size = rng.uniform(-20, 40), scene.outer + rng.uniform(14, 50), rng.uniform(8, 15)
    drift = scene.level * rng.normal(0, 12)
    aorta = np.hypot(x - ax - drift, y - ay - drift)
    scene.fill(aorta < size + 1.5, Organ.MUSCLE)
    scene.fill(aorta < size, Organ.VESSEL)
    for _ in range(rng.integers(0, 4)):
        angle, distance = rng.uniform(-np.pi, np.pi), scene.outer + rng.uniform(8, 45)
        centre = distance * np.cos(angle), distance * np.sin(angle)
        tube = np.hypot(x - centre[0], (y - centre[1]) * rng.uniform(0.5, 1.6)) < rng.uniform(4, 14)
        scene.fill(tube & (scene.level > rng.uniform(-0.2, 0.6)), Organ.VESSEL)


def _add_abdomen(scene: _Scene) -> None:
    rng, x, y = scene.rng, scene.x, scene.y
    angle = rng.normal(0.0, 0.3)
    floor = scene.outer + rng.normal(4, 11) + scene.level * rng.uniform(-10, 60)
    depth = y * np.cos(angle) + x * np.sin(angle) - floor - 5 * scene.field(6)
    inside = depth > 0
    side = x + 14 * scene.field(5) - rng.uniform(-50, 45) + 40 * scene.level
    texture = scene.field(24)
    scene.fill(inside, Organ.FAT if rng.random() < 0.7 else Organ.GUT_WALL)
    if rng.random() < 0.5:
        loops = inside & (scene.field(int(rng.integers(9, 18))) > 0.1)
        scene.fill(loops, rng.choice([Organ.GUT_WALL, Organ.GUT_CONTENT, Organ.MUSCLE]))
    _add_stomach(scene, inside, float(np.mean(floor)))
    spleen = scene.ellipse(
        rng.uniform(25, 80), scene.outer + rng.uniform(10, 60), rng.uniform(14, 34), rng.uniform(12, 28)
    )
    scene.fill(inside & spleen, Organ.SPLEEN)
    liver = inside & (side < 0) & (depth > rng.uniform(0, 5))
    scene.fill(liver, Organ.LIVER)
    scene.fill(liver & (texture > rng.uniform(1.5, 2.8)), Organ.LIVER_VESSEL)
    scene.fill(inside & (depth < rng.uniform(0, 3.5)), Organ.MUSCLE)


def _add_stomach(scene: _Scene, inside: NDArray[np.bool_], floor: float) -> None:
    rng = scene.rng
    for _ in range(rng.integers(0, 3)):
        cx, cy = rng.uniform(-30, 80), floor + rng.uniform(5, 45)
        rx, ry = rng.uniform(12, 40), rng.uniform(8, 28)
        scene.fill(inside & scene.ellipse(cx, cy, rx + 4, ry + 4), Organ.GUT_WALL)
        content = Organ.AIR if rng.random() < 0.35 else Organ.GUT_CONTENT
        scene.fill(inside & scene.ellipse(cx, cy, rx, ry), content)


def _add_chest_wall(scene: _Scene) -> None:
    rng, x, y = scene.rng, scene.x, scene.y
    angle = np.deg2rad(rng.normal(-125, 25))
    distance = scene.outer + scene.heart.rv.half_width * 0.5 + rng.uniform(-4, 45) + scene.level * rng.uniform(0, 50)
    wobble = 7 * scene.field(5)
    along = x * np.float32(np.sin(angle)) - y * np.float32(np.cos(angle)) + 4 * scene.field(7)
    curved = (along / np.float32(rng.uniform(90, 220))) ** 2 * 60
    depth = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - distance + curved - wobble
    ribs = np.sin(along / np.float32(rng.uniform(4, 9)) + rng.uniform(0, 6)) + scene.field(9)
    lining, wall, fat = rng.uniform(0, 10), rng.uniform(8, 26), rng.uniform(4, 45)
    scene.fill(depth > 0, Organ.FAT)
    scene.fill(depth > lining, Organ.MUSCLE)
    scene.fill((depth > lining) & (ribs > rng.uniform(-0.2, 0.7)), Organ.MARROW)
    scene.fill(depth > lining + wall, Organ.FAT)
    if rng.random() < 0.5:
        scene.fill((depth > lining + wall + fat * 0.4) & (ribs < rng.uniform(-0.8, 0.2)), Organ.MUSCLE)
    scene.fill(depth > lining + wall + fat, Organ.AIR)


__all__ = ["Organ", "random_thorax"]
