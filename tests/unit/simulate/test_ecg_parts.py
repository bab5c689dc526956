"""The pieces of the ECG: torso, pose, electrodes, tissue, conductor, action potential."""

import numpy as np
import pytest

from ecg_heart import biventricle
from marey.core import InvalidInput
from marey.simulate.ecg import (
    ActionPotential,
    DurationGradients,
    Pose,
    Tissue,
    Torso,
    durations,
    electrode_positions,
    electrogram_field,
    enclosed_points,
    ground_position,
    pose_for_habitus,
    reciprocal_potential,
    surface_lead_field,
    surface_points,
    transmembrane_potential,
    trunk_conductor,
    twelve_leads,
    voxel_conductor,
)
from marey.simulate.ecg import conductor as conductor_module
from marey.simulate.ecg.action_potential import repolarisation
from marey.simulate.ecg.conductor import NotSolved
from marey.simulate.ecg.tissue import gradient
from marey.simulate.ecg.torso import anterior_point, lateral_point, signed_distance


def slab() -> Tissue:
    mask = np.zeros((4, 5, 6), bool)
    mask[1:3, 1:4, 1:5] = True
    return Tissue(mask, np.tile([1.0, 0.0, 0.0], (int(mask.sum()), 1)), 2.0, np.zeros(3))


def test_electrodes_lie_on_the_skin_where_they_belong() -> None:
    torso = Torso()
    places = electrode_positions(torso)
    assert np.abs(signed_distance(torso, places)).max() < 1e-6
    ra, la, ll, v1, v2, _, v4, v5, v6 = places
    assert ra[0] < 0 < la[0]
    assert ll[2] < v1[2] < ra[2]
    assert v1[0] == -v2[0] < 0
    assert v4[2] == v5[2] == v6[2] < v1[2]
    assert (np.diff([v[0] for v in (v1, v2, v4, v5, v6)]) > 0).all()
    assert (np.diff([v[1] for v in (v2, v4, v5, v6)]) > 0).all()
    assert ground_position(torso)[0] == -ll[0]


def test_surface_map_lies_on_the_skin() -> None:
    torso = Torso(half_width=200.0, half_depth=150.0)
    points = surface_points(torso, around=16, rows=5)
    assert points.shape == (5, 16, 3)
    assert np.abs(signed_distance(torso, points)).max() < 1e-6


def test_distance_is_true_near_the_skin() -> None:
    torso = Torso()
    out = lateral_point(torso, 1, torso.centre_height)
    assert signed_distance(torso, out + np.array([3.0, 0, 0])) == pytest.approx(3.0, rel=0.02)
    assert signed_distance(torso, out - np.array([3.0, 0, 0])) == pytest.approx(-3.0, rel=0.02)


def test_points_beside_the_trunk_are_refused() -> None:
    with pytest.raises(InvalidInput, match="beside the trunk"):
        anterior_point(Torso(), 300.0, 0.0)
    with pytest.raises(InvalidInput, match="above or below"):
        lateral_point(Torso(), 1, 900.0)


def test_pose_is_rigid_and_has_its_angles() -> None:
    pose = Pose()
    assert np.allclose(pose.rotation.T @ pose.rotation, np.eye(3), atol=1e-14)
    assert np.linalg.det(pose.rotation) == pytest.approx(1)
    points = np.random.default_rng(1).normal(0, 50, (20, 3))
    assert np.allclose(pose.to_heart(pose.to_torso(points)), points)
    apex = -pose.rotation[:, 2]
    assert np.degrees(np.arctan2(-apex[2], apex[0])) == pytest.approx(38)
    assert np.degrees(np.arctan2(-apex[1], apex[0])) == pytest.approx(46)
    assert (pose.rotation[:, 0] > 0).all()  # the free wall looks left, back and up
    assert pose.rotation[2, 1] < 0  # the inferior wall looks down


def test_heavy_people_have_a_horizontal_heart() -> None:
    assert pose_for_habitus(32.0).frontal_angle < Pose().frontal_angle < pose_for_habitus(20.0).frontal_angle
    with pytest.raises(InvalidInput, match="frontal_angle"):
        pose_for_habitus(80.0)


def test_leads_need_nine_electrodes() -> None:
    with pytest.raises(InvalidInput, match="V6"):
        twelve_leads(np.zeros((8, 4)))


def test_a_common_potential_is_no_lead() -> None:
    assert np.abs(twelve_leads(np.full((9, 2), 7.0))).max() < 1e-14


def test_gradient_is_exact_for_linear_fields_and_has_no_source_for_constants() -> None:
    tissue = slab()
    slopes = gradient(tissue)
    v = tissue.points @ np.array([1.0, -2.0, 0.5])
    assert np.allclose((slopes @ v).reshape(-1, 3), [1.0, -2.0, 0.5])
    assert np.abs(slopes @ np.ones(v.size)).max() == 0


def test_gradient_of_a_lone_voxel_is_zero() -> None:
    mask = np.zeros((3, 3, 3), bool)
    mask[1, 1, 1] = True
    alone = Tissue(mask, np.array([[0.0, 0.0, 1.0]]), 1.0, np.zeros(3))
    assert np.abs(gradient(alone).toarray()).max() == 0


def test_tissue_refuses_what_cannot_be() -> None:
    tissue = slab()
    with pytest.raises(InvalidInput, match="unit vector"):
        Tissue(tissue.mask, 2 * tissue.fibres, 2.0, np.zeros(3))
    with pytest.raises(InvalidInput, match="unit vector"):
        Tissue(tissue.mask, tissue.fibres[1:], 2.0, np.zeros(3))
    with pytest.raises(InvalidInput, match="0 voxels"):
        Tissue(np.zeros_like(tissue.mask), np.empty((0, 3)), 2.0, np.zeros(3))
    with pytest.raises(InvalidInput, match="spacing"):
        Tissue(tissue.mask, tissue.fibres, 0.0, np.zeros(3))


