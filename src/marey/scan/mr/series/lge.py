"""Late enhancement: segmented inversion recovery after contrast, its magnitude and its phase-sensitive picture."""

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.body import Tissue
from marey.scan.mr.acquisition import Patient, prospective, segments
from marey.scan.mr.acquisition.sorting import by_frame
from marey.scan.mr.contrast import ContrastState
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.inversion_recovery import InversionRecovery, null_time, phase_sensitive
from marey.scan.mr.sequences.readout import SpoiledReadout
from marey.scan.mr.series.measure import encoded_pictures, measure, phase_times, prepared, true_labels
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.single_shots import PreparedSlice
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.series.t1 import DIASTOLE
from marey.scan.mr.series.true_maps import scar_share
from marey.scan.mr.spins import Spins

OPERATOR_ERROR = 10.0  # ms, standard deviation of the chosen inversion time: chosen, no published spread found


def scan_lge(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, contrast: ContrastState | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one slice: "magnitude" and "real" (phase-sensitive) pictures; truth has the "scar", share of the pixel.

    The inversion time is the one that nulls healthy muscle, give or take what an operator misses it by.
    """
    scan, lines = prepared(it, grid, settings, scanner)
    period, shots = it.beat.period, segments(lines, settings.views_per_segment)
    agent = it.spins(scanner.field_strength, contrast or ContrastState())
    sequence = _nulling(agent, settings, period, rng.normal(0, OPERATOR_ERROR) * scanner.noisy)
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 4 * (len(shots) + 3) * period)
    patient = Patient(r_waves, scanner.breath_holds.draw(rng), period)
    delay = max(DIASTOLE * period - sequence.readout.before, 0.0)
    schedule = prospective(patient, rng, shots, settings.repetition_time, delay=delay, every=sequence.heartbeats)

    def signals(of: Spins, off_resonance: NDArray[np.float64], b1: float) -> NDArray[np.complex128]:
        return np.stack(sequence(of, period, off_resonance, b1), axis=-1)

    slice_ = PreparedSlice(it, scan, signals, scanner, agent)
    parts = tuple(
        measure(scan, slice_.states(picture), schedule, scanner, rng, time_step=settings.temporal_resolution)
        for picture in (0, 1)
    )
    sorting = by_frame(schedule)
    image, reference = encoded_pictures(parts, sorting, scanner)
    moment, breath = phase_times(sorting, schedule, period)[0], float(schedule.breath.mean())
    labels = true_labels(it, grid, [moment], breath, short_axis=short_axis)[:, 0]
    times, inversion = sorting.times, (sequence.inversion_time,)
    truth = {"scar": scar_share(it, grid, moment, breath)}
    signed = phase_sensitive(image, reference).astype(np.float32)
    return ScannedSlice(parts, {
        "magnitude": Frames(np.abs(image), times, labels, truth, inversion),
        "real": Frames(signed, times, labels, truth, inversion),
    })  # fmt: skip


def _nulling(agent: Spins, settings: SeriesSettings, rr: float, error: float) -> InversionRecovery:
    """The sequence whose inversion time nulls healthy muscle.

    Raises:
        InvalidInput: no inversion time within the heartbeat does.
    """
    readout = SpoiledReadout(
        settings.flip_angle, settings.repetition_time, settings.echo_time, settings.views_per_segment
    )
    sequence = InversionRecovery(readout=readout)
    muscle = agent.at(np.array([Tissue.LV_MYOCARDIUM]))
    best = null_time(sequence, muscle, rr)
    return sequence.but(inversion_time=min(max(best + error, readout.before + 1), rr - readout.duration))


__all__ = ["scan_lge"]
