"""The files of a simulated exam: DICOM as the scanner sends it, the same as NIfTI, and what is true beside it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from marey.core import Facts, FrameSource, Image, Labels, MrSeries
from marey.core.files import write_text
from marey.io.mr_writer import write_series
from marey.io.nifti_arrays import write_array
from marey.io.nifti_out import write_labels
from marey.io.segmentation import write_segmentation
from marey.workflows.output_folder import BESIDE

NIFTI, TRUTH = "nifti", "truth"
_TEXT = "What lies here belongs to a simulated exam; it is not read as images of a patient.\n"
Writer = Callable[..., list[Path]]


def write_exam_series(
    folder: Path, series: MrSeries, facts: Facts, *, number: int, seed: str, truth: bool = True,
    writer: Writer = write_series
) -> Path:  # fmt: skip
    """Write one series into folders of its own.

    Args:
        folder: of the exam.
        series: pictures and truth.
        facts: of the patient.
        number: of the series.
        seed: of the UIDs.
        truth: whether to write what is true as well; series of one scan share it.
        writer: of the DICOM files, classic or enhanced.

    Returns:
        The folder of the DICOM files.

    Raises:
        CannotWrite: a file cannot be written.
    """
    for beside in (NIFTI, TRUTH):
        write_text(folder / beside / BESIDE, _TEXT)
    image, name = series.image, f"{number:02d}_{_safe(f'{series.header.description}_{series.header.content}')}"
    paths = writer(series, facts, folder / name, number=number, seed=seed)
    write_array(folder / NIFTI / f"{name}.nii.gz", image.values, image.grid, image.times)
    if truth:
        _write_truth(folder / TRUTH, name, series, _with_sources(image, paths))
    return folder / name


def _write_truth(folder: Path, name: str, series: MrSeries, image: Image) -> None:
    for what, values in series.truth.items():
        write_array(folder / f"{name}_{_safe(what)}.nii.gz", values, image.grid, image.times)
    if series.labels is not None and series.labels.values.any():
        write_labels(folder / f"{name}_labels.nii.gz", series.labels)
        _write_seg(folder / f"{name}_labels.seg.dcm", image, series.labels)


def _write_seg(path: Path, image: Image, labels: Labels) -> None:
    """Of the first phase: readers that know space only would lay several over each other."""
    write_segmentation(path, image, labels, phases=(0,), description="True structures")


def _with_sources(image: Image, paths: list[Path]) -> Image:
    """The image that knows its files: one a picture, or one for all."""
    slices = image.grid.shape[0]
    single = len(paths) == 1

    def source(t: int, z: int) -> FrameSource:
        place = z * image.phases + t
        return FrameSource(paths[0], place) if single else FrameSource(paths[place])

    return replace(image, sources=tuple(tuple(source(t, z) for z in range(slices)) for t in range(image.phases)))


def _safe(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


__all__ = ["TRUTH", "write_exam_series"]
