"""A series of MR pictures with what its header says and what is true of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.image import Image, Labels

Content = Literal[
    "magnitude", "real", "T1 map", "T2 map",
    "velocity", "velocity left", "velocity back", "velocity head",
    "phase row", "phase column", "phase through",
]  # fmt: skip
Sequence = Literal["bSSFP", "spoiled gradient echo", "phase contrast", "inversion recovery", "spin echo"]
Gating = Literal["retrospective", "prospective", "none"]


@dataclass(frozen=True)
class MrHeader:
    """How pictures were made, as a scanner writes it; times in ms, angles in radians, None where it is not known.

    Args:
        description: what the scanner calls the series.
        content: of the pixels; velocities towards the left, back and head of the patient, or through the slice;
            phases that encode displacement along rows, columns or through the slice.
        sequence: that read them.
        field_strength: tesla.
        flip_angle, repetition_time, echo_time: of the readout.
        inversion_times: (t,) of each frame, or one for all; empty without inversion.
        bandwidth: per pixel, kHz.
        phase_encoding: along which index phases are encoded, as DICOM's In-plane Phase Encoding Direction: "row" when
            along a row, so that the column index counts phase encodings, "column" otherwise.
        acquired: lines and samples of a full k-space.
        percent_sampling: share of these lines that were measured, in per cent.
        velocity_encoding: highest velocity that is not aliased, mm/ms.
        velocity_direction: (3,) unit vector LPS of positive velocities.
        gating: by the ECG.
        slope, intercept: the pixels' value in `unit` is ``slope * pixel + intercept``.
        unit: "1", "ms" or "cm/s".
        acceleration: of the parallel acquisition, 1 without.
        partial_fourier: share of k-space within which lines were measured, 1 for all of it.

    Raises:
        InvalidInput: numbers that are not finite, a velocity encoding that is not positive.
    """

    description: str = ""
    content: Content = "magnitude"
    sequence: Sequence = "bSSFP"
    field_strength: float | None = None
    flip_angle: float | None = None
    repetition_time: float | None = None
    echo_time: float | None = None
    inversion_times: tuple[float, ...] = ()
    bandwidth: float | None = None
    phase_encoding: Literal["row", "column"] | None = None
    acquired: tuple[int, int] | None = None
    percent_sampling: float | None = None
    velocity_encoding: float | None = None
    velocity_direction: tuple[float, float, float] | None = None
    gating: Gating = "retrospective"
    slope: float = 1.0
    intercept: float = 0.0
    unit: str = "1"
    acceleration: float = 1.0
    partial_fourier: float = 1.0

    def __post_init__(self) -> None:
        numbers = (self.slope, self.intercept, *self.inversion_times, *(self.velocity_direction or ()))
        known = (
            self.field_strength, self.flip_angle, self.repetition_time, self.echo_time, self.bandwidth,
            self.percent_sampling, self.acceleration, self.partial_fourier,
        )  # fmt: skip
        if not all(map(math.isfinite, numbers)) or not all(value is None or value > 0 for value in known):
            raise InvalidInput(
                f"The header of '{self.description}' has numbers that are not finite or not positive.",
                "Times, angles, field strength and bandwidth are positive.",
                "Leave out what is not known.",
            )
        if self.velocity_encoding is not None and not self.velocity_encoding > 0:
            raise InvalidInput(
                f"The velocity encoding is {self.velocity_encoding} mm/ms.",
                "It is a velocity above 0, such as 1.5 mm/ms.",
                "Correct 'velocity_encoding'.",
            )


@dataclass(frozen=True, eq=False)
class MrSeries:
    """Pictures, their header and their truth.

    Args:
        image: values ``(t, z, y, x)``.
        header: how they were made.
        labels: true structures on the same grid and times; None where they are not known.
        truth: further true arrays ``(t, z, y, x, ...)`` by name.

    Raises:
        InvalidInput: truth on another grid or at other times.
    """

    image: Image
    header: MrHeader = field(default_factory=MrHeader)
    labels: Labels | None = None
    truth: Mapping[str, NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        shape = self.image.values.shape
        shapes = {name: np.shape(values)[:4] for name, values in self.truth.items()}
        if self.labels is not None:
            shapes["labels"] = self.labels.values.shape
        for name, found in shapes.items():
            if found != shape:
                raise InvalidInput(
                    f"The truth '{name}' of '{self.header.description}' has the shape {found}.",
                    f"The pictures have {shape}.",
                    "Give it on the pictures' grid, at their times.",
                )
        if len(self.header.inversion_times) not in (0, 1, shape[0]):
            raise InvalidInput(
                f"There are {len(self.header.inversion_times)} inversion times for {shape[0]} frames.",
                "One for each frame, or one for all, is expected.",
                "Correct 'inversion_times'.",
            )


__all__ = ["Content", "MrHeader", "MrSeries"]
