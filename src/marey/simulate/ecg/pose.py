"""Where the heart lies in the trunk: the rigid map between the heart frame and the torso's LPS frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import Parameters, parameter
from marey.core.units import cm, factor, mm

FloatArray = NDArray[np.float64]
DEGREE = factor("deg")
PIVOT = np.array([0.0, 0.0, 40.0])
"""Mm in the heart frame: the middle of the LV axis, which `Pose` places in the trunk."""

ENGBLOM = "Engblom et al. 2005, Am Heart J 150:507 (94 healthy volunteers, MR: 38 +- 10 and 46 +- 7 degrees)"
CENTRE = "textbook anatomy: two thirds of the heart lie to the left, behind the sternum's lower half"


@dataclass(frozen=True)
class Pose(Parameters):
    """Direction of the LV axis and place of its middle.

    The frontal and transverse angles are those that the axis, seen from the base to the apex, makes with the leftward
    direction when it is projected onto the frontal plane (downwards is positive) and the transverse plane (forwards is
    positive). The roll turns the heart about its axis: at 0 the line from the septum to the free wall is horizontal, a
    positive roll lifts the free wall.
    """

    frontal_angle: float = parameter(38 * DEGREE, 5 * DEGREE, 80 * DEGREE, "deg", ENGBLOM)
    transverse_angle: float = parameter(46 * DEGREE, 15 * DEGREE, 80 * DEGREE, "deg", ENGBLOM)
    roll: float = parameter(
        30 * DEGREE, -40 * DEGREE, 80 * DEGREE, "deg", "directions found in cine MR, see anatomy.axes"
    )
    left: float = parameter(4.1 * cm, -10 * cm, 10 * cm, "cm", CENTRE)
    back: float = parameter(-2.5 * cm, -8 * cm, 6 * cm, "cm", CENTRE)
    up: float = parameter(-15 * mm, -80 * mm, 60 * mm, "mm", CENTRE)

    @property
    def rotation(self) -> FloatArray:
        """(3, 3): its columns are the heart's x, y and z axes in the torso's frame."""
        apex = np.array([1.0, -np.tan(self.transverse_angle), -np.tan(self.frontal_angle)])
        z = -apex / np.linalg.norm(apex)
        level = np.cross([0.0, 0.0, -1.0], z)
        level /= np.linalg.norm(level)
        level *= np.sign(level[0])
        lift = np.cross(z, level)
        lift *= np.sign(lift[2])
        x = np.cos(self.roll) * level + np.sin(self.roll) * lift
        return np.stack([x, np.cross(z, x), z], axis=1)

    @property
    def centre(self) -> FloatArray:
        """(3,) LPS mm of the middle of the LV axis."""
        return np.array([self.left, self.back, self.up])

    def to_torso(self, points: FloatArray) -> FloatArray:
        """(..., 3) mm from the heart frame into the torso's LPS frame."""
        return np.asarray((points - PIVOT) @ self.rotation.T + self.centre, np.float64)

    def to_heart(self, points: FloatArray) -> FloatArray:
        """(..., 3) mm from the torso's LPS frame into the heart frame; ``to_heart(to_torso(p)) == p``."""
        return np.asarray((points - self.centre) @ self.rotation + PIVOT, np.float64)


def pose_for_habitus(body_mass_index: float) -> Pose:
    """The heart lies more horizontally in heavy people and more upright in slender ones: 1 degree per kg/m2 about 24.

    The sign is textbook knowledge, the size is a round number within Engblom's spread. The index is in kg/m2.

    Raises:
        InvalidInput: an index that leaves the range of the frontal angle.
    """
    return Pose(frontal_angle=(38 - (body_mass_index - 24)) * DEGREE)


__all__ = ["PIVOT", "Pose", "pose_for_habitus"]
