"""Cardiac MR fingerprinting: T1 and T2 at once from a pseudo-random train of unbalanced (FISP) echoes.

Steady-state free precession with one unit of dephasing per repetition (Jiang 2015, doi:10.1002/mrm.25559); in the
heart, one window of echoes per heartbeat, each after an inversion, a T2 preparation or nothing (Hamilton 2017,
doi:10.1002/mrm.26216). Every voxel's course is compared with a dictionary that phase graphs make from the patient's own
heartbeats.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marey.core import InvalidInput, Parameters, parameter
from marey.core.units import ms
from marey.scan.mr import epg
from marey.scan.mr.program import Program, invert, joined, prepare_t2, pulse, read, wait
from marey.scan.mr.sequences.readout import DEGREE, Complex, Reals
from marey.scan.mr.spins import Spins

HAMILTON = ("inversion", "none", "t2 40", "t2 80", "inversion", "none", "t2 40", "t2 80", "inversion", "none", "t2 40",
            "t2 80", "inversion", "none", "t2 40")  # fmt: skip
"""Preparation of each heartbeat."""


@dataclass(frozen=True)
class Fingerprinting(Parameters):
    """Train of echoes over heartbeats, or without gating when there is one heartbeat.

    Args:
        preparations: of each heartbeat: "inversion", "none" or "t2 " and a time in ms.
        echoes: in each heartbeat.
        lowest, highest: of the flip angles, radians.
        repetition_time: shortest, ms; up to `variation` longer.
        echo_time: ms.
        inversion_time: from the inversion to the first echo's pulse, ms.
        seed: of the pseudo-random numbers.
        orders: of dephasing that are kept.
    """

    preparations: tuple[str, ...] = HAMILTON
    echoes: int = parameter(50, 1, 4000, "1", "doi:10.1002/mrm.26216")
    lowest: float = parameter(4 * DEGREE, 0, math.pi, "deg", "doi:10.1002/mrm.26216")
    highest: float = parameter(25 * DEGREE, 0, math.pi, "deg", "textbook value")
    repetition_time: float = parameter(5.1 * ms, 2 * ms, 50 * ms, "ms", "textbook value")
    variation: float = parameter(0.5 * ms, 0, 50 * ms, "ms", "textbook value")
    echo_time: float = parameter(1.4 * ms, 0.1 * ms, 40 * ms, "ms", "textbook value")
    inversion_time: float = parameter(21 * ms, 5 * ms, 1000 * ms, "ms", "doi:10.1002/mrm.26216")
    seed: int = parameter(4, 0, 2**31, "1", "arbitrary")
    orders: int = parameter(24, 2, 512, "1", "convergence, tests")

    def __post_init__(self) -> None:
        """Refuse preparations that nobody knows, and echoes after the next pulse."""
        super().__post_init__()
        for name in self.preparations:
            _preparation(name, self.inversion_time)
        if not self.preparations or self.echo_time > self.repetition_time:
            raise InvalidInput(
                f"There are {len(self.preparations)} heartbeats, and the echo comes after {self.echo_time} ms of "
                f"{self.repetition_time} ms.",
                "At least one heartbeat is needed, and the echo lies before the next pulse.",
                "Correct the sequence.",
            )

    @property
    def images(self) -> int:
        """Echoes altogether."""
        return self.echoes * len(self.preparations)

    def flip_angles(self) -> Reals:
        """``(image,)`` radians: half waves of random height over each heartbeat, with some noise."""
        rng = np.random.default_rng(self.seed)
        heights = rng.uniform(0.4, 1, (len(self.preparations), 1))
        wave = heights * np.sin(np.pi * (np.arange(self.echoes) + 0.5) / self.echoes)
        noise = rng.uniform(-0.05, 0.05, wave.shape)
        return np.asarray(self.lowest + (self.highest - self.lowest) * np.clip(wave + noise, 0, 1), np.float64).ravel()

    def repetition_times(self) -> Reals:
        """``(image,)`` ms."""
        rng = np.random.default_rng(self.seed + 1)
        return np.asarray(self.repetition_time + self.variation * rng.random(self.images), np.float64)

    @property
    def preparation_times(self) -> Reals:
        """``(heartbeat,)`` ms from the beginning of a preparation to the first echo's pulse."""
        return np.array([_preparation(name, self.inversion_time)[1] for name in self.preparations])

    def intervals(self, windows: ArrayLike) -> Reals:
        """``(heartbeats - 1,)`` ms from preparation to preparation, of the beginnings of the echoes, `program`'s `rr`.

        Args:
            windows: ``(heartbeat,)`` ms of the first echo's pulse; a preparation of any length ends there.
        """
        return np.diff(np.asarray(windows, np.float64) - self.preparation_times)

    def program(self, rr: ArrayLike) -> Program:
        """The events of the whole scan.

        Args:
            rr: ms from preparation to preparation; one, or those between the heartbeats, ``(heartbeats - 1,)``.

        Raises:
            InvalidInput: a heartbeat too short for its echoes.
        """
        beats = len(self.preparations)
        intervals = np.append(np.broadcast_to(np.asarray(rr, np.float64), (beats - 1,)), np.inf)
        flips, times = (a.reshape(beats, -1) for a in (self.flip_angles(), self.repetition_times()))
        parts: list[Program] = []
        for name, interval, angles, repetitions in zip(self.preparations, intervals, flips, times, strict=True):
            preparation, length = _preparation(name, self.inversion_time)
            rest = interval - length - repetitions.sum()
            if rest < 0:
                raise InvalidInput(
                    f"{self.echoes} echoes and their preparation take {interval - rest:.0f} ms, "
                    f"a heartbeat {interval:.0f} ms.",
                    "They fit into one heartbeat.",
                    "Take fewer echoes.",
                )
            parts.append(preparation)
            parts += [self._repetition(a, t) for a, t in zip(angles.tolist(), repetitions.tolist(), strict=True)]
            parts += [wait(rest)] if math.isfinite(rest) else []
        return joined(parts)

    def _repetition(self, angle: float, time: float) -> Program:
        return pulse(angle) + wait(self.echo_time) + read(-math.pi / 2) + wait(time - self.echo_time, 1)

    def __call__(self, of: Spins, rr: ArrayLike, b1: ArrayLike = 1.0) -> Complex:
        """Signals of every echo, ``(*shape, image)``; off-resonance does not matter but for the phase.

        Args:
            of: spins.
            rr: as of `program`.
            b1: factor of the flip angles, broadcast with the spins.
        """
        signals = epg.play(self.program(rr), of.t1, of.t2, 0.0, b1, orders=self.orders)
        return np.asarray(of.density[..., None] * signals, np.complex128)


