"""The thorax's tissues: their order, place and movement."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from marey.core import InvalidInput
from marey.core.units import mL
from marey.scan.body import (
    ChestWall,
    HeartSpace,
    Thorax,
    Tissue,
    breathing_pose,
    distance_map,
    thorax_tissue,
    torso_of,
    usual_heart_space,
)

STEP = 4.0
AXES = np.arange(-230, 231, STEP), np.arange(-160, 161, STEP), np.arange(-220, 141, STEP)
POINTS = np.stack(np.meshgrid(*AXES, indexing="ij"), axis=-1).astype(np.float32)
USUAL = Thorax()
BLOOD = (Tissue.AORTIC_BLOOD, Tissue.PULMONARY_ARTERY_BLOOD, Tissue.VENOUS_BLOOD, Tissue.PULMONARY_VENOUS_BLOOD)


@cache
def tissues(thorax: Thorax = USUAL, breath: float = 0.0) -> NDArray[np.uint8]:
    return thorax_tissue(thorax, POINTS, breath)


def places(kind: Tissue, found: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(POINTS[found == kind])


def column(x: float, y: float, breath: float = 0.0) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    z = np.arange(-100.0, 100.0, 0.25)
    return z, thorax_tissue(USUAL, np.stack([np.full_like(z, x), np.full_like(z, y), z], axis=-1), breath)


def test_every_kind_of_organ_is_there() -> None:
    present = set(np.unique(tissues()).tolist())
    wanted = {
        Tissue.AIR, Tissue.LUNG, Tissue.LUNG_VESSEL, Tissue.FAT, Tissue.SKELETAL_MUSCLE, Tissue.SKIN,
        Tissue.BONE_MARROW, Tissue.CORTICAL_BONE, Tissue.CARTILAGE, Tissue.SPINAL_CORD, Tissue.CSF, Tissue.LIVER,
        Tissue.SPLEEN, Tissue.STOMACH_WALL, Tissue.STOMACH_CONTENT, Tissue.GAS, Tissue.OESOPHAGUS, Tissue.PERICARDIUM,
        Tissue.EPICARDIAL_FAT, Tissue.VESSEL_WALL, *BLOOD,
    }  # fmt: skip
    assert wanted <= present
    assert not present & {Tissue.METAL, Tissue.PLEURAL_FLUID, Tissue.PERICARDIAL_FLUID, Tissue.BREAST}


def test_from_outside_to_the_lung_layers_come_in_order() -> None:
    x = np.arange(240.0, 0.0, -0.5)
    line = thorax_tissue(replace(USUAL, arms_down=False), np.stack([x, 0 * x + 10, 0 * x - 10], axis=-1))
    first = [int(np.argmax(line == kind)) for kind in (Tissue.SKIN, Tissue.FAT, Tissue.SKELETAL_MUSCLE, Tissue.LUNG)]
    assert line[0] == Tissue.AIR
    assert 0 < first[0] < first[1] < first[2] < first[3]


def test_no_air_within_and_no_organ_outside_the_skin() -> None:
    inside = tissues(replace(USUAL, arms_down=False)) != Tissue.AIR
    pieces, count = ndimage.label(inside)
    assert count == 1
    assert ndimage.binary_fill_holes(inside).sum() == inside.sum()
    assert pieces.max() == 1


def test_lungs_border_no_skin_and_no_bone_marrow() -> None:
    lung = ndimage.binary_dilation(tissues() == Tissue.LUNG)
    assert not (lung & (tissues() == Tissue.SKIN)).any()


def test_organs_lie_on_their_sides() -> None:
    found = tissues()
    assert places(Tissue.LIVER, found)[:, 0].mean() < -20
    assert places(Tissue.SPLEEN, found)[:, 0].min() > 30
    assert places(Tissue.SPLEEN, found)[:, 1].mean() > 20
    assert abs(places(Tissue.SPINAL_CORD, found)[:, 0]).max() < 8
    assert places(Tissue.LIVER, found)[:, 2].max() < USUAL.organs.right_dome + 12
    assert places(Tissue.LUNG, found)[:, 2].max() <= USUAL.organs.lung_top


def test_the_bony_cage_is_symmetric() -> None:
    bone = np.isin(tissues(), (Tissue.BONE_MARROW, Tissue.CORTICAL_BONE))
    trunk = np.abs(POINTS[..., 0]) < 160
    assert (bone & trunk).sum() > 3000
    different = (bone ^ bone[::-1]) & trunk
    assert different.sum() < 0.12 * (bone & trunk).sum()  # implants and tubes aside, the lattice's ends differ


def test_twelve_ribs_meet_the_flank_or_end_before_it() -> None:
    z = np.arange(-200.0, 130.0, 0.5)
    x = np.full_like(z, -138.0)
    found = thorax_tissue(USUAL, np.stack([x - 0 * z, 0 * z + 20, z], axis=-1))
    pieces, count = ndimage.label(np.isin(found, (Tissue.BONE_MARROW, Tissue.CORTICAL_BONE)))
    assert 5 <= count <= 11
    assert pieces.max() == count


@pytest.mark.parametrize("breath", [-5.0, 10.0, 25.0])
def test_the_dome_moves_by_the_breath(breath: float) -> None:
    def top(at: float) -> float:
        z, found = column(-64.0, 20.0, at)
        return float(z[found == Tissue.LIVER].max())

    assert top(breath) == pytest.approx(top(0.0) - breath, abs=1.5)


def test_lungs_fill_and_the_wall_moves_forwards_while_the_back_stays() -> None:
    rest, deep = tissues(), tissues(USUAL, 20.0)
    gained = ((deep == Tissue.LUNG).sum() - (rest == Tissue.LUNG).sum()) * STEP**3
    assert 300 * mL < gained < 1200 * mL
    y = np.arange(-170.0, 0.0, 0.25)
    line = np.stack([0 * y, y, 0 * y - 30], axis=-1)
    front = [y[np.argmax(thorax_tissue(USUAL, line, at) == Tissue.SKIN)] for at in (0.0, 20.0)]
    assert 2 < front[0] - front[1] < 8
    for kind in (Tissue.CSF, Tissue.SPINAL_CORD):
        assert ((deep == kind) == (rest == kind)).all()


def test_organs_keep_their_volume_in_a_quiet_breath() -> None:
    for kind in (Tissue.LIVER, Tissue.SPLEEN):
        rest, deep = ((tissues(USUAL, at) == kind).sum() for at in (0.0, 10.0))
        assert deep == pytest.approx(rest, rel=0.06)


def test_the_heart_s_room_is_fat_within_pericardium_and_goes_with_the_heart() -> None:
    space = usual_heart_space()
    centre = np.array([[0.0, 0.0, 40.0], [20.0, 0.0, 40.0], [-40.0, 0.0, 50.0]])
    for breath in (0.0, 15.0):
        pose = breathing_pose(space.pose, breath, USUAL.breathing.heart)
        assert (thorax_tissue(USUAL, pose.to_patient(centre), breath) == Tissue.EPICARDIAL_FAT).all()
    heart = ndimage.binary_dilation(tissues() == Tissue.EPICARDIAL_FAT)
    touching = tissues()[heart & (tissues() != Tissue.EPICARDIAL_FAT)]
    assert (touching == Tissue.LUNG).mean() < 0.35
    assert (touching == Tissue.PERICARDIUM).mean() > 0.2


def test_the_heart_stays_on_the_diaphragm() -> None:
    space = usual_heart_space()
    for breath in (0.0, 20.0, 35.0):
        pose = breathing_pose(space.pose, breath, USUAL.breathing.heart)
        heart = (thorax_tissue(USUAL, POINTS, breath) == Tissue.PERICARDIUM) & (POINTS[..., 0] > -30)
        lowest = POINTS[heart][POINTS[heart][:, 2].argmin()]
        assert np.linalg.norm(lowest - pose.to_patient([0, 0, 40])) < 90
        below = thorax_tissue(USUAL, lowest - np.arange(3.0, 25.0)[:, None] * [0, 0, 1], breath)
        assert not (below == Tissue.LUNG).any()
        assert (below == Tissue.LIVER).any()


def test_lung_follows_the_heart_that_shrinks() -> None:
    space = usual_heart_space()
    smaller = replace(space.distance, values=space.distance.values + np.float32(4))
    rest, systole = (thorax_tissue(USUAL, POINTS, 0.0, space, at) for at in (None, smaller))
    assert (systole == Tissue.LUNG).sum() > (rest == Tissue.LUNG).sum() + 500
    far = np.linalg.norm(POINTS - space.pose.to_patient([0, 0, 60]), axis=-1) > 150
    assert (systole[far] == rest[far]).all()


@pytest.mark.parametrize(
    ("vessel", "kind", "level"),
    [
        ("aorta", Tissue.AORTIC_BLOOD, -120.0),
        ("inferior vena cava", Tissue.VENOUS_BLOOD, -130.0),
        ("superior vena cava", Tissue.VENOUS_BLOOD, 95.0),
    ],
)
def test_vessels_go_on_from_the_heart(vessel: str, kind: Tissue, level: float) -> None:
    for breath in (0.0, 20.0):
        space = usual_heart_space()
        axes = np.arange(-110, 80, 2.5), np.arange(-60, 90, 2.5), np.arange(-150, 130, 2.5)
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        pieces, _ = ndimage.label(thorax_tissue(USUAL, points, breath) == kind)
        pose = breathing_pose(space.pose, breath, USUAL.breathing.heart)
        end = pose.to_patient(space.ends[vessel].centre + 2 * space.ends[vessel].direction)
        start = pieces[tuple(np.abs(axis - at).argmin() for axis, at in zip(axes, end, strict=True))]
        assert start > 0
        reached = points[pieces == start][:, 2]
        assert reached.min() < level < reached.max()


def test_pulmonary_arteries_reach_both_lungs() -> None:
    found = places(Tissue.PULMONARY_ARTERY_BLOOD, tissues())
    assert found[:, 0].min() < -38
    assert found[:, 0].max() > 38
    for side in (-1, 1):
        assert (places(Tissue.LUNG_VESSEL, tissues())[:, 0] * side > 20).sum() > 200


def test_gas_floats_in_front_of_the_fluid_of_the_stomach() -> None:
    found, low = tissues(), POINTS[..., 2] < -60
    stomach = (POINTS[..., 0] > 20) & (POINTS[..., 2] > -140) & low
    gas, fluid = (POINTS[(found == kind) & stomach][:, 1] for kind in (Tissue.GAS, Tissue.STOMACH_CONTENT))
    assert len(gas) > 100
    assert np.quantile(gas, 0.9) < np.quantile(fluid, 0.3)


def test_the_same_number_gives_the_same_person_and_another_another() -> None:
    line = POINTS[::2, ::2, ::3]
    first = thorax_tissue(USUAL, line)
    again = thorax_tissue(Thorax(), line)
    other = thorax_tissue(replace(USUAL, variant=9), line)
    assert (first == again).all()
    assert (first != other).any()


def test_the_skin_is_that_of_the_trunk_of_the_ecg() -> None:
    torso = torso_of(USUAL)
    assert torso.half_width == pytest.approx(165.0)
    for x in (0.0, 60.0, -110.0):
        y = np.arange(-160.0, 0.0, 0.25)
        line = thorax_tissue(replace(USUAL, arms_down=False), np.stack([0 * y + x, y, 0 * y - 20], axis=-1))
        skin = y[np.argmax(line == Tissue.SKIN)]
        inside = 1 - abs(x / torso.half_width) ** torso.squareness
        assert skin == pytest.approx(-torso.half_depth * inside ** (1 / torso.squareness), abs=0.5)


def test_shapes_pass_through() -> None:
    assert thorax_tissue(USUAL, np.zeros(3)).shape == ()
    assert thorax_tissue(USUAL, np.zeros((2, 0, 3))).shape == (2, 0)
    assert thorax_tissue(USUAL, [[0.0, 0.0, 0.0]]).dtype == np.uint8


@pytest.mark.parametrize("points", [np.zeros((4, 2)), np.full((2, 3), np.nan), 3.0])
def test_points_that_are_none_are_refused(points: NDArray[np.float64]) -> None:
    with pytest.raises(InvalidInput, match="Finite coordinates"):
        thorax_tissue(USUAL, points)


def test_impossible_breaths_and_sizes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Breathing moves it"):
        thorax_tissue(USUAL, np.zeros(3), 100.0)
    with pytest.raises(InvalidInput, match="lateral_fat"):
        ChestWall(lateral_fat=500.0)
    with pytest.raises(InvalidInput, match=r"organs\.liver_volume"):
        USUAL.but({"organs.liver_volume": 1.0})


def test_a_volume_without_room_is_refused() -> None:
    crowded = USUAL.but({"wall.cage_half_width": 95.0, "wall.cage_depth": 120.0, "effusions.left_pleural": 1500 * mL})
    with pytest.raises(InvalidInput, match="There is room for"):
        thorax_tissue(crowded, np.zeros(3))


def test_a_heart_without_all_its_vessels_is_refused() -> None:
    space = usual_heart_space()
    with pytest.raises(InvalidInput, match="aorta"):
        HeartSpace(space.pose, space.distance, {name: end for name, end in space.ends.items() if name != "aorta"})


def test_a_heart_without_a_voxel_is_refused() -> None:
    from marey.anatomy.chambers import Lattice

    with pytest.raises(InvalidInput, match="no voxel"):
        distance_map(np.zeros((3, 3, 3), np.bool_), Lattice(np.zeros(3), 2.0, (3, 3, 3)))
