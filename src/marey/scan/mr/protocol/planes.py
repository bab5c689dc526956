"""The planes of a cardiac MR exam, planned on a simulated heart as an operator would on its scouts."""

import math
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, InvalidInput
from marey.scan.mr.protocol.landmarks import Landmarks
from marey.scan.mr.protocol.operator import PERFECT, Misplacement
from marey.scan.mr.protocol.plane import Plane, Slices, check_meets, plane, slices_on

FloatArray = NDArray[np.float64]
VALVE_TO_FLOW_PLANE = 20.0
"""Mm along the aorta, about its sinotubular junction: textbook value."""
MARGIN = 10.0
HEAD = np.array([0.0, 0.0, 1.0])


def short_axis(found: Landmarks, slices: Slices, error: Misplacement = PERFECT) -> Grid:
    """Slices across the line from the apex to the middle of the mitral valve.

    Their middles reach from beyond the apex to beyond the muscle's highest point. The slice nearest the base lies half
    a step above that point, give or take `Misplacement.first_slice`; a shift across the slices has no further effect.

    Raises:
        InvalidInput: slices that miss the heart, or none left.
    """
    where = error(plane((found.apex + found.mitral) / 2, found.axis))
    sign = float(np.sign(where.normal @ found.axis))
    upwards = sign * where.normal
    top = float(np.max((found.base - where.centre) @ upwards)) + (0.5 + error.first_slice) * slices.step
    bottom = float((found.apex - where.centre) @ upwards)
    count = math.ceil((top - bottom) / slices.step) + 1
    heights = top - slices.step * np.arange(error.missing_base, count - error.missing_apex)
    if len(heights) < 1:
        raise InvalidInput(
            f"{error.missing_base} slices are missing at the base and {error.missing_apex} at the apex of {count}.",
            "At least one slice must be left.",
            "Let fewer slices be missing.",
        )
    return _met(slices_on(where, np.sort(sign * heights), slices), found)


def four_chamber(found: Landmarks, slices: Slices, error: Misplacement = PERFECT) -> Grid:
    """The plane through the apex and the middles of the mitral and the tricuspid valve.

    Raises:
        InvalidInput: a plane that misses the heart.
    """
    return _long_axis(found, found.tricuspid - found.mitral, slices, error)


def two_chamber(found: Landmarks, slices: Slices, error: Misplacement = PERFECT) -> Grid:
    """The plane through the apex and the middle of the mitral valve, parallel to the septum.

    The septum's direction is that of the line between both insertions of the right ventricle at mid-ventricular level.

    Raises:
        InvalidInput: a plane that misses the heart.
    """
    return _long_axis(found, found.anterior - found.inferior, slices, error)


def three_chamber(found: Landmarks, slices: Slices, error: Misplacement = PERFECT) -> Grid:
    """The plane through the apex and the middles of the mitral and the aortic valve.

    Raises:
        InvalidInput: a plane that misses the heart.
    """
    return _long_axis(found, found.aortic - found.mitral, slices, error)


def aortic_flow(
    found: Landmarks, slices: Slices, error: Misplacement = PERFECT, above: float = VALVE_TO_FLOW_PLANE
) -> Grid:
    """The plane across the ascending aorta.

    Args:
        found: on the heart.
        slices: one is planned.
        error: of the operator.
        above: mm along the aorta's middle line from the valve.

    Raises:
        InvalidInput: a place beyond the aorta, a plane that misses it.
    """
    steps = np.diff(found.aorta, axis=0)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(steps, axis=1))])
    if not 0 <= above <= along[-1]:
        raise InvalidInput(
            f"The flow is to be measured {above:.6g} mm above the aortic valve.",
            f"The aorta of this heart is {along[-1]:.3g} mm long.",
            "Choose a place along it; 20 mm are usual.",
        )
    centre = np.array([np.interp(above, along, found.aorta[:, axis]) for axis in range(3)])
    ends = np.clip([above - 5.0, above + 5.0], 0, along[-1])
    before, after = (np.array([np.interp(end, along, found.aorta[:, axis]) for axis in range(3)]) for end in ends)
    grid = slices_on(error(plane(centre, after - before)), np.zeros(1), slices)
    check_meets(grid, found.aortic_wall, "aorta")
    return grid


def flow_box(found: Landmarks, slices: Slices, error: Misplacement = PERFECT) -> Grid:
    """A transverse slab over ventricles, atria and great vessels, with a margin of 10 mm; `Slices.step` is the voxel.

    Raises:
        InvalidInput: a field of view that is too small for the heart, a slab that misses it.
    """
    size = found.extent[1] - found.extent[0]
    if min(slices.field_of_view, slices.phase_matrix * slices.pixel) < size[:2].max():
        raise InvalidInput(
            f"The field of view is {slices.field_of_view:.4g} x {slices.phase_matrix * slices.pixel:.4g} mm.",
            f"Heart and great vessels are {size[0]:.4g} mm wide and {size[1]:.4g} mm deep.",
            "Enlarge 'field_of_view' or 'phase_share'.",
        )
    return transverse(found, slices, error)


def transverse(found: Landmarks, slices: Slices, error: Misplacement = PERFECT) -> Grid:
    """Transverse slices from below the heart to above its vessels: the scout.

    Raises:
        InvalidInput: slices that miss the heart.
    """
    where = error(plane(found.extent.mean(axis=0), HEAD))
    count = math.ceil((float(np.ptp(found.extent[:, 2])) + 2 * MARGIN) / slices.step) + 1
    heights = (np.arange(count, dtype=np.float64) - (count - 1) / 2) * slices.step
    return _met(slices_on(where, heights, slices), found)


def _long_axis(found: Landmarks, across: FloatArray, slices: Slices, error: Misplacement) -> Grid:
    where: Plane = error(plane((found.apex + found.mitral) / 2, np.cross(found.axis, across)))
    return _met(slices_on(where, np.zeros(1), slices), found)


def _met(grid: Grid, found: Landmarks) -> Grid:
    check_meets(grid, found.muscle, "heart")
    return grid


PLANES: MappingProxyType[str, Callable[..., Grid]] = MappingProxyType(
    {
        "short axis": short_axis,
        "2-chamber": two_chamber,
        "3-chamber": three_chamber,
        "4-chamber": four_chamber,
        "aortic flow": aortic_flow,
        "flow box": flow_box,
        "transverse": transverse,
    }
)
"""By name: each takes landmarks, slices and a misplacement."""

__all__ = [
    "PLANES", "aortic_flow", "flow_box", "four_chamber", "short_axis", "three_chamber", "transverse", "two_chamber",
]  # fmt: skip
