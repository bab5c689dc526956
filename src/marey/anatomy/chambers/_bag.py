"""An atrium as a bag over a valve's ring: a stack of rings that lie parallel to the valve and end at the roof.

The rings lie in planes that follow each other along a straight spine from the valve's middle to the roof; they pass
from the valve's outline to ovals around the spine, so that the bag does not meet itself. Half-spaces (the other atrium,
the aorta) flatten it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from marey.anatomy.chambers.surfaces import enclosed_volume, ring_stack
from marey.anatomy.chambers.valves import ValveRing
from marey.core import InvalidInput, Mesh
from marey.core.units import mL

FloatArray = NDArray[np.float64]
LEVELS = 16
HEIGHT = 1 - (1 - np.arange(1, LEVELS + 1) / (LEVELS + 1)) ** 1.5
NECK, WIDEST = 0.45, 0.5
HARDNESS = 8.0
SMALLEST_GAP = 2.0
SIZES = (1.0, 150.0)


@dataclass(frozen=True, eq=False)
class HalfSpace:
    """Where a bag may be: up to a plane.

    Args:
        place: (3,) mm, on the plane.
        outward: (3,) unit, away from the bag.
    """

    place: FloatArray
    outward: FloatArray


@dataclass(frozen=True)
class BagForm:
    """Of one atrium.

    Args:
        name: "left atrium" or "right atrium".
        lean: of the spine from the valve's normal, in the heart frame (x, y), per mm of height.
        elongation: of its cross-sections along `long_axis`, an angle in the plane of x and y.
        long_axis: radians.
    """

    name: str
    lean: tuple[float, float]
    elongation: float
    long_axis: float


def bag(form: BagForm, valve: ValveRing, roof: FloatArray, limits: Sequence[HalfSpace], volume: float) -> Mesh:
    """The bag of a given volume (mm3) between a valve and its roof (3,).

    Raises:
        InvalidInput: no bag of this volume fits between the valve and the roof.
    """
    if (roof - valve.centre) @ valve.normal < 5.0:
        raise _refuse(form.name, volume, "the valve has come too near to its roof")
    bottom = valve.disc[::-1]

    def of_size(size: float) -> Mesh:
        rings = np.concatenate([bottom, _rings(form, valve, roof, limits, size)])
        return ring_stack(rings, valve.centre, roof)

    def excess(size: float) -> float:
        return enclosed_volume(of_size(float(size))) / volume - 1

    small, large = excess(SIZES[0]), excess(SIZES[1])
    if small > 0 or large < 0:
        raise _refuse(form.name, volume, f"it can hold {(small + 1) * volume / mL:.0f} mL at least" if small > 0 else
                      f"it can hold {(large + 1) * volume / mL:.0f} mL at most")  # fmt: skip
    return of_size(float(brentq(excess, *SIZES, xtol=1e-10, rtol=1e-13)))


def _rings(form: BagForm, valve: ValveRing, roof: FloatArray, limits: Sequence[HalfSpace], size: float) -> FloatArray:
    """(LEVELS, sectors, 3) mm of the bag above the ring; `size` is its largest mean radius in mm."""
    normal = valve.normal
    first = np.array([1.0, 0.0, 0.0]) - normal[0] * normal
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    around = valve.points - valve.centre
    rise = around @ normal
    flat = around - rise[:, None] * normal
    turn = _even_angles(np.arctan2(flat @ second, flat @ first))
    ray = np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second
    stretch = np.sqrt(form.elongation)
    oblong = 1 / np.hypot(np.cos(turn - form.long_axis) / stretch, np.sin(turn - form.long_axis) * stretch)
    spine = valve.centre + HEIGHT[:, None] * (roof - valve.centre)
    wide = _confined(size * _dome(HEIGHT)[:, None] * oblong, spine, ray, limits)
    neck = (1 - _smoothstep(HEIGHT / NECK))[:, None]
    lift = (1 - HEIGHT[:, None]) * neck * rise
    out = neck[..., None] * flat + ((1 - neck) * wide)[..., None] * ray
    rings: FloatArray = spine[:, None] + out + lift[..., None] * normal
    return rings


def _even_angles(angle: FloatArray) -> FloatArray:
    """Evenly spaced angles that lie nearest to those of the ring's points, which go once around."""
    even = 2 * np.pi * np.arange(len(angle)) / len(angle)
    shift = np.arctan2(np.sin(angle - even).sum(), np.cos(angle - even).sum())
    turned: FloatArray = even + shift
    return turned


def _confined(radius: FloatArray, spine: FloatArray, ray: FloatArray, limits: Sequence[HalfSpace]) -> FloatArray:
    """Radii (levels, sectors) that stay within the half-spaces, smoothly."""
    total = radius**-HARDNESS
    for limit in limits:
        gap = np.maximum((limit.place - spine) @ limit.outward, SMALLEST_GAP)
        toward = np.maximum(ray @ limit.outward, 0.0)
        total = total + (toward / gap[:, None]) ** HARDNESS
    confined: FloatArray = total ** (-1 / HARDNESS)
    return confined


def _dome(height: FloatArray) -> FloatArray:
    above = np.clip((height - WIDEST) / (1 - WIDEST), 0.0, 1.0)
    below = np.clip((WIDEST - height) / WIDEST, 0.0, 1.0)
    dome: FloatArray = (1 - above**2.4) ** (1 / 2.2) * (1 - 0.2 * below**2)
    return dome


def _smoothstep(x: FloatArray) -> FloatArray:
    inside = np.clip(x, 0.0, 1.0)
    step: FloatArray = inside * inside * (3 - 2 * inside)
    return step


def _refuse(name: str, volume: float, why: str) -> InvalidInput:
    return InvalidInput(
        f"No {name} of {volume / mL:.4g} mL fits onto its valve: {why}.",
        "The volume, the atrium's elongation and the valve's ring have to fit together at every moment.",
        "Change the atrium's volume or elongation, or check its volume over the beat.",
    )


__all__ = ["BagForm", "HalfSpace", "bag"]
