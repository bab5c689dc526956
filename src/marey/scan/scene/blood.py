"""Velocity of the blood: along the vessels exactly the beat's flow, in the cavities what walls and valves drive."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import structures as names
from marey.anatomy.chambers import VEINS, structure_of
from marey.anatomy.chambers.valves import DISC, SECTORS
from marey.anatomy.ventricles import Topology
from marey.core import Beat, Structure
from marey.core.hexahedra import shape_functions, shape_slopes
from marey.scan.scene.cavity_flow import Opening, cavity_velocity
from marey.scan.scene.movement import Moment, Movement
from marey.scan.scene.spindle import Filling, around_axis, between, filling

FloatArray = NDArray[np.float64]
DEPTHS, CAVITY_DEPTHS = 6, 4
BLUNT = 7.0
"""Exponent of the vessels' profile 1 - rho^7: 2 would be Poiseuille's; large arteries' is nearly flat (textbook)."""
NEAREST = -0.98
INFERIOR_SHARE = 2 / 3
"""Of the venous return through the inferior vena cava: textbook value."""
REACH = 4.0  # mm
ARTERIES = {"aorta": "aortic", "pulmonary trunk": "pulmonary"}


@dataclass(frozen=True, eq=False)
class Stream:
    """Blood of one structure at one moment.

    Args:
        structure: in which it runs.
        corners: (m, 8, 3) mm of hexahedra that fill it.
    """

    structure: Structure
    corners: FloatArray

    def velocity(self, cell: NDArray[np.int64], local: FloatArray) -> FloatArray:
        """(v, 3) mm/ms in the heart frame at places (v, 3) within cells (v,)."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Vessel(Stream):
    """A tube in which a profile is carried along: divergence-free, tangential to the wall, the same flow everywhere.

    The reference flow through a straight tube is mapped by Piola's transform: v = Q g x_t / det(x_r, x_s, x_t), where g
    is the share of the flow per reference area; so the flow through any section is Q however the tube bends.

    Args:
        depth: (m,) of each cell, 0 at the axis.
        flow: mm3/ms from the first to the last level.
    """

    depth: NDArray[np.int64]
    flow: float

    def velocity(self, cell: NDArray[np.int64], local: FloatArray) -> FloatArray:
        """(v, 3) mm/ms."""
        local = local.copy()
        local[:, 0] = np.where(self.depth[cell] == 0, np.maximum(local[:, 0], NEAREST), local[:, 0])
        along = np.einsum("vka,vki->vai", shape_slopes(local), self.corners[cell], optimize=True)
        volume = np.sum(along[:, 2] * np.cross(along[:, 0], along[:, 1]), axis=-1)
        radius = np.minimum((self.depth[cell] + (local[:, 0] + 1) / 2) / DEPTHS, 1.0)
        profile = (BLUNT + 2) / BLUNT * (1 - radius**BLUNT)
        share = profile * radius / (2 * DEPTHS * SECTORS)
        size = np.maximum(np.abs(volume), 1e-9)
        found: FloatArray = (self.flow * share / size)[:, None] * along[:, 2]
        return found


@dataclass(frozen=True, eq=False)
class Pool(Stream):
    """A cavity.

    Args:
        nodal: (m, 8, 3) mm/ms at the corners.
    """

    nodal: FloatArray

    def velocity(self, cell: NDArray[np.int64], local: FloatArray) -> FloatArray:
        """(v, 3) mm/ms."""
        found: FloatArray = np.einsum("vk,vki->vi", shape_functions(local), self.nodal[cell])
        return found


class BloodFlow:
    """The blood of a beat.

    Args:
        known: topology of the ventricles.
        beat: with its flows, mm3/ms.
        movement: of its points.
    """

    def __init__(self, known: Topology, beat: Beat, movement: Movement) -> None:
        self._known, self._flows, self._period = known, beat.flows, movement.period
        start = movement.at(0.0)
        self._cavities = {
            structure: filling(self._places(structure, start), lid=lid, inner_wall=structure is names.RV_CAVITY)
            for structure, lid in _LIDS.items()
            if structure in _VENTRICLES or _BAGS[structure] in start.surfaces
        }
        self._tubes = {
            name: filling(_tube(start.surfaces[name]), lid=-1, inner_wall=False)
            for name in (*ARTERIES, *(vein.name for vein in VEINS))
            if name in start.surfaces
        }

    def flow(self, name: str, time: float) -> float:
        """Mm3/ms through a valve, or out of a vascular bed, at a time."""
        return float(np.interp(time % self._period, self._flows.times, self._flows[name]))

    def vessel_flow(self, name: str, time: float) -> float:
        """Mm3/ms in a vessel: out of the heart in arteries, into it in veins."""
        if name in ARTERIES:
            return self.flow(ARTERIES[name], time)
        if "pulmonary" in name:
            return self.flow("pulmonary veins", time) / 4
        return self.flow("venae cavae", time) * (INFERIOR_SHARE if "inferior" in name else 1 - INFERIOR_SHARE)

    def streams(self, time: float, now: Moment, speed: Moment) -> Iterator[Stream]:
        """All blood at a time.

        Args:
            time: ms.
            now: where everything is.
            speed: how fast it moves.
        """
        for name, joined in self._tubes.items():
            sign = 1.0 if name in ARTERIES else -1.0
            corners = _at_nodes(joined, _tube(now.surfaces[name]))[joined.cells]
            yield Vessel(structure_of(name), corners, joined.depth, sign * self.vessel_flow(name, time))
        for structure, joined in self._cavities.items():
            places, wall = (_at_nodes(joined, self._places(structure, moment)) for moment in (now, speed))
            openings = list(self._openings(structure, time, now))
            nodal = cavity_velocity(joined, places, wall, openings, on_lid=structure in _VENTRICLES)
            yield Pool(structure, places[joined.cells], nodal[joined.cells])

    def _places(self, structure: Structure, moment: Moment) -> FloatArray:
        known, size = self._known, self._known.resolution
        if structure is names.LV_CAVITY:
            return around_axis(moment.points[known.inner[..., 0]], CAVITY_DEPTHS)
        if structure is names.RV_CAVITY:
            part = (slice(size.rv_apex, None), slice(0, size.septal_sectors + 1))
            return between(moment.points[known.inner[(*part, -1)]], moment.points[known.outer[(*part, 0)]], DEPTHS)
        surface = moment.surfaces[_BAGS[structure]]
        rings = surface[1:-1].reshape(-1, SECTORS, 3)[DISC - 1 :]
        roof = np.broadcast_to(surface[-1], (1, SECTORS, 3))
        return around_axis(np.concatenate([rings, roof]), CAVITY_DEPTHS)

    def _openings(self, structure: Structure, time: float, now: Moment) -> Iterator[Opening]:
        """The first one lies in the lid."""
        for valve, sign in _OPENINGS[structure]:
            name = f"{valve} valve"
            if name in now.surfaces:
                plate = now.surfaces[name]
                centre, ring = (plate[0] + plate[-1]) / 2, plate[1:-1].reshape(-1, SECTORS, 3)[DISC]
                direction = (plate[-1] - plate[0]) / np.linalg.norm(plate[-1] - plate[0])
                radius = float(np.sqrt(np.mean(np.sum((ring - centre) ** 2, axis=-1))))
                yield Opening(centre, direction, radius, sign * self.flow(valve, time), np.inf)
        for vein in VEINS:
            if structure not in _VENTRICLES and vein.chamber == _BAGS[structure] and vein.name in now.surfaces:
                rings = now.surfaces[vein.name][1:-1].reshape(-1, SECTORS, 3)
                start, stop = rings[0].mean(axis=0), rings[-1].mean(axis=0)
                direction = (stop - start) / np.linalg.norm(stop - start)
                radius = float(np.linalg.norm(rings[0] - start, axis=-1).mean())
                reach = radius + REACH
                yield Opening(start, direction, radius, -self.vessel_flow(vein.name, time), reach)


def _tube(surface: FloatArray) -> FloatArray:
    return around_axis(surface[1:-1].reshape(-1, SECTORS, 3), DEPTHS)


def _at_nodes(joined: Filling, places: FloatArray) -> FloatArray:
    """(node, 3) of values (level, sector, depth, 3)."""
    values: FloatArray = places.reshape(-1, 3)[joined.first]
    return values


_VENTRICLES = (names.LV_CAVITY, names.RV_CAVITY)
_BAGS = {names.LA_CAVITY: "left atrium", names.RA_CAVITY: "right atrium"}
_LIDS = {names.LV_CAVITY: -1, names.RV_CAVITY: -1, names.LA_CAVITY: 0, names.RA_CAVITY: 0}
_OPENINGS = {
    names.LV_CAVITY: (("mitral", -1.0), ("aortic", 1.0)), names.RV_CAVITY: (("tricuspid", -1.0), ("pulmonary", 1.0)),
    names.LA_CAVITY: (("mitral", 1.0),), names.RA_CAVITY: (("tricuspid", 1.0),),
}  # fmt: skip

__all__ = ["BloodFlow", "Pool", "Stream", "Vessel"]
