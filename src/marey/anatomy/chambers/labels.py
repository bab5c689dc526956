"""Labels of the whole heart on a voxel grid, at any moment of the beat.

Every structure is a closed surface; a voxel belongs to the first structure in the list that its centre lies in. So the
walls of the ventricles cut what reaches into them, and a cavity's label together with the muscles within it has the
volume of the cavity, but for the half of its valves that lies in it: valves are plates, a voxel thick or a millimetre.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import structures as names
from marey.anatomy.chambers._kernels import paint
from marey.anatomy.chambers.attach import VEINS, Chambers
from marey.anatomy.chambers.surfaces import outward_normals
from marey.anatomy.chambers.valves import plate
from marey.anatomy.ventricles import Resolution, Topology, topology
from marey.anatomy.ventricles.check import boundary
from marey.core import InvalidInput, Mesh, Structure
from marey.core.units import mm

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FINEST, COARSEST = 0.2 * mm, 5 * mm
ACROSS = 8
THINNEST_VALVE = 1 * mm
STRUCTURES: tuple[Structure, ...] = (
    names.LV_MYOCARDIUM, names.RV_WALL, names.PAPILLARY_MUSCLES, names.MODERATOR_BAND, names.MITRAL_VALVE,
    names.AORTIC_VALVE, names.TRICUSPID_VALVE, names.PULMONARY_VALVE, names.LV_CAVITY, names.RV_CAVITY,
    names.AORTA, names.PULMONARY_TRUNK, names.LA_CAVITY, names.RA_CAVITY, names.PULMONARY_VEINS,
    names.SUPERIOR_VENA_CAVA, names.INFERIOR_VENA_CAVA, names.LA_WALL, names.RA_WALL,
)  # fmt: skip
"""Label 1 is the first of these, and so on; 0 is outside the heart."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Where voxels lie in the heart frame.

    Args:
        origin: (3,) mm, (x, y, z) of the centre of voxel [0, 0, 0].
        spacing: mm, 0.2 to 5.
        shape: (z, y, x).

    Raises:
        InvalidInput: a spacing outside its range, or no voxel.
    """

    origin: FloatArray
    spacing: float
    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        _check_spacing(self.spacing)
        if len(self.shape) != 3 or min(self.shape) < 1 or not np.isfinite(self.origin).all():
            raise InvalidInput(
                f"The lattice has the shape {self.shape} and the origin {self.origin}.",
                "Three positive numbers of voxels (z, y, x) and a finite origin (x, y, z) are needed.",
                "Correct them.",
            )


@dataclass(frozen=True, eq=False)
class HeartLabels:
    """Labelled voxels of one moment.

    Args:
        values: (z, y, x) uint8; ``structures[k]`` has label k + 1, 0 is outside.
        lattice: where the voxels lie.
        structures: in the order of their labels.
    """

    values: NDArray[np.uint8]
    lattice: Lattice
    structures: tuple[Structure, ...] = STRUCTURES

    def mask(self, *chosen: Structure) -> NDArray[np.bool_]:
        """(z, y, x): where any of the structures is."""
        return np.isin(self.values, [self.structures.index(structure) + 1 for structure in chosen])

    def volume(self, *chosen: Structure) -> float:
        """Volume of the structures' voxels, mm3."""
        return float(self.mask(*chosen).sum() * self.lattice.spacing**3)


def lattice(spacing: float, *clouds: FloatArray, margin: float = 5 * mm) -> Lattice:
    """The smallest lattice around points (..., 3), for example those of all moments, with a margin in mm.

    Raises:
        InvalidInput: a spacing outside its range.
    """
    _check_spacing(spacing)
    low = np.min([cloud.reshape(-1, 3).min(axis=0) for cloud in clouds], axis=0) - margin
    high = np.max([cloud.reshape(-1, 3).max(axis=0) for cloud in clouds], axis=0) + margin
    columns, rows, depth = (int(count) + 1 for count in np.ceil((high - low) / spacing))
    return Lattice(low, spacing, (depth, rows, columns))


def _check_spacing(spacing: float) -> None:
    if not (math.isfinite(spacing) and FINEST <= spacing <= COARSEST):
        raise InvalidInput(
            f"The parameter 'spacing' is {spacing} mm.",
            f"It must lie between {FINEST:g} and {COARSEST:g} mm.",
            "Check its value and its unit.",
        )


