"""Scenes against the mesh, against turned grids, and their velocities against the beat's flows; see mr_scene.md."""

import dataclasses

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from marey.anatomy import structures as names
from marey.anatomy.chambers import STRUCTURES, structure_of
from marey.core import Grid, InvalidInput, Structure
from marey.scan.body.pose import Pose
from marey.scan.scene import HeartInMotion, Scene
from marey.scan.scene.cavity_flow import Opening, cavity_velocity
from marey.scan.scene.spindle import around_axis, filling
from scanned_heart import POSE, beat, box, moving_heart, plane

NUMBER = {structure: number for number, structure in enumerate(STRUCTURES, start=1)}
WITHIN = {
    names.LV_CAVITY: (names.LV_CAVITY, names.PAPILLARY_MUSCLES),
    names.RV_CAVITY: (names.RV_CAVITY, names.MODERATOR_BAND),
    names.LA_CAVITY: (names.LA_CAVITY,), names.RA_CAVITY: (names.RA_CAVITY,),
}  # fmt: skip
VESSELS = ("aorta", "pulmonary trunk", "superior vena cava", "inferior vena cava", "right superior pulmonary vein")


def voxel_volume(scene: Scene, *structures: Structure) -> float:
    return float(np.isin(scene.structure, [NUMBER[one] for one in structures]).sum() * np.prod(scene.grid.spacing))


@pytest.mark.parametrize("time", [0.0, 150.0, 350.0])
def test_labels_hold_the_cavities_volumes(time: float) -> None:
    turn = Rotation.from_rotvec([0.4, -0.7, 1.1]).as_matrix()
    scene = moving_heart().scene(box(150, 1.25, turn), time, samples=1)
    for cavity, volume in moving_heart().volumes(time).items():
        assert voxel_volume(scene, *WITHIN[cavity]) == pytest.approx(volume, rel=0.01), cavity.name


def test_a_turned_or_mirrored_grid_sees_the_same_heart() -> None:
    straight, place = moving_heart().scene(box(), 100.0, samples=1), np.arange(72)
    for order, flips in (((1, 0, 2), (1, 1, 1)), ((2, 0, 1), (1, -1, 1)), ((0, 1, 2), (-1, 1, -1))):
        affine = straight.grid.affine.copy()
        corner = straight.grid.world([(71 if flip < 0 else 0) for flip in flips])
        affine[:3, :3] = (affine[:3, :3] * flips)[:, order]
        affine[:3, 3] = corner
        turned = moving_heart().scene(dataclasses.replace(straight.grid, affine=affine), 100.0, samples=1)
        expected = straight.tissue[:, 0][np.ix_(*(place[::flip] for flip in flips))].transpose(order)
        # surfaces pass exactly through no voxel's middle but by rounding
        assert (turned.tissue[:, 0] != expected).mean() < 1e-4


def test_a_moved_heart_seen_by_a_moved_grid_is_the_same() -> None:
    turn = Rotation.from_rotvec([0.3, 0.2, -0.5]).as_matrix()
    shift = np.array([12.0, -7.0, 31.0])
    pose = Pose(turn @ POSE.rotation, turn @ POSE.translation + shift)
    moved = HeartInMotion(beat(), pose)
    grid = box()
    affine = grid.affine.copy()
    affine[:3, :3], affine[:3, 3] = turn @ affine[:3, :3], turn @ affine[:3, 3] + shift
    here = HeartInMotion(beat(), POSE).scene(grid, 200.0, samples=1, velocity=True)
    there = moved.scene(dataclasses.replace(grid, affine=affine), 200.0, samples=1, velocity=True)
    assert (here.tissue != there.tissue).mean() < 1e-5
    assert here.velocity is not None
    assert there.velocity is not None
    off = np.linalg.norm(here.velocity @ turn.T - there.velocity, axis=-1)
    assert np.quantile(off, 0.999) < 1e-4


def test_velocities_of_muscle_are_the_derivative_of_its_places() -> None:
    it, step = moving_heart(), 0.5
    for time in (80.0, 400.0):
        before, after = (it.movement.at(time + way * step).points for way in (-1, 1))
        assert np.allclose(it.movement.velocity(time).points, (after - before) / (2 * step), atol=1e-4)
    scene = it.scene(box(40, 4.0), 80.0, samples=1, reference=True, velocity=True)
    assert scene.velocity is not None
    assert scene.cell is not None
    muscle = scene.cell >= 0
    corners = it.movement.velocity(80.0).points[it.beat.mesh.cells[scene.cell[muscle]]]
    mean = POSE.to_heart(POSE.translation + scene.velocity[muscle])
    assert np.all(mean <= corners.max(axis=1) + 1e-5)
    assert np.all(mean >= corners.min(axis=1) - 1e-5)


