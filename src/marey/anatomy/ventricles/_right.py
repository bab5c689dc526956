"""The right ventricle's free wall: a bulge over the septum that grows from the right apex to the base."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles._left import Frame, normals, smoothstep
from marey.anatomy.ventricles.shape import VentricleShape

FloatArray = NDArray[np.float64]
FAN = 1.1
ROUNDNESS = 2.1
SMOOTHED_SECTORS = 7
OUTFLOW_SHARE = 0.35
TRICUSPID_DROP = 0.35
SAMPLES = np.linspace(0.0, 1.0, 97)


@dataclass(frozen=True, eq=False)
class Bulge:
    """How the right free wall leaves the septum, per unit of depth.

    Args:
        septum: (levels, sectors, 3) mm of the septum's right side with both insertions, from the right apex up.
        direction: (levels, samples, 3) of the bulge; its length is the local share of the depth.
        rise: (levels, samples) mm along the axis that the base is lifted.
    """

    septum: FloatArray
    direction: FloatArray
    rise: FloatArray


def bulge(shape: VentricleShape, where: Frame, septum: FloatArray) -> Bulge:
    """The bulge over a septum (levels, sectors, 3) that begins at the right apex."""
    along = np.linspace(0.0, 1.0, len(septum))[:, None]
    depth = np.sin(np.pi / 2 * along) ** shape.rv_taper * (1 - 0.12 * smoothstep((along - 0.75) / 0.25))
    round_off = (1 - np.abs(2 * SAMPLES - 1) ** ROUNDNESS) ** (1 / ROUNDNESS)
    outflow = 1 + OUTFLOW_SHARE * smoothstep((along - 0.45) / 0.55) * np.sin(np.pi * SAMPLES**1.7)
    share = depth * round_off * outflow
    rows = where.angle[-len(septum) :]
    sectors = septum.shape[1]
    knots = np.linspace(0.0, 1.0, sectors)
    angle = np.stack([np.interp(SAMPLES, knots, row[:sectors]) for row in rows]) * FAN
    direction = np.stack([-np.cos(angle), -np.sin(angle), np.zeros_like(angle)], axis=-1) * share[..., None]
    lift = np.sin(np.pi * SAMPLES**1.7) ** 2 - TRICUSPID_DROP * np.sin(np.pi * SAMPLES) ** 2
    return Bulge(septum, direction, shape.rv_outflow * smoothstep((along - 0.4) / 0.6) * lift * depth)


def free_wall(form: Bulge, depth: float) -> FloatArray:
    """(levels, sectors, 3) mm of the right free wall's endocardium at a depth in mm, sectors at equal arc length."""
    sectors = form.septum.shape[1]
    place = SAMPLES * (sectors - 1)
    low = np.minimum(place.astype(int), sectors - 2)
    part = (place - low)[:, None]
    under = form.septum[:, low] * (1 - part) + form.septum[:, low + 1] * part
    dense = under + depth * form.direction
    dense[..., 2] += form.rise
    step = np.linalg.norm(np.diff(dense, axis=1), axis=-1)
    arc = np.concatenate([np.zeros((len(dense), 1)), np.cumsum(step, axis=1)], axis=1)
    knots = np.linspace(0.0, 1.0, sectors)
    wall = np.empty_like(form.septum)
    for row, (length, curve) in enumerate(zip(arc, dense, strict=True)):
        for axis in range(3):
            wall[row, :, axis] = np.interp(knots * length[-1], length, curve[:, axis])
    wall[:, 0], wall[:, -1], wall[0] = form.septum[:, 0], form.septum[:, -1], form.septum[0]
    return wall


def right_epicardium(wall: FloatArray, radial: FloatArray, thickness: float) -> FloatArray:
    """(levels, sectors, 3) mm: the right free wall's outer side, from its endocardium of the same shape.

    On the borders, where it leaves the left ventricle, the wall goes out halfway between the bulge's normal and the
    `radial` steps (levels, sectors, 3) of the left wall, as far as those; so the groove stays open. The directions
    pass smoothly from there to the normals.
    """
    normal = normals(wall, ring=False)
    border = np.ones(wall.shape[:2], bool)
    border[1:, 1:-1] = False
    reach = np.linalg.norm(radial, axis=-1, keepdims=True)
    direction = np.where(border[..., None], _unit(normal + radial / reach), normal)
    direction[..., 2] *= 1 - smoothstep((np.linspace(0.0, 1.0, len(wall))[:, None] - 0.7) / 0.3)
    groove = direction.copy()
    for _ in range(wall.shape[1] // SMOOTHED_SECTORS):
        direction[:, 1:-1] = (direction[:, :-2] + 2 * direction[:, 1:-1] + direction[:, 2:]) / 4
    step = thickness * direction / np.sum(direction * normal, axis=-1, keepdims=True)
    moved: FloatArray = wall + np.where(border[..., None], groove * reach, step)
    return moved


def _unit(vectors: FloatArray) -> FloatArray:
    unit: FloatArray = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return unit


__all__ = ["Bulge", "bulge", "free_wall", "right_epicardium"]
