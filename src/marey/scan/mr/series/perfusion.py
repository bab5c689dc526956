"""First-pass perfusion: a saturation-prepared single shot in every beat while a bolus passes, freely breathing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.structures import LV_CAVITY
from marey.core import Grid, InvalidInput, Parameters, parameter
from marey.core.units import g, minute, mL, ms
from marey.scan.body import TISSUES, Tissue
from marey.scan.mr.acquisition import FreeBreathing, Magnetisation, Patient, Schedule, prospective
from marey.scan.mr.acquisition.acquire import States
from marey.scan.mr.acquisition.sorting import by_frame
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.perfusion import Bolus, Kinetics, Perfusion
from marey.scan.mr.sequences.readout import SpoiledReadout
from marey.scan.mr.series._kernels import mixed
from marey.scan.mr.series.measure import BREATH_STEP, LABEL_SAMPLES, measure, pictures, prepared
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.single_shots import joined, still
from marey.scan.mr.series.slice_scan import SliceScan, SliceScenes, places
from marey.scan.mr.series.subject import Subject
from marey.scan.mr.spins import fat_shift, water_and_fat
from marey.scan.scene import label_slices

Reals = NDArray[np.float64]
FLOW = mL / minute / g
LEFT = (Tissue.LEFT_BLOOD, Tissue.LEFT_ATRIAL_BLOOD, Tissue.AORTIC_BLOOD, Tissue.PULMONARY_VENOUS_BLOOD)
RIGHT = (Tissue.RIGHT_BLOOD, Tissue.RIGHT_ATRIAL_BLOOD, Tissue.PULMONARY_ARTERY_BLOOD, Tissue.VENOUS_BLOOD)
HEALTHY = Kinetics()
KINETICS: Mapping[Tissue, Kinetics] = MappingProxyType(
    dict.fromkeys((Tissue.LV_MYOCARDIUM, Tissue.RV_MYOCARDIUM, Tissue.PAPILLARY_MUSCLE, Tissue.ATRIAL_WALL), HEALTHY)
    | {
        Tissue.BORDER_ZONE: HEALTHY.but(blood_flow=0.5 * FLOW),
        Tissue.SCAR_CORE: HEALTHY.but(blood_flow=0.2 * FLOW, interstitial_volume=0.45),
        Tissue.FIBROSIS: HEALTHY.but(interstitial_volume=0.3),
        Tissue.SKELETAL_MUSCLE: HEALTHY.but(blood_flow=0.05 * FLOW, plasma_volume=0.02, interstitial_volume=0.1),
        Tissue.LIVER: HEALTHY.but(blood_flow=0.4 * FLOW, plasma_volume=0.12, permeability=2 * FLOW),
        Tissue.SPLEEN: HEALTHY.but(blood_flow=1.5 * FLOW, plasma_volume=0.15),
    }
)
"""Of every tissue that enhances beside blood; textbook values."""
LUNG_BLOOD: Mapping[Tissue, float] = MappingProxyType({Tissue.LUNG: 0.5, Tissue.LUNG_VESSEL: 1.0})
"""Share of the lungs' tissue that is blood, half of it before and half after the capillaries; textbook values."""


@dataclass(frozen=True)
class FirstPass(Parameters):
    """Injection, preparation and patient.

    Args:
        bolus: injected when the first beat begins; its cardiac output is that of the beat.
        saturation_time: to the centre of k-space, ms.
        saturation_efficiency: of the preparation.
        delay: from the R wave to the first line of the first slice, ms; later slices follow.
        slot: place of this slice among those of one beat, from 0.
        breathing: of the patient.
    """

    bolus: Bolus = field(default_factory=Bolus)
    saturation_time: float = parameter(110 * ms, 20 * ms, 500 * ms, "ms", "textbook value")
    saturation_efficiency: float = parameter(0.98, 0.5, 1, "1", "textbook value")
    delay: float = parameter(80 * ms, 0, 800 * ms, "ms", "textbook value")
    slot: int = parameter(0, 0, 5, "1", "first")
    breathing: FreeBreathing = field(default_factory=FreeBreathing)


def scan_perfusion(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool, first_pass: FirstPass | None = None, kinetics: Mapping[Tissue, Kinetics] = KINETICS
) -> ScannedSlice:  # fmt: skip
    """Measure one slice.

    Its frames are the "magnitude", at ms since the injection; truth has the "concentration" of the agent in every
    pixel and the "arterial input" of the left ventricle, the same in all pixels, both mM.
    """
    plan = first_pass or FirstPass()
    bolus = plan.bolus.but(cardiac_output=_cardiac_output(it))
    scan, lines = prepared(it, grid, settings, scanner)
    sequence = sequence_of(settings, plan, lines, scan.encoding.matrix[0])
    period = it.beat.period
    r_waves = scanner.rhythm.but({"rr": period}).r_waves(rng, 2 * (settings.phases + 3) * period)
    delay = plan.delay + plan.slot * (
        sequence.saturation_time - _readout(sequence).before + _readout(sequence).duration
    )
    shots = still(
        prospective(
            Patient(r_waves, plan.breathing, period), rng, [lines] * settings.phases, settings.repetition_time,
            delay=delay,
        ), lines.size,
    )  # fmt: skip
    times = np.array([float(np.median(shot.clock)) for shot in shots])
    agent, states = concentrations(bolus, times, kinetics), EnhancedSlice(it, scan, sequence, scanner)
    measured = joined([
        measure(scan, states.states(now), shot, scanner, rng, time_step=1.0)
        for now, shot in zip(agent, shots, strict=True)
    ])  # fmt: skip
    values = np.abs(pictures(measured, by_frame(measured.schedule), scanner))
    labels, inside = _truth(it, grid, shots, agent, short_axis=short_axis)
    arterial = np.broadcast_to(agent[:, Tissue.LEFT_BLOOD, None, None].astype(np.float32), values.shape)
    truth = {"concentration": inside, "arterial input": arterial}
    return ScannedSlice((measured,), {"magnitude": Frames(values, times, labels, truth)})


