"""Atria and great vessels on the base of the ventricles, at end-diastole and at any other moment.

The base descends while the atria's roofs and the vessels' far ends stay: so the atria lengthen as the ventricles eject,
and their width follows from their volume.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers._bag import BagForm, HalfSpace, bag
from marey.anatomy.chambers.shape import AtriaShape
from marey.anatomy.chambers.surfaces import check_surface, crossings
from marey.anatomy.chambers.valves import ValveRing, valve_rings
from marey.anatomy.chambers.vessels import End, column, sinuses, tube
from marey.anatomy.ventricles import Topology
from marey.core import InvalidInput, Mesh

FloatArray = NDArray[np.float64]
LEFT = BagForm("left atrium", (0.1, 0.45), 1.25, 0.3)
RIGHT = BagForm("right atrium", (-0.25, 0.2), 1.15, 1.2)
SEPTUM_TO_LEFT = np.array([1.0, 0.0, 0.0])
LEFT_TO_AORTA = np.array([-0.45, -0.89, 0.0])
RIGHT_TO_AORTA = np.array([0.5, -0.866, 0.0])
UP = np.array([0.25, -0.62, 0.74])
AORTA_UP = np.array([-0.3, -0.1, 0.95])
TRUNK_UP = np.array([0.5, -0.25, 0.83])
INSIDE, BETWEEN, YIELDING = 3.0, 3.0, 0.3
SHORTEST, STUMP_LEVELS = 0.4, 6


@dataclass(frozen=True, eq=False)
class Vein:
    """A vein's stump: its name, the chamber that it enters, and which way it goes in the heart frame."""

    name: str
    chamber: str
    away: tuple[float, float, float]


VEINS = (
    Vein("left superior pulmonary vein", "left atrium", (0.85, 0.0, 0.55)),
    Vein("left inferior pulmonary vein", "left atrium", (0.7, 0.72, 0.05)),
    Vein("right superior pulmonary vein", "left atrium", (-0.62, 0.25, 0.75)),
    Vein("right inferior pulmonary vein", "left atrium", (-0.5, 0.85, 0.2)),
    Vein("superior vena cava", "right atrium", (-0.1, -0.35, 0.93)),
    Vein("inferior vena cava", "right atrium", (-0.35, 0.93, -0.05)),
)


@dataclass(frozen=True, eq=False)
class Anchors:
    """What stays in place over the beat.

    Args:
        shape: of atria and vessels.
        roofs: (3,) mm by atrium.
        ends: the far end by vessel.
        roots: the point of its atrium's surface at which each vein enters, by vein.
    """

    shape: AtriaShape
    roofs: Mapping[str, FloatArray]
    ends: Mapping[str, End]
    roots: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Chambers:
    """Atria, vessels and valves at one moment.

    Args:
        surfaces: closed surfaces by name: "left atrium", "right atrium", "aorta", "pulmonary trunk", "superior vena
            cava", "inferior vena cava" and the four pulmonary veins; triangles whose points correspond between all
            moments and hearts. Veins begin a little inside their atrium.
        valves: the four rings by name.
        wall_thickness: of the atria around their surfaces, mm.
    """

    surfaces: Mapping[str, Mesh]
    valves: Mapping[str, ValveRing]
    wall_thickness: float


def anchors(shape: AtriaShape, known: Topology, points: FloatArray) -> Anchors:
    """Where roofs and far ends lie, from the ventricles' points (n, 3) at end-diastole.

    Raises:
        InvalidInput: volumes that do not fit onto the valves, or chambers and arteries that cut each other.
    """
    valves = valve_rings(known, points)
    roofs = {
        "left atrium": _roof(valves["mitral"], LEFT, shape.left_length),
        "right atrium": _roof(valves["tricuspid"], RIGHT, shape.right_length),
    }
    bags = _bags(valves, roofs, shape.left_volume, shape.right_volume, shape)
    ends, roots = _arterial_ends(shape, valves), {}
    for vein in VEINS:
        surface, away = bags[vein.chamber], _unit(np.array(vein.away))
        root = _entry(surface, away)
        roots[vein.name] = root
        ends[vein.name] = End(surface.points[root] + shape.vein_length * away, away, _vein_radius(shape, vein))
    found = Anchors(shape, MappingProxyType(roofs), MappingProxyType(ends), MappingProxyType(roots))
    check_chambers(attach(found, known, points, shape.left_volume, shape.right_volume))
    return found


def attach(fixed: Anchors, known: Topology, points: FloatArray, left_volume: float, right_volume: float) -> Chambers:
    """Atria, vessels and valves on ventricles that are somewhere in the beat.

    Args:
        fixed: from `anchors`.
        known: the ventricles' topology.
        points: (n, 3) mm, of the ventricles at this moment.
        left_volume, right_volume: of the atria at this moment, mm3; the surfaces hold exactly these.

    Raises:
        InvalidInput: a volume that does not fit between valve and roof.
    """
    valves = valve_rings(known, points)
    surfaces = _bags(valves, fixed.roofs, left_volume, right_volume, fixed.shape)
    shape, ends = fixed.shape, fixed.ends
    surfaces["aorta"], surfaces["pulmonary trunk"] = _arteries(valves, shape, ends)
    for vein in VEINS:
        surfaces[vein.name] = _stump(surfaces[vein.chamber].points[fixed.roots[vein.name]], ends[vein.name], shape)
    return Chambers(MappingProxyType(surfaces), valves, shape.wall_thickness)


