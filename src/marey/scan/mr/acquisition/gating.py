"""When each line of k-space is measured: triggered, retrospectively gated or not gated at all.

A `Schedule` lists the readouts of a scan in the order in which they are taken. Retrospective sorting into phases is in
`sorting`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.scan.mr.acquisition.rhythm import Breathing, heart_time
from marey.scan.mr.acquisition.sampling import Lines

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Schedule:
    """Readouts in the order in which they are taken; all arrays ``(readout,)``.

    Args:
        line: of k-space, 0 to matrix - 1 (Cartesian), or the number of the spoke.
        frame: count of the frame within its beat (gated) or within the scan.
        clock: ms since the scan began.
        time: ms since the R wave that the scanner counts from.
        rr: ms, length of the beat that began with it.
        heart_time: ms in the simulated beat.
        breath: mm of the diaphragm from end-expiration.
    """

    line: Lines
    frame: Lines
    clock: Array
    time: Array
    rr: Array
    heart_time: Array
    breath: Array

    @property
    def duration(self) -> float:
        """From the first to the last readout, ms."""
        return float(np.ptp(self.clock))


@dataclass(frozen=True, eq=False)
class Patient:
    """What the heart and the diaphragm do while a slice is measured.

    Args:
        r_waves: (beat,) ms of R waves; draw them with `Rhythm.r_waves`, long enough for the scan.
        breathing: of the diaphragm.
        period: ms of the simulated beat.
    """

    r_waves: Array
    breathing: Breathing
    period: float

    def __post_init__(self) -> None:
        """Refuse beats that are none."""
        if self.r_waves.size < 2 or not (np.diff(self.r_waves) > 0).all() or not self.period > 0:
            raise InvalidInput(
                f"There are {self.r_waves.size} R waves and a beat of {self.period} ms.",
                "At least two R waves at increasing times and a beat longer than 0 ms are needed.",
                "Draw them with Rhythm.r_waves.",
            )


def prospective(
    patient: Patient,
    rng: np.random.Generator,
    shots: list[Lines],
    repetition_time: float,
    frames: int = 1,
    *,
    delay: float = 0.0,
    every: int = 1,
) -> Schedule:
    """Triggered: after every accepted R wave, `frames` frames of one segment are taken, `delay` ms after it.

    The scanner does not see R waves that fall into its window, so an early beat is measured as if it were late in the
    beat before it. With one frame this is a segmented still picture, with one segment a single shot.

    Args:
        patient: rhythm and breathing.
        rng: of the breathing.
        shots: lines of every segment, one per heart beat.
        repetition_time: ms from readout to readout.
        frames: phases that are filled in a beat.
        delay: ms from the R wave to the first readout.
        every: heart beats from one measured beat to the next.

    Raises:
        InvalidInput: times that are not positive, a scan longer than the R waves that were given.
    """
    _check(repetition_time, delay, frames, every)
    readouts, triggers = [], []
    beat = 0
    for shot in shots:
        if beat >= patient.r_waves.size - 1:
            raise _too_few_beats(patient)
        readouts.append(_block(shot, frames, patient.r_waves[beat] + delay, repetition_time))
        triggers += [beat] * readouts[-1][0].size
        end = readouts[-1][2][-1] + repetition_time
        beat = max(beat + every, int(np.searchsorted(patient.r_waves, end)))
    return _schedule(patient, rng, readouts, np.array(triggers))


def retrospective(
    patient: Patient,
    rng: np.random.Generator,
    shots: list[Lines],
    repetition_time: float,
    window: tuple[float, float] = (0.0, np.inf),
) -> Schedule:
    """Measured all the time; every R wave moves on to the next segment, and phases are sorted out afterwards.

    Args:
        patient: rhythm and breathing.
        rng: of the breathing.
        shots: lines of every segment, repeated throughout one heart beat.
        repetition_time: ms from readout to readout.
        window: beat lengths (ms) that are kept; other beats are discarded and their segment is measured again.

    Raises:
        InvalidInput: times that are not positive, a scan longer than the R waves that were given, a beat too short for
            its segment.
    """
    _check(repetition_time, 0.0, 1, 1)
    readouts, triggers = [], []
    beat = 0
    for shot in shots:
        lengths = np.diff(patient.r_waves)
        while beat < lengths.size and not window[0] <= lengths[beat] <= window[1]:
            beat += 1
        if beat >= lengths.size:
            raise _too_few_beats(patient)
        frames = int(lengths[beat] / (shot.size * repetition_time))
        if frames < 1:
            raise InvalidInput(
                f"A segment lasts {shot.size * repetition_time:.0f} ms, a beat {lengths[beat]:.0f} ms.",
                "A beat must hold at least one segment.",
                "Make the segments shorter.",
            )
        readouts.append(_block(shot, frames, patient.r_waves[beat], repetition_time))
        triggers += [beat] * readouts[-1][0].size
        beat += 1
    return _schedule(patient, rng, readouts, np.array(triggers))


def real_time(patient: Patient, rng: np.random.Generator, frames: list[Lines], repetition_time: float) -> Schedule:
    """Not gated: frame after frame, each with its own lines, through the heart beats as they come.

    Raises:
        InvalidInput: a repetition time that is not positive, a scan longer than the R waves that were given.
    """
    _check(repetition_time, 0.0, len(frames), 1)
    line = np.concatenate(frames)
    clock = np.asarray(np.arange(line.size) * repetition_time, np.float64)
    frame = np.asarray(np.repeat(np.arange(len(frames)), [part.size for part in frames]), np.intp)
    if clock[-1] >= patient.r_waves[-1]:
        raise _too_few_beats(patient)
    trigger = np.searchsorted(patient.r_waves, clock, side="right") - 1
    return _schedule(patient, rng, [(line, frame, clock)], trigger)


def _block(shot: Lines, frames: int, start: float, repetition_time: float) -> tuple[Lines, Lines, Array]:
    line = np.tile(shot, frames)
    clock = np.asarray(start + np.arange(line.size) * repetition_time, np.float64)
    return line, np.asarray(np.repeat(np.arange(frames), shot.size), np.intp), clock


def _schedule(
    patient: Patient, rng: np.random.Generator, readouts: list[tuple[Lines, Lines, Array]], trigger: NDArray[np.intp]
) -> Schedule:
    line, frame, clock = (np.concatenate(parts) for parts in zip(*readouts, strict=True))
    if clock[-1] >= patient.r_waves[-1]:
        raise _too_few_beats(patient)
    return Schedule(
        line=line,
        frame=frame,
        clock=clock,
        time=clock - patient.r_waves[trigger],
        rr=np.diff(patient.r_waves)[trigger],
        heart_time=heart_time(clock, patient.r_waves, patient.period),
        breath=patient.breathing.position(rng, clock),
    )


def _check(repetition_time: float, delay: float, frames: int, every: int) -> None:
    if not (repetition_time > 0 and delay >= 0 and frames >= 1 and every >= 1):
        raise InvalidInput(
            f"The repetition time is {repetition_time} ms, the delay {delay} ms, {frames} frames every {every} beats.",
            "A positive repetition time, a delay of 0 or more, and at least one frame and beat are expected.",
            "Correct the timing.",
        )


def _too_few_beats(patient: Patient) -> InvalidInput:
    return InvalidInput(
        f"The scan does not end within the {patient.r_waves.size} R waves ({patient.r_waves[-1] / 1000:.1f} s) given.",
        "R waves until the end of the scan are needed.",
        "Draw them for a longer time, or widen the window of accepted beats.",
    )


__all__ = ["Patient", "Schedule", "prospective", "real_time", "retrospective"]
