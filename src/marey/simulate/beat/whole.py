"""Atria, great vessels, valves and papillary muscles on and in the moving ventricles, and labels of all of it."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers import Chambers, anchors, attach, heart_labels, inner_muscles, lattice, plate, valve_rings
from marey.anatomy.ventricles import Topology
from marey.core import Beat, Grid, Labels, Mesh
from marey.core.units import mm
from marey.simulate.beat.body import Body
from marey.simulate.circulation.loop import Loop
from marey.simulate.heart import Heart

Array = NDArray[np.float64]
VALVE_THICKNESS = 1 * mm


def moving_chambers(heart: Heart, at: Body, loop: Loop, motion: Array, times: Array) -> tuple[Mapping[str, Mesh], ...]:
    """Closed surfaces by name, at every moment.

    Atria, which hold the circulation's blood; great vessels; the four valves as closed plates; papillary muscles and
    moderator band.

    Args:
        heart: shape of its atria and inner muscles; the atria's volumes at end-diastole are the circulation's.
        at: ventricles at end-diastole.
        loop: the circulation's beat.
        motion: (t, n, 3) mm, displacement of the ventricles.
        times: (t,) ms.

    Raises:
        InvalidInput: atria or muscles that do not fit the ventricles.
    """
    left, right = (np.interp(times, loop.times, loop.volumes[f"{side} atrium"]) for side in ("left", "right"))
    shape = heart.atria.but(left_volume=float(left[0]), right_volume=float(right[0]))
    fixed = anchors(shape, at.known, at.mesh.points)
    found = []
    for moment in range(len(times)):
        points = at.mesh.points + motion[moment]
        around = attach(fixed, at.known, points, float(left[moment]), float(right[moment]))
        valves = {f"{name} valve": plate(ring, VALVE_THICKNESS) for name, ring in around.valves.items()}
        within = inner_muscles(heart.inner_muscles, at.known, points)
        found.append(MappingProxyType({**around.surfaces, **valves, **within}))
    return tuple(found)


def beat_labels(heart: Heart, beat: Beat, known: Topology, spacing: float = 1.0 * mm) -> Labels:
    """Every structure of the heart on voxels, at every moment of its beat, as it lies in the chest (LPS).

    Args:
        heart: its pose and the thickness of its atria.
        beat: with chambers.
        known: topology of the beat's mesh.
        spacing: mm.

    Raises:
        InvalidInput: a spacing outside its range.
    """
    moments = range(len(beat.times))
    surfaces = [mesh.points for parts in beat.chambers for mesh in parts.values()]
    where = lattice(spacing, *(beat.points(moment) for moment in moments), *surfaces)
    values = []
    for moment in moments:
        points, parts = beat.points(moment), beat.chambers[moment]
        within = {name: mesh for name, mesh in parts.items() if name.endswith(("muscle", "band"))}
        hollow = {name: mesh for name, mesh in parts.items() if name not in within and not name.endswith("valve")}
        around = Chambers(hollow, valve_rings(known, points), heart.atria.wall_thickness)
        found = heart_labels(where, known, points, around, within)
        values.append(found.values)
    affine = np.eye(4)
    affine[:3, :3] = spacing * heart.pose.rotation[:, ::-1]  # the grid's axes are z, y, x
    affine[:3, 3] = heart.pose.to_torso(where.origin)
    structures = dict(enumerate(found.structures, start=1))
    return Labels(np.stack(values), Grid(where.shape, affine), beat.times, structures)


__all__ = ["beat_labels", "moving_chambers"]
