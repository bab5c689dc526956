"""Scenes: what is where, and the sentences when nothing can be."""

import dataclasses

import numpy as np
import pytest

from marey.anatomy import structures as names
from marey.anatomy.chambers import STRUCTURES
from marey.anatomy.ventricles import locate
from marey.core import Grid, InvalidInput, Mesh
from marey.scan.body.pose import HeartBreathing, breathing_pose
from marey.scan.body.tissue import Tissue
from marey.scan.scene import (
    LABELS,
    Covering,
    HeartInMotion,
    Scene,
    label_slices,
    sub_slices,
    surroundings,
    with_body,
)
from marey.scan.scene.movement import Movement, topology_of
from marey.simulate.scar import Scar
from scanned_heart import POSE, beat, box, moving_heart, plane, short_axis

NUMBER = {structure: number for number, structure in enumerate(STRUCTURES, start=1)}
KEY = {structure: number for number, structure in LABELS.items()}


def water(points: np.ndarray, breath: float) -> np.ndarray:
    """A body of muscle below a plane of LPS and of skin above it, with a wire of metal along the LV's axis."""
    below = points[..., 2] + breath < 0
    wire = np.hypot(*np.moveaxis(POSE.to_heart(points)[..., :2], -1, 0)) < 2.0
    return np.select([wire, below], [Tissue.METAL, Tissue.SKELETAL_MUSCLE], Tissue.SKIN).astype(np.uint8)


def end_systole() -> float:
    it = beat()
    return float(it.times[np.interp(it.times, it.volumes.times, it.volumes["left ventricle"]).argmin()])


def count(scene: Scene, *tissues: Tissue) -> int:
    return int(np.isin(scene.tissue, tissues).sum())


def test_every_layer_of_the_heart_is_there() -> None:
    scene = moving_heart().scene(box(), 0.0, samples=1)
    for tissue in (
        Tissue.LV_MYOCARDIUM, Tissue.RV_MYOCARDIUM, Tissue.PAPILLARY_MUSCLE, Tissue.ATRIAL_WALL, Tissue.VESSEL_WALL,
        Tissue.LEFT_BLOOD, Tissue.LEFT_ATRIAL_BLOOD, Tissue.AORTIC_BLOOD, Tissue.PULMONARY_VENOUS_BLOOD,
        Tissue.RIGHT_BLOOD, Tissue.RIGHT_ATRIAL_BLOOD, Tissue.PULMONARY_ARTERY_BLOOD, Tissue.VENOUS_BLOOD,
        Tissue.EPICARDIAL_FAT, Tissue.PERICARDIUM,
    ):  # fmt: skip
        assert count(scene, tissue) > 20, tissue.name
    assert scene.reference is None
    assert scene.velocity is None
    assert scene.tissue.shape == scene.structure.shape == (72, 1, 72, 72)


def test_the_pericardium_is_outermost() -> None:
    covering = Covering(groove_fat=4.0, pericardium=8.0)
    tissue = HeartInMotion(beat(), POSE, covering=covering).scene(box(), 0.0, samples=1).tissue[:, 0]
    muscle = tissue == Tissue.LV_MYOCARDIUM
    air = tissue == Tissue.AIR
    for axis in range(3):
        assert not (muscle & np.roll(air, 1, axis=axis)).any()


def test_trabeculae_are_muscle_that_counts_as_cavity() -> None:
    smooth = HeartInMotion(beat(), POSE).scene(box(), 0.0, samples=1)
    rough = moving_heart().scene(box(), 0.0, samples=1)
    assert np.array_equal(smooth.structure, rough.structure)
    added = count(rough, Tissue.PAPILLARY_MUSCLE) - count(smooth, Tissue.PAPILLARY_MUSCLE)
    cavities = np.isin(smooth.structure, (NUMBER[names.LV_CAVITY], NUMBER[names.RV_CAVITY])).sum()
    assert 0.05 < added / cavities < 0.25
    changed = smooth.tissue != rough.tissue
    assert set(np.unique(smooth.tissue[changed])) <= {Tissue.LEFT_BLOOD, Tissue.RIGHT_BLOOD}


@pytest.mark.parametrize(("systole", "published"), [(False, 0.23), (True, 0.36)])
def test_muscles_in_the_healthy_cavity_fill_about_the_published_share(*, systole: bool, published: float) -> None:
    """Chuang et al. 2012, doi:10.1016/j.jcmg.2012.05.015: 23 +- 3 % at end-diastole; EF is 7.5 points more without."""
    scene = moving_heart().scene(box(), end_systole() if systole else 0.0, samples=1)
    papillary = scene.structure == NUMBER[names.PAPILLARY_MUSCLES]
    cavity = papillary | (scene.structure == NUMBER[names.LV_CAVITY])
    muscle = papillary | (cavity & (scene.tissue == Tissue.PAPILLARY_MUSCLE))
    assert muscle.sum() / cavity.sum() == pytest.approx(published, abs=0.06)


