"""Which tissue of the heart is at a point, at a moment of the beat."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from marey.scan.cine.heart import Chamber, Heart, LeftVentricle, Waves
from marey.scan.cine.noise import smooth_field

Array = NDArray[np.float32]


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


class HeartField:
    """A heart with its fine texture fixed, to be asked for tissues at any moment.

    Args:
        heart: its shape.
        x, y, z: heart coordinates of the points, broadcast to one shape ``(slice, row, column)``.
        rng: draws trabeculae and fat once; the same at every moment.
    """

    def __init__(self, heart: Heart, x: Array, y: Array, z: Array, rng: np.random.Generator) -> None:
        self.heart = heart
        self._xyz = x, y, z
        shape = np.broadcast_shapes(x.shape, y.shape, z.shape)
        width = float(np.ptp(x[0]))
        self._layer = _trabecular_layer(rng, heart, x, y, z)
        self._fine = smooth_field(rng, shape, max(4, int(width / rng.uniform(3.5, 7))))
        toward_rv = np.clip(0.7 - 0.6 * x / heart.lv.radius, 0.15, 2.0)
        self._fat = toward_rv * np.maximum(smooth_field(rng, shape, max(3, int(width / 25))) + 0.5, 0.05)

    def tissues(self, contraction: float) -> NDArray[np.uint8]:
        """Tissue of every point, ``(slice, row, column)`` of `Tissue` values."""
        heart, lv, rv = self.heart, self.heart.lv, self.heart.rv
        x, y, z = self._xyz
        length = lv.length * (1 - lv.shortening * contraction)
        height = z / np.float32(length)
        dx = x - np.float32(lv.bend[0]) * (height - 0.5)
        dy = y - np.float32(lv.bend[1]) * (height - 0.5)
        radius = np.sqrt(dx * dx + dy * dy) + np.float32(1e-3)
        cosine, sine = dx / radius, dy / radius
        endo, epi, mean_epi = lv_radii(lv, height, cosine, sine, contraction)
        base = np.float32(length) + lv.base_tilt[0] * dx + lv.base_tilt[1] * dy
        below_base = z < base
        above = z - np.float32(length)

        rv_distance = _rv_distance(heart, x, y, z, mean_epi, contraction, length)
        outflow = _rv_outflow_distance(heart, x, y, z, length)
        rv_below = z < np.float32(rv.tricuspid - rv.descent * contraction)
        rv_distance = np.where(rv_below, rv_distance, np.float32(99))
        rv_all = np.minimum(rv_distance, outflow)
        left_atrium = _ellipsoid_distance(heart.left_atrium, x, y, above, 1 + 0.12 * contraction)
        right_atrium = _ellipsoid_distance(heart.right_atrium, x, y, above, 1 + 0.12 * contraction)
        ax, ay = heart.aortic_centre
        aorta = np.hypot(x - ax * (1 + 0.012 * above), y - ay * (1 + 0.012 * above)) - np.float32(heart.aortic_radius)
        in_lv_wall = (radius < epi) & below_base

        tissue = np.zeros(radius.shape, np.uint8)
        edge = np.minimum(np.minimum(np.where(z < base + 12, radius - epi, 99), rv_all - rv.wall), left_atrium)
        edge = np.minimum(edge, right_atrium)
        fat = heart.epicardial_fat * self._fat * (0.5 + np.clip(height, 0, 1.2) ** 2)
        tissue[edge < fat] = Tissue.FAT
        walls = (left_atrium < heart.left_atrium.wall) | (right_atrium < heart.right_atrium.wall) | ((aorta < 2) & (above > -4))
        tissue[walls] = Tissue.OTHER_WALL
        tissue[(left_atrium < 0) | (right_atrium < 0)] = Tissue.OTHER_BLOOD
        tissue[(np.abs(aorta - 0.8) < 1.2) & (above > 0)] = Tissue.OTHER_WALL
        tissue[(aorta < 0) & (above > 0)] = Tissue.OTHER_BLOOD
        tissue[rv_all < rv.wall * (1 + 0.4 * contraction)] = Tissue.RV_WALL
        in_rv = rv_all < 0
        pulmonary = z > np.float32(rv.pulmonary_valve - 0.6 * rv.descent * contraction)
        tissue[in_rv] = Tissue.RV_BLOOD
        tissue[in_rv & pulmonary] = Tissue.OTHER_BLOOD
        trabecula = self._fine > 1.8 - 1.1 * heart.rv_trabeculation + 0.08 * np.maximum(-rv_all - 4, 0) + 0.7 * height
        tissue[in_rv & trabecula & ~pulmonary] = Tissue.RV_TRABECULA
        tissue[in_lv_wall] = Tissue.LV_WALL
        outflow_tract = (aorta < -1) & (above > -heart.outflow_depth) & (radius < epi + 2)
        cavity = (radius < endo) | outflow_tract
        tissue[cavity & below_base] = Tissue.LV_BLOOD
        tissue[(radius < endo) & ~below_base & (z < base + 14)] = Tissue.BEYOND_BASE
        tissue[self._lv_muscle(radius, endo, cosine, sine, height, contraction) & below_base] = Tissue.LV_TRABECULA
        return tissue

    def _lv_muscle(
        self, radius: Array, endo: Array, cosine: Array, sine: Array, height: Array, contraction: float
    ) -> NDArray[np.bool_]:
        """Trabeculae along the endocardium and papillary muscles: muscle that counts as cavity."""
        muscle = endo - radius < self._layer * (1 + 0.25 * contraction) * (1.3 - np.clip(height, 0, 1))
        for papillary in self.heart.papillaries:
            low, high = papillary.heights
            at_height = (height > low) & (height < high)
            if not at_height.any():
                continue
            px = papillary.depth * endo * np.float32(np.cos(papillary.angle))
            py = papillary.depth * endo * np.float32(np.sin(papillary.angle))
            size = papillary.radius * (1 + 0.25 * contraction)
            distance = np.hypot(radius * cosine - px, radius * sine - py)
            muscle |= at_height & (distance < size * (0.9 + 0.2 * self._fine))
        inside: NDArray[np.bool_] = muscle & (radius < endo)
        return inside


def _trabecular_layer(rng: np.random.Generator, heart: Heart, x: Array, y: Array, z: Array) -> Array:
    """Depth in mm of the trabeculae that point inwards from the LV wall: spikes around the circumference, few on the septum."""
    turns = int(rng.integers(18, 46))
    spikes = smooth_field(rng, (max(2, int(np.ptp(z) / 3)), 1, 512), turns)[:, 0]
    spikes += 0.6 * smooth_field(rng, (len(spikes), 1, 512), 6)[:, 0]
    angle = ((np.arctan2(y, x) / (2 * np.pi) + 0.5) * 511).astype(np.int16)
    level = ((z - z.min()) / max(float(np.ptp(z)), 1.0) * (len(spikes) - 1)).astype(np.int16)
    free_wall = 0.7 + 0.4 * x / np.sqrt(x * x + y * y + 1)
    return np.asarray(heart.lv_trabeculation * free_wall * np.maximum(spikes[level, angle] - 0.2, 0), np.float32)


def extent(heart: Heart) -> tuple[float, float, float, float]:
    """Bounds of the heart across its axis, with its fat: least x, greatest x, least y, greatest y in mm."""
    outer, rv = 1.25 * (heart.lv.radius + heart.lv.wall) + 8, heart.rv
    left, right, low, high = -rv.attachment * outer - 1.25 * rv.half_width, outer, -outer - 2.2 * rv.outflow_radius, outer
    high = max(high, 1.25 * rv.half_height)
    for chamber in (heart.left_atrium, heart.right_atrium):
        (cx, cy, _), (rx, ry, _) = chamber.centre, chamber.radii
        left, right = min(left, cx - 1.15 * rx), max(right, cx + 1.15 * rx)
        low, high = min(low, cy - 1.15 * ry), max(high, cy + 1.15 * ry)
    margin = 6 + 2 * heart.epicardial_fat
    return left - margin, right + margin, low - margin, high + margin


def lv_radii(lv: LeftVentricle, height: Array, cosine: Array, sine: Array, contraction: float) -> tuple[Array, Array, Array]:
    """Endocardial and epicardial radius in every direction, and the epicardial radius without regional detail, mm.

    The wall keeps its volume: what the cavity loses in circumference and length, the wall gains in thickness.
    """
    profile = _profile(np.maximum(height, 0), lv.widest, lv.bluntness, lv.taper)
    shape = 1 + _series(lv.shape, cosine, sine, height)
    wall = lv.wall * (1 + _series(lv.wall_shape, cosine, sine, height))
    motion = np.ones_like(wall)
    for patch in lv.patches:
        weight = _patch_weight(patch.angle, patch.height, patch.width, cosine, sine, height)
        wall = wall * (1 + (patch.thickness - 1) * weight)
        motion = motion * (1 + (patch.motion - 1) * weight)
    wall = np.maximum(wall * (lv.apical_wall + (1 - lv.apical_wall) * np.clip(height * 1.6, 0, 1)), np.float32(2.0))
    diastolic = lv.radius * profile * shape
    closing = lv.apical_closing * contraction * np.clip(1 - height, 0, 1) ** 3
    endo = np.maximum(diastolic * (1 - lv.inward * contraction * motion) - closing, 0)
    stretch = 1 / (1 - lv.shortening * contraction)
    wall_area = (wall * wall + 2 * diastolic * wall) * np.float32(stretch)
    below_apex = np.clip(1 - (np.minimum(height, 0) * lv.length / (lv.wall * lv.apical_wall + 2)) ** 2, 0, 1)
    epi = np.sqrt(endo * endo + wall_area) * np.sqrt(below_apex)
    mean_endo = lv.radius * profile * (1 - lv.inward * contraction)
    mean_area = (lv.wall**2 + 2 * lv.radius * profile * lv.wall) * stretch
    return endo, epi, np.sqrt(mean_endo**2 + mean_area).astype(np.float32)


def _profile(height: Array, widest: float, bluntness: float, taper: float) -> Array:
    """Radius relative to the widest level, from apex (0) to base (1) and on into the atrium."""
    below = np.sqrt(np.clip(1 - np.abs(1 - np.minimum(height / widest, 1)) ** np.float32(bluntness), 0, 1))
    above = taper * np.clip((height - widest) / (1 - widest), 0, 1.3) ** 2
    return np.asarray(below - above, np.float32)


def _series(waves: Waves, cosine: Array, sine: Array, height: Array) -> Array:
    turn = waves.turn * (height - 0.5)
    c1, s1 = cosine - turn * sine, sine + turn * cosine
    ck, sk = c1, s1
    total = np.zeros_like(ck)
    for a, b in zip(waves.cosine, waves.sine, strict=True):
        total += a * ck + b * sk
        ck, sk = ck * c1 - sk * s1, sk * c1 + ck * s1
    return total


def _patch_weight(
    angle: float, level: float, width: tuple[float, float], cosine: Array, sine: Array, height: Array
) -> Array:
    toward = np.clip(cosine * np.float32(np.cos(angle)) + sine * np.float32(np.sin(angle)), -1, 1)
    return np.exp((toward - 1) / np.float32(width[0] ** 2) - ((height - level) / np.float32(width[1])) ** 2 / 2)


def _rv_distance(heart: Heart, x: Array, y: Array, z: Array, mean_epi: Array, contraction: float, length: float) -> Array:
    """Roughly the distance in mm to the RV body's surface, negative inside (the LV has not been cut out yet)."""
    rv = heart.rv
    top = rv.tricuspid - rv.descent * contraction
    height = (z - np.float32(rv.apex)) / np.float32(top - rv.apex)
    profile = np.sqrt(np.clip(1 - np.abs(1 - np.clip(height, 0, 1)) ** np.float32(rv.bluntness), 1e-4, 1))
    shrink = 1 - rv.inward * contraction
    half_width = rv.half_width * profile * np.float32(shrink**1.4)
    half_height = rv.half_height * profile * np.float32(shrink**0.6)
    dx = x + rv.attachment * mean_epi
    dy = y - rv.lift * mean_epi
    c, s = np.float32(np.cos(rv.tilt)), np.float32(np.sin(rv.tilt))
    u, v = (c * dx + s * dy) / half_width, (c * dy - s * dx) / half_height
    q = np.sqrt(u * u + v * v) + np.float32(1e-3)
    q = q / (1 + _series(rv.shape, u / q, v / q, z / np.float32(length)))
    return np.asarray((q - 1) * np.minimum(half_width, half_height), np.float32)


