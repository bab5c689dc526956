# ruff: noqa: PLR0911 - the first tissue that fits is returned
"""Kernels of what lies within the cage: spine, diaphragm, abdominal organs, mediastinum; all on scalars in mm."""

import math

from marey.core.jit import fast_jit
from marey.scan.body._shape import Shape
from marey.scan.body._wall import FIRST_RIB, RIB_STEP, Place, ramp, spine_place, waves
from marey.scan.body.tissue import Tissue

AIR, FAT, MUSCLE, GAS = int(Tissue.AIR), int(Tissue.FAT), int(Tissue.SKELETAL_MUSCLE), int(Tissue.GAS)
MARROW, CORTICAL, CARTILAGE = int(Tissue.BONE_MARROW), int(Tissue.CORTICAL_BONE), int(Tissue.CARTILAGE)
CORD, CSF = int(Tissue.SPINAL_CORD), int(Tissue.CSF)
LIVER, SPLEEN = int(Tissue.LIVER), int(Tissue.SPLEEN)
STOMACH_WALL, STOMACH_CONTENT = int(Tissue.STOMACH_WALL), int(Tissue.STOMACH_CONTENT)
STOMACH_COAT, DIAPHRAGM = 4.0, 3.5
Sides = tuple[float, float, float, float]


@fast_jit
def spine_tissue(x: float, y: float, z: float, s: Shape) -> int:
    """A vertebra, a disc, the canal or the cord; AIR elsewhere."""
    middle = spine_place(z, s)
    aside, back = abs(x), y - middle
    if aside > 34.0 or back < -16.0 or back > 62.0:
        return AIR
    level = FIRST_RIB - RIB_STEP * round((FIRST_RIB - z) / RIB_STEP)
    up = z - level
    body = math.sqrt((aside / 17.0) ** 2 + (back / 14.0) ** 2)
    if body < 1.0 - 0.08 * math.exp(-((up / 6.0) ** 2)):
        if abs(up) > 8.7:
            return CARTILAGE
        return CORTICAL if body > 0.88 or abs(up) > 8.0 else MARROW
    canal = math.sqrt(aside * aside + (back - 21.5) ** 2)
    if canal < 8.0:
        return CORD if (aside / 4.8) ** 2 + ((back - 21.0) / 3.8) ** 2 < 1.0 else CSF
    if canal < 11.0 and (back > 21.5 or abs(up - 4.0) < 6.0):
        if up > -7.0 or back < 21.5:
            return CORTICAL if canal < 9.2 else MARROW
        return FAT
    tail = up + 4.0 + 0.8 * (back - 30.0)
    if aside < 3.2 and 30.0 < back < 50.0 and abs(tail) < 9.0:
        return CORTICAL if aside > 2.0 else MARROW
    arm = up - 4.0
    if 9.0 < aside < 33.0 and abs(back - 22.0 - 0.25 * (aside - 9.0)) < 4.5 and abs(arm) < 5.0:
        return CORTICAL if abs(arm) > 3.8 else MARROW
    return AIR


@fast_jit
def cap(dx: float, dy: float, half: Sides, drop: float) -> float:
    """How far a dome falls beside its top: half an ellipsoid of half axes (+x, -x, -y, +y), steep beyond its rim."""
    a = dx / (half[0] if dx > 0.0 else half[1])
    b = dy / (half[3] if dy > 0.0 else half[2])
    e = a * a + b * b
    if e < 0.97:
        return drop * (1.0 - math.sqrt(1.0 - e))
    return drop * (0.8268 + 2.8 * (e - 0.97))


@fast_jit
def diaphragm(x: float, y: float, s: Shape) -> float:
    """Height of the diaphragm's upper surface at end-expiration: two domes and the tendon that the heart lies on."""
    middle = (s.cage_front + s.cage_back) / 2.0
    u, v = x / s.wide, (y - middle) / s.deep
    right = -cap(-u - 64.0, v, (74.0, 92.0, 150.0, 92.0), 100.0)
    left = -s.left_lower - cap(u - 64.0, v, (74.0, 92.0, 150.0, 92.0), 100.0)
    tx, ty, tz = s.tendon
    heart = tz - s.dome - cap(x - tx, y - ty, (84.0, 92.0, 110.0, 70.0), 44.0)
    return s.dome + smooth_top(smooth_top(right, left, 10.0), heart, 14.0) + 1.5 * waves(x, y, 0.0, 90.0, s.phase)