@pytest.mark.parametrize("vessel", VESSELS)
@pytest.mark.parametrize("tilt", [0.0, 0.5])
def test_the_flow_through_any_section_of_a_vessel_is_the_beats(vessel: str, tilt: float) -> None:
    it = moving_heart()
    time = float(it.beat.flows.times[it.beat.flows["aortic"].argmax()])
    rings = it.movement.at(time).surfaces[vessel][1:-1].reshape(-1, 32, 3)
    middle = rings.mean(axis=1)
    level = len(rings) - 3
    along = middle[level + 1] - middle[level - 1]
    along /= np.linalg.norm(along)
    aside = np.cross(along, [0.6, 0.64, 0.48])
    normal = np.cos(tilt) * along + np.sin(tilt) * aside / np.linalg.norm(aside)
    grid = plane(middle[level], normal, size=160, pixel=0.4)
    scene = it.scene(grid, time, samples=1, velocity=True)
    assert scene.velocity is not None
    pieces, _ = ndimage.label(scene.structure[0, 0] == NUMBER[structure_of(vessel)])
    here = pieces == pieces[80, 80]
    flow = (scene.velocity[0, 0][here] @ grid.normal).sum() * grid.pixel_area
    expected = it.blood.vessel_flow(vessel, time) * (1 if vessel in {"aorta", "pulmonary trunk"} else -1)
    assert abs(expected) > 5
    assert flow == pytest.approx(expected, rel=0.01)


def test_blood_of_a_ventricle_fills_what_its_walls_leave() -> None:
    """Without muscles in the way: flow through a section is the change of the volume below it."""
    hollow = dataclasses.replace(beat(), chambers=tuple(
        {name: mesh for name, mesh in surfaces.items() if not name.endswith(("muscle", "band"))}
        for surfaces in beat().chambers
    ))  # fmt: skip
    it, step, height = HeartInMotion(hollow, POSE), 4.0, 55.0
    up = np.array([0.0, 0.0, 1.0])
    for time in (200.0, 480.0):
        scene = it.scene(plane(height * up, up, 120, 1.0), time, samples=1, velocity=True)
        assert scene.velocity is not None
        here = scene.structure[0, 0] == NUMBER[names.LV_CAVITY]
        flow = (scene.velocity[0, 0][here] @ scene.grid.normal).sum()
        grids = [plane(z * up, up, 120, 1.0) for z in np.arange(-5.5, height)]
        change = sum(section(it, grid, time + step) - section(it, grid, time - step) for grid in grids) / (2 * step)
        assert flow == pytest.approx(-change, rel=0.08)


def section(it: HeartInMotion, grid: Grid, time: float) -> float:
    """mm2 of the LV cavity; 0 where the plane misses the heart."""
    try:
        return float((it.scene(grid, time, samples=1).structure == NUMBER[names.LV_CAVITY]).sum())
    except InvalidInput:
        return 0.0


def test_potential_flow_through_a_straight_tube_is_even() -> None:
    """Blood enters through a moving end and leaves through the other: the same velocity everywhere."""
    turn = 2 * np.pi * np.arange(24) / 24
    ring = np.stack([10 * np.cos(turn), 10 * np.sin(turn), 0 * turn], axis=-1)
    places = around_axis(ring + np.array([0, 0, 1.0]) * np.linspace(0, 30, 13)[:, None, None], 4)
    joined = filling(places, lid=-1, inner_wall=False)
    nodes = places.reshape(-1, 3)[joined.first]
    speed = np.zeros_like(nodes)
    area = 24 / 2 * 100 * np.sin(2 * np.pi / 24)
    joined = dataclasses.replace(joined, walls=bottom(joined.nodes[0]))
    speed[np.unique(joined.nodes[0])] = (0.0, 0.0, 0.3)
    everywhere = Opening(np.array([0.0, 0.0, 30.0]), np.array([0.0, 0.0, 1.0]), 1e3, 0.3 * area, 1.0)
    found = cavity_velocity(joined, nodes, speed, [everywhere], on_lid=True)
    assert np.allclose(found, (0.0, 0.0, 0.3), atol=1e-4)


def bottom(sheet: np.ndarray) -> np.ndarray:
    return np.stack([sheet[:-1, :-1], sheet[:-1, 1:], sheet[1:, 1:], sheet[1:, :-1]], axis=-1).reshape(-1, 4)
