"""Cine: balanced steady-state pictures over the beat, segmented, retrospectively gated, one breath-hold a slice."""

import numpy as np

from marey.core import Grid
from marey.scan.mr.acquisition import Patient, by_phase, retrospective, segments
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.bssfp import Bssfp
from marey.scan.mr.series.measure import measure, phase_times, pictures, prepared, true_labels
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import RenderedSlice
from marey.scan.mr.series.subject import Subject


def scan_cine(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *, short_axis: bool
) -> ScannedSlice:
    """Measure one slice."""
    scan, lines = prepared(it, grid, settings, scanner)
    period, shots = it.beat.period, segments(lines, settings.views_per_segment)
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (len(shots) + 3) * period)
    patient = Patient(r_waves, scanner.breath_holds.draw(rng), period)
    schedule = retrospective(patient, rng, shots, settings.repetition_time)
    sequence = Bssfp(settings.flip_angle, settings.repetition_time, settings.repetition_time / 2)
    states = RenderedSlice(it, scan, sequence, scanner)
    measured = measure(scan, states, schedule, scanner, rng, time_step=period / settings.phases)
    sorting = by_phase(schedule, settings.phases)
    breath = float(schedule.breath.mean())
    labels = true_labels(it, grid, phase_times(sorting, schedule, period), breath, short_axis=short_axis)
    frames = Frames(np.abs(pictures(measured, sorting, scanner)), sorting.times, labels[:, 0])
    return ScannedSlice((measured,), {"magnitude": frames})


__all__ = ["scan_cine"]
