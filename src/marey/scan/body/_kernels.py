# ruff: noqa: PLR0911 - the first tissue that fits is returned
"""The kernel that says for every point of the patient what it is made of."""

import math

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit
from marey.scan.body._inside import (
    abdomen_tissue,
    diaphragm,
    excursion,
    hernia_tissue,
    liver_score,
    mediastinum,
    spine_tissue,
    spleen_score,
    stomach_distance,
)
from marey.scan.body._shape import HeartMap, Shape
from marey.scan.body._tubes import ANYWHERE, NOWHERE, Tubes, tube_at
from marey.scan.body._wall import Place, cage, ramp, skin_distance, wall_tissue, waves
from marey.scan.body.tissue import Tissue

AIR, FAT, LUNG, LIVER, METAL = (
    int(Tissue.AIR),
    int(Tissue.FAT),
    int(Tissue.LUNG),
    int(Tissue.LIVER),
    int(Tissue.METAL),
)
PLEURAL, PERICARDIAL = int(Tissue.PLEURAL_FLUID), int(Tissue.PERICARDIAL_FLUID)
PERICARDIUM, EPICARDIAL = int(Tissue.PERICARDIUM), int(Tissue.EPICARDIAL_FAT)
FAR = 60.0
PLEURA = 0.8
LIFT = 7.0
"""Mm by which the diaphragm rises to the heart that lies on it."""


@fast_jit
def heart_distance(x: float, y: float, z: float, h: HeartMap) -> tuple[float, float, float]:
    """Distance to the heart's outside (FAR beyond the map), and the x and z of the point in the heart frame."""
    dx, dy, dz = x - h.translation[0], y - h.translation[1], z - h.translation[2]
    r = h.rotation
    a = r[0, 0] * dx + r[1, 0] * dy + r[2, 0] * dz
    b = r[0, 1] * dx + r[1, 1] * dy + r[2, 1] * dz
    c = r[0, 2] * dx + r[1, 2] * dy + r[2, 2] * dz
    fx, fy, fz = (a - h.origin[0]) / h.spacing, (b - h.origin[1]) / h.spacing, (c - h.origin[2]) / h.spacing
    size = h.distance.shape
    if min(fx, fy, fz) < 0.0 or fx >= size[2] - 1 or fy >= size[1] - 1 or fz >= size[0] - 1:
        return FAR, a, c
    i, j, k = int(fx), int(fy), int(fz)
    fx, fy, fz = fx - i, fy - j, fz - k
    d = h.distance
    low = (d[k, j, i] * (1 - fx) + d[k, j, i + 1] * fx) * (1 - fy) + (
        d[k, j + 1, i] * (1 - fx) + d[k, j + 1, i + 1] * fx
    ) * fy
    k += 1
    high = (d[k, j, i] * (1 - fx) + d[k, j, i + 1] * fx) * (1 - fy) + (
        d[k, j + 1, i] * (1 - fx) + d[k, j + 1, i + 1] * fx
    ) * fy
    return low * (1 - fz) + high * fz, a, c


@fast_jit
def epicardial_depth(a: float, c: float, p: Place, s: Shape) -> float:
    """Thickness of the fat on the heart at a place: most in the groove below the atria and on the right ventricle."""
    groove = math.exp(-(((c - 97.0) / 13.0) ** 2))
    right = ramp(-a, 10.0, 45.0)
    return s.epicardial * (0.45 + 0.9 * groove + 0.6 * right) * (1.0 + 0.35 * waves(p[0], p[1], p[2], 48.0, s.phase))


@fast_jit
def fluid_weight(y: float, h: HeartMap) -> float:
    """Where pericardial fluid collects: 1 in front to 2 at the back of a person who lies on it."""
    return 1.0 + ramp(y - h.translation[1], -30.0, 60.0)


@fast_jit
def heart_coat(place: Place, p: Place, h: HeartMap, s: Shape) -> tuple[int, float]:
    """Fat, fluid or pericardium (AIR beyond) and the distance to its outside; `place` is from `heart_distance`."""
    d, a, c = place
    fat = epicardial_depth(a, c, p, s)
    if d < fat:
        return EPICARDIAL, d - fat
    fluid = fat + s.effused * fluid_weight(p[1], h)
    if d < fluid:
        return PERICARDIAL, d - fluid
    outer = fluid + s.pericardium
    return (PERICARDIUM if d < outer else AIR), d - outer


@fast_jit
def rounded(one: float, other: float, radius: float) -> bool:
    """Whether a point lies in the corner between two surfaces, at distances from both, that a ball cannot reach."""
    if one >= radius or other >= radius:
        return False
    return bool((radius - one) ** 2 + (radius - other) ** 2 > radius * radius)


@fast_jit
def relaxed(x: float, y: float, z: float, s: Shape) -> tuple[float, float]:
    """Coordinates x and y of the place at end-expiration of what the wall has since carried forwards and sideways."""
    if s.breath == 0.0:
        return x, y
    forward = s.chest_forward + (s.belly_forward - s.chest_forward) * ramp(-z, 20.0, 130.0)
    forward *= 1.0 - 0.7 * ramp(z, 20.0, 110.0)
    depth = 0.5 * (s.cage_back - s.cage_front)
    middle = 0.5 * (s.cage_back + s.cage_front)
    ahead = y - middle
    if ahead < 0.0:
        y = middle + ahead / max(1.0 + forward * s.breath / depth, 0.5)
    return x / max(1.0 + s.sideways * s.breath / s.cage_width, 0.5), y