@fast_jit
def smooth_top(a: float, b: float, width: float) -> float:
    """The larger of two numbers, rounded where they are alike."""
    h = max(width - abs(a - b), 0.0) / width
    return max(a, b) + h * h * width / 4.0


@fast_jit
def excursion(x: float, y: float, s: Shape) -> float:
    """How much of the dome's movement the diaphragm makes here: below the heart that of the heart, elsewhere all."""
    u, v = x - s.tendon[0], y - s.tendon[1]
    return 1.0 - (1.0 - s.heart_follows) * (1.0 - ramp(math.sqrt(u * u + v * v), 42.0, 88.0))


@fast_jit
def capsule(p: Place, a: Place, b: Place) -> float:
    """Distance from p to the segment from a to b."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    wx, wy, wz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    t = min(max((ux * wx + uy * wy + uz * wz) / (ux * ux + uy * uy + uz * uz), 0.0), 1.0)
    dx, dy, dz = wx - t * ux, wy - t * uy, wz - t * uz
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@fast_jit
def stomach_distance(u: float, v: float, w: float, s: Shape) -> float:
    """To the surface of a stomach of middle size, negative inside; u, v, w from the dome's height, for a usual cage."""
    fundus = math.sqrt((u - 60.0) ** 2 + (v - 10.0) ** 2 + ((w + s.left_lower + 46.0) / 1.1) ** 2) - 44.0
    body = capsule((u, v, w), (52.0, 0.0, -92.0), (30.0, -42.0, -122.0)) - 22.0
    antrum = capsule((u, v, w), (30.0, -42.0, -122.0), (-18.0, -38.0, -128.0)) - 14.0
    return -smooth_top(smooth_top(-fundus, -body, 18.0), -antrum, 16.0) + 2.0 * waves(u, v, w, 45.0, s.phase)


@fast_jit
def spleen_score(u: float, v: float, w: float, s: Shape) -> float:
    """Grows outwards from the spleen's middle."""
    bump = 0.06 * waves(u, v, w, 50.0, s.phase)
    return math.sqrt(((u - 100.0) / 34.0) ** 2 + ((v - 48.0) / 46.0) ** 2 + ((w + 78.0) / 50.0) ** 2) + bump


@fast_jit
def liver_score(u: float, v: float, w: float, s: Shape) -> float:
    """Grows from the right flank towards the stomach, to the back and to the feet."""
    hollow = 10.0 * math.exp(-(((u + 10.0) / 45.0) ** 2) - ((v - 20.0) / 50.0) ** 2)
    lobe = 26.0 * ramp(-u, 20.0, 90.0)
    return (
        0.52 * min(u, 0.0)
        + 0.3 * max(u, 0.0)
        + 0.30 * v
        - 0.80 * w
        + hollow
        - lobe
        + 4.0 * waves(u, v, w, 80.0, s.phase)
    )


@fast_jit
def bowel_tissue(u: float, v: float, w: float, s: Shape) -> int:
    """Colon and loops of small bowel, or FAT between them."""
    neck = 3.0 * math.sin(0.22 * (u + v - w))
    flexure = capsule((u, v, w), (106.0, 6.0, -120.0), (92.0, -38.0, -66.0))
    crossing = min(
        capsule((u, v, w), (92.0, -38.0, -66.0), (60.0, -62.0, -128.0)),
        capsule((u, v, w), (60.0, -62.0, -128.0), (-70.0, -58.0, -150.0)),
    )
    colon = min(flexure, crossing) - 17.0 - neck
    if colon < 0.0:
        if colon > -2.5:
            return STOMACH_WALL
        return GAS if v < -56.0 + 30.0 * ramp(u, 40.0, 90.0) else STOMACH_CONTENT
    if w < -136.0 + 14.0 * waves(u, v, 0.0, 75.0, s.phase):
        loop = abs(waves(u, v, w, 62.0, s.phase) + 0.5 * waves(u, v, w, 37.0, s.phase + 5.0))
        if loop < 0.16:
            return FAT
        return STOMACH_WALL if loop < 0.26 else STOMACH_CONTENT
    return FAT