def test_valves_are_shut_or_open_as_the_flow_says() -> None:
    it = moving_heart()
    flow = it.beat.flows["aortic"]
    ejection = float(it.beat.flows.times[flow.argmax()])
    moments = ((0.0, True, "aortic valve"), (ejection, False, "aortic valve"), (ejection, True, "mitral valve"))
    for time, shut, valve in moments:
        centre = it.movement.at(time).surfaces[valve]
        normal = (centre[-1] - centre[0]) / np.linalg.norm(centre[-1] - centre[0])
        scene = it.scene(plane(centre.mean(axis=0), normal, size=15, pixel=0.5, thickness=0.4), time, samples=1)
        assert (scene.tissue[0, 0, 7, 7] == Tissue.VESSEL_WALL) == shut


def test_breathing_moves_the_heart_by_its_factor() -> None:
    still = HeartInMotion(beat(), POSE, breathing=HeartBreathing(foot_head=0.5, anterior=0.0, backward_tilt=0.0,
                                                                 rightward_tilt=0.0))  # fmt: skip
    affine = np.diag([2.5, 2.5, 2.5, 1.0])[:, [2, 1, 0, 3]]
    affine[:3, 3] = POSE.to_patient([0.0, 0.0, 50.0]) - 100
    grid = Grid((80, 80, 80), affine, slice_thickness=2.5)
    before, after = (still.scene(grid, 0.0, breath, samples=1).tissue[:, 0] for breath in (0.0, 20.0))
    assert np.array_equal(after[:-4], before[4:])  # 10 mm towards the feet are 4 slices
    assert not np.array_equal(after, before)


def test_references_are_where_the_muscle_came_from() -> None:
    it, time = moving_heart(), 0.7 * end_systole()
    scene = it.scene(short_axis(), time, reference=True)
    assert scene.reference is not None
    assert scene.cell is not None
    muscle = np.isin(scene.structure, (NUMBER[names.LV_MYOCARDIUM], NUMBER[names.RV_WALL]))
    assert np.array_equal(np.isfinite(scene.reference).all(axis=-1), muscle)
    assert np.array_equal(scene.cell >= 0, muscle)
    chosen = np.argwhere(muscle)[::97]
    place = POSE.to_heart(sub_slices(scene.grid, 3)[tuple(chosen.T)])
    here = Mesh(it.movement.at(time).points, it.beat.mesh.cells)
    found = locate(it.beat.mesh, scene.reference[tuple(chosen.T)].astype(np.float64))
    moved = np.einsum("vk,vki->vi", found.weights, here.points[here.cells[found.cell]])
    assert np.linalg.norm(moved - place, axis=-1).max() < 0.1


def test_at_time_0_muscle_is_where_it_was() -> None:
    scene = moving_heart().scene(short_axis(), 0.0, reference=True)
    assert scene.reference is not None
    place = POSE.to_heart(sub_slices(scene.grid, 3))
    off = np.linalg.norm(scene.reference - place, axis=-1)
    assert np.nanmax(off) < 0.1


def test_scars_lie_where_they_are_told() -> None:
    scar = Scar(apicobasal=0.6, rotational=np.pi, height=0.25, width=0.8)
    scene = HeartInMotion(beat(), POSE, scars=(scar,)).scene(short_axis(), 0.0)
    core, border = scene.tissue == Tissue.SCAR_CORE, scene.tissue == Tissue.BORDER_ZONE
    assert core.sum() > 200
    assert border.sum() > 100
    x = POSE.to_heart(sub_slices(scene.grid, 3)[core])[:, 0]
    assert (x > 0).mean() > 0.95  # the lateral wall


def test_the_beat_repeats() -> None:
    it = moving_heart()
    one, other = (it.scene(short_axis(4), time, samples=1).tissue for time in (100.0, 100.0 + 2 * it.beat.period))
    assert np.array_equal(one, other)


def test_the_body_is_around_the_heart() -> None:
    grid = short_axis(4)
    scene = moving_heart().scene(grid, 0.0, breath=3.0)
    around = surroundings(grid, 3, water, 3.0)
    whole = with_body(scene, around)
    metal, heart = around == Tissue.METAL, scene.tissue != Tissue.AIR
    assert (metal & heart).any()
    assert np.array_equal(whole.tissue, np.where(heart & ~metal, scene.tissue, around))
    with pytest.raises(InvalidInput, match="voxels of shape"):
        with_body(scene, around[:, :2])


def test_readers_draw_the_cavity_with_its_muscles() -> None:
    scene = moving_heart().scene(short_axis(), 0.0)
    labels = label_slices(scene, short_axis=False)
    assert labels.shape == (10, 96, 96)
    assert KEY[names.PAPILLARY_MUSCLES] not in labels
    middle = label_slices(scene, short_axis=True)[4]
    voxels = (middle == KEY[names.LV_CAVITY]).sum() * 4.0 * 10
    exact = np.isin(scene.structure[4], (NUMBER[names.LV_CAVITY], NUMBER[names.PAPILLARY_MUSCLES])).mean(axis=0).sum()
    assert voxels == pytest.approx(exact * 40.0, rel=0.05)