def check_chambers(chambers: Chambers) -> None:
    """Refuse chambers of which a surface is not closed or cuts itself, or of which atria and arteries cut each other.

    Veins reach into their atria and may meet neighbours.

    Raises:
        InvalidInput: it names the surfaces.
    """
    for name, surface in chambers.surfaces.items():
        check_surface(surface, name)
    for one, other in combinations((LEFT.name, RIGHT.name, "aorta", "pulmonary trunk"), 2):
        if crossings(chambers.surfaces[one], chambers.surfaces[other]):
            raise InvalidInput(
                f"The {one} and the {other} cut each other.",
                "Atria, aorta and pulmonary trunk have to lie beside each other.",
                "Choose smaller radii of the vessels or volumes of the atria, or larger ventricles.",
            )


def _stump(entry: FloatArray, end: End, shape: AtriaShape) -> Mesh:
    """A vein from within its atrium; where the atrium has grown beyond the stump's start, a shorter one."""
    length = max(float((end.centre - entry) @ end.direction), SHORTEST * shape.vein_length)
    aside = entry - end.centre - ((entry - end.centre) @ end.direction) * end.direction
    near = end.centre + aside - (length + INSIDE) * end.direction
    return column(near, end.centre, end.direction, np.full(STUMP_LEVELS, end.radius))


def _bags(
    valves: Mapping[str, ValveRing], roofs: Mapping[str, FloatArray], left: float, right: float, shape: AtriaShape
) -> dict[str, Mesh]:
    mitral, tricuspid, aortic = valves["mitral"], valves["tricuspid"], valves["aortic"]
    middle = ((mitral.points @ SEPTUM_TO_LEFT).min() + (tricuspid.points @ SEPTUM_TO_LEFT).max()) / 2
    half = (shape.wall_thickness + 1.0) * SEPTUM_TO_LEFT
    septum = middle * SEPTUM_TO_LEFT
    reach = shape.aortic_root_radius + shape.wall_thickness
    left_limits = [
        HalfSpace(septum + half, -SEPTUM_TO_LEFT),
        HalfSpace(aortic.centre - reach * LEFT_TO_AORTA, LEFT_TO_AORTA),
    ]
    right_limits = [
        HalfSpace(septum - half, SEPTUM_TO_LEFT),
        HalfSpace(aortic.centre - reach * RIGHT_TO_AORTA, RIGHT_TO_AORTA),
    ]
    return {
        LEFT.name: bag(LEFT, mitral, roofs[LEFT.name], left_limits, left),
        RIGHT.name: bag(RIGHT, tricuspid, roofs[RIGHT.name], right_limits, right),
    }


def _roof(valve: ValveRing, form: BagForm, length: float) -> FloatArray:
    place: FloatArray = valve.centre + length * _unit(valve.normal + np.array([*form.lean, 0.0]))
    return place


def _arteries(valves: Mapping[str, ValveRing], shape: AtriaShape, ends: Mapping[str, End]) -> tuple[Mesh, Mesh]:
    """Aorta and pulmonary trunk; near their valves, which lie beside each other, they give way to each other."""
    aortic, pulmonary = valves["aortic"], valves["pulmonary"]
    away = pulmonary.centre - aortic.centre
    room = float(np.linalg.norm(away)) - max(pulmonary.radius, shape.pulmonary_trunk_radius) - BETWEEN / 2
    end = ends["aorta"]
    wide = sinuses(end.radius, min(shape.aortic_root_radius, room), shape.ascending_aorta_length)
    aorta = tube(End(aortic.centre, aortic.normal, aortic.radius), end, aortic.points, wide)
    direction = _unit(pulmonary.normal + YIELDING * _unit(away))
    trunk = End(pulmonary.centre, direction, pulmonary.radius)
    return aorta, tube(trunk, ends["pulmonary trunk"], pulmonary.points)


def _arterial_ends(shape: AtriaShape, valves: Mapping[str, ValveRing]) -> dict[str, End]:
    aortic, pulmonary = valves["aortic"], valves["pulmonary"]
    up, trunk = _unit(AORTA_UP), _unit(TRUNK_UP)
    aorta = aortic.centre + shape.ascending_aorta_length * _unit(up + 0.6 * aortic.normal)
    lung = pulmonary.centre + shape.pulmonary_trunk_length * _unit(trunk + 0.6 * pulmonary.normal)
    beside = lung - aorta - ((lung - aorta) @ up) * up
    distance = float(np.linalg.norm(beside))
    needed = max(shape.ascending_aorta_radius, shape.aortic_root_radius) + shape.pulmonary_trunk_radius + BETWEEN
    lung = lung + max(needed - distance, 0.0) * beside / distance
    return {
        "aorta": End(aorta, up, shape.ascending_aorta_radius),
        "pulmonary trunk": End(lung, trunk, shape.pulmonary_trunk_radius),
    }


def _entry(surface: Mesh, away: FloatArray) -> int:
    """The point of a bag that lies farthest in a direction from its middle, relative to its distance."""
    from_middle = surface.points - surface.points.mean(axis=0)
    return int(np.argmax(from_middle @ away / np.linalg.norm(from_middle, axis=-1)))


def _vein_radius(shape: AtriaShape, vein: Vein) -> float:
    if vein.chamber == LEFT.name:
        return shape.pulmonary_vein_radius
    return shape.superior_vena_cava_radius if vein.name.startswith("superior") else shape.inferior_vena_cava_radius


def _unit(vector: FloatArray) -> FloatArray:
    unit: FloatArray = vector / np.linalg.norm(vector)
    return unit


__all__ = ["VEINS", "Anchors", "Chambers", "anchors", "attach", "check_chambers"]
