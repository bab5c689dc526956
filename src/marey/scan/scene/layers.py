"""What covers the heart: walls of atria and vessels, the fat in its grooves, the pericardium."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from marey.anatomy.chambers import VEINS, outward_normals
from marey.anatomy.chambers.valves import sector_angles
from marey.anatomy.ventricles import Topology
from marey.core import Mesh, Parameters, parameter
from marey.core.units import factor, mm
from marey.scan.body.tissue import Tissue

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DEGREE = factor("deg")
ATRIA, ARTERIES = ("left atrium", "right atrium"), ("aorta", "pulmonary trunk")
GROOVE = 22 * DEGREE
ATRIAL_PART, ARTERIAL_PART = 0.45, 0.2
TEXTBOOK = "textbook value"
EROGLU = "epicardial fat 4.4 +- 0.8 mm without, 6.9 +- 1.5 mm with coronary disease: Eroglu et al. 2009, Nutr Metab CVD"
PERICARDIUM = "1.7 mm, 1.5 to 2.0, on MR of 23 people: 'Appearance of the normal pericardium on coronary MR angiograms'"


@dataclass(frozen=True)
class Covering(Parameters):
    """Thicknesses of what covers the heart.

    Args:
        groove_fat: in the grooves between the ventricles; that between ventricles and atria is full.
        free_wall_fat: over the free walls and the atria, and its part that thins out towards the apex.
        pericardium: both layers with the fluid between, as MR shows them.
        atrial_wall, artery_wall, vein_wall: around the lumen.
    """

    groove_fat: float = parameter(6 * mm, 0 * mm, 20 * mm, "mm", EROGLU)
    free_wall_fat: float = parameter(1.2 * mm, 0 * mm, 12 * mm, "mm", TEXTBOOK)
    pericardium: float = parameter(1.7 * mm, 0 * mm, 8 * mm, "mm", PERICARDIUM)
    atrial_wall: float = parameter(2.0 * mm, 0.5 * mm, 5 * mm, "mm", TEXTBOOK)
    artery_wall: float = parameter(1.8 * mm, 0.5 * mm, 4 * mm, "mm", TEXTBOOK)
    vein_wall: float = parameter(1.0 * mm, 0.3 * mm, 3 * mm, "mm", TEXTBOOK)


class Cover:
    """The layers around one heart, to be asked for at any moment.

    Args:
        known: topology of the ventricles.
        thickness: of the layers.
    """

    def __init__(self, known: Topology, thickness: Covering) -> None:
        self.thickness = thickness
        rings = known.outer[..., -1]
        self._rim = rings[-1]
        self._nodes = np.unique(np.append(known.surfaces["epicardium"], self._rim))
        number = np.full(known.points, -1)
        number[self._nodes] = np.arange(len(self._nodes))
        quads, rim = number[known.surfaces["epicardium"]], number[self._rim]
        top = np.full(len(rim), len(self._nodes))
        lid = np.stack([top, rim, np.roll(rim, -1)], axis=-1)
        self._shell = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]], lid])
        self._fat = np.append(self._fat_on(known, rings, number), thickness.free_wall_fat)

    def parts(self, points: FloatArray, surfaces: Mapping[str, Mesh]) -> Iterator[tuple[Tissue, FloatArray]]:
        """Closed surfaces (m, 3, 3) from the inside outwards; each hides what of the following lies in it.

        Args:
            points: (n, 3) mm of the ventricles' mesh.
            surfaces: of atria and vessels.
        """
        size, normals = self.thickness, {name: outward_normals(mesh) for name, mesh in surfaces.items()}
        walls = dict.fromkeys(ATRIA, size.atrial_wall) | dict.fromkeys(ARTERIES, size.artery_wall)
        walls |= {vein.name: size.vein_wall for vein in VEINS}
        for name, wall in walls.items():
            if name in surfaces:
                tissue = Tissue.ATRIAL_WALL if name in ATRIA else Tissue.VESSEL_WALL
                yield tissue, _thicker(surfaces[name], normals[name], wall)
        groove = self._groove(points, surfaces)
        shell = Mesh(np.vstack([points[self._nodes], points[self._rim].mean(axis=0)]), self._shell)
        outward = outward_normals(shell)
        for tissue, more in ((Tissue.EPICARDIAL_FAT, 0.0), (Tissue.PERICARDIUM, size.pericardium)):
            yield tissue, _thicker(shell, outward, (self._fat + more)[:, None])
            if groove is not None:
                yield tissue, _thicker(groove, outward_normals(groove), more + size.free_wall_fat)
            for name in (*ATRIA, *ARTERIES):
                if name in surfaces:
                    yield tissue, _thicker(surfaces[name], normals[name], walls[name] + size.free_wall_fat + more)

    def _groove(self, points: FloatArray, surfaces: Mapping[str, Mesh]) -> Mesh | None:
        """The hull of the ventricles' rim and the atria's and arteries' parts near it: the groove's fat is in it."""
        if not surfaces:
            return None
        rim = points[self._rim]
        middle = rim.mean(axis=0)
        up = np.cross(rim - middle, np.roll(rim, -1, axis=0) - middle).sum(axis=0)
        up = up / np.linalg.norm(up) * (1 if up[2] > 0 else -1)
        near = [rim]
        for name in (*ATRIA, *ARTERIES):
            cloud = surfaces[name].points
            height = (cloud - middle) @ up
            part = ATRIAL_PART if name in ATRIA else ARTERIAL_PART
            near.append(cloud[(height > 0) & (height < part * height.max())])
        cloud = np.concatenate(near)
        hull = ConvexHull(cloud)
        a, b, c = (cloud[hull.simplices[:, corner]] for corner in range(3))
        inward = np.sum(np.cross(b - a, c - a) * hull.equations[:, :3], axis=-1) < 0
        cells = np.where(inward[:, None], hull.simplices[:, ::-1], hull.simplices)
        used, renumbered = np.unique(cells, return_inverse=True)
        return Mesh(cloud[used], renumbered.reshape(cells.shape))

    def _fat_on(self, known: Topology, rings: IntArray, number: IntArray) -> FloatArray:
        """(k,) mm at the shell's nodes."""
        size, fat = known.resolution, np.empty(len(self._nodes))
        turn = sector_angles(size)[:-1]
        away = [np.abs(np.angle(np.exp(1j * (turn - turn[edge])))) for edge in (0, size.septal_sectors)]
        height = np.linspace(0.0, 1.0, len(rings))[:, None]
        share = np.exp(-((np.minimum(*away) / GROOVE) ** 2)) * np.clip(2.5 * height, 0.0, 1.0)
        fat[number[rings]] = self.thickness.free_wall_fat * (0.4 + 0.6 * height) * (1 - share) + (
            self.thickness.groove_fat * share
        )
        return fat


def _thicker(mesh: Mesh, normals: FloatArray, by: float | FloatArray) -> FloatArray:
    """Triangles (m, 3, 3) of a surface moved outward along its normals."""
    moved: FloatArray = (mesh.points + by * normals)[mesh.cells]
    return moved


__all__ = ["Cover", "Covering"]