def basal_plane(height: float, tilt: float) -> Grid:
    """Leaves the lateral base, which it meets at an angle; mm above the base at the LV's axis."""
    base = moving_heart().movement.at(0.0).points[:, 2].max()
    return plane(np.array([0.0, 0.0, base + height]), np.array([np.sin(tilt), 0.0, np.cos(tilt)]), 100, 1.5, 6.0)


def test_a_slice_that_muscle_does_not_surround_is_read_as_no_ventricle() -> None:
    scene = moving_heart().scene(basal_plane(2.0, 0.5), 0.0)
    assert KEY[names.LV_MYOCARDIUM] in label_slices(scene, short_axis=False)
    assert not np.isin(label_slices(scene, short_axis=True), (KEY[names.LV_MYOCARDIUM], KEY[names.LV_CAVITY])).any()


def test_the_whole_outline_is_drawn_where_muscle_surrounds_most_of_it() -> None:
    scene = moving_heart().scene(basal_plane(-6.0, 0.4), 0.0)
    with_rule, without = (label_slices(scene, short_axis=rule) for rule in (True, False))
    added = (with_rule == KEY[names.LV_CAVITY]) & (without != KEY[names.LV_CAVITY])
    assert added.sum() > 10
    assert set(np.unique(without[added])) <= {KEY[one] for one in (names.LA_CAVITY, names.LA_WALL, names.AORTA)}


def test_ventricles_alone_can_be_scanned() -> None:
    alone = HeartInMotion(dataclasses.replace(beat(), chambers=()), POSE)
    scene = alone.scene(short_axis(5), 150.0, velocity=True)
    assert scene.velocity is not None
    assert np.isfinite(scene.velocity).all()
    assert set(alone.volumes(0.0)) == {names.LV_CAVITY, names.RV_CAVITY}
    assert count(scene, Tissue.LEFT_BLOOD) > 0


def test_columns_do_not_twist_between_moments() -> None:
    it = moving_heart()
    jumpy = dataclasses.replace(beat(), chambers=tuple(
        {name: turned(mesh) if moment % 2 and name.endswith("muscle") else mesh for name, mesh in surfaces.items()}
        for moment, surfaces in enumerate(beat().chambers)
    ))  # fmt: skip
    time = float(beat().times[3] + beat().times[4]) / 2
    for name in ("anterolateral papillary muscle", "posteromedial papillary muscle"):
        straight, other = (move.at(time).surfaces[name] for move in (it.movement, Movement(jumpy)))
        assert np.abs(straight - other).max() < 0.5


def turned(mesh: Mesh) -> Mesh:
    """The same column, whose rings begin a quarter further around."""
    rings = np.roll(mesh.points[1:-1].reshape(-1, 32, 3), 8, axis=1).reshape(-1, 3)
    return Mesh(np.concatenate([mesh.points[:1], rings, mesh.points[-1:]]), mesh.cells)


def test_slices_beyond_the_heart_hold_none_of_it() -> None:
    scene = moving_heart().scene(plane(np.array([0.0, 300.0, 0.0]), np.array([0.0, 1.0, 0.0])), 0.0, reference=True)
    assert not scene.tissue.any()
    assert scene.reference is not None
    assert np.isnan(scene.reference).all()


@pytest.mark.parametrize(("time", "breath", "samples"), [
    (-1.0, 0.0, 3), (np.nan, 0.0, 3), (0.0, 500.0, 3), (0.0, 0.0, 0), (0.0, 0.0, 65),
])  # fmt: skip
def test_impossible_wishes_are_refused(time: float, breath: float, samples: int) -> None:
    with pytest.raises(InvalidInput):
        moving_heart().scene(short_axis(3), time, breath, samples)


def test_a_beat_without_motion_is_refused() -> None:
    it = beat()
    still = dataclasses.replace(it, displacement=np.zeros_like(it.displacement))
    with pytest.raises(InvalidInput, match="no motion"):
        HeartInMotion(still, POSE)


def test_other_meshes_are_refused() -> None:
    it = beat()
    other = dataclasses.replace(it, mesh=Mesh(it.mesh.points, it.mesh.cells[:-1]))
    with pytest.raises(InvalidInput, match="template"):
        topology_of(other)


def test_the_pose_of_a_breath_is_the_bodys() -> None:
    moved = breathing_pose(POSE, 12.0)
    there = HeartInMotion(beat(), moved).scene(short_axis(5), 0.0).tissue
    assert np.array_equal(HeartInMotion(beat(), POSE).scene(short_axis(5), 0.0, 12.0).tissue, there)