@fast_jit
def inner_tissue(p: Place, rest: tuple[float, float], into: float, h: HeartMap, s: Shape) -> int:
    """What lies `into` mm (at least 0) inside the cage, but for tubes; `rest` is its x and y at end-expiration."""
    x, y, z = p
    xr, yr = rest
    place = heart_distance(x, y, z, h)
    beyond = FAR
    if place[0] < FAR:
        coat, beyond = heart_coat(place, p, h, s)
        if coat != AIR:
            return coat
    moved = excursion(xr, yr, s) * s.breath
    above = z + moved - diaphragm(xr, yr, s)
    if s.hernia > 0.0:
        hernia = hernia_tissue(x, y, z + moved, s)
        if hernia != AIR:
            return hernia
    above -= LIFT * (1.0 - ramp(beyond, 2.0, 18.0))
    if above < 0.0:
        return abdomen_tissue((xr, yr, z + moved), -above, into, s)
    pad = 1.0 + 0.06 * s.paracardial * (1.0 + waves(x, y, z, 70.0, s.phase + 1.0))
    if beyond < pad or mediastinum(x, y, z, s) or into < PLEURA:
        return FAT
    if rounded(beyond, above, s.paracardial) or (yr < 0.0 and rounded(beyond, into, s.paracardial)):
        return FAT
    if z > s.lung_top:
        return FAT
    fluid = s.right_fluid if x < 0.0 else s.left_fluid
    return PLEURAL if fluid_height(yr, into) > fluid else LUNG


@fast_jit
def fluid_height(y: float, into: float) -> float:
    """How deep towards the back a place in the pleural space is; fluid creeps up along the wall."""
    return y + 14.0 * math.exp(-into / 6.0)


@fast_jit
def generator_at(x: float, y: float, z: float, s: Shape) -> bool:
    """Whether the void of a pacemaker's generator, a flat disc with rounded edges, reaches here."""
    if s.generator_void < 0.0:
        return False
    gx, gy, gz = s.generator
    across = math.sqrt((x - gx) ** 2 + (z - gz) ** 2)
    rim = max(across - 19.0, 0.0)
    return bool(math.sqrt(rim * rim + (y - gy) ** 2) < 4.0 + s.generator_void)


@fast_jit
def tissue_at(p: Place, h: HeartMap, s: Shape, tubes: Tubes) -> int:
    """The tissue of one point."""
    x, y, z = p
    if generator_at(x, y, z, s) and skin_distance(x, y, z, s) < 0.0:
        return METAL
    tube = tube_at(x, y, z, tubes, ANYWHERE)
    if tube != NOWHERE:
        return tube
    bone = spine_tissue(x, y, z, s)
    if bone != AIR:
        return bone
    xr, yr = relaxed(x, y, z, s)
    out, way = cage(xr, yr, z, s)
    if out >= 0.0:
        return wall_tissue((xr, yr, z), out, way, s)
    base = inner_tissue(p, (xr, yr), -out, h, s)
    if base in (LUNG, LIVER):
        tube = tube_at(x, y, z, tubes, base)
        return base if tube == NOWHERE else tube
    return base


@fast_jit
def paint(points: NDArray[np.float32], h: HeartMap, s: Shape, tubes: Tubes, out: NDArray[np.uint8]) -> None:
    """Tissue of points (n, 3) into out (n,)."""
    for n in range(len(points)):
        out[n] = tissue_at((float(points[n, 0]), float(points[n, 1]), float(points[n, 2])), h, s, tubes)


@fast_jit
def organ_scores(points: NDArray[np.float32], s: Shape, out: NDArray[np.float32]) -> None:
    """What decides at points (n, 3) whether stomach, spleen, liver and pleural fluid reach them, into out (n, 4)."""
    middle = (s.cage_front + s.cage_back) / 2.0
    for n in range(len(points)):
        x, y, z = float(points[n, 0]), float(points[n, 1]), float(points[n, 2])
        u, v, w = x / s.wide, (y - middle) / s.deep, z - s.dome
        out[n, 0], out[n, 1] = stomach_distance(u, v, w, s), spleen_score(u, v, w, s)
        out[n, 2], out[n, 3] = liver_score(u, v, w, s), fluid_height(y, -cage(x, y, z, s)[0])


@fast_jit
def heart_gaps(points: NDArray[np.float32], h: HeartMap, s: Shape, out: NDArray[np.float32]) -> None:
    """Distance of points (n, 3) from the heart (column 0), and how thick an effusion must be to reach them (1)."""
    for n in range(len(points)):
        x, y, z = float(points[n, 0]), float(points[n, 1]), float(points[n, 2])
        d, a, c = heart_distance(x, y, z, h)
        out[n, 0] = d
        out[n, 1] = (d - epicardial_depth(a, c, (x, y, z), s)) / fluid_weight(y, h)


@fast_jit
def skin_gaps(points: NDArray[np.float32], s: Shape, out: NDArray[np.float32]) -> None:
    """Distance of points (n, 3) from the skin (column 0) and from the inside of the cage (1), negative inside."""
    for n in range(len(points)):
        x, y, z = float(points[n, 0]), float(points[n, 1]), float(points[n, 2])
        out[n, 0], out[n, 1] = skin_distance(x, y, z, s), cage(x, y, z, s)[0]


__all__ = ["heart_gaps", "organ_scores", "paint", "skin_gaps"]
