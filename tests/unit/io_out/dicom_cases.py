"""A small oblique cine as DICOM files, with labels, for the tests of what is written."""

import dataclasses
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from scipy.spatial.transform import Rotation

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.core import Facts, FrameSource, Grid, Image, Labels, MrHeader, MrSeries
from marey.io.mr_writer import write_series

SHAPE = (3, 4, 24, 20)
SPACING = (9.0, 1.25, 1.5)
STRUCTURES = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 5: RV_CAVITY}
FACTS = Facts(
    patient_id="../../etc/x",
    patient_name="<b>Yamada</b>^Tarou=山田^太郎=やまだ^たろう",
    sex="F",
    age=61,
    height=1700.0,
    weight=70e6,
    study_date="2025-03-04",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """An image with its files, and labels for it."""

    image: Image
    labels: Labels
    files: list[Path]


def oblique_grid(positions: tuple[float, ...] = ()) -> Grid:
    rotation = Rotation.from_euler("xyz", [25, -40, 110], degrees=True).as_matrix()
    affine = np.eye(4)
    affine[:3, :3] = rotation * SPACING
    affine[:3, 3] = [-33.5, 71.25, 140.0]
    return Grid(SHAPE[1:], affine, np.array(positions), slice_thickness=8.0)


def labels_for(image: Image) -> Labels:
    """Random blobs: every structure on some slices of every phase, nothing on slice 1 of phase 0."""
    generator = np.random.default_rng(7)
    values = generator.choice(np.array([0, 1, 2, 5], np.uint8), image.values.shape)
    values[0, 1] = 0
    values[1, 2][values[1, 2] == 5] = 0
    probability = generator.integers(0, 256, (3, *values.shape), dtype=np.uint8)
    return Labels(values, image.grid, image.times, STRUCTURES, probability)


def make_case(folder: Path, grid: Grid | None = None, facts: Facts = FACTS) -> Case:
    """Write each slice as a series of its own, as scanners do with breath-hold cines."""
    grid = grid or oblique_grid()
    values = np.random.default_rng(1).integers(0, 900, SHAPE).astype(np.uint16)
    image = Image(values, grid, np.array([0.0, 31.0, 62.0]), np.full(SHAPE[1], 93.0), name="cine <sax>")
    by_slice = []
    for z in range(SHAPE[1]):
        affine = grid.affine.copy()
        affine[:3, 3] = grid.world([z, 0, 0])
        one = Image(values[:, [z]], Grid((1, *SHAPE[2:]), affine, slice_thickness=8.0), image.times, np.array([93.0]))
        by_slice.append(
            write_series(MrSeries(one, MrHeader("cine")), facts, folder, number=z + 1, study_uid="1.2.3.4", seed=str(z))
        )
    sources = tuple(tuple(FrameSource(by_slice[z][t]) for z in range(SHAPE[1])) for t in range(SHAPE[0]))
    image = dataclasses.replace(image, sources=sources)
    return Case(image, labels_for(image), [path for paths in by_slice for path in paths])


def enhanced(case: Case, folder: Path) -> Image:
    """The same image with all frames in one multi-frame file."""
    from highdicom.legacy import LegacyConvertedEnhancedMRImage

    headers = [pydicom.dcmread(path) for path in case.files]
    for header in headers:
        header.SeriesInstanceUID = headers[0].SeriesInstanceUID
        header.PatientName = "Doe^Jane"
    made = LegacyConvertedEnhancedMRImage(headers, "1.2.3.5", 5, "1.2.3.6", 1)
    path = folder / "enhanced.dcm"
    made.save_as(path)
    order = [item.ConversionSourceAttributesSequence[0] for item in made.PerFrameFunctionalGroupsSequence]
    frame_of = {item.ReferencedSOPInstanceUID: number for number, item in enumerate(order)}
    uid_of = {file: header.SOPInstanceUID for file, header in zip(case.files, headers, strict=True)}
    sources = tuple(
        tuple(FrameSource(path, frame_of[uid_of[source.path]]) for source in row) for row in case.image.sources
    )
    return dataclasses.replace(case.image, sources=sources)


def validated(path: Path) -> str:
    """What the validator of dicom3tools says, which must not be an error; skips when it is not installed."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    done = subprocess.run([program, str(path)], capture_output=True, text=True, check=False, errors="replace")
    assert done.stderr, "the validator says at least which object it saw"
    assert not [line for line in done.stderr.splitlines() if line.startswith(("Error", "Abort"))], done.stderr
    return done.stderr
