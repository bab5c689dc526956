"""A train of echoes on its way to no steady state, each measured as one spoke at its own time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from marey.core import KSpace
from marey.scan.mr.acquisition import Magnetisation, RadialEncoder, Schedule, acquire, golden_angles
from marey.scan.mr.acquisition.acquire import States
from marey.scan.mr.acquisition.noise import complex_noise
from marey.scan.mr.series._kernels import mixed
from marey.scan.mr.series.measure import BREATH_STEP
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import SliceScan, SliceScenes, places
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import Spins, fat_shift, water_and_fat

Complex = NDArray[np.complex64]
Courses = Callable[[Spins], NDArray[np.complex128]]
"""Spins of tissues to their signals at every echo, ``(tissue, image)``."""
MOTION_STEP = 30.0  # ms within which the heart counts as still
NEGLIGIBLE = 5e-4  # of the largest singular value of all tissues' courses


def spokes(
    it: Subject, scan: SliceScan, schedule: Schedule, courses: Courses, scanner: Scanner, *, echo_time: float
) -> KSpace:
    """Readouts without noise, their line the echo's number: courses that all tissues share are measured one by one.

    Args:
        it: the subject.
        scan: the slice.
        schedule: one spoke per echo.
        courses: of the signals.
        scanner: its field strength.
        echo_time: ms during which spins precess before every echo.
    """
    encoder = spoke_encoder(scan, scan.encoder.sensitivities, scan.encoder.per_field, schedule.line.size)
    scenes, shift = SliceScenes(it, scan), fat_shift(scanner.field_strength)
    codes = lru_cache(None)(lambda time, breath: scenes(time, breath).tissue[0])
    field_map = it.field_map(scanner.field_strength)(places(scan.voxels))
    total: list[KSpace] = []
    for part, own in zip(water_and_fat(it.spins(scanner.field_strength)), (0.0, shift), strict=True):
        echo = np.exp(2j * np.pi * echo_time * (field_map + own)).astype(np.complex64)
        late = np.exp(2j * np.pi * own * scan.encoding.sample_times)
        for tissues, course in _courses(courses(part)):
            raw = acquire(
                _states(codes, tissues, echo), schedule, encoder, scan.object_grid, np.random.default_rng(0),
                noise_covariance=scan.array.noise_covariance, noise=0.0, time_step=MOTION_STEP, breath_step=BREATH_STEP,
            )  # fmt: skip
            raw.samples[:] *= course[schedule.line, None] * late
            total.append(raw)
    return replace(total[0], samples=np.sum([raw.samples for raw in total], axis=0))


def noisy(raw: KSpace, scan: SliceScan, scanner: Scanner, rng: np.random.Generator) -> KSpace:
    """With the receiver's noise, which the coils share."""
    deviation = scanner.receiver.sample_noise(scan.encoding, scan.grid.slice_thickness or scan.grid.spacing[0])
    shared = scan.array.noise_covariance
    samples = raw.samples + complex_noise(rng, shared, deviation, raw.samples.shape[1:])
    return replace(raw, samples=samples, noise_covariance=np.asarray(2 * deviation**2 * shared, np.complex128))


def spoke_encoder(scan: SliceScan, maps: Complex, per_field: tuple[int, int], count: int) -> RadialEncoder:
    """Of spokes at golden angles, for coils ``(coil, row, column)`` on a grid with so many pixels per field."""
    return RadialEncoder(scan.encoding, maps, per_field, golden_angles(count))


def _courses(signals: NDArray[np.complex128]) -> Iterator[tuple[Complex, Complex]]:
    """Pairs of (tissue,) and (image,) whose products add up to signals ``(tissue, image)``."""
    tissues, sizes, courses = np.linalg.svd(signals, full_matrices=False)
    for number in np.flatnonzero(sizes > NEGLIGIBLE * sizes[0]):
        yield (sizes[number] * tissues[:, number]).astype(np.complex64), courses[number].astype(np.complex64)


def _states(codes: Callable[[float, float], NDArray[np.uint8]], tissues: Complex, echo: Complex) -> States:
    """The slice as `acquire` wants it, where every tissue has one signal."""
    even, table = np.zeros(echo.shape, np.uint8), tissues[None, None]

    def seen(time: float, breath: float) -> Magnetisation:
        return Magnetisation(mixed(codes(time, breath), even, table) * echo)

    return seen


__all__ = ["Courses", "noisy", "spoke_encoder", "spokes"]
