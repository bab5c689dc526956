"""The frames at one slice position, put in the order of the beat, or recognised as no cine at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.io.beat import LONGEST_RR, SHORTEST_RR
from marey.io.dicom_frames import Frame

SLOWEST_PHASE = 250.0  # ms between phases; frames further apart in time are one per beat or slower
SAME_MOMENT = 0.05  # ms


@dataclass(frozen=True, eq=False)
class Run:
    """The phases of one slice.

    Args:
        frames: in the order of the beat; one frame is a still.
        times: (t,) ms after the R wave, increasing; phase / t where there is no clock.
        clock: whether `times` are milliseconds.
        rr: ms, NaN when it cannot be known.
        repeated: frames left out because another one has the same position and moment.
    """

    frames: tuple[Frame, ...]
    times: NDArray[np.float64]
    clock: bool
    rr: float
    repeated: tuple[Frame, ...] = ()

    @property
    def relative(self) -> NDArray[np.float64]:
        """(t,) phase of the beat, 0 to 1; evenly spread where there is no clock."""
        if self.clock and math.isfinite(self.rr):
            return self.times / self.rr
        return np.arange(len(self.frames)) / len(self.frames)

    @property
    def gap(self) -> bool:
        """Whether a frame is missing between the first and the last."""
        steps = np.diff(self.times)
        return bool(steps.size >= 3 and steps.max() > 1.6 * np.median(steps))


def run_of(frames: Sequence[Frame]) -> Run | None:
    """Order the frames of one series at one position; None when they are not phases of one beat.

    Trigger times come first; where all are equal or one is missing, temporal positions, acquisition times and at last
    instance numbers decide. Maps (echo or inversion times differ) and dynamic series (one frame per beat) are no cine.
    """
    frames = sorted(frames, key=lambda frame: frame.instance)
    if len(frames) == 1:
        return Run(tuple(frames), np.zeros(1), False, frames[0].rr)
    if len({frame.contrast for frame in frames}) > 1 or _one_per_beat(frames):
        return None
    key = _order(frames)
    if key is None:
        return None
    kept, repeated = _distinct(sorted(frames, key=key), key)
    run = _timed(kept)
    return replace(run, repeated=tuple(repeated))


def merge_singles(runs: Sequence[Run]) -> Run | None:
    """One run from series that hold one phase each, if their times tell them apart."""
    merged = run_of([run.frames[0] for run in runs])
    return merged if merged is not None and len(merged.frames) > 1 and not merged.repeated else None


def _order(frames: Sequence[Frame]) -> Callable[[Frame], float] | None:
    """The first header value that tells the phases apart."""
    triggers = [frame.trigger for frame in frames]
    enough = max(2, len(frames) / 2)
    if _count(triggers, SAME_MOMENT) >= enough:
        return lambda frame: round(frame.trigger / SAME_MOMENT) * SAME_MOMENT
    if _count([frame.temporal for frame in frames], 0.5) >= enough:
        return lambda frame: frame.temporal
    if all(trigger > 0 for trigger in triggers):
        return None  # stills, all taken at one delay after the R wave
    if _count([frame.acquired for frame in frames], 1e-4) == len(frames):
        return lambda frame: frame.acquired
    return (lambda frame: frame.instance) if _count([f.instance for f in frames], 0.5) == len(frames) else None


def _count(values: Sequence[float], tolerance: float) -> int:
    """How many different values; 0 when one is missing."""
    return len({round(value / tolerance) for value in values}) if all(map(math.isfinite, values)) else 0


def _one_per_beat(frames: Sequence[Frame]) -> bool:
    moments = sorted({frame.acquired for frame in frames if math.isfinite(frame.acquired)})
    if len(moments) < max(3, len(frames) / 2):
        return False
    return float(np.median(np.diff(moments))) * 1000 > SLOWEST_PHASE


def _distinct(frames: Sequence[Frame], key: Callable[[Frame], float]) -> tuple[list[Frame], list[Frame]]:
    kept: list[Frame] = []
    repeated: list[Frame] = []
    for frame in frames:
        (repeated if kept and key(kept[-1]) == key(frame) else kept).append(frame)
    return kept, repeated


def _timed(frames: Sequence[Frame]) -> Run:
    """Times and RR interval of frames that are in order."""
    triggers = np.array([frame.trigger for frame in frames])
    known = [frame.rr for frame in frames if math.isfinite(frame.rr)]
    rr = float(np.median(known)) if known else math.nan
    clock = bool(np.isfinite(triggers).all() and (np.diff(triggers) > 0).all())
    if clock:
        return Run(tuple(frames), triggers, True, rr if known else estimated_rr(triggers))
    phases = np.arange(len(frames)) / len(frames)
    return Run(tuple(frames), phases * rr if known else phases, bool(known), rr)


def estimated_rr(times: NDArray[np.float64]) -> float:
    """RR interval in ms from at least three evenly spread trigger times, NaN if that makes no beat."""
    if times.size < 3:
        return math.nan
    rr = float(times[-1] - times[0] + np.median(np.diff(times)))
    return rr if SHORTEST_RR <= rr <= LONGEST_RR else math.nan


__all__ = ["Run", "estimated_rr", "merge_singles", "run_of"]
