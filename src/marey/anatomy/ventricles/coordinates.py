"""Where in the ventricles a point lies: coordinates by Laplace problems, and the 17 segments.

In the spirit of Bayer et al., Med Image Anal 2018, doi:10.1016/j.media.2018.01.005; segments after Cerqueira et al.,
Circulation 2002, doi:10.1161/hc0402.102975.
"""

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.aha17 import segment_at
from marey.anatomy.ventricles._laplace import Laplace, ends
from marey.anatomy.ventricles.topology import Topology
from marey.anatomy.views import Level
from marey.core import Mesh

FloatArray = NDArray[np.float64]
TRUE_APEX, RIGHT_FREE_WALL = 17, 18
APICAL_CAP = 0.07  # of the cavity's height, beside the wall beyond it


def with_coordinates(mesh: Mesh, known: Topology) -> Mesh:
    """The mesh with its ventricular coordinates.

    Point fields: "transmural" (0 left endocardium to 1 epicardium; septum 0 left to 1 right; right free wall 0
    endocardium to 1 epicardium), "apicobasal" (0 apex to 1 base), "rotational" (radians from mid-septum, positive to
    the anterior wall, the insertions at the base at +-pi/3, pi at mid-lateral where it jumps to -pi, 0 on the axis),
    "side" (0 left with septum, 1 right free wall). Where the ventricles meet, points have the left one's values.
    Cell field: "segment" (int8: 1 to 17 of the AHA, 18 the right free wall).

    Args:
        mesh: of `ventricles`, at rest.
        known: its topology.
    """
    laplace = Laplace(mesh.points, mesh.cells)
    corners = _rotational_corners(laplace, known)
    side = np.zeros(known.points, np.int8)
    side[_right_alone(known)] = 1
    mesh = mesh.with_fields(
        transmural=transmural(laplace, known),
        apicobasal=apicobasal(laplace, known),
        rotational=_rotational(corners, known),
        side=side,
    )
    segment = segments(mesh.points, corners.mean(axis=1), known)
    cells = {**mesh.cell_fields, "segment": segment}
    return Mesh(mesh.points, mesh.cells, mesh.fields, cells, mesh.surfaces)


def transmural(laplace: Laplace, known: Topology) -> FloatArray:
    """(n,) harmonic in each ventricle, from 0 on its endocardium to 1 on the other side of its wall."""
    n, layers = known.points, known.outer[..., -1]
    septum, free = known.inner[known.open][:, -1], known.outer[known.open][:, 0]
    epicardium = layers[~known.open]
    left = laplace.solve(ends(n, (1.0, epicardium), (1.0, septum), (0.0, known.inner[..., 0])), known.side == 0)
    right = laplace.solve(ends(n, (1.0, layers), (0.0, free)), known.side == 1)
    alone = _right_alone(known)
    left[alone] = right[alone]
    return left


def apicobasal(laplace: Laplace, known: Topology) -> FloatArray:
    """(n,) harmonic from the apex (0) to the base (1), relabelled to grow evenly along the left ventricle's wall."""
    middle = laplace.points[known.inner[..., known.resolution.inner_layers // 2]]
    steps = np.linalg.norm(np.diff(middle, axis=0), axis=-1).mean(axis=1)
    share = np.concatenate([[0.0], np.cumsum(steps) / steps.sum()])
    apex, base = np.append(known.inner[0], known.outer[0]), np.append(known.inner[-1], known.outer[-1])
    raw = laplace.solve(ends(known.points, (0.0, apex), (1.0, base)))
    levels = raw[known.inner[..., known.resolution.inner_layers // 2]].mean(axis=1)
    even: FloatArray = np.interp(raw, levels, share)
    return even


def segments(points: FloatArray, angle: FloatArray, known: Topology) -> NDArray[np.int8]:
    """(m,) AHA segment of each cell from its height along the cavity and its angle (m,) in radians from mid-septum."""
    height = points[known.inner[..., 0], 2].mean(axis=1) / points[known.inner[-1, :, 0], 2].mean()
    middle = (height[:-1] + height[1:]) / 2
    third = np.array([Level.APICAL, Level.MID, Level.BASAL])[np.minimum((middle * 3).astype(int), 2)]
    degrees = np.degrees(angle)
    pairs = zip(third[known.level], degrees, strict=True)
    number = np.array([segment_at(level, float(turn)).number for level, turn in pairs], np.int8)
    number[(known.level == 0) | (middle < APICAL_CAP)[known.level]] = TRUE_APEX
    number[known.side == 1] = RIGHT_FREE_WALL
    return number


def _right_alone(known: Topology) -> NDArray[np.int64]:
    return known.outer[known.open].ravel()


def _rotational(corners: FloatArray, known: Topology) -> FloatArray:
    values = np.zeros(known.points)
    values[known.cells] = corners
    values[known.inner[0]] = values[known.outer[0]] = 0.0
    lateral = known.resolution.lateral_sector
    values[known.inner[1:, lateral]] = values[known.outer[1:, lateral]] = np.pi
    return values


def _rotational_corners(laplace: Laplace, known: Topology) -> FloatArray:
    """(m, 8) harmonic angle at each cell's corners: the cells on both sides of mid-lateral keep their own turn."""
    turn = _sector_angles(laplace.points, known)
    size, lateral = known.resolution, known.resolution.lateral_sector
    wanted = np.full(known.cells.shape, np.nan)
    for sector in (0, size.septal_sectors, lateral):
        for level in range(1, size.levels + 1):
            nodes = np.append(known.inner[level, sector], known.outer[level, sector])
            wanted[np.isin(known.cells, nodes)] = turn[level, sector]
    on_lateral = np.isin(known.cells, np.append(known.inner[1:, lateral], known.outer[1:, lateral]))
    wanted[on_lateral] = np.where(known.sector < lateral, np.pi, -np.pi)[:, None].repeat(8, 1)[on_lateral]
    around = np.concatenate([turn, turn[:, :1]], axis=1)[1]
    around[lateral + 1 :] -= np.where(around[lateral + 1 :] > 0, 2 * np.pi, 0.0)
    start, stop = around[known.sector], around[known.sector + 1]
    start = np.where(known.sector == lateral, -np.pi, start)
    axis = np.isin(known.cells, np.append(known.inner[0], known.outer[0]))
    wanted[axis] = ((start + stop) / 2)[:, None].repeat(8, 1)[axis]
    return laplace.solve(wanted)


def _sector_angles(points: FloatArray, known: Topology) -> FloatArray:
    """(levels + 1, sectors) angles of the endocardium from mid-septum, the base's insertions at +-60 degrees."""
    endo = points[known.inner[..., 0]]
    angle = np.arctan2(-endo[..., 1], -endo[..., 0])
    inferior, anterior = angle[-1, 0], angle[-1, known.resolution.septal_sectors]
    middle, half = (anterior + inferior) / 2, (anterior - inferior) / 2
    turned = np.angle(np.exp(1j * (angle - middle)))
    third = np.pi / 3
    known_turns = [-np.pi, -half, half, np.pi]
    scaled: FloatArray = np.interp(turned, known_turns, [-np.pi, -third, third, np.pi])
    return scaled


__all__ = ["RIGHT_FREE_WALL", "apicobasal", "segments", "transmural", "with_coordinates"]