def concentrations(bolus: Bolus, times: Reals, kinetics: Mapping[Tissue, Kinetics] = KINETICS) -> Reals:
    """(t, 64) mM of agent in every tissue at ms since the injection."""
    fine = np.arange(0.0, float(times.max()) + 400.0, 200.0)
    right, left = bolus.right_heart(fine), bolus.left_heart(fine)
    courses = np.zeros((TISSUES, fine.size))
    courses[list(LEFT)], courses[list(RIGHT)] = left, right
    for tissue, share in LUNG_BLOOD.items():
        courses[tissue] = share * (left + right) / 2
    for tissue, law in kinetics.items():
        courses[tissue] = law.concentration(fine, left, bolus.haematocrit)
    return np.stack([np.interp(times, fine, np.maximum(course, 0)) for course in courses], axis=1)


class EnhancedSlice:
    """The magnetisation of one slice with agent in its tissues.

    Args:
        it: the subject.
        scan: the slice.
        sequence: of one shot.
        scanner: field strength and flip angle's factor.
    """

    def __init__(self, it: Subject, scan: SliceScan, sequence: Perfusion, scanner: Scanner) -> None:
        self.scenes, self.sequence, self.b1 = SliceScenes(it, scan), sequence, scanner.b1
        self.spins = water_and_fat(it.spins(scanner.field_strength))
        self.shift = fat_shift(scanner.field_strength)
        field_map = it.field_map(scanner.field_strength)(places(scan.voxels))
        echo_time = _readout(sequence).echo_time
        self._echo = np.exp(2j * np.pi * echo_time * field_map).astype(np.complex64)
        self._even = np.zeros(scan.voxels.shape[1:], np.uint8)

    def states(self, agent: Reals) -> States:
        """The slice as `acquire` wants it, with (64,) mM of agent in every tissue."""
        signals = [self.sequence(part, agent, 0.0, self.b1) for part in self.spins]
        table = np.ascontiguousarray(np.stack(signals)[:, None], np.complex64)

        def seen(time: float, breath: float) -> Magnetisation:
            values = mixed(self.scenes(time, breath).tissue[0], self._even, table) * self._echo
            return Magnetisation(values, (0.0, self.shift), (np.inf, np.inf))

        return seen


def sequence_of(settings: SeriesSettings, plan: FirstPass, lines: NDArray[np.intp], matrix: int) -> Perfusion:
    """The signal equation of one shot that reads some lines of a matrix."""
    before = int((lines < matrix // 2).sum())
    readout = SpoiledReadout(
        settings.flip_angle, settings.repetition_time, settings.echo_time, lines.size, before / lines.size + 1e-9
    )
    return Perfusion(plan.saturation_time, plan.saturation_efficiency, readout)


def _readout(sequence: Perfusion) -> SpoiledReadout:
    if not isinstance(sequence.readout, SpoiledReadout):
        raise InvalidInput(
            "The first pass is not read by gradient echoes.", "Spoiled gradient echoes are.", "Give a SpoiledReadout."
        )
    return sequence.readout


def _cardiac_output(it: Subject) -> float:
    """Mm3/ms of the left ventricle, from its volumes."""
    volumes = [it.motion.volumes(float(time))[LV_CAVITY] for time in it.beat.times]
    return float(np.ptp(volumes)) / it.beat.period


def _truth(
    it: Subject, grid: Grid, shots: list[Schedule], agent: Reals, *, short_axis: bool
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Labels and concentration, mM, ``(t, row, column)``."""
    labels, inside = [], []
    for shot, now in zip(shots, agent, strict=True):
        breath = round(float(shot.breath[0]) / BREATH_STEP) * BREATH_STEP
        scene = it.motion.scene(grid, float(shot.heart_time[0]), breath, LABEL_SAMPLES)
        labels.append(label_slices(scene, short_axis=short_axis)[0])
        inside.append(now.astype(np.float32)[scene.tissue[0]].mean(axis=0))
    return np.stack(labels), np.stack(inside)


__all__ = [
    "KINETICS", "EnhancedSlice", "FirstPass", "concentrations", "scan_perfusion", "sequence_of",
]  # fmt: skip
