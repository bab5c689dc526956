"""Labelled stacks of one random person after the other: the stream that trains the cine network."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.structures import LA_CAVITY, LV_CAVITY, LV_MYOCARDIUM, RA_CAVITY, RV_CAVITY
from marey.core import Structure
from marey.scan.body import Tissue
from marey.scan.fast.people import random_subject
from marey.scan.fast.pictures import pictures, random_habits
from marey.scan.fast.placements import long_axis_planes, short_axis_stack
from marey.scan.fast.signals import random_look
from marey.scan.mr.series.subject import Subject
from marey.scan.scene import LABELS, Scene, label_slices, with_body

TRUTH: dict[int, Structure] = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY, 4: LA_CAVITY, 5: RA_CAVITY}
PLACEMENTS, PHASES = 8, 3
PER_SUBJECT = PLACEMENTS * PHASES
RIGHT_VENTRICLE = 3
LONG_AXES = 0.4
SAMPLES = 3
_CLASS = np.zeros(64, np.uint8)
for _key, _structure in TRUTH.items():
    _CLASS[next(number for number, known in LABELS.items() if known == _structure)] = _key


@dataclass(frozen=True, eq=False)
class LabelledStack:
    """Slices with their labels.

    Args:
        pictures: ``(slice, row, column)`` magnitudes, blood about 1.
        labels: same shape, keys of `TRUTH`.
        long_axis: whether they are single planes along the axis, and not neighbours.
    """

    pictures: NDArray[np.float16]
    labels: NDArray[np.uint8]
    long_axis: bool


def stacks(rng: np.random.Generator) -> Iterator[LabelledStack]:
    """`PER_SUBJECT` stacks of one random person: other slices, moments, breaths and scanners."""
    it, _ = random_subject(rng)
    for _ in range(PLACEMENTS):
        long_axis = bool(rng.random() < LONG_AXES)
        found = it.landmarks
        grids = long_axis_planes(found, rng) if long_axis else [short_axis_stack(found, rng)]
        breath = float(np.clip(rng.normal(3, 5), -8, 25))
        around = [it.around(grid, 1, breath).repeat(SAMPLES, axis=1) for grid in grids]
        for _ in range(PHASES):
            time = _moment(it, rng)
            scenes = [it.motion.scene(grid, time, breath, SAMPLES) for grid in grids]
            labels = [_labels(scene, long_axis=long_axis) for scene in scenes]
            codes = [with_body(scene, body).tissue for scene, body in zip(scenes, around, strict=True)]
            picture = _picture(np.concatenate(codes), rng)
            yield LabelledStack(picture.astype(np.float16), np.concatenate(labels), long_axis)


def _labels(scene: Scene, *, long_axis: bool) -> NDArray[np.uint8]:
    """Keys of `TRUTH`; on short axes readers do not draw the atria."""
    labels = _CLASS[label_slices(scene, short_axis=not long_axis)]
    if not long_axis:
        labels[labels > RIGHT_VENTRICLE] = 0
    return labels


def _picture(codes: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float32]:
    """Of codes ``(slice, sample, row, column)``, by some scanner."""
    if rng.random() < 0.5:  # often the pericardium is too thin to be seen
        codes[codes == Tissue.PERICARDIUM] = Tissue.EPICARDIAL_FAT
    look, habits = random_look(rng), random_habits(rng)
    return pictures(habits, look(codes, rng), rng)


def _moment(it: Subject, rng: np.random.Generator) -> float:
    """End-diastole, end-systole or any time of the beat, ms."""
    volume = it.beat.volumes["left ventricle"]
    end_systole = float(it.beat.volumes.times[int(np.argmin(volume))])
    choice = rng.random()
    if choice < 0.3:
        return float(rng.uniform(0, 0.04) * it.beat.period)
    if choice < 0.7:
        return float((end_systole + rng.normal(0, 0.03) * it.beat.period) % it.beat.period)
    return float(rng.uniform(0, it.beat.period))


__all__ = ["PER_SUBJECT", "PLACEMENTS", "TRUTH", "LabelledStack", "stacks"]
