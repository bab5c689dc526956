"""From the slices of a stack to one `Image`; whatever had to be bent on the way is said."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import FrameSource, Grid, Image, InvalidInput, Notice
from marey.io.dicom_frames import Frame
from marey.io.dicom_phases import Run
from marey.io.dicom_stacks import Slice, Stack

LARGEST_IMAGE = 1024**3  # bytes
LARGEST_HOLE = 0.25  # of the beat; more than that without a frame cannot be interpolated
USUAL_THICKNESS = 8.0  # mm, where the file gives none
Pixels = Mapping[Frame, NDArray[Any]]


def assemble(stack: Stack, pixels: Pixels, notices: list[Notice]) -> Image:
    """One image of the stack.

    Args:
        stack: slices in order.
        pixels: stored values (y, x) of every frame.
        notices: gets what the reader of the report should know.

    Raises:
        InvalidInput: more pixels than memory is kept for.
    """
    slices, phases = _even(stack, notices)
    runs = [slice_.run for slice_ in slices]
    grid = _grid(slices)
    dtype = _dtype([frame for run in runs for frame in run.frames], pixels)
    _check_size((phases, *grid.shape), dtype)
    values = np.empty((phases, *grid.shape), dtype)
    sources: list[list[FrameSource]] = []
    shifts = _shifts(slices)
    for z, run in enumerate(runs):
        cine, origin = _in_phases(run, phases, pixels, dtype)
        values[:, z] = _shifted(cine, shifts[z])
        sources.append(origin)
    times, clock = _times(runs, phases)
    _say_geometry(stack.label, grid, shifts, notices)
    _say_timing(stack.label, runs, phases, clock, notices)
    names = dict.fromkeys(run.frames[0].description for run in runs if run.frames[0].description)
    return Image(
        values,
        grid,
        times,
        np.array([run.rr for run in runs]),
        name=" + ".join(list(names)[:3]),
        modality="MR",
        sources=tuple(zip(*sources, strict=True)),
    )


def _even(stack: Stack, notices: list[Notice]) -> tuple[list[Slice], int]:
    """The slices that can be brought to the commonest number of phases, and that number."""
    counts = Counter(len(slice_.run.frames) for slice_ in stack.slices)
    phases = max(counts, key=lambda count: (counts[count], count))
    kept = [slice_ for slice_ in stack.slices if len(slice_.run.frames) == phases or _dense(slice_.run)]
    if len(kept) < len(stack.slices):
        notices.append(
            Notice(
                "incomplete-slice",
                f"{len(stack.slices) - len(kept)} slice(s) of {stack.label} hold too few phases of the beat; they are "
                "left out, so volumes may be too small.",
                serious=True,
            )
        )
    other = [slice_.run for slice_ in kept if len(slice_.run.frames) != phases]
    if other:
        _say_unequal(stack.label, other, phases, notices)
    return kept, phases


def _dense(run: Run) -> bool:
    holes = np.diff([*run.relative, run.relative[0] + 1])
    return bool(holes.max() <= LARGEST_HOLE)


def _say_unequal(label: str, runs: Sequence[Run], phases: int, notices: list[Notice]) -> None:
    missing = any(run.gap for run in runs) or any(len(run.frames) < phases and not _covers(run) for run in runs)
    counts = ", ".join(str(count) for count in sorted({len(run.frames) for run in runs}))
    notices.append(
        Notice(
            "missing-frame" if missing else "unequal-phases",
            f"{len(runs)} slice(s) of {label} have {counts} phases where the others have {phases}; they were "
            f"interpolated in time to {phases}.",
            serious=missing,
        )
    )


def _covers(run: Run) -> bool:
    """Whether the frames, evenly spread, fill the beat."""
    return run.clock and math.isfinite(run.rr) and not run.relative[0] + 1 - run.relative[-1] > 1.6 / len(run.frames)


def _grid(slices: Sequence[Slice]) -> Grid:
    frames = [slice_.run.frames[0] for slice_ in slices]
    middle = frames[len(frames) // 2]
    normal = np.cross(middle.row, middle.column)
    positions = np.array([slice_.position for slice_ in slices]) - slices[0].position
    known = [frame.thickness for frame in frames if frame.thickness]
    thickness = float(np.median(known)) if known else None
    step = positions[-1] / (len(slices) - 1) if len(slices) > 1 else thickness or USUAL_THICKNESS
    affine = np.eye(4)
    affine[:3, 0] = normal * step
    affine[:3, 1] = middle.column * middle.spacing[0]
    affine[:3, 2] = middle.row * middle.spacing[1]
    affine[:3, 3] = middle.origin + normal * (slices[0].position - slices[len(slices) // 2].position)
    return Grid((len(slices), *middle.shape), affine, positions, thickness, middle.frame_of_reference)


def _shifts(slices: Sequence[Slice]) -> NDArray[np.int64]:
    """(z, 2) whole pixels (y, x) by which each slice's origin lies beside the middle slice's."""
    middle = slices[len(slices) // 2].run.frames[0]
    offsets = np.array([slice_.run.frames[0].origin for slice_ in slices]) - middle.origin
    in_pixels = offsets @ np.stack([middle.column / middle.spacing[0], middle.row / middle.spacing[1]], axis=1)
    return np.round(in_pixels).astype(np.int64)


def _shifted(cine: NDArray[Any], shift: NDArray[np.int64]) -> NDArray[Any]:
    """(t, y, x) moved by whole pixels; zero where nothing was measured."""
    if not shift.any():
        return cine
    moved = np.zeros_like(cine)
    to, of = zip(*(_overlap(int(step), size) for step, size in zip(shift, cine.shape[1:], strict=True)), strict=True)
    moved[(slice(None), *to)] = cine[(slice(None), *of)]
    return moved


def _overlap(step: int, size: int) -> tuple[slice, slice]:
    return slice(max(step, 0), size + min(step, 0)), slice(max(-step, 0), size + min(-step, 0))


def _dtype(frames: Sequence[Frame], pixels: Pixels) -> np.dtype[Any]:
    if any(frame.slope != 1 or frame.intercept != 0 for frame in frames):
        return np.dtype(np.float32)
    stored = np.result_type(*{pixels[frame].dtype for frame in frames})
    return stored if stored.itemsize <= 2 else np.dtype(np.float32)


def _check_size(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if math.prod(shape) * dtype.itemsize > LARGEST_IMAGE:
        raise InvalidInput(
            f"One image stack has {' x '.join(map(str, shape))} pixels.",
            f"At most {LARGEST_IMAGE // 1024**2} MiB per stack are read.",
            "Give the folder of the cine series alone.",
        )


def _in_phases(run: Run, phases: int, pixels: Pixels, dtype: np.dtype[Any]) -> tuple[NDArray[Any], list[FrameSource]]:
    """(t, y, x) real values at `phases` even phases of the beat, and the nearest frame of each."""
    cine = np.stack([_real(frame, pixels[frame], dtype) for frame in run.frames])
    if len(run.frames) == phases:
        return cine, [frame.source for frame in run.frames]
    wanted = np.arange(phases) / phases + run.relative[0]
    at = np.interp(wanted, [*run.relative, run.relative[0] + 1], np.arange(len(cine) + 1))
    before = np.floor(at).astype(int)
    weight = (at - before)[:, None, None].astype(np.float32)
    mixed = cine[before % len(cine)] * (1 - weight) + cine[(before + 1) % len(cine)] * weight
    nearest = np.round(at).astype(int) % len(cine)
    whole = np.round(mixed) if dtype.kind in "iu" else mixed
    return whole.astype(dtype), [run.frames[index].source for index in nearest]


def _real(frame: Frame, stored: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    real = stored.astype(dtype, copy=False)
    return real if dtype.kind in "iu" else real * dtype.type(frame.slope) + dtype.type(frame.intercept)


def _times(runs: Sequence[Run], phases: int) -> tuple[NDArray[np.float64], bool]:
    """(t,) mean over slices of ms after the R wave, and whether they are ms; phase / t when no slice has a clock."""
    clocks = [run.times for run in runs if run.clock and len(run.frames) == phases]
    if clocks:
        return np.mean(clocks, axis=0), True
    return np.arange(phases) / phases, False


def _say_geometry(label: str, grid: Grid, shifts: NDArray[np.int64], notices: list[Notice]) -> None:
    steps = np.diff(grid.slice_positions)
    if shifts.any():
        far = float(np.linalg.norm(shifts * grid.spacing[1:], axis=1).max())
        notices.append(
            Notice(
                "shifted-slices",
                f"The slices of {label} do not lie straight above each other (up to {far:.1f} mm); they were moved by "
                "whole pixels into one stack.",
            )
        )
    if not steps.size:
        return
    usual = float(np.median(steps) if steps.size >= 3 else steps.min())
    missing = sum(round(step / usual) - 1 for step in steps if step > 1.6 * usual)
    if missing:
        notices.append(
            Notice(
                "missing-slice",
                f"The slices of {label} are {usual:.1f} mm apart, but {missing} place(s) between them are empty; the "
                "neighbours stand for what is missing, so volumes are less certain.",
                serious=True,
            )
        )
    elif not grid.regular:
        notices.append(
            Notice("uneven-slices", f"The slices of {label} are {steps.min():.1f} to {steps.max():.1f} mm apart.")
        )
    if grid.slice_thickness and steps.min() < 0.9 * grid.slice_thickness:
        notices.append(
            Notice(
                "overlapping-slices",
                f"Slices of {label} are {grid.slice_thickness:.1f} mm thick but only {steps.min():.1f} mm apart: they "
                "overlap. Volumes use the distance between slices.",
                serious=bool(steps.min() < 0.5 * grid.slice_thickness),
            )
        )


def _say_timing(label: str, runs: Sequence[Run], phases: int, clock: bool, notices: list[Notice]) -> None:
    repeated = sum(len(run.repeated) for run in runs)
    if repeated:
        text = f"{repeated} frame(s) of {label} have the same place and time as another; the first of each is used."
        notices.append(Notice("duplicate-frame", text, serious=True))
    if phases == 2:
        text = (
            f"The stack of {label} holds two phases: volumes can be measured, curves, rates and cyclic checks cannot."
        )
        notices.append(Notice("two-phases", text))
    if phases < 2:
        return
    if not clock:
        text = f"The stack of {label} has no trigger times: phases are ordered by number, and rates cannot be measured."
        notices.append(Notice("no-clock", text))
    if any(run.gap for run in runs if len(run.frames) == phases):
        text = f"The trigger times of {label} leave a gap: frames are missing, perhaps the one at end-systole."
        notices.append(Notice("missing-frame", text, serious=True))
    _say_beat(label, runs, notices)


def _say_beat(label: str, runs: Sequence[Run], notices: list[Notice]) -> None:
    covered = [
        run.times[-1] / run.rr * (1 + 1 / (len(run.times) - 1)) for run in runs if len(run.times) > 2 and run.rr > 0
    ]
    if covered and max(covered) > 1.3:
        text = f"The frames of {label} span {max(covered):.1f} heart beats; they are taken as one."
        notices.append(Notice("several-beats", text, serious=True))
    elif covered and min(covered) < 0.85:
        text = f"The frames of {label} cover only the first {min(covered):.0%} of the beat."
        notices.append(Notice("partial-beat", text))


__all__ = ["assemble"]
