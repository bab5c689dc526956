"""T2 mapping: single-shot pictures after preparations of different length, and the map that is fitted to them."""

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.mr.acquisition import Patient
from marey.scan.mr.acquisition.sorting import by_frame
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.readout import BalancedReadout
from marey.scan.mr.sequences.t2_prepared import T2Prepared, t2_map
from marey.scan.mr.series.measure import phase_times, pictures, prepared, true_labels
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.single_shots import PreparedSlice, measure_shots, one_shot_a_beat
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.series.t1 import DIASTOLE, DIMMEST
from marey.scan.mr.series.true_maps import true_map
from marey.scan.mr.spins import Spins


def scan_t2(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, preparation: T2Prepared | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one slice: the "magnitude" pictures and the "T2 map"; truth has "T2", ms."""
    scan, lines = prepared(it, grid, settings, scanner)
    before = int((lines < scan.encoding.matrix[0] // 2).sum())
    readout = BalancedReadout(settings.flip_angle, settings.repetition_time, lines.size, before / lines.size)
    sequence, period = (preparation or T2Prepared()).but(readout=readout), it.beat.period
    count, every = len(sequence.echo_times), sequence.pause + 1
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (count * every + 3) * period)
    patient = Patient(r_waves, scanner.breath_holds.draw(rng), period)
    delay = max(DIASTOLE * period - readout.before, 0.0)
    shots = one_shot_a_beat(patient, rng, lines, count * every, settings=settings, delay=delay)[::every]

    def signals(of: Spins, off_resonance: NDArray[np.float64], b1: float) -> NDArray[np.complex128]:
        return sequence(of, period, off_resonance, b1)

    measured = measure_shots(PreparedSlice(it, scan, signals, scanner), scan, shots, scanner, rng)
    sorting = by_frame(measured.schedule)
    made = np.abs(pictures(measured, sorting, scanner))
    moment = phase_times(sorting, measured.schedule, period)[0]
    breath = float(measured.schedule.breath.mean())
    labels = true_labels(it, grid, [moment], breath, short_axis=short_axis)[:, 0]
    truth = {"T2": true_map(it, grid, it.spins(scanner.field_strength).t2, moment, breath)}
    magnitude = Frames(made, sorting.times + np.arange(count), np.repeat(labels, count, axis=0))
    fitted = fitted_t2(np.array(sequence.echo_times), made)
    return ScannedSlice((measured,), {"magnitude": magnitude, "T2 map": Frames(fitted, np.zeros(1), labels, truth)})


def fitted_t2(echo_times: NDArray[np.float64], made: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(1, row, column)`` ms of magnitudes ``(t, row, column)``."""
    bright = made[0] > DIMMEST * made[0].max()
    out = np.zeros(made.shape[1:], np.float32)
    out[bright] = t2_map(echo_times, made[:, bright].T)
    return out[None]


__all__ = ["fitted_t2", "scan_t2"]
