"""Where the heart lies in the patient, and how breathing moves it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import factor
from marey.simulate.ecg.pose import PIVOT
from marey.simulate.ecg.pose import Pose as Angles

FloatArray = NDArray[np.float64]
DEGREE = factor("deg")
SHALLOWEST, DEEPEST = -30.0, 80.0
"""Mm: a forced expiration, and an inspiration to total lung capacity."""
# Rows: x (septum to LV free wall), y (anterior to inferior) and z (apex to base) of the heart frame in LPS.
HEART_AXES = np.array([[0.72, 0.69, 0.10], [-0.317, 0.452, -0.834], [-0.62, 0.57, 0.54]])
CENTRE = (45.0, -38.0, -15.0)

DANIAS = "Danias et al. 1999, AJR 172:1061: slope 0.6 between diaphragm and left main artery, 0.17 to 0.93"
SHECHTER = "Shechter et al. 2004, doi:10.1109/TMI.2004.828676: {}, at 4.9 mm of the heart towards the feet"


@dataclass(frozen=True, eq=False)
class Pose:
    """The rigid map from the heart frame to the patient frame, LPS in mm.

    Args:
        rotation: (3, 3), its columns are the heart's x, y and z axes in LPS.
        translation: (3,) mm, where the heart frame's origin (the apex) lies.

    Raises:
        InvalidInput: a matrix that does not rotate, numbers that are not finite.
    """

    rotation: FloatArray
    translation: FloatArray

    def __post_init__(self) -> None:
        rotation, translation = np.array(self.rotation, np.float64), np.array(self.translation, np.float64)
        if rotation.shape != (3, 3) or translation.shape != (3,) or not np.isfinite(translation).all():
            raise _refuse(rotation, translation)
        if not np.allclose(rotation.T @ rotation, np.eye(3), atol=1e-6) or np.linalg.det(rotation) < 0:
            raise _refuse(rotation, translation)
        object.__setattr__(self, "rotation", rotation)
        object.__setattr__(self, "translation", translation)

    def to_patient(self, points: ArrayLike) -> FloatArray:
        """(..., 3) mm from the heart frame to LPS."""
        return np.asarray(np.asarray(points) @ self.rotation.T + self.translation, np.float64)

    def to_heart(self, points: ArrayLike) -> FloatArray:
        """(..., 3) mm from LPS to the heart frame; ``to_heart(to_patient(p)) == p``."""
        return np.asarray((np.asarray(points) - self.translation) @ self.rotation, np.float64)


@dataclass(frozen=True)
class HeartBreathing(Parameters):
    """How the heart follows the diaphragm; every number is per mm that the diaphragm's dome goes towards the feet.

    Args:
        foot_head: mm towards the feet.
        anterior: mm towards the front.
        backward_tilt: angle by which the upper end of the heart leans back.
        rightward_tilt: angle by which its lower end swings to the right.
    """

    foot_head: float = parameter(0.6, 0.1, 1.0, "1", DANIAS)
    anterior: float = parameter(0.16, -0.05, 0.7, "1", SHECHTER.format("1.3 mm forwards, -0.4 to 5.1"))
    backward_tilt: float = parameter(
        0.18 * DEGREE, 0.0, 0.5 * DEGREE, "deg", SHECHTER.format("1.5 degrees, 0.2 to 3.5")
    )
    rightward_tilt: float = parameter(
        0.15 * DEGREE, -0.3 * DEGREE, 0.5 * DEGREE, "deg", SHECHTER.format("1.2 degrees, -1.9 to 3.2")
    )


def pose_of(angles: Angles) -> Pose:
    """The pose in the patient of a heart whose place in the trunk is given by angles, as `Heart.pose` is."""
    return Pose(angles.rotation, angles.centre - angles.rotation @ PIVOT)


def default_pose() -> Pose:
    """A usual pose: axes as in cine exams of patients, the middle of the LV axis behind the sternum's left edge."""
    u, _, v = np.linalg.svd(HEART_AXES.T)
    rotation = u @ v
    return Pose(rotation, np.array(CENTRE) - rotation @ PIVOT)


def breathing_pose(pose: Pose, breath: float, law: HeartBreathing | None = None) -> Pose:
    """Where the heart lies after the diaphragm has moved.

    Args:
        pose: at end-expiration.
        breath: mm that the diaphragm's dome lies nearer to the feet than at end-expiration.
        law: how the heart follows.

    Raises:
        InvalidInput: a breath that nobody can take.
    """
    check_breath(breath)
    law = law or HeartBreathing()
    tilt = _about_x(-law.backward_tilt * breath) @ _about_y(law.rightward_tilt * breath)
    centre = pose.to_patient(PIVOT)
    moved = centre + breath * np.array([0.0, -law.anterior, -law.foot_head])
    rotation = tilt @ pose.rotation
    return Pose(rotation, moved - rotation @ PIVOT)


def check_breath(breath: float) -> None:
    """Refuse a position of the diaphragm that no breathing reaches.

    Raises:
        InvalidInput: it names the range.
    """
    if not SHALLOWEST <= breath <= DEEPEST:
        raise InvalidInput(
            f"The diaphragm was placed {breath:.6g} mm below its end-expiratory position.",
            f"Breathing moves it by {SHALLOWEST:g} to {DEEPEST:g} mm.",
            "Give 'breath' in mm, positive towards the feet.",
        )


def _about_x(angle: float) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _about_y(angle: float) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def _refuse(rotation: FloatArray, translation: FloatArray) -> InvalidInput:
    return InvalidInput(
        f"The heart's pose has the rotation {rotation.tolist()} and the translation {translation.tolist()}.",
        "A right-handed orthonormal 3 x 3 matrix and three finite millimetres are needed.",
        "Use 'default_pose()', or 'pose_of(heart.pose)'.",
    )


__all__ = ["HeartBreathing", "Pose", "breathing_pose", "check_breath", "default_pose", "pose_of"]
