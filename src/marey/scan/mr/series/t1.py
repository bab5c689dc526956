"""T1 mapping: MOLLI's single-shot pictures after inversions, and the map that a scanner fits to them."""

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.body import TISSUES
from marey.scan.mr.acquisition import Patient
from marey.scan.mr.acquisition.sorting import by_frame
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.molli import Molli, molli_t1
from marey.scan.mr.sequences.readout import BalancedReadout
from marey.scan.mr.series.measure import encoded_pictures, phase_times, prepared, true_labels
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.single_shots import PreparedSlice, measure_shots, one_shot_a_beat
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.series.true_maps import true_map
from marey.scan.mr.spins import Spins

DIASTOLE = 0.65  # of the beat, where the heart rests most
DIMMEST = 0.02  # of the brightest pixel; darker ones are not fitted


def scan_t1(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, molli: Molli | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one slice: the "magnitude" pictures with their inversion times, and the "T1 map"; truth has "T1", ms."""
    scan, lines = prepared(it, grid, settings, scanner)
    before = int((lines < scan.encoding.matrix[0] // 2).sum())
    readout = BalancedReadout(settings.flip_angle, settings.repetition_time, lines.size, before / lines.size)
    sequence = (molli or Molli()).but(readout=readout, first_time=max(100.0, readout.before + 10))
    period = it.beat.period
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (sequence.heartbeats + 3) * period)
    patient = Patient(r_waves, scanner.breath_holds.draw(rng), period)
    delay = max(DIASTOLE * period - readout.before, 0.0)
    shots = one_shot_a_beat(patient, rng, lines, sequence.heartbeats, settings=settings, delay=delay)
    rr = np.diff([shot.clock[0] for shot in shots])

    def signals(of: Spins, off_resonance: NDArray[np.float64], b1: float) -> NDArray[np.complex128]:
        return sequence(of, rr.tolist(), off_resonance, b1)

    pictured = [shots[beat] for beat in sequence.beats]
    measured = measure_shots(PreparedSlice(it, scan, signals, scanner), scan, pictured, scanner, rng)
    sorting = by_frame(measured.schedule)
    made = encoded_pictures((measured,), sorting, scanner)[0]
    times = sequence.times(rr.tolist())
    moment = phase_times(sorting, measured.schedule, period)[0]
    breath = float(measured.schedule.breath.mean())
    labels = true_labels(it, grid, [moment], breath, short_axis=short_axis)[:, 0]
    truth = {"T1": true_map(it, grid, it.spins(scanner.field_strength).t1[:TISSUES], moment, breath)}
    magnitude = Frames(
        np.abs(made), sorting.times + np.arange(times.size), np.repeat(labels, times.size, axis=0),
        inversion_times=tuple(times.tolist()),
    )  # fmt: skip
    return ScannedSlice(
        (measured,),
        {"magnitude": magnitude, "T1 map": Frames(t1_map(times, made), np.zeros(1), labels, truth)},
    )


def t1_map(times: NDArray[np.float64], pictures: NDArray[np.complex64]) -> NDArray[np.float32]:
    """``(1, row, column)`` ms of complex pictures ``(t, row, column)``: their phase is that of the latest one."""
    latest = pictures[int(np.argmax(times))]
    signed = np.real(pictures * np.exp(-1j * np.angle(latest)))
    bright = np.abs(latest) > DIMMEST * np.abs(latest).max()
    out = np.zeros(latest.shape, np.float32)
    out[bright] = molli_t1(times, signed[:, bright].T)
    return out[None]


__all__ = ["scan_t1", "t1_map"]
