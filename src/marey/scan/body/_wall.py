"""Kernels of the chest wall: skin, fat, muscle, ribs, sternum, arms; all on scalars in mm."""

import math

from marey.core.jit import fast_jit
from marey.scan.body._shape import Shape
from marey.scan.body.tissue import Tissue

AIR, SKIN, FAT, MUSCLE = int(Tissue.AIR), int(Tissue.SKIN), int(Tissue.FAT), int(Tissue.SKELETAL_MUSCLE)
MARROW, CORTICAL, CARTILAGE = int(Tissue.BONE_MARROW), int(Tissue.CORTICAL_BONE), int(Tissue.CARTILAGE)
BREAST = int(Tissue.BREAST)
CAP = 6.0
NECK_START, NECK_RADIUS = 95.0, 62.0
Place = tuple[float, float, float]
FIRST_RIB, RIB_STEP, RIB_FALL, RIB_SPREAD = 160.0, 22.2, 53.0, 1.0
STERNUM_TOP, STERNUM_END, XIPHOID_END = 96.0, -42.0, -68.0


@fast_jit
def ramp(x: float, low: float, high: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@fast_jit
def waves(x: float, y: float, z: float, length: float, phase: float) -> float:
    """A smooth wavy field between -1 and 1 of about the wavelength `length`."""
    k = 6.2832 / length
    a = math.sin(k * (x + 0.6 * y - 0.3 * z) + phase)
    b = math.sin(k * (0.9 * y - 0.5 * x + 0.4 * z) + 1.7 * phase)
    c = math.sin(k * (1.1 * z + 0.3 * x + 0.4 * y) + 2.3 * phase)
    return (a + b + c) / 3.0


@fast_jit
def trunk_distance(x: float, y: float, z: float, s: Shape) -> float:
    """To the trunk's skin, negative inside; that of the ECG's torso, but sloping back below the neck."""
    if y < 0.0:
        y = y / (1.0 - 0.22 * ramp(z, 0.0, 120.0))
    n = s.squareness
    xs, ys, zs = abs(x) / s.half_width, abs(y) / s.half_depth, abs(z - s.cap_middle) / s.cap_height
    across = max((xs**n + ys**n) ** (1.0 / n), 1e-6)
    level = max((across**CAP + zs**CAP) ** (1.0 / CAP), 1e-6)
    radial = (across / level) ** (CAP - 1.0)
    gx, gy = radial * (xs / across) ** (n - 1.0) / s.half_width, radial * (ys / across) ** (n - 1.0) / s.half_depth
    gz = (zs / level) ** (CAP - 1.0) / s.cap_height
    distance: float = (level - 1.0) / max(math.sqrt(gx * gx + gy * gy + gz * gz), 1e-6)
    return distance


@fast_jit
def breast_height(x: float, z: float, s: Shape) -> float:
    """By how much the breast lifts the skin of the trunk here."""
    dx, dz = (abs(x) - 0.5 * s.half_width) / s.breast_radius, (z + 8.0) / s.breast_radius
    left = max(1.0 - dx * dx - dz * dz, 0.0)
    return s.breast_height * left * left * (3.0 - 2.0 * left)


@fast_jit
def skin_distance(x: float, y: float, z: float, s: Shape) -> float:
    """To the skin of trunk, breasts and neck, negative inside."""
    d = trunk_distance(x, y, z, s)
    if s.breast_height > 0.0 and y < 0.0:
        d -= breast_height(x, z, s)
    if z > NECK_START:
        neck = math.sqrt(x * x + (0.9 * (y - 8.0)) ** 2) - NECK_RADIUS
        h = max(40.0 - abs(d - neck), 0.0) / 40.0
        d = min(d, neck) - h * h * 10.0
    return d


@fast_jit
def spine_place(z: float, s: Shape) -> float:
    """How far back the middle of the vertebral bodies lies: the thoracic curve."""
    t = (z + 10.0) / 130.0
    return s.spine - 13.0 * t * t


@fast_jit
def cage(x: float, y: float, z: float, s: Shape) -> tuple[float, float]:
    """Distance to the inside of the cage, negative inside, and the way round from the spine (0) to the front (1)."""
    up = z + 40.0
    if up > 0.0:
        top = s.lung_top + 50.0
        width = s.cage_width * max(1.0 - (min(up / top, 1.0)) ** 2.2, 0.02) ** 0.6
    else:
        width = s.cage_width * (1.0 - 0.05 * min(-up / 150.0, 1.0))
    front = s.cage_front + 0.16 * max(up, 0.0)
    back = s.cage_back - 14.0 * (z / 100.0) ** 2 * (1.0 if z > 0.0 else 0.4)
    middle, depth = (front + back) / 2.0, max((back - front) / 2.0, 10.0)
    xs, ys = abs(x) / width, abs(y - middle) / depth
    n = 2.3
    q = max((xs**n + ys**n) ** (1.0 / n), 1e-3)
    slope = math.sqrt(((xs / q) ** (n - 1.0) / width) ** 2 + ((ys / q) ** (n - 1.0) / depth) ** 2)
    distance = (q - 1.0) / max(slope, 1e-6)
    if abs(x) < 62.0:
        gutter = (y - (spine_place(z, s) + 6.0 + 0.62 * max(abs(x) - 17.0, 0.0))) * 0.85
        distance = max(distance, gutter)
    if z > s.lung_top + 12.0:
        distance = max(distance, 25.0)
    way = 0.5 - 0.5 * (y - middle) / depth / max(math.sqrt(xs * xs + ys * ys), 1e-3)
    return distance, way


@fast_jit
def costal_margin(x: float) -> float:
    """Height of the cage's lower border at the front and the flanks."""
    return -52.0 - 0.72 * abs(x)


@fast_jit
def rib_tissue(z: float, out: float, way: float, margin: float, s: Shape) -> int:
    """Bone or cartilage of a rib, or AIR for the gap between two: `out` is the distance outwards from the pleura."""
    step = RIB_STEP + RIB_SPREAD * way
    number = min(max(round((FIRST_RIB - RIB_FALL * way - z) / step), 1), 12)
    joint = 0.94 - 0.025 * max(number - 4.0, 0.0)
    end = 1.0 if number < 11 else (0.55 if number == 11 else 0.35)
    if way > end or z < margin - 5.0:
        return AIR
    height = FIRST_RIB - RIB_FALL * way - number * step
    if way > joint and number > 5:
        height += 9.0 * (number - 5.0) * (way - joint) / (1.0 - joint)
    up, through = 0.84 * (z - height) / 6.5, (out - s.ribs / 2.0) / (0.42 * s.ribs)
    r = up * up + through * through
    if r > 1.0:
        return AIR
    if way > joint:
        return CARTILAGE
    return CORTICAL if r > 0.55 else MARROW


@fast_jit
def sternum_tissue(x: float, z: float, out: float) -> int:
    """Bone or cartilage of the sternum, or AIR beside it."""
    half = 15.0 + 10.0 * ramp(z, 40.0, 90.0) + 3.0 * ramp(-z, -20.0, 30.0)
    if STERNUM_END < z < STERNUM_TOP and abs(x) < half:
        return CORTICAL if out < 1.2 or out > 9.8 or abs(x) > half - 1.2 else MARROW
    if XIPHOID_END < z <= STERNUM_END and abs(x) < 9.0 and 2.0 < out < 8.0:
        return CARTILAGE
    return AIR


@fast_jit
def muscle_depth(x: float, y: float, z: float, way: float, s: Shape) -> float:
    """Thickness of the muscle outside the ribs."""
    front, back = ramp(way, 0.62, 0.85), ramp(0.35 - way, 0.0, 0.25)
    depth = s.lateral_muscle * (1.0 - front - back) + s.anterior_muscle * front + s.posterior_muscle * back
    pectoral = front * ramp(z, -35.0, 5.0) * ramp(abs(x), 14.0, 40.0) * (1.0 - ramp(abs(x), 100.0, 140.0))
    depth += 8.0 * pectoral
    if front > 0.5 and abs(x) < 12.0 and z > STERNUM_END:
        depth = 1.5
    if abs(x) < 70.0 and y > 0.0:
        depth += 16.0 * (1.0 - ramp(abs(x), 40.0, 70.0))
    depth += 13.0 * back * ramp(abs(x), 60.0, 85.0) * ramp(z, -110.0, -10.0)
    return depth + s.lateral_muscle * ramp(way, 0.25, 0.45) * (1.0 - ramp(way, 0.5, 0.7)) * ramp(z, -70.0, -10.0)


@fast_jit
def scapula(x: float, z: float, over: float, way: float) -> bool:
    """Whether the shoulder blade, a thin triangle within the muscle of the back, is there."""
    if way > 0.5 or not 5.0 < over < 10.0:
        return False
    t = (z + 10.0) / 120.0
    return bool(0.0 < t < 1.0 and 95.0 - 32.0 * t < abs(x) < 100.0 + 45.0 * t)


@fast_jit
def arm_tissue(x: float, y: float, z: float, s: Shape) -> int:
    """An arm beside the trunk, or AIR."""
    if s.arms < 0.5 or z > s.cap_middle + s.cap_height - 20.0:
        return AIR
    radius = 40.0 + 0.35 * min(s.lateral_fat, 40.0)
    r = math.sqrt((abs(x) - s.half_width - radius - 6.0) ** 2 + ((y - 12.0) / 1.1) ** 2)
    if r > radius:
        return AIR
    if r > radius - s.skin:
        return SKIN
    if r > radius - s.skin - 0.5 * min(s.lateral_fat, 40.0):
        return FAT
    if r < 11.0:
        return MARROW if r < 7.0 else CORTICAL
    return MUSCLE


@fast_jit
def bony_tissue(p: Place, out: float, way: float, s: Shape) -> int:
    """Sternum, ribs and what joins them, in the layer next to the pleura; AIR outside it."""
    x, _, z = p
    if out < s.ribs + 1.5 and way > 0.8:
        bone = sternum_tissue(x, z, out)
        if bone != AIR:
            return bone
    if out >= s.ribs:
        return AIR
    bone = rib_tissue(z, out, way, costal_margin(x), s)
    if bone != AIR:
        return bone
    return FAT if out < 0.8 else MUSCLE


@fast_jit
def wall_tissue(p: Place, out: float, way: float, s: Shape) -> int:
    """What lies `out` mm (at least 0) outside the pleura, `way` round from the back to the front."""
    x, y, z = p
    to_skin = skin_distance(x, y, z, s)
    if to_skin > -s.skin:
        return SKIN if to_skin <= 0.0 else arm_tissue(x, y, z, s)
    bone = bony_tissue(p, out, way, s)
    if bone != AIR:
        return bone
    over, depth = out - s.ribs, muscle_depth(x, y, z, way, s)
    if over < depth:
        if scapula(x, z, over, way):
            return CORTICAL if over < 6.2 or over > 8.8 else MARROW
        return FAT if over < 1.0 else MUSCLE
    if s.glandular_share > 0.0 and s.breast_height > 0.0 and glandular(p, over - depth, to_skin, s):
        return BREAST
    shoulder = ramp(z, 15.0, 70.0) * ramp(abs(x), 50.0, 100.0)
    deep = shoulder > 0.3 and -to_skin > s.lateral_fat * 0.6 + 3.0
    return MUSCLE if deep and waves(x, y, z, 60.0, s.phase) < 0.9 * shoulder - 0.3 else FAT


@fast_jit
def glandular(p: Place, over: float, to_skin: float, s: Shape) -> bool:
    """Whether glandular tissue is there: strands in the middle of the breast, none near skin or muscle."""
    x, y, z = p
    if y > 0.0 or over < 3.0 or to_skin > -6.0 or breast_height(x, z, s) < 0.3 * s.breast_height:
        return False
    texture = waves(x, y, z, 24.0, s.phase) + 0.6 * waves(x, y, z, 11.0, s.phase + 3.0)
    return bool(texture > 1.1 - 2.2 * s.glandular_share)


__all__ = ["cage", "ramp", "skin_distance", "spine_place", "wall_tissue", "waves"]
