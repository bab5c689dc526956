"""From readouts in the order of measurement to phases of the heart beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, KSpace
from marey.scan.mr.acquisition.gating import Schedule
from marey.scan.mr.acquisition.sampling import Lines


@dataclass(frozen=True, eq=False)
class Sorting:
    """Which readouts make each line of each phase: ``(1 - weight) * first + weight * second``.

    Args:
        lines: ``(line,)`` of k-space that were measured.
        first, second: ``(phase, line)`` numbers of readouts.
        weight: ``(phase, line)``, 0 to 1.
        times: ``(phase,)`` ms since the R wave of each phase's middle, in a beat of mean length.
    """

    lines: Lines
    first: Lines
    second: Lines
    weight: NDArray[np.float32]
    times: NDArray[np.float64]


def by_frame(schedule: Schedule, shared: bool = False) -> Sorting:
    """Phases as they were triggered: the readouts of the same frame.

    Args:
        schedule: prospective or real-time, with every line once in each frame.
        shared: put a phase between each two, half of whose lines are the later ones of the frame before, half the
            earlier ones of the frame after (view sharing).

    Raises:
        InvalidInput: a frame that has not every line once.
    """
    lines = np.unique(schedule.line)
    frames = int(schedule.frame.max()) + 1
    table = np.full((frames, lines.size), -1, np.intp)
    table[schedule.frame, np.searchsorted(lines, schedule.line)] = np.arange(schedule.line.size)
    if schedule.line.size != table.size or (table < 0).any():
        raise InvalidInput(
            f"{schedule.line.size} readouts do not fill {frames} frames of {lines.size} lines.",
            "Every line once in every frame is needed to sort by frame.",
            "Sort a retrospective scan with by_phase; reconstruct frames with lines of their own one by one.",
        )
    if shared:
        late = schedule.time[table[:-1]] > np.median(schedule.time[table[:-1]], axis=1, keepdims=True)
        between = np.where(late, table[:-1], table[1:])
        whole = np.empty((2 * frames - 1, lines.size), np.intp)
        whole[::2], whole[1::2] = table, between
        table = whole
    return Sorting(lines, table, table, np.zeros(table.shape, np.float32), schedule.time[table].mean(axis=1))


def by_phase(schedule: Schedule, phases: int) -> Sorting:
    """Phases at even parts of the beat, each line interpolated between the two moments nearest to it that have it.

    Args:
        schedule: retrospective.
        phases: number of phases; phase p is at p / phases of the beat.

    Raises:
        InvalidInput: fewer than two phases.
    """
    if phases < 2:
        raise InvalidInput(f"{phases} phases were asked for.", "At least 2 are expected.", "Ask for about 25.")
    lines = np.unique(schedule.line)
    part = schedule.time / schedule.rr
    wanted = np.arange(phases) / phases
    first, second = np.empty((2, phases, lines.size), np.intp)
    weight = np.empty((phases, lines.size), np.float32)
    order = np.lexsort((part, schedule.line))
    for column, readouts in enumerate(np.split(order, np.searchsorted(schedule.line[order], lines[1:]))):
        have = part[readouts]
        above = np.searchsorted(have, wanted, side="right")
        before, after = (above - 1) % have.size, above % have.size
        gap = (have[after] - have[before]) % 1.0
        gap = np.where(gap > 0, gap, 1.0)
        first[:, column], second[:, column] = readouts[before], readouts[after]
        weight[:, column] = (wanted - have[before]) % 1.0 / gap
    return Sorting(lines, first, second, np.clip(weight, 0, 1), wanted * float(np.mean(schedule.rr)))


def sort(kspace: KSpace, sorting: Sorting) -> KSpace:
    """K-space ``(coil, phase, line, sample)`` of readouts ``(coil, readout, sample)``.

    The noise covariance stays that of one readout; interpolated lines have less noise.
    """
    samples = kspace.samples[:, sorting.first]
    if sorting.weight.any():
        weight = sorting.weight[..., None]
        samples *= 1 - weight
        samples += weight * kspace.samples[:, sorting.second]
    place = sorting.first[:1] if kspace.trajectory.shape[0] > 1 else np.zeros((1, 1), np.intp)
    times = (1 - sorting.weight) * kspace.times[sorting.first] + sorting.weight * kspace.times[sorting.second]
    return KSpace(samples, kspace.trajectory[place], times, kspace.noise_covariance, kspace.dwell_time)


__all__ = ["Sorting", "by_frame", "by_phase", "sort"]
