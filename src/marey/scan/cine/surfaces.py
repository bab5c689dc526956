"""Surfaces of the heart's chambers, as distances and radii at points around the LV axis."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marey.scan.cine.heart import Chamber, Heart, LeftVentricle, Patch, Waves

Array = NDArray[np.float32]


class Points(NamedTuple):
    """Heart coordinates in mm, broadcast to one shape ``(slice, row, column)``."""

    x: Array
    y: Array
    z: Array


class Polar(NamedTuple):
    """The same points around the bent LV axis: mm, cosine and sine of the angle, fraction of the LV's length."""

    radius: Array
    cosine: Array
    sine: Array
    height: Array


def around_axis(lv: LeftVentricle, points: Points, length: float) -> Polar:
    """Polar coordinates of points when the LV is `length` mm long."""
    height = points.z / np.float32(length)
    dx = points.x - np.float32(lv.bend[0]) * (height - 0.5)
    dy = points.y - np.float32(lv.bend[1]) * (height - 0.5)
    radius = np.sqrt(dx * dx + dy * dy) + np.float32(1e-3)
    return Polar(radius, dx / radius, dy / radius, height)


def lv_radii(lv: LeftVentricle, at: Polar, contraction: float) -> tuple[Array, Array, Array]:
    """Endocardial and epicardial radius in every direction, and the epicardial radius without regional detail, mm.

    The wall keeps its volume: what the cavity loses in circumference and length, the wall gains in thickness.
    """
    height = at.height
    profile = _profile(np.maximum(height, 0), lv.widest, lv.bluntness, lv.taper)
    wall, motion = _wall_and_motion(lv, at)
    diastolic = lv.radius * profile * (1 + _series(lv.shape, at))
    closing = lv.apical_closing * contraction * np.clip(1 - height, 0, 1) ** 3
    endo = np.maximum(diastolic * (1 - lv.inward * contraction * motion) - closing, 0)
    stretch = 1 / (1 - lv.shortening * contraction)
    wall_area = (wall * wall + 2 * diastolic * wall) * np.float32(stretch)
    below_apex = np.clip(1 - (np.minimum(height, 0) * lv.length / (lv.wall * lv.apical_wall + 2)) ** 2, 0, 1)
    epi = np.sqrt(endo * endo + wall_area) * np.sqrt(below_apex)
    mean_endo = lv.radius * profile * (1 - lv.inward * contraction)
    mean_area = (lv.wall**2 + 2 * lv.radius * profile * lv.wall) * stretch
    return endo, epi, np.sqrt(mean_endo**2 + mean_area).astype(np.float32)


def rv_distance(heart: Heart, points: Points, mean_epi: Array, contraction: float, length: float) -> Array:
    """Roughly the distance in mm to the RV with its outflow tract, negative inside (the LV is not cut out yet)."""
    rv = heart.rv
    top = np.float32(rv.tricuspid - rv.descent * contraction)
    body = np.where(points.z < top, _rv_body(heart, points, mean_epi, contraction, length), np.float32(99))
    return np.minimum(body, _rv_outflow(heart, points, length))


def chamber_distance(chamber: Chamber, points: Points, above: Array, growth: float) -> Array:
    """Roughly the distance in mm to an atrium's inner surface; `above` is the height over the LV base."""
    (cx, cy, cz), (rx, ry, rz) = chamber.centre, chamber.radii
    u, v, w = (points.x - cx) / (rx * growth), (points.y - cy) / (ry * growth), (above - cz) / (rz * growth)
    return np.asarray((np.sqrt(u * u + v * v + w * w) - 1) * np.float32(min(rx, ry)), np.float32)


def aorta_distance(heart: Heart, points: Points, above: Array) -> Array:
    """Distance in mm to the aortic root, a tube that leans away from the axis as it climbs."""
    (ax, ay), lean = heart.aortic_centre, 1 + 0.012 * above
    return np.asarray(
        np.hypot(points.x - ax * lean, points.y - ay * lean) - np.float32(heart.aortic_radius), np.float32
    )


def extent(heart: Heart) -> tuple[float, float, float, float]:
    """Bounds of the heart across its axis, with its fat: least x, greatest x, least y, greatest y in mm."""
    outer, rv = 1.25 * (heart.lv.radius + heart.lv.wall) + 8, heart.rv
    left, right = -rv.attachment * outer - 1.25 * rv.half_width, outer
    low, high = -outer - 2.2 * rv.outflow_radius, max(outer, 1.25 * rv.half_height)
    for chamber in (heart.left_atrium, heart.right_atrium):
        (cx, cy, _), (rx, ry, _) = chamber.centre, chamber.radii
        left, right = min(left, cx - 1.15 * rx), max(right, cx + 1.15 * rx)
        low, high = min(low, cy - 1.15 * ry), max(high, cy + 1.15 * ry)
    margin = 6 + 2 * heart.epicardial_fat
    return left - margin, right + margin, low - margin, high + margin