def test_blood_is_what_the_wall_encloses() -> None:
    mask = np.zeros((3, 7, 7), bool)
    mask[1, 1:6, 1:6] = True
    mask[1, 2:5, 2:5] = False
    points = enclosed_points(mask, 2.0, np.array([10.0, 0.0, 0.0]))
    assert points.shape == (9, 3)
    assert np.allclose(points.mean(axis=0), [16.0, 6.0, 2.0])


def test_trunk_needs_room_for_the_heart_and_a_sane_grid() -> None:
    points = biventricle(8.0).tissue.points
    with pytest.raises(InvalidInput, match="out of the chest"):
        trunk_conductor(Torso(), Pose(left=100.0, back=-80.0), points, spacing=10.0)
    with pytest.raises(InvalidInput, match="spacing"):
        trunk_conductor(Torso(), spacing=1.0)


def test_lungs_push_the_current_aside() -> None:
    torso = Torso()
    body, filled = (trunk_conductor(torso.but({"conductivities.lung": s}), spacing=10.0) for s in (0.05, 0.22))
    places = electrode_positions(torso)
    spans = [float(np.ptp(reciprocal_potential(b, places[3], ground_position(torso)))) for b in (body, filled)]
    assert spans[0] > spans[1]


def test_conductor_refuses_what_cannot_be() -> None:
    far = np.full((8, 8, 8), 20.0)
    with pytest.raises(InvalidInput, match="not positive"):
        voxel_conductor(np.zeros((8, 8, 8)), far, 5.0, np.zeros(3))
    with pytest.raises(InvalidInput, match="border"):
        voxel_conductor(np.ones((8, 8, 8)), -far, 5.0, np.zeros(3))
    body = trunk_conductor(Torso(), spacing=10.0)
    for outside in ([400.0, 0.0, 0.0], [0.0, 125.0, 0.0]):
        with pytest.raises(InvalidInput, match="outside the body"):
            reciprocal_potential(body, np.array(outside), ground_position(Torso()))


def test_a_solve_that_does_not_converge_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conductor_module, "ITERATIONS", 2)
    body = trunk_conductor(Torso(), spacing=10.0)
    with pytest.raises(NotSolved, match="2 iterations"):
        reciprocal_potential(body, electrode_positions(Torso())[0], ground_position(Torso()))


def test_heart_outside_the_grid_is_refused() -> None:
    body = trunk_conductor(Torso(), spacing=10.0)
    places = electrode_positions(Torso())
    tissue = slab()
    lost = Tissue(tissue.mask, tissue.fibres, 2.0, np.array([900.0, 0.0, 0.0]))
    with pytest.raises(InvalidInput, match="volume conductor"):
        surface_lead_field(lost, Pose(), body, places[:1], ("RA",), ground=ground_position(Torso()))


def test_electrograms_need_names_and_a_medium() -> None:
    with pytest.raises(InvalidInput, match="1 names"):
        electrogram_field(slab(), np.zeros((2, 3)), ("a",))
    with pytest.raises(InvalidInput, match="medium"):
        electrogram_field(slab(), np.zeros((1, 3)), ("a",), medium=0.0)


def test_action_potential_rests_rises_and_ends_on_time() -> None:
    law = ActionPotential()
    times = np.arange(-50.0, 600.0, 0.5)
    v = transmembrane_potential(law, times, np.array(280.0), 1.0)
    assert v[0] == pytest.approx(law.rest, abs=0.05)
    assert v.max() == pytest.approx(law.rest + law.amplitude, abs=1.5)
    ninety = times[np.flatnonzero(v > law.rest + 0.1 * law.amplitude)[-1]]
    assert ninety == pytest.approx(280, abs=1)
    falling = np.diff(v[times > 30])
    assert (falling <= 0).all()
    assert v[-1] == pytest.approx(law.rest, abs=0.05)


def test_repolarisation_is_slow_first_and_fast_last() -> None:
    law = ActionPotential()
    since = np.arange(-150.0, 60.0)
    d = repolarisation(law, since)
    assert d[150] == pytest.approx(0.9)
    half = since[np.searchsorted(d, 0.5)]
    assert half - since[np.searchsorted(d, 0.1)] > since[np.searchsorted(d, 0.9)] - half


def test_durations_follow_their_gradients() -> None:
    law = DurationGradients(transmural=-20.0)
    ends, middle, lateral = np.array([0.0, 1.0, 0.5]), np.full(3, 0.5), np.full(3, 3.0)
    left, right = np.zeros(3, bool), np.ones(3, bool)
    wall = durations(law, ends, middle, lateral, left)
    assert wall[1] - wall[0] == pytest.approx(law.transmural)
    axis = durations(law, middle, ends, lateral, left)
    assert axis[1] - axis[0] == pytest.approx(law.apicobasal)
    assert np.allclose(durations(law, ends, middle, np.zeros(3), left), law.mean)  # the septum has two endocardia
    assert np.allclose(durations(law, ends, middle, lateral, right), law.mean + law.right_minus_left)
    with pytest.raises(InvalidInput, match="apicobasal"):
        durations(law, ends, 2 * ends, lateral, left)
    with pytest.raises(InvalidInput, match="mean"):
        DurationGradients(mean=0.29)
