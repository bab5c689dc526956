"""Single-shot pictures: one beat each, with a preparation of its own."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from marey.scan.mr.acquisition import Magnetisation, Patient, Schedule, prospective
from marey.scan.mr.acquisition.acquire import States
from marey.scan.mr.acquisition.sampling import Lines
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.series._kernels import mixed
from marey.scan.mr.series.measure import Measured, measure
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import SliceScan, SliceScenes, places
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import Spins, fat_shift, water_and_fat

BINS = 24
Signals = Callable[[Spins, NDArray[np.float64], float], NDArray[np.complex128]]
"""Spins, off-resonance (bin, 1) kHz and B1 to signals ``(bin, tissue, picture)``."""


class PreparedSlice:
    """The magnetisation of one slice for each of several pictures.

    Args:
        it: the subject.
        scan: the slice.
        signals: of all pictures.
        scanner: field strength and flip angle's factor.
        spins: of all tissues; the subject's native ones when None.
    """

    def __init__(
        self, it: Subject, scan: SliceScan, signals: Signals, scanner: Scanner, spins: Spins | None = None
    ) -> None:
        self.scenes, self.shift = SliceScenes(it, scan), fat_shift(scanner.field_strength)
        field_map = it.field_map(scanner.field_strength)(places(scan.voxels))
        low, high = float(field_map.min()), float(field_map.max()) + 1e-6
        self._bins = np.clip((field_map - low) / (high - low) * BINS, 0, BINS - 1).astype(np.uint8)
        middles = low + (np.arange(BINS)[:, None] + 0.5) / BINS * (high - low)
        known = spins or it.spins(scanner.field_strength)
        tables = np.stack([signals(part, middles, scanner.b1) for part in water_and_fat(known)])
        self._tables = np.moveaxis(tables, -1, 0).astype(np.complex64)  # (picture, species, bin, tissue)

    def states(self, picture: int) -> States:
        """The slice in one of the pictures, as `acquire` wants it."""
        table = np.ascontiguousarray(self._tables[picture])

        def seen(time: float, breath: float) -> Magnetisation:
            values = mixed(self.scenes(time, breath).tissue[0], self._bins, table)
            return Magnetisation(values, (0.0, self.shift), (np.inf, np.inf))

        return seen


def one_shot_a_beat(
    patient: Patient, rng: np.random.Generator, lines: Lines, beats: int, *, settings: SeriesSettings, delay: float
) -> list[Schedule]:
    """All lines within each of some beats, `delay` ms after the R wave; the heart rests during each."""
    shots = prospective(patient, rng, [lines] * beats, settings.repetition_time, delay=delay)
    return still(shots, lines.size)


def measure_shots(
    slice_: PreparedSlice, scan: SliceScan, shots: list[Schedule], scanner: Scanner, rng: np.random.Generator
) -> Measured:
    """One picture after the other."""
    return joined([
        measure(scan, slice_.states(number), shot, scanner, rng, time_step=1.0) for number, shot in enumerate(shots)
    ])  # fmt: skip


def still(shots: Schedule, count: int) -> list[Schedule]:
    """One schedule per beat of `count` lines; heart and breath rest where they are at its middle."""
    whole = {part.name: getattr(shots, part.name).reshape(-1, count) for part in fields(shots)}
    for name in ("heart_time", "breath"):
        whole[name] = np.repeat(np.median(whole[name], axis=1)[:, None], count, axis=1)
    whole["frame"] = np.zeros_like(whole["frame"])
    return [Schedule(**{name: values[beat] for name, values in whole.items()}) for beat in range(len(whole["line"]))]


def joined(parts: list[Measured]) -> Measured:
    """One frame after the other."""
    raws, schedules = [part.raw for part in parts], [part.schedule for part in parts]
    raw = replace(
        raws[0],
        samples=np.concatenate([each.samples for each in raws], axis=1),
        trajectory=np.concatenate([each.trajectory for each in raws]),
        times=np.concatenate([each.times for each in raws]),
    )
    every = {part.name: np.concatenate([getattr(one, part.name) for one in schedules]) for part in fields(Schedule)}
    every["frame"] = np.repeat(np.arange(len(parts)), parts[0].schedule.line.size)
    return Measured(parts[0].scan, raw, Schedule(**every))


__all__ = ["PreparedSlice", "Signals", "joined", "measure_shots", "one_shot_a_beat", "still"]
