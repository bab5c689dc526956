"""Small exams written as files, and ways to spoil them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

from marey.core import Facts, Grid, Image, MrHeader, MrSeries, Notice, Study
from marey.core.units import kg, m
from marey.io.mr_writer import write_series

FACTS = Facts("P-1", "Doe^Jane", "F", 44.0, 1.7 * m, 70 * kg, "2024-05-06", "Marey", 1.5)


def grid(slices: int = 4, pixels: int = 24, step: float = 8.0, origin: Sequence[float] = (-50.0, -60.0, 20.0)) -> Grid:
    """A tilted stack."""
    tilt = np.deg2rad(30)
    row = np.array([np.cos(tilt), 0, np.sin(tilt)])
    column = np.array([0.0, 1.0, 0.0])
    affine = np.eye(4)
    affine[:3, 0] = np.cross(row, column) * step
    affine[:3, 1] = column * 1.5
    affine[:3, 2] = row * 1.5
    affine[:3, 3] = origin
    return Grid((slices, pixels, pixels + 2), affine, slice_thickness=8.0)


def cine(slices: int = 4, phases: int = 6, rr: float = 900.0, seed: int = 0, **geometry: Any) -> Image:
    """Random pixels: every frame differs from every other."""
    where = grid(slices, **geometry)
    values = np.random.default_rng(seed).integers(0, 1000, (phases, *where.shape)).astype(np.uint16)
    return Image(values, where, np.arange(phases) * rr / phases, np.full(slices, rr))


def write(image: Image, folder: Path, number: int = 1, facts: Facts = FACTS, **options: str) -> list[Path]:
    """Write a series of the exam with study UID "1.2.3"."""
    study = options.pop("study_uid", "1.2.3")
    description = options.pop("series_description", f"cine {number}")
    return write_series(
        MrSeries(image, MrHeader(description)), facts, folder, number=number, study_uid=study, seed="exam"
    )


def change(paths: Sequence[Path], edit: Callable[[Dataset], object]) -> None:
    """Edit files in place."""
    for path in paths:
        dataset = dcmread(path)
        edit(dataset)
        dataset.save_as(path)


def kinds(study: Study) -> set[str]:
    """Kinds of the notices of a study."""
    return {notice.kind for notice in study.notices}


def notice(study: Study, kind: str) -> Notice:
    """The one notice of a kind."""
    (found,) = [notice for notice in study.notices if notice.kind == kind]
    return found
