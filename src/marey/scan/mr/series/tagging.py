"""Tagging: a grid of dark lines laid on the tissue at the R wave, which its motion bends and time fades."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, Parameters, parameter
from marey.core.units import ms
from marey.scan.body import TISSUES
from marey.scan.mr.acquisition import Magnetisation, Patient
from marey.scan.mr.acquisition.sorting import by_frame
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.tagging import Tagging
from marey.scan.mr.series._motion_kernels import patterned
from marey.scan.mr.series.material import moved, true_displacement
from marey.scan.mr.series.measure import measure, phase_times, pictures, prepared, triggered
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import SAMPLES, SliceScan, SliceScenes, places
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import fat_shift, water_and_fat
from marey.scan.scene.velocity import BLOOD
from marey.scan.scene.voxels import sub_slices

Places = NDArray[np.float64]
FLOWING = np.array(BLOOD, np.intp)
PLACES = 64
DEGREE = math.pi / 180


@dataclass(frozen=True)
class Tags(Parameters):
    """How tags lie.

    Args:
        sequence: their spacing and strength; flip angle and timing come from the series' settings.
        grid: two sets at right angles, else one.
        angle: from the picture's rows to the first set's normal, radians.
        mixing: time in which blood loses them, ms.
        in_slice: share of the readout's pulses that blood sees, as it comes and goes.
    """

    sequence: Tagging = field(default_factory=lambda: Tagging(weights=(1.0, 2.0, 1.0)))
    grid: bool = True
    angle: float = parameter(45 * DEGREE, -math.pi, math.pi, "deg", "textbook value")
    mixing: float = parameter(40 * ms, 1 * ms, 1000 * ms, "ms", "chosen: blood is free of tags in all but early frames")
    in_slice: float = parameter(0.25, 0.05, 1, "1", "chosen: blood is brighter than muscle")

    def normals(self, grid: Grid) -> NDArray[np.float64]:
        """(2, 3) LPS unit vectors across the sets, in the plane of a slice."""
        row, column = grid.directions[:, 2], grid.directions[:, 1]
        c, s = math.cos(self.angle), math.sin(self.angle)
        return np.stack([c * row + s * column, c * column - s * row])


def scan_tagging(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, tags: Tags | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one slice; truth has the "displacement" since the tags were laid, mm LPS, NaN outside the muscle."""
    tags = (tags or Tags()).but({
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
    states = TaggedSlice(it, scan, tags, scanner)
    measured = measure(scan, states, schedule, scanner, rng, time_step=settings.temporal_resolution)
    sorting = by_frame(schedule)
    breath, times = float(schedule.breath.mean()), phase_times(sorting, schedule, period)
    labels, displacement = true_displacement(it, grid, times, breath, short_axis=short_axis)
    values = np.abs(pictures(measured, sorting, scanner))
    return ScannedSlice(
        (measured,), {"magnitude": Frames(values, sorting.times, labels, {"displacement": displacement})}
    )


class TaggedSlice:
    """The magnetisation of one slice whose tags were laid when the simulated beat began: callable as `acquire` wants.

    Args:
        it: the subject.
        scan: the slice.
        tags: on it.
        scanner: field strength and flip angle's factor.
    """

    def __init__(self, it: Subject, scan: SliceScan, tags: Tags, scanner: Scanner) -> None:
        self.scenes, self.tags, self.b1 = SliceScenes(it, scan), tags, scanner.b1
        self.spins = water_and_fat(it.spins(scanner.field_strength))
        self.shift = fat_shift(scanner.field_strength)
        field_map = it.field_map(scanner.field_strength)(places(scan.voxels))
        self._echo = np.exp(2j * np.pi * tags.sequence.echo_time * field_map).astype(np.complex64)
        self._normals = tags.normals(scan.grid)
        where = sub_slices(scan.voxels, SAMPLES)[0] - scan.grid.centre
        self._where = np.asarray(where @ self._normals.T, np.float32)  # (sample, row, column, 2)
        self._rest = self._pattern(self._where)

    def __call__(self, time: float, breath: float) -> Magnetisation:
        """Water and fat of the slice."""
        it = self.scenes.subject
        scene = self.scenes(time, breath, reference=True)
        window, displacement = moved(it, scene)
        pattern = self._rest.copy()
        pattern[window[1:]] = self._pattern(self._where[window[1:]] - displacement[0] @ self._normals.T)
        table = np.ascontiguousarray(self._table(min(time, it.beat.period)), np.complex64)
        values = patterned(scene.tissue[0], pattern, table) * self._echo
        return Magnetisation(values, (0.0, self.shift), (np.inf, np.inf))

    def _pattern(self, where: NDArray[Any]) -> NDArray[np.uint16]:
        """Rows of the table of patterns for places (..., 2) mm along the normals."""
        bins = np.floor(where / self.tags.sequence.spacing % 1 * PLACES).astype(np.uint16) % PLACES
        return np.asarray(bins[..., 0] * PLACES + bins[..., 1], np.uint16)

    def _table(self, time: float) -> NDArray[np.complex128]:
        """(species, pattern, tissue) signals."""
        position = (np.arange(PLACES) + 0.5) / PLACES * self.tags.sequence.spacing
        one, other = (part.reshape(-1, 1) for part in np.meshgrid(position, position, indexing="ij"))
        fresh = self.tags.sequence.but(
            repetition_time=min(self.tags.sequence.repetition_time / self.tags.in_slice, 100 * ms)
        )
        table = self._signals(self.tags.sequence, np.arange(TISSUES), one, other, time)
        known = self._signals(fresh, FLOWING, one, other, time)
        mixed = self._signals(fresh, FLOWING, np.array([[np.nan]]), np.array([[np.nan]]), time)
        left = math.exp(-time / self.tags.mixing)
        table[..., FLOWING] = left * known + (1 - left) * mixed
        return table

    def _signals(
        self, sequence: Tagging, codes: NDArray[np.intp], one: Places, other: Places, time: float
    ) -> NDArray[np.complex128]:
        """(species, pattern, code) signals at places (pattern, 1) across both sets."""
        across, period = other if self.tags.grid else None, self.scenes.subject.beat.period
        every = [sequence(part.at(codes), one, time, period, across=across, b1=self.b1) for part in self.spins]
        return np.stack(every)


__all__ = ["TaggedSlice", "Tags", "scan_tagging"]
