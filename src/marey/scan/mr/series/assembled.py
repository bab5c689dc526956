"""From scanned slices to the series that a scanner exports: stacks, header, stored integers."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, Image, Labels, MrHeader, MrSeries
from marey.core.mr_series import Content, Sequence
from marey.scan.mr.acquisition.reconstruct import stored
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.series.scanned import Frames, ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.scene import LABELS

LEVELS = 4095
CM_PER_S = 100.0  # in 1 mm/ms
SEQUENCES: MappingProxyType[str, Sequence] = MappingProxyType(
    {
        "cine": "bSSFP", "lax": "bSSFP", "t1": "inversion recovery", "t2": "bSSFP", "lge": "inversion recovery",
        "tagging": "spoiled gradient echo", "dense": "spoiled gradient echo", "flow2d": "phase contrast",
        "flow4d": "phase contrast", "perfusion": "spoiled gradient echo", "mrf": "spoiled gradient echo",
    }
)  # fmt: skip
RETROSPECTIVE = ("cine", "lax", "flow2d", "flow4d")


def assembled(
    name: str, plane: str, grid: Grid, slices: list[ScannedSlice], *, settings: SeriesSettings, scanner: Scanner
) -> list[MrSeries]:
    """One series per content of the slices' frames.

    Args:
        name: of the series, as in `SERIES`.
        plane: that it was scanned on.
        grid: of all slices.
        slices: in the grid's order.
        settings, scanner: that they were scanned with.
    """
    header = header_of(name, plane, slices[0], settings, scanner)
    rr = np.array([one.rr_interval for one in slices])
    return [_series(content, grid, [one.frames[content] for one in slices], rr, header) for content in slices[0].frames]


def header_of(name: str, plane: str, scanned: ScannedSlice, settings: SeriesSettings, scanner: Scanner) -> MrHeader:
    """What the scanner writes of a series, but for its content."""
    scan = scanned.measured[0].scan
    lines = np.unique(scanned.measured[0].schedule.line).size
    return MrHeader(
        description=scanner.vendor.description(name, plane),
        sequence=SEQUENCES[name],
        field_strength=scanner.field_strength,
        flip_angle=settings.flip_angle,
        repetition_time=settings.repetition_time,
        echo_time=settings.echo_time,
        bandwidth=settings.bandwidth,
        phase_encoding="row" if scan.transposed else "column",
        acquired=scan.encoding.matrix,
        acceleration=settings.acceleration,
        partial_fourier=settings.partial_fourier,
        percent_sampling=min(100.0 * lines / scan.encoding.matrix[0], 100.0),
        gating="retrospective" if name in RETROSPECTIVE else "prospective",
    )


def _series(content: str, grid: Grid, frames: list[Frames], rr: NDArray[np.float64], header: MrHeader) -> MrSeries:
    values = np.stack([frame.values for frame in frames], axis=1)
    labels = np.stack([frame.labels for frame in frames], axis=1)
    times = np.mean([frame.times for frame in frames], axis=0)
    kind: Content = content  # type: ignore[assignment]
    pixels, slope, intercept, unit = _pixels(kind, values, frames[0].highest)
    header = replace(
        header, content=kind, slope=slope, intercept=intercept, unit=unit,
        inversion_times=frames[0].inversion_times, velocity_direction=frames[0].direction,
        velocity_encoding=frames[0].highest if kind.startswith("velocity") else None,
    )  # fmt: skip
    image = Image(pixels, grid, times, rr, name=header.description)
    truth = {name: np.stack([frame.truth[name] for frame in frames], axis=1) for name in frames[0].truth}
    return MrSeries(image, header, Labels(labels, grid, times, LABELS), truth)


def _pixels(content: Content, values: NDArray[Any], highest: float | None) -> tuple[NDArray[Any], float, float, str]:
    """12-bit integers, slope, intercept and unit."""
    if content == "magnitude":
        return stored(values)[0], 1.0, 0.0, "1"
    if content.endswith("map"):
        return np.clip(np.rint(values), 0, LEVELS).astype(np.uint16), 1.0, 0.0, "ms"
    scale, unit = (CM_PER_S, "cm/s") if content.startswith("velocity") else (1.0, "1")
    limit = highest or float(np.abs(values).max()) or 1.0
    limit = np.pi if content.startswith("phase") else limit
    pixels = np.clip(np.rint((values / limit + 1) * LEVELS / 2), 0, LEVELS).astype(np.uint16)
    return pixels, 2 * limit * scale / LEVELS, -limit * scale, unit


__all__ = ["SEQUENCES", "assembled", "header_of"]