@fast_jit
def abdomen_tissue(p: Place, depth: float, inward: float, s: Shape) -> int:
    """What lies `depth` mm below the diaphragm and `inward` mm inside the wall; p at end-expiration."""
    x, y, z = p
    if depth < DIAPHRAGM or (inward < 2.5 and z > s.dome - 150.0):
        return MUSCLE
    middle = (s.cage_front + s.cage_back) / 2.0
    u, v, w = x / s.wide, (y - middle) / s.deep, z - s.dome
    back = spine_place(z, s)
    if w < -70.0 and (abs(x) - 30.0) ** 2 + (y - back - 8.0) ** 2 < (4.0 + 0.1 * min(-w - 70.0, 110.0)) ** 2:
        return MUSCLE
    if inward < 4.0:
        return FAT
    food = stomach_distance(u, v, w, s) - s.stomach
    if food < 0.0 and depth > DIAPHRAGM + 1.5:
        if food > -STOMACH_COAT and s.stomach < 1e6:
            return STOMACH_WALL
        return GAS if y < s.stomach_gas else STOMACH_CONTENT
    if spleen_score(u, v, w, s) < s.spleen and food > 2.0 and depth > DIAPHRAGM + 1.0 and u > 40.0:
        return SPLEEN
    if liver_score(u, v, w, s) < s.liver and liver_room(p, u, v, w, back):
        return LIVER
    return bowel_tissue(u, v, w, s)


@fast_jit
def liver_room(p: Place, u: float, v: float, w: float, back: float) -> bool:
    """Whether the liver may be there: not beside the spine, not left of the left lobe, not below its lowest edge."""
    x, y, _ = p
    beside_spine = (x / 44.0) ** 2 + ((y - back) / 40.0) ** 2 > 1.0
    return bool(beside_spine and u < 92.0 and w > -165.0 and (x < 25.0 or v < 25.0))


@fast_jit
def hernia_tissue(x: float, y: float, z: float, s: Shape) -> int:
    """The part of a stomach that slid up through the oesophageal hiatus, or AIR."""
    r = s.hernia
    if r <= 0.0:
        return AIR
    front = spine_place(z, s) - 15.0
    dx, dy, dz = (x - 10.0) / (1.15 * r), (y - front + 0.75 * r) / (0.8 * r), (z - s.dome + 42.0 - 0.6 * r) / r
    inside = (1.0 - math.sqrt(dx * dx + dy * dy + dz * dz)) * 0.8 * r
    if inside < 0.0:
        return AIR
    if inside < STOMACH_COAT:
        return STOMACH_WALL
    return GAS if y < front - 0.95 * r else STOMACH_CONTENT


@fast_jit
def mediastinum(x: float, y: float, z: float, s: Shape) -> bool:
    """Whether a point between the lungs belongs to the mediastinum rather than to a lung."""
    back = spine_place(z, s)
    upper = ramp(z, 20.0, 48.0)
    front = s.cage_front + 0.16 * max(z + 40.0, 0.0)
    t = ramp(y, front, front + 55.0)
    narrow = 6.0 + 10.0 * ramp(front + 10.0 - y, 0.0, 10.0)
    half = narrow + upper * (s.mediastinum - narrow) * t
    if y > back - 52.0:
        behind = 15.0 + 5.0 * upper
        half = max(half * (1.0 - ramp(y, back - 25.0, back)), behind * ramp(y, back - 52.0, back - 36.0))
    return abs(x - 3.0) < half * (1.0 + 0.12 * waves(x, y, z, 40.0, s.phase)) or (
        z > s.lung_top - 5.0 and abs(x) < 24.0
    )


__all__ = ["abdomen_tissue", "diaphragm", "excursion", "hernia_tissue", "mediastinum", "spine_tissue"]
