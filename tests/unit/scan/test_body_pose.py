"""The heart's pose in the patient and its breathing."""

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.scan.body import HeartBreathing, Pose, breathing_pose, default_pose, pose_of
from marey.scan.cine.exam import HEART_IN_PATIENT
from marey.simulate.ecg import Pose as Angles

POINTS = np.random.default_rng(0).normal(0, 50, (7, 5, 3))
MIDDLE = np.array([0.0, 0.0, 40.0])


def test_there_and_back() -> None:
    pose = default_pose()
    assert np.allclose(pose.to_heart(pose.to_patient(POINTS)), POINTS)


def test_the_default_axes_are_those_of_cine_exams() -> None:
    pose = default_pose()
    assert np.allclose(pose.rotation[:, ::-1], HEART_IN_PATIENT, atol=0.02)
    assert np.isclose(np.linalg.det(pose.rotation), 1)


def test_angles_of_the_ecg_give_the_same_place() -> None:
    angles = Angles(left=30.0, roll=0.1)
    assert np.allclose(pose_of(angles).to_patient(POINTS), angles.to_torso(POINTS))


def test_inspiration_moves_the_heart_down_and_forwards_and_keeps_its_shape() -> None:
    pose, law = default_pose(), HeartBreathing()
    deep = breathing_pose(pose, 20.0, law)
    shift = deep.to_patient(MIDDLE) - pose.to_patient(MIDDLE)
    assert np.allclose(shift, [0.0, -20 * law.anterior, -20 * law.foot_head])
    before, after = (np.linalg.norm(np.diff(p.to_patient(POINTS), axis=1), axis=-1) for p in (pose, deep))
    assert np.allclose(before, after)


def test_the_heart_leans_back_and_its_lower_end_swings_to_the_right() -> None:
    pose = default_pose()
    turn = breathing_pose(pose, 20.0).rotation @ pose.rotation.T
    head, feet = turn @ [0, 0, 1], turn @ [0, 0, -1]
    assert head[1] > 0.01
    assert feet[0] < -0.01


def test_no_breath_is_no_movement() -> None:
    pose = default_pose()
    same = breathing_pose(pose, 0.0)
    assert np.allclose(same.rotation, pose.rotation)
    assert np.allclose(same.translation, pose.translation)


@pytest.mark.parametrize("breath", [-31.0, 81.0, np.nan])
def test_impossible_breaths_are_refused(breath: float) -> None:
    with pytest.raises(InvalidInput, match="Breathing moves it"):
        breathing_pose(default_pose(), breath)


@pytest.mark.parametrize(
    ("rotation", "translation"),
    [
        (np.eye(3) * 1.1, np.zeros(3)),
        (np.diag([1, 1, -1]), np.zeros(3)),
        (np.eye(2), np.zeros(3)),
        (np.eye(3), np.full(3, np.nan)),
        (np.eye(3), np.zeros(2)),
    ],
)
def test_poses_that_are_none_are_refused(rotation: np.ndarray, translation: np.ndarray) -> None:
    with pytest.raises(InvalidInput, match="orthonormal"):
        Pose(rotation, translation)


def test_a_heart_that_does_not_follow_is_refused() -> None:
    with pytest.raises(InvalidInput, match="foot_head"):
        HeartBreathing(foot_head=0.0)
