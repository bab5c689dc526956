"""The biventricular template: a hexahedral mesh from clinical numbers, every heart with corresponding points."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles._left import Frame, endocardium, frame, outward, smoothstep, thickness
from marey.anatomy.ventricles._right import bulge, free_wall, right_epicardium
from marey.anatomy.ventricles.cavities import cavity_volume
from marey.anatomy.ventricles.check import check_template
from marey.anatomy.ventricles.shape import VentricleShape
from marey.anatomy.ventricles.topology import MEDIUM, Resolution, Topology, topology
from marey.core import InvalidInput, Mesh
from marey.core.units import mL

FloatArray = NDArray[np.float64]
FADE_ANGLE = np.radians(25.0)
FADE_BELOW = 15.0
TOLERANCE = 1e-9


def ventricles(shape: VentricleShape | None = None, resolution: Resolution = MEDIUM) -> Mesh:
    """Both ventricles at end-diastole as hexahedra, in the heart frame (see `topology` for how they are indexed).

    Both cavities have the asked volumes to rounding. Surfaces, outward: lv_endocardium, rv_endocardium (its septal
    and its free part), epicardium, base.

    Args:
        shape: of the heart; None is a healthy one.
        resolution: COARSE, MEDIUM (default), FINE or another.

    Raises:
        InvalidInput: numbers that each lie in their range but together make no heart.
    """
    shape = shape or VentricleShape()
    known = topology(resolution)
    where = frame(shape, resolution)
    points = np.zeros((known.points, 3))
    endo = _left_cavity(shape, where, known, points)
    _wall(shape, where, known, endo, points)
    _right_cavity(shape, where, known, points)
    mesh = Mesh(points, known.cells, surfaces=known.surfaces)
    check_template(mesh, known)
    return mesh


def _left_cavity(shape: VentricleShape, where: Frame, known: Topology, points: FloatArray) -> FloatArray:
    def volume(radius: float) -> float:
        points[known.inner[..., 0]] = endocardium(shape, where, radius)
        return float(cavity_volume(points, known.cavities["lv"]))

    radius = _solve(volume, shape.lv_volume, np.sqrt(1.6 * shape.lv_volume / (np.pi * shape.lv_length)), "lv_volume")
    return endocardium(shape, where, radius)


def _wall(shape: VentricleShape, where: Frame, known: Topology, endo: FloatArray, points: FloatArray) -> None:
    """Place the wall around the left ventricle; its outer layers still lie on the septum where the slit will open."""
    inner, outer = known.resolution.inner_layers, known.resolution.outer_layers
    direction, wall = outward(endo, where), thickness(shape, where)
    beside = _beside_the_right(shape, where)
    share = inner / (inner + outer)
    middle = wall * (share + beside * (1 - share))
    total = wall + beside * shape.rv_wall_thickness
    total[0], middle[0] = wall[0], wall[0] * share
    for nodes, start, stop in ((known.inner, 0.0 * middle, middle), (known.outer, middle, total)):
        part = np.linspace(0.0, 1.0, nodes.shape[-1])
        depth = start[..., None] + (stop - start)[..., None] * part
        points[nodes] = endo[..., None, :] + depth[..., None] * direction[..., None, :]


def _beside_the_right(shape: VentricleShape, where: Frame) -> FloatArray:
    """(levels + 1, sectors): 1 at the septum and insertions beside the right cavity, fading to 0 away from them."""
    edge_anterior = where.angle[:, [0]] * (-shape.anterior_insertion / shape.inferior_insertion)
    edge_inferior = where.angle[:, [0]]
    beyond = np.maximum(where.angle - edge_anterior, 0.0)
    before = np.maximum(2 * np.pi + edge_inferior - where.angle, 0.0)
    away = np.where(where.angle <= edge_anterior, 0.0, np.minimum(beyond, before))
    below = np.maximum(-where.arc, 0.0)[:, None] / np.minimum(FADE_BELOW, -0.8 * where.arc[0])
    return (1 - smoothstep(away / FADE_ANGLE)) * (1 - smoothstep(below))


def _right_cavity(shape: VentricleShape, where: Frame, known: Topology, points: FloatArray) -> None:
    sectors, apex = known.resolution.septal_sectors, known.resolution.rv_apex
    nodes = known.outer[apex:, : sectors + 1]
    form = bulge(shape, where, points[known.inner[apex:, : sectors + 1, -1]])

    def volume(depth: float) -> float:
        points[nodes[..., 0]] = free_wall(form, depth)
        return float(cavity_volume(points, known.cavities["rv"]))

    depth = _solve(volume, shape.rv_volume, 40.0, "rv_volume")
    wall = free_wall(form, depth)
    radial = points[nodes[..., -1]] - points[nodes[..., 0]]
    outside = right_epicardium(wall, radial, shape.rv_wall_thickness)
    part = np.linspace(0.0, 1.0, nodes.shape[-1])[:, None]
    before = points[nodes[:, [0, -1]]]
    points[nodes] = wall[..., None, :] * (1 - part) + outside[..., None, :] * part
    _follow(where, known, points[nodes[:, [0, -1]]] - before, points)


def _follow(where: Frame, known: Topology, shift: FloatArray, points: FloatArray) -> None:
    """Let the left free wall's outer layers follow the `shift` (levels, 2, layers, 3) of those at the insertions."""
    size = known.resolution
    angle = where.angle[size.rv_apex :]
    free = angle[:, size.septal_sectors + 1 :]
    away = np.stack([angle[:, :1] + 2 * np.pi - free, free - angle[:, [size.septal_sectors]]], axis=-1)
    share = 1 - smoothstep(away / FADE_ANGLE)
    points[known.outer[size.rv_apex :, size.septal_sectors + 1 :]] += np.einsum("kis,kslx->kilx", share, shift)


def _solve(volume: Callable[[float], float], wanted: float, start: float, name: str) -> float:
    """The size at which a volume is what is wanted: secant steps, then the check that they arrived."""
    sizes = [0.9 * start, start]
    values = [volume(size) - wanted for size in sizes]
    for _ in range(30):
        if abs(values[-1]) < TOLERANCE * wanted or values[-1] == values[-2]:
            break
        step = values[-1] * (sizes[-1] - sizes[-2]) / (values[-1] - values[-2])
        sizes.append(max(sizes[-1] - step, 0.2 * sizes[-1]))
        values.append(volume(sizes[-1]) - wanted)
    if abs(values[-1]) > 1e3 * TOLERANCE * wanted:
        raise InvalidInput(
            f"No heart of this shape has a '{name}' of {wanted / mL:.4g} mL.",
            "The volume, lengths, insertions and curvature of a ventricle have to fit together.",
            f"Change '{name}', the ventricle's length or the septum's curvature.",
        )
    return sizes[-1]


__all__ = ["ventricles"]
