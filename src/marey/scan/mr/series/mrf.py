"""Fingerprinting: one window of radial echoes a heartbeat, and maps of T1, T2 and density matched to a dictionary.

Every echo is one spoke, turned by the golden angle; a picture of one echo alone would be undersampled 300 times. What
is reconstructed, from all spokes together, are the coefficients of few singular vectors of the dictionary
(`subspace_pictures`), and they are matched. Hamilton 2017, doi:10.1002/mrm.26216, played a spiral instead of a spoke.

The heart moves on through each window and the breath from beat to beat; the dictionary knows neither, nor the error
of the flip angle. Left out: inflow, the slice's profile, and precession within a readout but that of fat.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, InvalidInput
from marey.scan.mr.acquisition import (
    Patient,
    Schedule,
    prospective,
)
from marey.scan.mr.acquisition.fourier import to_image, to_kspace
from marey.scan.mr.acquisition.reconstruct import prescan_normalisation, prewhitened, tukey
from marey.scan.mr.acquisition.reconstruct.subspace import subspace_pictures
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.fingerprinting import HAMILTON, Fingerprinting, build_dictionary, compressed, match
from marey.scan.mr.series.measure import Measured, true_labels
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import slice_scan
from marey.scan.mr.series.spokes import noisy, spoke_encoder, spokes
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.series.t1 import DIMMEST
from marey.scan.mr.series.true_maps import true_map
from marey.scan.mr.spins import Spins

Complex = NDArray[np.complex64]
Reals = NDArray[np.float64]
MID_DIASTOLE = 0.78  # of the beat, the middle of the window
COVERED = (1.5, 1.25)  # fields of view that spokes hear and that are reconstructed, before they are cut
RANK, ITERATIONS, REGULARISATION = 6, 15, 0.01
T1_GRID, T2_GRID = np.geomspace(150, 3200, 160), np.geomspace(10, 500, 100)


def scan_mrf(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, preparations: tuple[str, ...] = HAMILTON
) -> ScannedSlice:  # fmt: skip
    """Measure one slice: "T1 map", "T2 map" and "magnitude", the density; truth has "T1" and "T2", ms.

    Raises:
        InvalidInput: settings of Cartesian lines, windows that do not fit into the heartbeats.
    """
    sequence, scan = sequence_of(settings, preparations), slice_scan(grid, it.middle, settings, scanner)
    scan = replace(scan, encoding=replace(scan.encoding, oversampling=2))
    schedule = triggered(sequence, it.beat.period, scanner, rng)
    rr = sequence.intervals(schedule.clock[:: sequence.echoes])

    def courses(of: Spins) -> NDArray[np.complex128]:
        return sequence(of, rr, scanner.b1)

    raw = spokes(it, scan, schedule, courses, scanner, echo_time=sequence.echo_time)
    measured = Measured(scan, noisy(raw, scan, scanner, rng), schedule)
    t1, t2, density = maps(measured, sequence, rr, scanner)
    moment, breath = float(np.median(schedule.heart_time)), float(schedule.breath.mean())
    labels = true_labels(it, grid, [moment], breath, short_axis=short_axis)[:, 0]
    spins, time = it.spins(scanner.field_strength), np.array([schedule.time.mean()])
    truth = {name: true_map(it, grid, values, moment, breath) for name, values in (("T1", spins.t1), ("T2", spins.t2))}
    contents = {"T1 map": t1, "T2 map": t2, "magnitude": density}
    return ScannedSlice((measured,), {name: Frames(now, time, labels, truth) for name, now in contents.items()})


def sequence_of(settings: SeriesSettings, preparations: tuple[str, ...] = HAMILTON) -> Fingerprinting:
    """Its echoes are the settings' views per segment, its largest flip angle theirs."""
    if (settings.acceleration, settings.partial_fourier, settings.phase_resolution) != (1.0, 1.0, 1.0):
        raise InvalidInput(
            f"Fingerprints were to be accelerated {settings.acceleration:g} times, with {settings.partial_fourier:g} "
            f"of k-space at {settings.phase_resolution:g} of the phase resolution.",
            "Spokes are measured, not lines; all three are 1.",
            "Lower 'views_per_segment' to measure less.",
        )
    return Fingerprinting(
        preparations, settings.views_per_segment, highest=settings.flip_angle,
        repetition_time=settings.repetition_time, variation=0.0, echo_time=settings.echo_time,
    )  # fmt: skip


def triggered(sequence: Fingerprinting, period: float, scanner: Scanner, rng: np.random.Generator) -> Schedule:
    """A window in the mid-diastole of one heartbeat after the other, earlier where it would meet the next R wave."""
    beats, window = len(sequence.preparations), sequence.echoes * sequence.repetition_time
    earliest, latest = float(sequence.preparation_times.max()), period - window
    if latest < earliest:
        raise InvalidInput(
            f"{sequence.echoes} echoes and their preparation take {window + earliest:.0f} ms, "
            f"a heartbeat {period:.0f} ms.",
            "They fit into one heartbeat.",
            "Lower 'views_per_segment'.",
        )
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (beats + 3) * period)
    patient = Patient(r_waves, scanner.breath_holds.draw(rng), period)
    delay = min(max(MID_DIASTOLE * period - window / 2, earliest), latest)
    windows = list(np.arange(sequence.images).reshape(beats, -1))
    return prospective(patient, rng, windows, sequence.repetition_time, delay=delay)


def maps(
    measured: Measured, sequence: Fingerprinting, rr: Reals, scanner: Scanner
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """T1 (ms), T2 (ms) and magnitude of the density, each ``(1, row, column)``; T1 and T2 are 0 where it is dark."""
    scan, dictionary = measured.scan, build_dictionary(sequence, rr, T1_GRID, T2_GRID)
    pixel = scan.encoding.pixel[1]
    field = (2 * int(np.ceil(scan.encoding.field_of_view[0] / pixel / 2 - 1e-6)), scan.encoding.matrix[1])
    sides = [2 * round(count * part / 2) for count, part in zip(field, COVERED, strict=True)]
    encoder = spoke_encoder(scan, np.ones((1, *sides), np.complex64), field, sequence.images)
    vectors = dictionary.vectors[:, -RANK:]
    samples = prewhitened(measured.raw).samples
    made = subspace_pictures(samples, encoder, vectors, iterations=ITERATIONS, regularisation=REGULARISATION)
    top, left = ((side - count) // 2 for side, count in zip(sides, field, strict=True))
    made = to_kspace(made[:, top : top + field[0], left : left + field[1]], field) * tukey(field, scanner.filter_edge)
    shown = scan.exported(to_image(made, scan.matrix) * np.float32(np.sqrt(np.prod(scan.matrix) / np.prod(field))))
    t1, t2, density = match(compressed(dictionary, RANK), np.moveaxis(shown, 0, -1))
    size = np.abs(density)
    bright = size > DIMMEST * size.max()
    even = size * prescan_normalisation(scan.brightness(), scanner.evenness)
    return _picture(t1 * bright), _picture(t2 * bright), _picture(even)


def _picture(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """``(1, row, column)``."""
    return np.asarray(values[None], np.float32)


__all__ = ["maps", "scan_mrf", "sequence_of", "triggered"]
