"""Where what lies in a slice was when the heart beat began, and what is true of its motion."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.core import Grid, InvalidInput
from marey.scan.body import Pose, Tissue, breathing_pose
from marey.scan.mr.series.measure import LABEL_SAMPLES
from marey.scan.mr.series.subject import Subject
from marey.scan.scene import Scene, label_slices
from marey.scan.scene.voxels import Voxels

Float32 = NDArray[np.float32]
WALLS = (Tissue.PAPILLARY_MUSCLE, Tissue.ATRIAL_WALL, Tissue.VESSEL_WALL)
Window = tuple[slice, ...]


def moved(it: Subject, scene: Scene) -> tuple[Window, Float32]:
    """How far the heart's solid parts have moved since the R wave.

    Muscle as the beat says; what else belongs to the heart follows the muscle next to it. Blood has no place of its
    own and the body rests: both have 0.

    Args:
        it: the subject.
        scene: with its body and with references.

    Returns:
        The window (slice, sample, row, column) outside of which nothing has moved, and (..., 3) mm LPS within it.
    """
    muscle = ~np.isnan(_reference(scene)[..., 0])
    beside = (np.isin(scene.tissue, WALLS) & (scene.structure > 0)) | (scene.tissue == Tissue.EPICARDIAL_FAT)
    beside &= ~muscle
    if not muscle.any():
        return (slice(0, 1), *(slice(0, 0),) * 3), np.zeros((1, 0, 0, 0, 3), np.float32)
    window: Window = ndimage.find_objects((muscle | beside).astype(np.uint8))[0]
    inside, beside = muscle[window], beside[window]
    out = np.zeros((*inside.shape, 3), np.float32)
    out[inside] = _displacement(it, scene, muscle)
    if beside.any():
        nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
        out[beside] = out[tuple(nearest[:, beside])]
    return window, out


def muscle_displacement(it: Subject, scene: Scene) -> Float32:
    """(slice, sample, row, column, 3) mm LPS of the ventricles' muscle since the R wave, NaN elsewhere."""
    out = np.full((*scene.tissue.shape, 3), np.nan, np.float32)
    muscle = ~np.isnan(_reference(scene)[..., 0])
    out[muscle] = _displacement(it, scene, muscle)
    return out


def _displacement(it: Subject, scene: Scene, muscle: NDArray[np.bool_]) -> Float32:
    """(v, 3) mm LPS of chosen voxels."""
    pose = breathing_pose(it.motion.pose, scene.breath, it.motion.breathing)
    here = Voxels(scene.grid, scene.samples, Pose(np.eye(3), np.zeros(3))).places(muscle)
    return np.asarray(here - pose.to_patient(_reference(scene)[muscle]), np.float32)


def _reference(scene: Scene) -> Float32:
    if scene.reference is None:
        raise InvalidInput(
            "The scene does not know which muscle lies where.",
            "Displacements follow from its references.",
            "Make it with reference=True.",
        )
    return scene.reference


def true_displacement(
    it: Subject, grid: Grid, times: list[float], breath: float, *, short_axis: bool
) -> tuple[NDArray[np.uint8], Float32]:
    """Labels ``(t, row, column)`` and displacement ``(t, row, column, 3)``, mm LPS, NaN outside the muscle."""
    labels, fields = [], []
    for time in times:
        scene = it.motion.scene(grid, time, breath, LABEL_SAMPLES, reference=True)
        labels.append(label_slices(scene, short_axis=short_axis)[0])
        fields.append(_mean_known(muscle_displacement(it, scene)[0]))
    return np.stack(labels), np.stack(fields)


def velocity_of(scene: Scene) -> Float32:
    """(slice, sample, row, column, 3) mm/ms LPS.

    Raises:
        InvalidInput: a scene that does not know it.
    """
    if scene.velocity is None:
        raise InvalidInput(
            "The scene does not know how fast things move.", "Flow follows from it.", "Make it with velocity=True."
        )
    return scene.velocity


def _mean_known(values: Float32) -> Float32:
    """(row, column, 3) mean over samples (sample, row, column, 3) where most are known; NaN elsewhere."""
    known = ~np.isnan(values[..., 0])
    count = known.sum(axis=0)
    mean = np.where(known[..., None], values, 0).sum(axis=0) / np.maximum(count, 1)[..., None]
    return np.asarray(np.where((2 * count > len(values))[..., None], mean, np.nan), np.float32)


def true_velocity(
    it: Subject, grid: Grid, times: list[float], breath: float, *, short_axis: bool, samples: int = LABEL_SAMPLES
) -> tuple[NDArray[np.uint8], Float32]:
    """Labels ``(t, row, column)`` and velocity ``(t, row, column, 3)``, mm/ms LPS, mean over the thickness."""
    labels, fields = [], []
    for time in times:
        scene = it.motion.scene(grid, time, breath, samples, velocity=True)
        labels.append(label_slices(scene, short_axis=short_axis)[0])
        fields.append(velocity_of(scene)[0].mean(axis=0))
    return np.stack(labels), np.stack(fields)


__all__ = ["moved", "muscle_displacement", "true_displacement", "true_velocity", "velocity_of"]
