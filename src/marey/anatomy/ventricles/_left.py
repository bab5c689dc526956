"""The left ventricle's endocardium and the thickness of its wall, at the template's levels and sectors."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from marey.anatomy.aha17 import AHA17
from marey.anatomy.ventricles.shape import VentricleShape
from marey.anatomy.ventricles.topology import Resolution

FloatArray = NDArray[np.float64]
SMOOTHING = np.radians(10.0)
INSERTION_NARROWING = 0.8
RING_SEGMENTS = ((0, 6), (6, 12), (12, 16))
MERIDIAN = np.linspace(0.0, 1.0, 400)


@dataclass(frozen=True, eq=False)
class Frame:
    """Where levels and sectors lie before the cavity is scaled to its volume.

    Args:
        height: (levels + 1,) of the endocardium as a fraction of the cavity's length.
        radius: (levels + 1,) relative to the widest place.
        angle: (levels + 1, sectors) from mid-septum, positive to the anterior wall, in radians.
        along: (levels + 1,) 0 at the right ventricle's apex, 1 at the base, negative below.
        arc: (levels + 1,) mm along the wall from the level of the right ventricle's apex, negative below.
    """

    height: FloatArray
    radius: FloatArray
    angle: FloatArray
    along: FloatArray
    arc: FloatArray


def frame(shape: VentricleShape, resolution: Resolution) -> Frame:
    """Levels by equal arc length above and below the right apex, sectors by equal angle between the insertions."""
    height, radius = _meridian(shape)
    widest = np.sqrt(shape.lv_volume / (2.1 * shape.lv_length))
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(height) * shape.lv_length, np.diff(radius) * widest))])
    rv_apex = 1 - shape.rv_length / shape.lv_length
    split = np.interp(rv_apex, height, arc)
    low = np.linspace(0, split, resolution.rv_apex + 1)
    high = np.linspace(split, arc[-1], resolution.levels - resolution.rv_apex + 1)
    at = np.concatenate([low, high[1:]])
    z, r = np.interp(at, arc, height), np.interp(at, arc, radius)
    along = (z - rv_apex) / (1 - rv_apex)
    narrow = INSERTION_NARROWING + (1 - INSERTION_NARROWING) * smoothstep(along)
    anterior, inferior = shape.anterior_insertion * narrow, shape.inferior_insertion * narrow
    septum = np.linspace(-inferior, anterior, resolution.septal_sectors, endpoint=False, axis=1)
    free = np.linspace(anterior, 2 * np.pi - inferior, resolution.free_sectors, endpoint=False, axis=1)
    return Frame(z, r, np.concatenate([septum, free], axis=1), along, at - split)


def endocardium(shape: VentricleShape, where: Frame, radius: float) -> FloatArray:
    """(levels + 1, sectors, 3) mm of the left endocardium with its widest place at `radius` mm."""
    angle = where.angle
    circle = np.stack([-np.cos(angle), -np.sin(angle)], axis=-1)
    waves = _waves(shape, where)
    flat = (1 - shape.septal_curvature) * smoothstep(where.along + 0.35)[:, None]
    plane = circle * (1 + waves)[..., None]
    plane[..., 0] += flat * _flattening(angle, (shape.anterior_insertion + shape.inferior_insertion) / 2)
    plane = plane * (radius * where.radius)[:, None, None]
    z = np.broadcast_to((where.height * shape.lv_length)[:, None], angle.shape)
    tilted = z - np.tan(shape.base_tilt) * plane[..., 1] * smoothstep(where.height)[:, None]
    return np.concatenate([plane, tilted[..., None]], axis=-1)


def outward(endo: FloatArray, where: Frame) -> FloatArray:
    """(levels + 1, sectors, 3) directions into the wall, lengthened so that a step along them by t is t mm thick.

    They are the surface's normals, turned into the plane of the base towards the base.
    """
    normal = normals(endo, ring=True)
    normal[0] = (0.0, 0.0, -1.0)
    direction = normal.copy()
    direction[..., 2] *= (1 - smoothstep((where.height - 0.75) / 0.25))[:, None]
    lengthened: FloatArray = direction / np.sum(direction * normal, axis=-1, keepdims=True)
    return lengthened


def normals(sheet: FloatArray, *, ring: bool) -> FloatArray:
    """Unit normals of a (row, column, 3) sheet of points: column direction times row direction."""
    across = np.roll(sheet, -1, axis=1) - np.roll(sheet, 1, axis=1) if ring else np.gradient(sheet, axis=1)
    normal = np.cross(across, np.gradient(sheet, axis=0))
    unit: FloatArray = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    return unit


def thickness(shape: VentricleShape, where: Frame) -> FloatArray:
    """(levels + 1, sectors) mm: the 17 segments' values at their middles, smooth and without overshoot between."""
    values = np.array(shape.wall_thickness)
    scaled = normalised_angle(shape, where.angle)
    rings = []
    for start, stop in RING_SEGMENTS:
        middle = np.radians([segment.start + 180 / (stop - start) for segment in AHA17[start:stop]])
        rings.append(_periodic(middle, values[start:stop], scaled))
    apex = np.full_like(scaled, values[16])
    stack = np.stack([apex, rings[2], rings[1], rings[0], rings[0]])
    heights = np.array([0.0, 1 / 6, 1 / 2, 5 / 6, 1.0])
    fitted = PchipInterpolator(heights, stack, axis=0)(where.height)
    row = np.arange(len(where.height))
    exact: FloatArray = fitted[row, row]
    return exact


