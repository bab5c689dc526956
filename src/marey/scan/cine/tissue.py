"""Which tissue of the heart is at a point, at a moment of the beat."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from marey.scan.cine.heart import Heart
from marey.scan.cine.surfaces import (
    Array,
    Points,
    Polar,
    aorta_distance,
    around_axis,
    chamber_distance,
    lv_radii,
    rv_distance,
)
from marey.scan.fields import smooth_field


class Tissue(IntEnum):
    """Tissues inside the pericardium; everything else belongs to the thorax.

    BEYOND_BASE is atrial and aortic blood within the outline that the LV cavity would have there.
    """

    OUTSIDE = 0
    LV_BLOOD = 1
    LV_WALL = 2
    LV_TRABECULA = 3
    RV_BLOOD = 4
    RV_TRABECULA = 5
    RV_WALL = 6
    OTHER_BLOOD = 7
    OTHER_WALL = 8
    FAT = 9
    BEYOND_BASE = 23
    PERICARDIUM = 24


class HeartField:
    """A heart with its fine texture fixed, to be asked for tissues at any moment.

    Args:
        heart: its shape.
        points: where.
        rng: draws trabeculae and fat once; the same at every moment.
    """

    def __init__(self, heart: Heart, points: Points, rng: np.random.Generator) -> None:
        self.heart, self.points = heart, points
        shape, width = points.z.shape, float(np.ptp(points.x[0]))
        self._layer = _trabecular_layer(rng, heart, points)
        self._fine = smooth_field(rng, shape, max(4, int(width / rng.uniform(3.5, 7))))
        toward_rv = np.clip(0.7 - 0.6 * points.x / heart.lv.radius, 0.15, 2.0)
        self._fat = toward_rv * np.maximum(smooth_field(rng, shape, max(3, int(width / 25))) + 0.5, 0.05) + rng.uniform(
            0, 0.3
        )

    def tissues(self, contraction: float) -> NDArray[np.uint8]:
        """Tissue of every point, ``(slice, row, column)`` of `Tissue` values; later ones overwrite earlier ones."""
        heart, points = self.heart, self.points
        length = heart.lv.length * (1 - heart.lv.shortening * contraction)
        at = around_axis(heart.lv, points, length)
        endo, epi, mean_epi = lv_radii(heart.lv, at, contraction)
        above = points.z - np.float32(length)
        tilt_x, tilt_y = heart.lv.base_tilt
        over_base = above - at.radius * (tilt_x * at.cosine + tilt_y * at.sine)
        right = rv_distance(heart, points, mean_epi, contraction, length)
        aorta = aorta_distance(heart, points, above)
        atria = self._atria(above, contraction)

        tissue = np.zeros(points.z.shape, np.uint8)
        surface = np.minimum(np.where(over_base < 12, at.radius - epi, 99), right - heart.rv.wall)
        fat = heart.epicardial_fat * self._fat * (0.5 + np.clip(at.height, 0, 1.2) ** 2)
        surface = np.minimum(surface, np.minimum(*atria))
        tissue[surface < fat + heart.pericardium] = Tissue.PERICARDIUM
        tissue[surface < fat] = Tissue.FAT
        self._add_vessels(tissue, atria, aorta, above)
        self._add_right_ventricle(tissue, right, at, contraction)
        below_base = over_base < 0
        tissue[(at.radius < epi) & below_base] = Tissue.LV_WALL
        outflow_tract = (aorta < -1) & (above > -heart.outflow_depth) & (at.radius < epi + 2)
        tissue[((at.radius < endo) | outflow_tract) & below_base] = Tissue.LV_BLOOD
        tissue[(at.radius < endo) & ~below_base & (over_base < 14)] = Tissue.BEYOND_BASE
        tissue[self._lv_muscle(at, endo, contraction) & below_base] = Tissue.LV_TRABECULA
        return tissue

    def _atria(self, above: Array, contraction: float) -> tuple[Array, Array]:
        """Distances to the left and right atrium, which fill while the ventricles contract."""
        growth = 1 + 0.12 * contraction
        chambers = self.heart.left_atrium, self.heart.right_atrium
        left, right = (chamber_distance(chamber, self.points, above, growth) for chamber in chambers)
        return left, right

    def _add_vessels(self, tissue: NDArray[np.uint8], atria: tuple[Array, Array], aorta: Array, above: Array) -> None:
        left, right = atria
        walls = (left < self.heart.left_atrium.wall) | (right < self.heart.right_atrium.wall)
        tissue[walls | ((aorta < 2) & (above > -4))] = Tissue.OTHER_WALL
        tissue[(left < 0) | (right < 0)] = Tissue.OTHER_BLOOD
        tissue[(np.abs(aorta - 0.8) < 1.2) & (above > 0)] = Tissue.OTHER_WALL
        tissue[(aorta < 0) & (above > 0)] = Tissue.OTHER_BLOOD

    def _add_right_ventricle(self, tissue: NDArray[np.uint8], right: Array, at: Polar, contraction: float) -> None:
        rv, strength = self.heart.rv, self.heart.rv_trabeculation
        tissue[right < rv.wall * (1 + 0.4 * contraction)] = Tissue.RV_WALL
        inside = right < 0
        beyond_valve = self.points.z > np.float32(rv.pulmonary_valve - 0.6 * rv.descent * contraction)
        tissue[inside] = Tissue.RV_BLOOD
        tissue[inside & beyond_valve] = Tissue.OTHER_BLOOD
        trabecula = self._fine > 1.8 - 1.1 * strength + 0.08 * np.maximum(-right - 4, 0) + 0.7 * at.height
        tissue[inside & trabecula & ~beyond_valve] = Tissue.RV_TRABECULA

    def _lv_muscle(self, at: Polar, endo: Array, contraction: float) -> NDArray[np.bool_]:
        """Trabeculae along the endocardium and papillary muscles: muscle that counts as cavity.

        Their muscle does not vanish in systole: the narrower the cavity, the deeper the layer.
        """
        narrowing = 1 / max(1 - self.heart.lv.inward * contraction, 0.35) ** 1.4
        muscle = endo - at.radius < self._layer * narrowing
        for papillary in self.heart.papillaries:
            low, high = papillary.heights
            at_height = (at.height > low) & (at.height < high)
            if not at_height.any():
                continue
            px = papillary.depth * endo * np.float32(np.cos(papillary.angle))
            py = papillary.depth * endo * np.float32(np.sin(papillary.angle))
            size = papillary.radius * (1 + 0.25 * contraction)
            distance = np.hypot(at.radius * at.cosine - px, at.radius * at.sine - py)
            muscle |= at_height & (distance < size * (0.9 + 0.2 * self._fine))
        return np.asarray(muscle & (at.radius < endo))


def _trabecular_layer(rng: np.random.Generator, heart: Heart, points: Points) -> Array:
    """Depth in mm of the trabeculae that point inwards: spikes around the circumference, few on the septum."""
    x, y, z = points
    turns = int(rng.integers(18, 46))
    spikes = smooth_field(rng, (max(2, int(np.ptp(z) / 3)), 1, 512), turns)[:, 0]
    spikes += 0.6 * smooth_field(rng, (len(spikes), 1, 512), 6)[:, 0]
    angle = ((np.arctan2(y, x) / (2 * np.pi) + 0.5) * 511).astype(np.int16)
    level = ((z - z.min()) / max(float(np.ptp(z)), 1.0) * (len(spikes) - 1)).astype(np.int16)
    free_wall = 0.7 + 0.4 * x / np.sqrt(x * x + y * y + 1)
    sparser_base = 1.3 - np.clip(z / heart.lv.length, 0, 1)
    depth = heart.lv_trabeculation * sparser_base * np.maximum(spikes[level, angle] + 0.1, 0) + heart.lv_compact_layer
    return np.asarray(free_wall * depth, np.float32)


__all__ = ["HeartField", "Tissue"]
