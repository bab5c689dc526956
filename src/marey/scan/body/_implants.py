"""Sternal wires, leads, a stent and a pacemaker's generator, as tubes and as a place."""

import numpy as np
from numpy.typing import NDArray

from marey.scan.body._kernels import skin_gaps
from marey.scan.body._shape import Shape
from marey.scan.body._vessels import Path
from marey.scan.body._wall import STERNUM_TOP
from marey.scan.body.heart_space import HeartSpace
from marey.scan.body.thorax import Thorax
from marey.scan.body.tissue import Tissue

FloatArray = NDArray[np.float64]
WIRE_HEIGHTS = (80.0, 64.0, 47.0, 30.0, 13.0, -4.0, -22.0)
GENERATOR_DEPTH = 14.0
# In the heart frame: the right atrium, the tricuspid valve, the middle and the apex of the right ventricle.
RIGHT_ATRIUM, LEAD_WAY = (-48.0, 22.0, 112.0), ((-44.0, 14.0, 86.0), (-42.0, 2.0, 52.0), (-30.0, 0.0, 20.0))
DESCENDING_ARTERY = ((-16.0, -42.0, 76.0), (-17.0, -42.0, 66.0), (-18.0, -41.0, 56.0))
STENT_MIDDLE = DESCENDING_ARTERY[1]


def implant_paths(thorax: Thorax, s: Shape, heart: HeartSpace) -> list[Path]:
    """Everything metallic that is a tube, in the patient frame at end-expiration."""
    implants, found = thorax.implants, []
    if implants.sternal_wires:
        found += [_wire(height, s, implants.wire_void) for height in WIRE_HEIGHTS]
    if implants.pacemaker:
        found += _leads(s, heart, implants.lead_void)
    if implants.stent:
        places = heart.pose.to_patient(np.array(DESCENDING_ARTERY))
        found.append(_metal(places, implants.stent_void, "heart"))
    return found


def with_generator(thorax: Thorax, s: Shape) -> Shape:
    """The shape with a pacemaker's generator under the skin below the left clavicle."""
    if not thorax.implants.pacemaker:
        return s
    return s._replace(generator=generator_place(s), generator_void=thorax.implants.generator_void)


def generator_place(s: Shape) -> tuple[float, float, float]:
    """Middle of the generator, mm."""
    x, z = 0.6 * s.cage_width, 72.0
    y = np.arange(-1.3 * s.half_depth, 0.0, 0.5)
    points = np.stack([np.full_like(y, x), y, np.full_like(y, z)], axis=-1).astype(np.float32)
    gaps = np.empty((len(y), 2), np.float32)
    skin_gaps(points, s, gaps)
    return x, float(y[np.argmax(gaps[:, 0] < -GENERATOR_DEPTH)]), z


def wire_places(height: float, s: Shape) -> FloatArray:
    """(k, 3) mm of a loop around the sternum."""
    front = s.cage_front + 0.16 * max(height + 40.0, 0.0)
    half = 20.0 if height < 0.5 * STERNUM_TOP else 26.0
    turn = np.linspace(0, 2 * np.pi, 13)
    middle = front - 0.5 * s.ribs
    y = middle + (0.5 * s.ribs + 1.5) * np.sin(turn)
    return np.stack([half * np.cos(turn), y, np.full_like(turn, height)], axis=-1)


def _wire(height: float, s: Shape, void: float) -> Path:
    return _metal(wire_places(height, s), void, "wall")


def _leads(s: Shape, heart: HeartSpace, void: float) -> list[Path]:
    cava = heart.pose.to_patient(heart.ends["superior vena cava"].centre)
    generator = np.array(generator_place(s))
    start = [generator + np.array([-14.0, 4.0, 18.0]), (48.0, generator[1] + 30.0, 106.0), (4.0, cava[1] - 16.0, 104.0)]
    down = [(0.75 * cava[0] * 0.8, cava[1] - 8.0, 84.0), cava]
    inside = heart.pose.to_patient(np.array([RIGHT_ATRIUM, *LEAD_WAY]))
    hook = inside[0] + np.array([6.0, -14.0, 4.0])
    return [
        _metal(np.array([*start, *down, *inside]), void, "heart"),
        _metal(np.array([*down, inside[0], hook]), void, "heart"),
    ]


def _metal(places: FloatArray, void: float, rides: str) -> Path:
    code = int(Tissue.METAL)
    return Path(places, np.full(len(places), void), code, code, 0.0, rides=rides)


__all__ = ["STENT_MIDDLE", "WIRE_HEIGHTS", "generator_place", "implant_paths", "wire_places", "with_generator"]