def _rv_outflow_distance(heart: Heart, x: Array, y: Array, z: Array, length: float) -> Array:
    """Distance in mm to the outflow tract, a tube that climbs from the RV's anterior part to the pulmonary valve."""
    lv, rv = heart.lv, heart.rv
    outer = lv.radius + lv.wall
    rise = (z - np.float32(0.72 * length)) / np.float32(0.5 * length)
    cx = -0.75 * outer + 0.55 * outer * rise
    cy = -outer * (0.75 + 0.25 * np.clip(rise, 0, 1)) - 0.45 * rv.outflow_radius
    return np.asarray(np.hypot(x - cx, y - cy) - rv.outflow_radius + 60 * np.maximum(-rise, 0), np.float32)


def _ellipsoid_distance(chamber: Chamber, x: Array, y: Array, above: Array, growth: float) -> Array:
    (cx, cy, cz), (rx, ry, rz) = chamber.centre, chamber.radii
    q = np.sqrt(((x - cx) / (rx * growth)) ** 2 + ((y - cy) / (ry * growth)) ** 2 + ((above - cz) / (rz * growth)) ** 2)
    return np.asarray((q - 1) * np.float32(min(rx, ry)), np.float32)


__all__ = ["HeartField", "Tissue", "extent", "lv_radii"]
