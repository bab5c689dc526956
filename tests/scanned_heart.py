"""A beating heart in a patient, for tests of what scans it."""

from functools import cache

import numpy as np

from marey.core import Beat, Grid
from marey.scan.body.pose import Pose, default_pose
from marey.scan.scene import HeartInMotion, Trabeculation
from marey.simulate.beat import SimulateBeat
from marey.simulate.presets import preset

POSE = default_pose()


@cache
def beat() -> Beat:
    return SimulateBeat(resolution="coarse", moments=16, medium="endless")(preset("healthy"))


@cache
def moving_heart() -> HeartInMotion:
    return HeartInMotion(beat(), POSE, trabeculation=Trabeculation())


def box(size: int = 72, spacing: float = 2.5, turn: np.ndarray | None = None, pose: Pose = POSE) -> Grid:
    """A cube of voxels around the heart, turned in the patient."""
    axes = pose.rotation if turn is None else turn
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = pose.to_patient([-5.0, 0.0, 60.0]) - axes @ np.full(3, (size - 1) / 2 * spacing)
    return Grid((size, size, size), affine, slice_thickness=spacing)


def plane(through: np.ndarray, normal: np.ndarray, size: int = 96, pixel: float = 0.6, thickness: float = 1.0) -> Grid:
    """One slice; the place and its normal are in the heart frame."""
    across = np.cross(normal, [0.31, 0.83, 0.46])
    across /= np.linalg.norm(across)
    axes = POSE.rotation @ np.stack([normal, np.cross(normal, across), across], axis=1)
    affine = np.eye(4)
    affine[:3, :3] = axes * (thickness, pixel, pixel)
    affine[:3, 3] = POSE.to_patient(through) - axes @ (np.array([0.0, 1.0, 1.0]) * (size - 1) / 2 * pixel)
    return Grid((1, size, size), affine, slice_thickness=thickness)


def short_axis(slices: int = 10, step: float = 10.0, size: int = 96, pixel: float = 2.0) -> Grid:
    """A short-axis stack from below the apex; 8 mm slices."""
    axes = POSE.rotation[:, ::-1]
    affine = np.eye(4)
    affine[:3, :3] = axes * (step, pixel, pixel)
    affine[:3, 3] = POSE.to_patient([0.0, 0.0, 0.0]) + axes @ (np.array([-5.0, *[-(size - 1) / 2 * pixel] * 2]))
    return Grid((slices, size, size), affine, slice_thickness=8.0)
