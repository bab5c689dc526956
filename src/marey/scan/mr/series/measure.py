"""What all series share: slices of the planned planes, their measurement and the scanner's pictures of them."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, KSpace
from marey.scan.mr.acquisition import (
    Patient,
    Reconstruction,
    Schedule,
    Sorting,
    acquire,
    heart_time,
    partial_fourier,
    prospective,
    reconstruct,
    sort,
    uniform,
)
from marey.scan.mr.acquisition.acquire import States
from marey.scan.mr.acquisition.reconstruct import prescan_normalisation
from marey.scan.mr.acquisition.sampling import Lines
from marey.scan.mr.protocol import PLANES, SeriesSettings
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import SliceScan, slice_scan
from marey.scan.mr.series.subject import Subject
from marey.scan.scene import label_slices

CALIBRATION = 24
BREATH_STEP = 1.5  # mm of the diaphragm within which the subject counts as still
LABEL_SAMPLES = 5
TRIGGER_WINDOW = 0.9  # of a beat; the next R wave may come early
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Measured:
    """Readouts of one slice.

    Args:
        scan: the slice.
        raw: in the order in which they were taken.
        schedule: when each was taken.
    """

    scan: SliceScan
    raw: KSpace
    schedule: Schedule


def planned(it: Subject, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator) -> dict[str, Grid]:
    """The exported grid of every plane of a series, by the plane's name, as an operator places them.

    Raises:
        InvalidInput: a plane that misses the heart.
    """
    slices = scanner.vendor.reconstructed(settings.slices)
    return {name: PLANES[name](it.landmarks, slices, scanner.misplacement(rng)) for name in settings.planes}


def slice_by_slice(grid: Grid, rng: np.random.Generator, scan: Callable[[Grid, np.random.Generator], T]) -> list[T]:
    """Scan every slice of a stack, several at a time, each with chance of its own."""
    chances = rng.spawn(grid.shape[0])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(scan, [one_slice(grid, z) for z in range(grid.shape[0])], chances))


def one_slice(grid: Grid, z: int) -> Grid:
    """Slice `z` alone."""
    affine = grid.affine.copy()
    affine[:3, 3] = grid.world([z, 0, 0])
    return Grid((1, *grid.shape[1:]), affine, slice_thickness=grid.slice_thickness)


def prepared(it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner) -> tuple[SliceScan, Lines]:
    """A slice set up for a series, and the lines of k-space that the series measures."""
    acceleration = round(settings.acceleration)
    scan = slice_scan(grid, it.middle, settings, scanner, multiple=2 * acceleration)
    matrix = scan.encoding.matrix[0]
    lines = uniform(matrix, acceleration, CALIBRATION if acceleration > 1 else 0)
    return scan, partial_fourier(lines, matrix, settings.partial_fourier)


def triggered(
    patient: Patient, rng: np.random.Generator, lines: Lines, *, views: int, repetition_time: float, frames: int
) -> Schedule:
    """Prospective, all frames of a beat equally long: the last beats read nothing where lines have run out.

    Args:
        patient: rhythm and breathing.
        rng: of the breathing.
        lines: to be measured.
        views: lines of a frame in one beat.
        repetition_time: ms from line to line.
        frames: of a beat; only as many as fit into most of it.
    """
    beats = -(-lines.size // views)
    filled = np.append(lines, np.full(beats * views - lines.size, -1)).reshape(views, beats)
    fitting = int(TRIGGER_WINDOW * patient.period / (views * repetition_time))
    whole = prospective(patient, rng, list(filled.T), repetition_time, max(min(frames, fitting), 1))
    read = whole.line >= 0
    return Schedule(**{part.name: getattr(whole, part.name)[read] for part in fields(whole)})


def measure(
    scan: SliceScan, states: States, schedule: Schedule, scanner: Scanner, rng: np.random.Generator, *,
    time_step: float = 30.0
) -> Measured:  # fmt: skip
    """Take the readouts of a schedule; the heart counts as still for `time_step` ms."""
    raw = acquire(
        states, schedule, scan.encoder, scan.object_grid, rng,
        noise_covariance=scan.array.noise_covariance,
        noise=scanner.receiver.sample_noise(scan.encoding, scan.grid.slice_thickness or scan.grid.spacing[0]),
        time_step=time_step, breath_step=BREATH_STEP,
    )  # fmt: skip
    return Measured(scan, raw, schedule)


def pictures(measured: Measured, sorting: Sorting, scanner: Scanner) -> NDArray[np.complex64]:
    """Complex pictures ``(phase, row, column)`` as the scanner shows them, their brightness evened out."""
    return np.asarray(encoded_pictures((measured,), sorting, scanner)[0])


def encoded_pictures(parts: Sequence[Measured], sorting: Sorting, scanner: Scanner) -> NDArray[np.complex64]:
    """``(encoding, phase, row, column)`` of encodings with one schedule; the coils' combination turns all alike."""
    scan = parts[0].scan
    chain = Reconstruction(scan.matrix, scanner.filter_edge)
    ordered = [sort(part.raw, sorting) for part in parts]
    together = replace(
        ordered[0],
        samples=np.stack([part.samples for part in ordered], axis=1),
        trajectory=ordered[0].trajectory[None],
        times=np.stack([part.times for part in ordered]),
    )
    made = reconstruct(together, sorting.lines, scan.encoding, chain)
    even = prescan_normalisation(scan.brightness(), scanner.evenness)
    return np.asarray(scan.exported(made) * even, np.complex64)


def phase_times(sorting: Sorting, schedule: Schedule, period: float) -> list[float]:
    """Ms in the simulated beat at which each phase shows the heart."""
    rr = float(schedule.rr.mean())
    return [float(time) for time in heart_time(np.clip(sorting.times, 0, rr), np.array([0.0, rr]), period)]


def true_labels(it: Subject, grid: Grid, times: list[float], breath: float, *, short_axis: bool) -> NDArray[np.uint8]:
    """``(t, z, row, column)``, keys of `marey.scan.scene.LABELS`, at times of the simulated beat."""
    scenes = (it.motion.scene(grid, time, breath, LABEL_SAMPLES) for time in times)
    return np.stack([label_slices(scene, short_axis=short_axis) for scene in scenes])


__all__ = [
    "BREATH_STEP", "CALIBRATION", "LABEL_SAMPLES", "Measured", "encoded_pictures", "measure", "one_slice",
    "phase_times", "pictures", "planned", "prepared", "slice_by_slice", "triggered", "true_labels",
]  # fmt: skip
