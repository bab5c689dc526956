"""Which frames form one stack: parallel, aligned slices of one protocol, however the scanner cut them into series."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.core import Notice
from marey.io.dicom_frames import Frame
from marey.io.dicom_phases import Run, merge_singles, run_of

SAME_DIRECTION = 0.015  # largest difference of two direction cosines, about 1 degree
SAME_POSITION = 0.5  # mm
LARGEST_SHIFT = 0.25  # of the field of view, in plane, between neighbours of one stack
LARGEST_GAP = 35.0  # mm, and 3.5 times the usual step: further apart is another stack
_NEVER_ONE_STACK = 58.0  # mm
_REPEATED_STACK = 3  # positions taken twice: two stacks, not a repeated slice
Positions = list[tuple[float, dict[str, Run]]]  # mm along the normal, and there the run of each series


@dataclass(frozen=True, eq=False)
class Slice:
    """One position of a stack: mm along the normal, and the frames there."""

    position: float
    run: Run


@dataclass(frozen=True, eq=False)
class Stack:
    """Slices in the order of their positions; cines, or stills only."""

    slices: tuple[Slice, ...]

    @property
    def cine(self) -> bool:
        """Whether the slices have phases."""
        return any(len(slice_.run.frames) > 1 for slice_ in self.slices)

    @property
    def first(self) -> Frame:
        """The first frame of the first slice."""
        return self.slices[0].run.frames[0]

    @property
    def label(self) -> str:
        """How a notice names the stack."""
        numbers = sorted({frame.number for slice_ in self.slices for frame in slice_.run.frames})
        if len(numbers) == 1:
            return f"series {numbers[0]}"
        return f"{len(numbers)} series from {numbers[0]} to {numbers[-1]}"


def with_one_reference(frames: Sequence[Frame]) -> list[Frame]:
    """Drop frames of reference that cannot be true, as careless anonymisation leaves them.

    A series has one by definition; and an exam in which every series has its own would have been one of lifting the
    patient off the table between all of them.
    """
    of_series: dict[str, set[str]] = defaultdict(set)
    for frame in frames:
        of_series[frame.series].add(frame.frame_of_reference)
    everywhere = set().union(*of_series.values())
    scrambled = len(of_series) >= 3 and len(everywhere) >= len(of_series)
    return [
        replace(frame, frame_of_reference="") if scrambled or len(of_series[frame.series]) > 1 else frame
        for frame in frames
    ]


def planes(frames: Iterable[Frame]) -> list[list[Frame]]:
    """Frames that could share a stack: one protocol, frame of reference, matrix, pixel size and orientation."""
    alike: dict[object, list[list[Frame]]] = defaultdict(list)
    for frame in frames:
        spacing = tuple(round(step, 2) for step in frame.spacing)
        groups = alike[frame.protocol, frame.frame_of_reference, frame.shape, spacing]
        for group in groups:
            if _parallel(group[0], frame):
                group.append(frame)
                break
        else:
            groups.append([frame])
    return [group for groups in alike.values() for group in groups]


def stacks_of(frames: Sequence[Frame], notices: list[Notice]) -> list[Stack]:
    """The stacks in frames of one plane group; what was left aside goes into `notices`."""
    stacks = []
    for chain in _chains(frames):
        remaining = [_runs(position) for position in chain]
        if not any(len(run.frames) > 1 for _, runs in remaining for run in runs.values()):
            stacks += _split(_stills(remaining))
            continue
        while remaining:
            chosen, remaining = _choose(remaining, notices)
            stacks += _split(chosen)
    return stacks


def _parallel(one: Frame, other: Frame) -> bool:
    apart = np.abs([one.row - other.row, one.column - other.column]).max()
    return bool(apart <= SAME_DIRECTION)


def _chains(frames: Sequence[Frame]) -> list[list[tuple[float, list[Frame]]]]:
    """Positions in order, in chains whose neighbours lie one above the other."""
    normal = np.cross(frames[0].row, frames[0].column)
    chains: list[list[tuple[float, list[Frame]]]] = []
    for frame in sorted(frames, key=lambda frame: float(frame.origin @ normal)):
        along = float(frame.origin @ normal)
        for chain in chains:
            position, there = chain[-1]
            if not _above(there[0], frame, normal):
                continue
            if along - position <= SAME_POSITION:
                there.append(frame)
            else:
                chain.append((along, [frame]))
            break
        else:
            chains.append([(along, [frame])])
    return chains


def _above(one: Frame, other: Frame, normal: NDArray[np.float64]) -> bool:
    offset = other.origin - one.origin
    in_plane = np.linalg.norm(offset - (offset @ normal) * normal)
    return bool(in_plane <= LARGEST_SHIFT * min(np.multiply(one.shape, one.spacing)))


def _runs(position: tuple[float, list[Frame]]) -> tuple[float, dict[str, Run]]:
    """The ordered frames of each series at one position; series that are no cine are not among them."""
    along, frames = position
    by_series: dict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        by_series[frame.series].append(frame)
    runs = {series: run for series, members in by_series.items() if (run := run_of(members)) is not None}
    singles = [run for run in runs.values() if len(run.frames) == 1]
    if len(singles) == len(runs) > 1 and _one_exam(singles) and (merged := merge_singles(singles)) is not None:
        return along, {merged.frames[0].series: merged}
    return along, runs


def _one_exam(singles: Sequence[Run]) -> bool:
    """Whether stills of several series may be the phases of one beat, each exported as a series."""
    frames = [run.frames[0] for run in singles]
    alike = len({frame.description for frame in frames}) == 1 or len(frames) >= 5
    return alike and all(frame.contrast[1] == 0 for frame in frames)


def _stills(positions: Positions) -> list[Slice]:
    return [Slice(along, min(runs.values(), key=_later)) for along, runs in positions if runs]


def _later(run: Run) -> tuple[int, float]:
    return run.frames[0].number, run.frames[0].instance


def _choose(positions: Positions, notices: list[Notice]) -> tuple[list[Slice], Positions]:
    """One cine per position, the latest complete one; what remains is a further stack if it is large enough."""
    chosen, left = [], []
    for along, runs in positions:
        cines = {series: run for series, run in runs.items() if len(run.frames) > 1}
        if not cines:
            continue
        most = max(len(run.frames) for run in cines.values())
        complete = {series: run for series, run in cines.items() if len(run.frames) >= 0.8 * most}
        best = max(complete, key=lambda series: _later(complete[series]))
        chosen.append(Slice(along, cines.pop(best)))
        if cines:
            left.append((along, cines))
    series = {slice_.run.frames[0].series for slice_ in chosen}
    _say_incomplete(positions, series, notices)
    again = Counter(name for _, runs in left for name in runs)
    whole = {name for name, times in again.items() if times >= _REPEATED_STACK}
    dropped = sum(any(name not in whole for name in runs) for _, runs in left)
    if dropped:
        notices.append(
            Notice(
                "repeated-slice",
                f"{dropped} slice(s) of series {chosen[0].run.frames[0].number} were taken more than once; the latest "
                "complete one is used.",
            )
        )
    further = [(along, kept) for along, runs in left if (kept := {n: r for n, r in runs.items() if n in whole})]
    return chosen, further


def _say_incomplete(positions: Positions, series: set[str], notices: list[Notice]) -> None:
    single = [
        run.frames[0].number
        for _, runs in positions
        for name, run in runs.items()
        if len(run.frames) == 1 and name in series
    ]
    if single:
        notices.append(
            Notice(
                "incomplete-slice",
                f"{len(single)} slice(s) of series {single[0]} have only one phase while the others have more; they "
                "are left out, so volumes may be too small.",
                serious=True,
            )
        )


def _split(slices: list[Slice]) -> list[Stack]:
    """Slices that are too far apart to be one stack become several."""
    if not slices:
        return []
    steps = np.diff([slice_.position for slice_ in slices])
    limit = min(_NEVER_ONE_STACK, max(LARGEST_GAP, 3.5 * float(np.median(steps)))) if steps.size else 0
    cuts = [0, *(np.flatnonzero(steps > limit) + 1).tolist(), len(slices)]
    return [Stack(tuple(slices[start:end])) for start, end in itertools.pairwise(cuts)]


__all__ = ["Slice", "Stack", "planes", "stacks_of", "with_one_reference"]
