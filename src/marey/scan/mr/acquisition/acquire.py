"""The measurement: every readout of a schedule sees the object as it is at its own time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, KSpace
from marey.scan.mr.acquisition.encoding import Encoding, ObjectGrid
from marey.scan.mr.acquisition.gating import Schedule
from marey.scan.mr.acquisition.magnetisation import Magnetisation, read_out
from marey.scan.mr.acquisition.noise import complex_noise

Complex = NDArray[np.complex64]
States = Callable[[float, float], Magnetisation]
"""The object at a time (ms in the simulated beat) and a breath (mm)."""


class Encoder(Protocol):
    """What turns a picture into the samples of its lines or spokes."""

    @property
    def encoding(self) -> Encoding:
        """Field of view, matrix and bandwidth."""
        ...

    @property
    def sensitivities(self) -> Complex:
        """``(coil, row, column)`` on the picture's grid."""
        ...

    @property
    def per_field(self) -> tuple[int, int]:
        """Pixels of that grid in one field of view."""
        ...

    def readouts(self, image: Complex, lines: NDArray[np.intp]) -> Complex:
        """``(coil, readout, sample)`` of some lines of a picture ``(row, column)``."""
        ...

    def trajectory(self, lines: NDArray[np.intp]) -> NDArray[np.float32]:
        """``(..., sample, 2)`` cycles/mm of the samples of lines ``(...)``."""
        ...


@dataclass(frozen=True, eq=False)
class StateTable:
    """States of the object at some times and breaths; between them the nearest is taken, times repeat."""

    times: NDArray[np.float64]
    breaths: NDArray[np.float64]
    magnetisation: Sequence[Sequence[Magnetisation]]
    period: float

    def __post_init__(self) -> None:
        """Refuse a table with holes."""
        if [len(row) for row in self.magnetisation] != [len(self.breaths)] * len(self.times) or not len(self.times):
            raise InvalidInput(
                f"The table of states has {len(self.magnetisation)} rows for {len(self.times)} times.",
                "One state per time and breath is needed.",
                "Render the missing states.",
            )

    def __call__(self, time: float, breath: float) -> Magnetisation:
        """The nearest state."""
        apart = np.abs((self.times - time + self.period / 2) % self.period - self.period / 2)
        return self.magnetisation[int(np.argmin(apart))][int(np.argmin(np.abs(self.breaths - breath)))]


def acquire(
    states: States,
    schedule: Schedule,
    encoder: Encoder,
    grid: ObjectGrid,
    rng: np.random.Generator,
    *,
    noise_covariance: NDArray[np.complex128],
    noise: float,
    time_step: float = 10.0,
    breath_step: float = 0.5,
) -> KSpace:
    """Readouts ``(coil, readout, sample)`` of a moving object.

    Args:
        states: the object on `grid`, at a time of the simulated beat and a breath.
        schedule: when each line is measured.
        encoder: coils and Fourier encoding, on the reduced grid (`reduced_grid`).
        grid: of the object.
        rng: of the noise.
        noise_covariance: ``(coil, coil)`` of mean diagonal 1.
        noise: standard deviation of the real part of a sample (`Receiver.sample_noise`).
        time_step, breath_step: ms and mm within which the object counts as still.

    Raises:
        InvalidInput: an object of another shape than its grid, a schedule that the encoder cannot measure, steps of 0.
    """
    if not (time_step > 0 and breath_step > 0 and noise >= 0 and schedule.line.size):
        raise InvalidInput(
            f"The steps are {time_step} ms and {breath_step} mm, the noise {noise}, the readouts {schedule.line.size}.",
            "Positive steps, noise of 0 or more and at least one readout are expected.",
            "Correct the settings or the schedule.",
        )
    coils, *picture = encoder.sensitivities.shape
    reduced = ObjectGrid((picture[0], picture[1]), encoder.per_field)
    keys = np.stack([np.rint(schedule.heart_time / time_step), np.rint(schedule.breath / breath_step)], axis=1)
    moments, member = np.unique(keys, axis=0, return_inverse=True)
    samples = np.empty((coils, schedule.line.size, encoder.encoding.samples), np.complex64)
    for state, (time, breath) in enumerate(moments):
        seen = states(float(time * time_step), float(breath * breath_step))
        _check_shape(seen, grid)
        readouts = np.flatnonzero(member.ravel() == state)
        image = read_out(seen, encoder.encoding, grid, reduced)
        samples[:, readouts] = encoder.readouts(image, schedule.line[readouts])
    if noise:
        samples += complex_noise(rng, noise_covariance, noise, samples.shape[1:])
    covariance = np.asarray(2 * noise**2 * noise_covariance, np.complex128)
    trajectory = encoder.trajectory(schedule.line)
    return KSpace(samples, trajectory, schedule.clock, covariance, encoder.encoding.dwell_time)


def _check_shape(seen: Magnetisation, grid: ObjectGrid) -> None:
    if seen.values.shape[1:] != grid.shape:
        raise InvalidInput(
            f"The object has {seen.values.shape[1:]} pixels.", f"Its grid has {grid.shape}.", "Render it on the grid."
        )


__all__ = ["Encoder", "StateTable", "States", "acquire"]
