"""What 2D and 4D flow share: one slice whose velocities are encoded, retrospectively gated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, Parameters, Structure, parameter
from marey.core.units import mm, ms
from marey.scan.mr.acquisition import Magnetisation, Patient, by_phase, retrospective, segments
from marey.scan.mr.acquisition.acquire import States
from marey.scan.mr.acquisition.rhythm import Breathing
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.phase_contrast import EddyCurrents, PhaseContrast
from marey.scan.mr.sequences.spoiled_gradient_echo import SpoiledGradientEcho
from marey.scan.mr.series._motion_kernels import flowing
from marey.scan.mr.series.material import true_velocity, velocity_of
from marey.scan.mr.series.measure import encoded_pictures, measure, phase_times, prepared
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.slice_scan import SAMPLES, SliceScan, SliceScenes, places
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import fat_shift, water_and_fat
from marey.scan.scene import LABELS
from marey.scan.scene.velocity import BLOOD

LONG_AGO = 1e4
MIXING = 0.03
"""Mm/ms at which even resting blood is renewed, chosen."""


@dataclass(frozen=True)
class VelocityEncoding(Parameters):
    """How velocities are encoded.

    Args:
        venc: that turns the phase by pi, mm/ms.
        eddy_currents: size of the background's phase as a share of venc, see `random_eddy_currents`.
        excited: thickness within which blood sees the pulses, mm; that of the slice when 0.
    """

    venc: float = parameter(1.5 * mm / ms, 0.05 * mm / ms, 8 * mm / ms, "mm/ms", "textbook value")
    eddy_currents: float = parameter(0.007, 0, 0.2, "1", "what the scanner's correction leaves: textbook value")
    excited: float = parameter(0.0, 0, 500, "mm", "textbook value")


@dataclass(frozen=True, eq=False)
class FlowSlice:
    """One slice to be measured with some encoded directions.

    Args:
        grid: exported, one slice.
        directions: (3, direction) LPS unit vectors.
        contents: names of the velocities' frames, one per direction.
        encoding: of the velocity.
        eddies: background of every direction, about `centre`.
        breathing: while it is measured.
        short_axis: how labels are read.
        samples: through the thickness.
    """

    grid: Grid
    directions: NDArray[np.float64]
    contents: tuple[str, ...]
    encoding: VelocityEncoding
    eddies: EddyCurrents
    breathing: Breathing
    short_axis: bool = False
    samples: int = SAMPLES


def scan_velocities(
    it: Subject, flow: FlowSlice, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator
) -> ScannedSlice:
    """The "magnitude" and the velocities, mm/ms; truth has the "velocity", mm/ms LPS.

    The encodings of one line count as simultaneous.
    """
    scan, lines = prepared(it, flow.grid, settings, scanner)
    period, shots = it.beat.period, segments(lines, settings.views_per_segment)
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (len(shots) + 3) * period)
    patient = Patient(r_waves, flow.breathing, period)
    encodings = len(flow.contents) + 1
    schedule = retrospective(patient, rng, shots, encodings * settings.repetition_time)
    slices = VelocityStates(it, scan, flow, settings, scanner)
    parts = tuple(
        measure(scan, slices.states(number), schedule, scanner, rng, time_step=period / settings.phases)
        for number in range(encodings)
    )
    sorting = by_phase(schedule, settings.phases)
    labels, velocity = true_velocity(
        it, flow.grid, phase_times(sorting, schedule, period), float(schedule.breath.mean()),
        short_axis=flow.short_axis, samples=flow.samples,
    )  # fmt: skip
    pictures, truth = encoded_pictures(parts, sorting, scanner), {"velocity": velocity}
    values = slices.sequence.velocity(np.moveaxis(pictures, 0, -1))
    frames = {"magnitude": Frames(np.abs(pictures).mean(axis=0), sorting.times, labels, truth)}
    for number, name in enumerate(flow.contents):
        frames[name] = Frames(
            values[..., number].astype(np.float32), sorting.times, labels, truth, highest=flow.encoding.venc,
            direction=tuple(flow.directions[:, number].tolist()),
        )  # fmt: skip
    return ScannedSlice(parts, frames)


def true_flow(frames: Frames, grid: Grid, structure: Structure) -> NDArray[np.float64]:
    """(t,) mm3/ms through a slice's plane within a structure, along its normal, from the truth of its frames."""
    inside = frames.labels == next(number for number, known in LABELS.items() if known == structure)
    speed = frames.truth["velocity"] @ grid.normal
    return np.asarray((speed * inside).sum(axis=(1, 2)) * grid.spacing[1] * grid.spacing[2], np.float64)


class VelocityStates:
    """The magnetisation of one slice under every encoding.

    Args:
        it: the subject.
        scan: the slice.
        flow: directions and background.
        settings: flip angle and timing.
        scanner: field strength and flip angle's factor.
    """

    def __init__(
        self, it: Subject, scan: SliceScan, flow: FlowSlice, settings: SeriesSettings, scanner: Scanner
    ) -> None:
        readout = SpoiledGradientEcho(settings.flip_angle, settings.repetition_time, settings.echo_time)
        self.sequence = PhaseContrast(venc=flow.encoding.venc, readout=readout)
        self.scenes, self.directions = SliceScenes(it, scan, flow.samples), flow.directions.astype(np.float32)
        self.shift = fat_shift(scanner.field_strength)
        here = places(scan.voxels)
        field_map = it.field_map(scanner.field_strength)(here)
        self._echo = np.exp(2j * np.pi * settings.echo_time * field_map).astype(np.complex64)
        turned = np.exp(1j * np.moveaxis(flow.eddies(here - it.middle), -1, 0)).astype(np.complex64)
        self._background = np.concatenate([np.ones_like(turned[:1]), turned])[:, None]
        of = water_and_fat(it.spins(scanner.field_strength))
        steady, fresh, one = (np.stack([readout(part, b1=scanner.b1, pulses=n) for part in of]) for n in (np.inf, 0, 1))
        self._signals = np.stack([steady, fresh - steady], axis=1).astype(np.complex64)
        gain = np.abs(fresh - steady)
        self._survival = np.where(gain > 0, np.abs(one - steady) / np.where(gain > 0, gain, 1), 0).astype(np.float32)
        thickness = flow.encoding.excited or scan.grid.slice_thickness or scan.grid.spacing[0]
        self._passage = thickness / 2 / settings.repetition_time  # mm/ms: pulses of the mean depth times the velocity
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
        scene = self.scenes(time, breath, velocity=True)
        velocity = velocity_of(scene)[0]
        phases = np.moveaxis(velocity @ self.directions, -1, 0) * np.float32(np.pi / self.sequence.venc)
        through = np.abs(velocity @ self.scenes.scan.grid.normal.astype(np.float32))
        through[np.isin(scene.tissue[0], BLOOD)] += MIXING
        pulses = np.minimum(np.float32(self._passage) / np.maximum(through, 1e-6), LONG_AGO).astype(np.float32)
        values = flowing(scene.tissue[0], np.ascontiguousarray(phases), pulses, self._signals, self._survival)
        return np.asarray(values * self._echo * self._background, np.complex64)


__all__ = ["FlowSlice", "VelocityEncoding", "VelocityStates", "scan_velocities", "true_flow"]
