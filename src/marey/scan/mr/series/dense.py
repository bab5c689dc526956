"""DENSE: displacement since the R wave in the phase of stimulated echoes, one direction after the other."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, Parameters, parameter
from marey.scan.mr.acquisition import Magnetisation, Patient
from marey.scan.mr.acquisition.acquire import States
from marey.scan.mr.acquisition.sorting import by_frame
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.dense import Dense
from marey.scan.mr.series.material import moved, true_displacement
from marey.scan.mr.series.measure import encoded_pictures, measure, phase_times, prepared, triggered
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import SAMPLES, SliceScan, SliceScenes, places
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import Spins, fat_shift, water_and_fat
from marey.scan.scene.velocity import BLOOD
from marey.scan.scene.voxels import sub_slices

DIRECTIONS = ("row", "column", "through")
CONTENTS = tuple(f"phase {name}" for name in DIRECTIONS)
EDGE = 0.06  # of the field of view over which the suppression of what lies outside sets in


@dataclass(frozen=True)
class Displacements(Parameters):
    """What is encoded.

    Args:
        sequence: encoding and cycles; flip angle and timing come from the series' settings.
        directions: 2 in the slice (along its rows and its columns), 3 also through it.
    """

    sequence: Dense = field(default_factory=lambda: Dense(cycles=3))
    directions: int = parameter(3, 1, 3, "1", "chosen: all")


def scan_dense(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, encoded: Displacements | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one slice.

    Its frames are the "magnitude" and, per direction, "phase row", "phase column" and "phase through": radians, 2 pi k
    times the displacement along the rows, the columns and the grid's normal, wrapped. Truth has the "displacement", mm
    LPS, NaN outside the muscle. The directions count as measured in the same beats.
    """
    encoded = (encoded or Displacements()).but({
        "sequence.flip_angle": settings.flip_angle, "sequence.repetition_time": settings.repetition_time,
        "sequence.echo_time": settings.echo_time,
    })  # fmt: skip
    scan, lines = prepared(it, grid, settings, scanner)
    period, beats = it.beat.period, -(-lines.size // settings.views_per_segment)
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (beats + 3) * period)
    patient = Patient(r_waves, scanner.breath_holds.draw(rng), period)
    schedule = triggered(
        patient, rng, lines, views=settings.views_per_segment, repetition_time=settings.repetition_time,
        frames=settings.phases,
    )  # fmt: skip
    several = scanner.but({"receiver.averages": min(scanner.receiver.averages * encoded.sequence.cycles, 64)})
    slices = EncodedSlice(it, scan, encoded, scanner)
    parts = tuple(
        measure(scan, slices.states(number), schedule, several, rng, time_step=settings.temporal_resolution)
        for number in range(encoded.directions + 1)
    )
    sorting = by_frame(schedule)
    labels, displacement = true_displacement(
        it, grid, phase_times(sorting, schedule, period), float(schedule.breath.mean()), short_axis=short_axis
    )
    pictures = encoded_pictures(parts, sorting, scanner)
    truth = {"displacement": displacement}
    frames = {"magnitude": Frames(np.abs(pictures).mean(axis=0), sorting.times, labels, truth)}
    for name, picture in zip(CONTENTS, pictures[1:], strict=False):
        frames[name] = Frames(np.angle(picture * pictures[0].conj()), sorting.times, labels, truth)
    return ScannedSlice(parts, frames)


class EncodedSlice:
    """One slice whose displacement is encoded when the simulated beat begins.

    Args:
        it: the subject.
        scan: the slice; what lies outside its field of view is suppressed.
        encoded: directions and sequence.
        scanner: field strength and flip angle's factor.
    """

    def __init__(self, it: Subject, scan: SliceScan, encoded: Displacements, scanner: Scanner) -> None:
        self.scenes, self.encoded, self.b1 = SliceScenes(it, scan), encoded, scanner.b1
        self.spins = water_and_fat(it.spins(scanner.field_strength))
        self.shift = fat_shift(scanner.field_strength)
        field_map = it.field_map(scanner.field_strength)(places(scan.voxels))
        self._echo = np.exp(2j * np.pi * encoded.sequence.echo_time * field_map).astype(np.complex64)
        self._echo *= within_field(scan)
        axes = scan.grid.directions[:, [2, 1, 0]][:, : encoded.directions]
        self._axes = np.asarray(axes, np.float64)
        self._where = np.asarray((sub_slices(scan.voxels, SAMPLES)[0] - scan.grid.centre) @ axes, np.float32)
        self._known: dict[tuple[float, float], NDArray[np.complex64]] = {}

    def states(self, encoding: int) -> States:
        """The slice as `acquire` wants it; encoding 0 is the reference."""
        return lambda time, breath: Magnetisation(
            self._seen(time, breath)[encoding], (0.0, self.shift), (np.inf, np.inf)
        )

    def _seen(self, time: float, breath: float) -> NDArray[np.complex64]:
        """(encoding, species, row, column)."""
        if (time, breath) not in self._known:
            self._known[time, breath] = self._rendered(time, breath)
        return self._known[time, breath]

    def _rendered(self, time: float, breath: float) -> NDArray[np.complex64]:
        scene = self.scenes(time, breath, reference=True)
        window, displacement = moved(self.scenes.subject, scene)
        before = self._where.copy()
        before[window[1:]] -= displacement[0] @ self._axes
        before[np.isin(scene.tissue[0], BLOOD)] = np.nan
        seen = [self._signals(part, scene.tissue[0], before, time) for part in self.spins]
        return np.asarray(np.stack(seen, axis=1) * self._echo, np.complex64)

    def _signals(
        self, spins: Spins, codes: NDArray[np.uint8], before: NDArray[np.float32], time: float
    ) -> NDArray[np.complex128]:
        """(encoding, row, column) mean over the samples."""
        sequence, there = self.encoded.sequence, (codes > 0) & (self._echo != 0)
        of, total = spins.at(codes[there]), []
        still = np.where(np.isnan(before[there][:, 0]), np.nan, 0.0)
        pairs = [(still, np.zeros(still.shape)), *zip(before[there].T, self._where[there].T, strict=True)]
        for reference, position in pairs:
            values = np.zeros(codes.shape, np.complex128)
            values[there] = sequence(of, reference, position, time, b1=self.b1)
            total.append(values.mean(axis=0))
        return np.stack(total)


def within_field(scan: SliceScan) -> NDArray[np.float32]:
    """(phase encoding, 1) share of the signal that outer-volume suppression leaves; without it the body would fold."""
    pixels = scan.object_grid
    place = (np.arange(pixels.shape[0]) - (pixels.shape[0] - 1) / 2) / pixels.per_field[0]
    return np.asarray(np.clip((0.5 - np.abs(place)) / EDGE, 0, 1)[:, None], np.float32)


__all__ = ["CONTENTS", "DIRECTIONS", "Displacements", "EncodedSlice", "scan_dense", "within_field"]