def _wall_and_motion(lv: LeftVentricle, at: Polar) -> tuple[Array, Array]:
    """End-diastolic wall thickness in mm and relative inward motion, with the patches in them."""
    wall = lv.wall * (1 + _series(lv.wall_shape, at))
    motion = np.ones_like(wall)
    for patch in lv.patches:
        weight = _weight(patch, at)
        wall = wall * (1 + (patch.thickness - 1) * weight)
        motion = motion * (1 + (patch.motion - 1) * weight)
    thinner_apex = lv.apical_wall + (1 - lv.apical_wall) * np.clip(at.height * 1.6, 0, 1)
    return np.maximum(wall * thinner_apex, np.float32(2.0)), motion


def _profile(height: Array, widest: float, bluntness: float, taper: float) -> Array:
    """Radius relative to the widest level, from apex (0) to base (1) and on into the atrium."""
    below = np.sqrt(np.clip(1 - np.abs(1 - np.minimum(height / widest, 1)) ** np.float32(bluntness), 0, 1))
    above = taper * np.clip((height - widest) / (1 - widest), 0, 1.3) ** 2
    return np.asarray(below - above, np.float32)


def _series(waves: Waves, at: Polar) -> Array:
    turn = waves.turn * (at.height - 0.5)
    c1, s1 = at.cosine - turn * at.sine, at.sine + turn * at.cosine
    ck, sk = c1, s1
    total = np.zeros_like(ck)
    for a, b in zip(waves.cosine, waves.sine, strict=True):
        total += a * ck + b * sk
        ck, sk = ck * c1 - sk * s1, sk * c1 + ck * s1
    return total


def _weight(patch: Patch, at: Polar) -> Array:
    """How much of a patch there is, 1 in its middle."""
    angle, (turn, rise) = patch.angle, patch.width
    toward = np.clip(at.cosine * np.float32(np.cos(angle)) + at.sine * np.float32(np.sin(angle)), -1, 1)
    return np.exp((toward - 1) / np.float32(turn**2) - ((at.height - patch.height) / np.float32(rise)) ** 2 / 2)


def _rv_body(heart: Heart, points: Points, mean_epi: Array, contraction: float, length: float) -> Array:
    rv, z = heart.rv, points.z
    top = rv.tricuspid - rv.descent * contraction
    height = (z - np.float32(rv.apex)) / np.float32(top - rv.apex)
    profile = np.sqrt(np.clip(1 - np.abs(1 - np.clip(height, 0, 1)) ** np.float32(rv.bluntness), 1e-4, 1))
    shrink = 1 - rv.inward * contraction
    half_width = rv.half_width * profile * np.float32(shrink**1.4)
    half_height = rv.half_height * profile * np.float32(shrink**0.6)
    dx = points.x + rv.attachment * mean_epi
    dy = points.y - rv.lift * mean_epi
    c, s = np.float32(np.cos(rv.tilt)), np.float32(np.sin(rv.tilt))
    u, v = (c * dx + s * dy) / half_width, (c * dy - s * dx) / half_height
    q = np.sqrt(u * u + v * v) + np.float32(1e-3)
    q = q / (1 + _series(rv.shape, Polar(q, u / q, v / q, z / np.float32(length))))
    return np.asarray((q - 1) * np.minimum(half_width, half_height), np.float32)


def _rv_outflow(heart: Heart, points: Points, length: float) -> Array:
    """Distance to the outflow tract, a tube that climbs from the RV's anterior part to the pulmonary valve."""
    lv, rv = heart.lv, heart.rv
    outer = lv.radius + lv.wall
    rise = (points.z - np.float32(0.72 * length)) / np.float32(0.5 * length)
    cx = -0.75 * outer + 0.55 * outer * rise
    cy = -outer * (0.75 + 0.25 * np.clip(rise, 0, 1)) - 0.45 * rv.outflow_radius
    tube = np.hypot(points.x - cx, points.y - cy) - rv.outflow_radius
    return np.asarray(tube + 60 * np.maximum(-rise, 0), np.float32)


__all__ = [
    "Array", "Points", "Polar", "aorta_distance", "around_axis", "chamber_distance", "extent", "lv_radii",
    "rv_distance",
]  # fmt: skip