def _preparation(name: str, inversion_time: float) -> tuple[Program, float]:
    """Its events and how long they take, ms."""
    if name == "none":
        return joined([]), 0.0
    if name == "inversion":
        return invert() + wait(inversion_time), inversion_time
    kind, _, time = name.partition(" ")
    if kind == "t2" and time.isdecimal() and 0 < int(time) <= 500:
        return prepare_t2(float(time)), float(time)
    raise InvalidInput(
        f"There is no preparation '{name}'.", "Known are 'inversion', 'none' and 't2 40'.", "Correct the name."
    )


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Courses of known tissues; they are real, since all pulses have one axis and the receiver follows it.

    Args:
        t1, t2: ``(atom,)`` ms.
        sizes: ``(atom,)`` lengths of the courses.
        vectors: ``(image, rank)`` float32, the leading singular vectors.
        courses: ``(atom, rank)`` float32, courses of length 1 in these.
    """

    t1: Reals
    t2: Reals
    sizes: Reals
    vectors: NDArray[np.float32]
    courses: NDArray[np.float32]


def build_dictionary(
    sequence: Fingerprinting, rr: ArrayLike, t1: ArrayLike, t2: ArrayLike, lost: float = 1e-6
) -> Dictionary:
    """Courses of every pair of a T1 and a T2 that is not longer than it.

    Args:
        sequence: of the scan.
        rr: heartbeats of the scan, ms.
        t1, t2: values of the grid, ms.
        lost: share of the courses' energy that the singular vectors may leave out.

    Raises:
        InvalidInput: no pair is left.
    """
    pairs = np.array([(a, b) for a in np.ravel(t1) for b in np.ravel(t2) if b <= a], np.float64)
    if not len(pairs):
        raise InvalidInput("The grid is empty.", "T2 is at most T1.", "Give relaxation times in milliseconds.")
    courses = epg.play(sequence.program(rr), pairs[:, 0], pairs[:, 1], orders=sequence.orders).real
    sizes = np.linalg.norm(courses, axis=1)
    courses = courses / sizes[:, None]
    energies, vectors = np.linalg.eigh(courses.T @ courses)
    kept = np.cumsum(energies) > lost * len(pairs)
    leading = vectors[:, kept]
    return Dictionary(
        pairs[:, 0], pairs[:, 1], sizes, leading.astype(np.float32), (courses @ leading).astype(np.float32)
    )


def compressed(dictionary: Dictionary, rank: int) -> Dictionary:
    """The dictionary for pictures of the coefficients of its `rank` last, strongest singular vectors."""
    courses = dictionary.courses[:, -rank:]
    lengths = np.linalg.norm(courses, axis=1)
    vectors = np.eye(courses.shape[1], dtype=np.float32)
    return Dictionary(
        dictionary.t1, dictionary.t2, dictionary.sizes * lengths, vectors,
        (courses / lengths[:, None]).astype(np.float32),
    )  # fmt: skip


def match(dictionary: Dictionary, signals: ArrayLike) -> tuple[Reals, Reals, Complex]:
    """T1 (ms), T2 (ms) and complex density of every voxel: the atom of the largest correlation.

    Args:
        dictionary: of the same scan.
        signals: ``(*shape, image)``.

    Raises:
        InvalidInput: signals of another length.
    """
    s = np.asarray(signals, np.complex64)
    if s.shape[-1] != len(dictionary.vectors):
        raise InvalidInput(
            f"The signals have {s.shape[-1]} images, the dictionary {len(dictionary.vectors)}.",
            "Both belong to one scan.",
            "Build the dictionary with the scan's sequence and heartbeats.",
        )
    rows = s.reshape(-1, s.shape[-1]) @ dictionary.vectors
    best = np.empty(len(rows), np.int64)
    for start in range(0, len(rows), 512):
        some = rows[start : start + 512]
        best[start : start + 512] = (
            (some.real @ dictionary.courses.T) ** 2 + (some.imag @ dictionary.courses.T) ** 2
        ).argmax(1)
    density = (rows * dictionary.courses[best]).sum(1) / dictionary.sizes[best]
    shape = s.shape[:-1]
    return (
        dictionary.t1[best].reshape(shape),
        dictionary.t2[best].reshape(shape),
        density.astype(np.complex128).reshape(shape),
    )


__all__ = ["HAMILTON", "Dictionary", "Fingerprinting", "build_dictionary", "compressed", "match"]
