"""What is done to the spins, step by step: the score that `epg` and `bloch` both play.

A `Program` is a row of events; `+` puts one after another, `*` repeats. All waves of dephasing are counted in whole
units of one gradient's moment per repetition, which dephases the spins of a voxel by 2 pi.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput


class Event(IntEnum):
    """Kinds of events and their two numbers."""

    PULSE = 0
    """Flip angle and phase, radians."""
    WAIT = 1
    """Time in ms, and units of dephasing."""
    READ = 2
    """Phase of the receiver, radians."""
    READ_Z = 3
    """The longitudinal magnetisation."""
    SPOIL = 4
    """All transverse magnetisation and all dephased longitudinal magnetisation is gone."""
    DECAY = 5
    """Time in ms of transverse decay before the magnetisation is put back along the field: an ideal T2 preparation."""
    SCALE = 6
    """Longitudinal magnetisation times a number: -1 is an ideal inversion, 0 an ideal saturation."""


@dataclass(frozen=True, eq=False)
class Program:
    """Events in their order.

    Args:
        kinds: ``(event,)``, `Event`.
        numbers: ``(event, 2)``.
    """

    kinds: NDArray[np.int64]
    numbers: NDArray[np.float64]

    def __add__(self, after: "Program") -> "Program":
        return joined([self, after])

    def __mul__(self, times: int) -> "Program":
        return Program(np.tile(self.kinds, times), np.tile(self.numbers, (times, 1)))

    @property
    def reads(self) -> int:
        """How many signals it gives."""
        return int(np.isin(self.kinds, (Event.READ, Event.READ_Z)).sum())


def joined(parts: list[Program]) -> Program:
    """One after another."""
    if not parts:
        return Program(np.zeros(0, np.int64), np.zeros((0, 2)))
    return Program(np.concatenate([part.kinds for part in parts]), np.concatenate([part.numbers for part in parts]))


def _event(kind: Event, first: float = 0.0, second: float = 0.0) -> Program:
    if not (math.isfinite(first) and math.isfinite(second)):
        raise InvalidInput(
            f"An event {kind.name.lower()} has the numbers {first} and {second}.",
            "Angles, times and phases are finite.",
            "Correct the sequence.",
        )
    return Program(np.array([kind], np.int64), np.array([[first, second]]))


def pulse(flip: float, phase: float = 0.0) -> Program:
    """A hard pulse: flip angle and phase of its axis, radians."""
    return _event(Event.PULSE, flip, phase)


def wait(time: float, dephasing: int = 0) -> Program:
    """Relaxation and precession for a time in ms, with whole units of dephasing.

    Raises:
        InvalidInput: a negative time.
    """
    if time < 0:
        raise InvalidInput(f"A wait takes {time} ms.", "Times are not negative.", "Check echo and repetition times.")
    return _event(Event.WAIT, time, dephasing)


def read(phase: float = 0.0) -> Program:
    """Signal with the receiver at a phase, radians."""
    return _event(Event.READ, phase)


def read_z() -> Program:
    """Longitudinal magnetisation as a signal."""
    return _event(Event.READ_Z)


def spoil() -> Program:
    """Ideal spoiling."""
    return _event(Event.SPOIL)


def invert(efficiency: float = 1.0) -> Program:
    """Ideal inversion but for its efficiency, and a spoiler."""
    return spoil() + _event(Event.SCALE, -efficiency)


def saturate(efficiency: float = 1.0) -> Program:
    """Ideal saturation but for its efficiency, and a spoiler."""
    return spoil() + _event(Event.SCALE, 1 - efficiency)


def prepare_t2(time: float) -> Program:
    """Ideal T2 preparation of a length in ms, and a spoiler."""
    return spoil() + _event(Event.DECAY, time)


__all__ = [
    "Event", "Program", "invert", "joined", "prepare_t2", "pulse", "read", "read_z", "saturate", "spoil", "wait",
]  # fmt: skip