def heart_labels(
    where: Lattice,
    known: Topology,
    points: FloatArray,
    chambers: Chambers | None = None,
    muscles: Mapping[str, Mesh] | None = None,
) -> HeartLabels:
    """Label the voxels whose centres lie in the heart.

    Args:
        where: the voxels.
        known: the ventricles' topology.
        points: (n, 3) mm, of the ventricles at this moment.
        chambers: atria and vessels at this moment, from `attach`.
        muscles: within the cavities, from `inner_muscles`.
    """
    values = np.zeros(where.shape, np.uint8)
    label = {structure.name: number for number, structure in enumerate(STRUCTURES, start=1)}
    parts = list(ventricle_parts(known, points))
    parts += [(structure_of(name), surface.points[surface.cells]) for name, surface in (muscles or {}).items()]
    if chambers:
        parts += [*_chambers(chambers), *_valves(chambers, max(where.spacing, THINNEST_VALVE))]
    for structure, triangles in sorted(parts, key=lambda part: label[part[0].name]):
        paint(np.ascontiguousarray(triangles), where.origin, float(where.spacing), label[structure.name], values)
    return HeartLabels(values, where)


def structure_of(name: str) -> Structure:
    """What a surface of chambers, valves or muscles is, by the name that it has in a beat."""
    found: Structure = _BY_NAME[name]
    return found


def ventricle_parts(known: Topology, points: FloatArray) -> Iterator[tuple[Structure, FloatArray]]:
    """Walls and cavities of the ventricles as closed surfaces: triangles (m, 3, 3) in mm, outward."""
    left, right = _tissue(known.resolution)
    yield names.LV_MYOCARDIUM, _quarters(points[left])
    yield names.RV_WALL, _quarters(points[right])
    walls = {name: _quarters(points[cavity.wall])[:, ::-1] for name, cavity in known.cavities.items()}
    rim = points[known.cavities["lv"].rim]
    middle = np.broadcast_to(rim.mean(axis=0), rim.shape)
    yield names.LV_CAVITY, np.concatenate([walls["lv"], np.stack([middle, rim, np.roll(rim, -1, axis=0)], axis=1)])
    yield names.RV_CAVITY, np.concatenate([walls["rv"], _right_lid(known, points)])


def _right_lid(known: Topology, points: FloatArray) -> FloatArray:
    """Triangles over the right ventricle's base, where its valves lie: straight from septum to free wall."""
    septal = known.resolution.septal_sectors
    septum, free = points[known.inner[-1, : septal + 1, -1]], points[known.outer[-1, : septal + 1, 0]]
    share = np.linspace(0.0, 1.0, ACROSS + 1)[:, None, None]
    sheet = septum * (1 - share) + free * share
    quads = np.stack([sheet[:-1, :-1], sheet[1:, :-1], sheet[1:, 1:], sheet[:-1, 1:]], axis=2).reshape(-1, 4, 3)
    return _quarters(quads)


def _quarters(quads: FloatArray) -> FloatArray:
    """(4 f, 3, 3) triangles of quads (f, 4, 3) over their middles; they hold the same volume as the bilinear quads."""
    middle = np.repeat(quads.mean(axis=1, keepdims=True), 4, axis=1)
    return np.stack([middle, quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 3, 3)


@cache
def _tissue(resolution: Resolution) -> tuple[IntArray, IntArray]:
    """Outward quads around the left ventricle with the septum, and around the right free wall."""
    known = topology(resolution)
    return boundary(known.cells[known.side == 0]), boundary(known.cells[known.side == 1])


def _valves(chambers: Chambers, thickness: float) -> Iterator[tuple[Structure, FloatArray]]:
    for name, ring in chambers.valves.items():
        surface = plate(ring, thickness)
        yield structure_of(f"{name} valve"), surface.points[surface.cells]


def _chambers(chambers: Chambers) -> Iterator[tuple[Structure, FloatArray]]:
    for name, surface in chambers.surfaces.items():
        yield structure_of(name), surface.points[surface.cells]
    for name, wall in (("left atrium", names.LA_WALL), ("right atrium", names.RA_WALL)):
        surface = chambers.surfaces[name]
        yield wall, (surface.points + chambers.wall_thickness * outward_normals(surface))[surface.cells]


_BY_NAME = {
    "left atrium": names.LA_CAVITY, "right atrium": names.RA_CAVITY,
    "anterolateral papillary muscle": names.PAPILLARY_MUSCLES,
    "posteromedial papillary muscle": names.PAPILLARY_MUSCLES,
    **{structure.name: structure for structure in STRUCTURES},
    **{vein.name: names.PULMONARY_VEINS for vein in VEINS if "pulmonary" in vein.name},
}  # fmt: skip

__all__ = ["STRUCTURES", "HeartLabels", "Lattice", "heart_labels", "lattice", "structure_of", "ventricle_parts"]