def normalised_angle(shape: VentricleShape, angle: FloatArray) -> FloatArray:
    """Angles with the insertions of the base at +-60 degrees, where the 17 segments want them; mid-septum stays 0."""
    third = np.pi / 3
    anterior, inferior = shape.anterior_insertion, shape.inferior_insertion
    known = [-inferior, 0.0, anterior, np.pi, 2 * np.pi - inferior]
    return np.interp(angle, known, [-third, 0.0, third, np.pi, 2 * np.pi - third])


def smoothstep(x: FloatArray) -> FloatArray:
    """0 below 0, 1 above 1, smooth between."""
    inside = np.clip(x, 0.0, 1.0)
    step: FloatArray = inside * inside * (3 - 2 * inside)
    return step


def _meridian(shape: VentricleShape) -> tuple[FloatArray, FloatArray]:
    """Height and radius of the cavity's outline, both relative, from the apex to the base."""
    widest, power = shape.widest_height, shape.apical_shape
    turn = MERIDIAN * np.pi / 2
    low_radius = np.sin(turn) ** (2 / power)
    low_height = widest * (1 - np.cos(turn) ** (2 / power))
    high = MERIDIAN[1:]
    high_radius = 1 - shape.base_narrowing * high**2
    return np.concatenate([low_height, widest + (1 - widest) * high]), np.concatenate([low_radius, high_radius])


def _waves(shape: VentricleShape, where: Frame) -> FloatArray:
    a, height = where.angle, where.height[:, None]
    modes = [np.cos(2 * a), np.sin(2 * a), np.cos(3 * a), np.sin(3 * a)]
    modes += [np.cos(2 * a) * (2 * height - 1), np.sin(2 * a) * (2 * height - 1)]
    total: FloatArray = np.sum([amount * mode for amount, mode in zip(shape.waves, modes, strict=True)], axis=0)
    return total * smoothstep(4 * height)


def _flattening(angle: FloatArray, insertion: float) -> FloatArray:
    """How far a unit circle's septum has to go in to become its chord, rounded off at the insertions."""
    orders, amounts = _chord_series(round(insertion, 6))
    turned: FloatArray = np.cos(angle[..., None] * orders) @ amounts
    return turned


@cache
def _chord_series(insertion: float) -> tuple[FloatArray, FloatArray]:
    orders = np.arange(13.0)
    angle = np.linspace(-np.pi, np.pi, 721)[:-1]
    step = np.maximum(np.cos(angle) - np.cos(insertion), 0.0)
    amounts = np.array([np.mean(step * np.cos(order * angle)) for order in orders]) * np.where(orders == 0, 1.0, 2.0)
    amounts *= np.exp(-0.5 * (orders * SMOOTHING) ** 2)
    wanted = 1 - np.cos(insertion)
    return orders, amounts * (wanted / amounts.sum())


def _periodic(centre: FloatArray, values: FloatArray, angle: FloatArray) -> FloatArray:
    order = np.argsort(centre)
    x, y = centre[order], values[order]
    turns = 2 * np.pi * np.arange(-1, 3)
    many = np.concatenate([x + turn for turn in turns])
    result: FloatArray = PchipInterpolator(many, np.tile(y, len(turns)))(angle)
    return result


__all__ = ["Frame", "endocardium", "frame", "normalised_angle", "normals", "outward", "smoothstep", "thickness"]
