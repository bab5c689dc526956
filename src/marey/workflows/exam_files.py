"""The files of a simulated exam: DICOM as the scanner sends it, the same as NIfTI, what is true, the raw data."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from marey.core import Facts, FrameSource, Image, Labels, MrSeries, RawSlice
from marey.core.files import write_text
from marey.io.ismrmrd import write_kspace
from marey.io.mr_writer import write_series
from marey.io.nifti_arrays import write_array
from marey.io.nifti_out import write_labels
from marey.io.segmentation import write_segmentation
from marey.workflows.output_folder import BESIDE

NIFTI, TRUTH, KSPACE = "nifti", "truth", "kspace"
_TEXT = "What lies here belongs to a simulated exam; it is not read as images of a patient.\n"


@dataclass
class ExamFiles:
    """Writes the series of one exam, each into folders of its own.

    Args:
        folder: of the exam.
        facts: of the patient.
        seed: of the UIDs.
        writer: of the DICOM files, classic or enhanced.
    """

    folder: Path
    facts: Facts
    seed: str
    writer: Callable[..., list[Path]] = write_series
    _count: int = field(default=0, init=False)

    def write(self, scanned: Sequence[MrSeries]) -> None:
        """Write the series of one scan; they share its truth, which is written once.

        Raises:
            CannotWrite: a file cannot be written.
        """
        for place, series in enumerate(scanned):
            self._count += 1
            image, name = series.image, self._name(series)
            paths = self.writer(series, self.facts, self.folder / name, number=self._count, seed=self.seed)
            write_array(self._beside(NIFTI) / f"{name}.nii.gz", image.values, image.grid, image.times)
            if place == 0:
                _write_truth(self._beside(TRUTH), name, series, _with_sources(image, paths))

    def write_raw(self, series: MrSeries, slices: Sequence[RawSlice], rng: np.random.Generator) -> None:
        """Write the raw data of the scan that was written last, named after its first series.

        Raises:
            CannotWrite: the file cannot be written.
        """
        name = _safe(series.header.description)
        write_kspace(self._beside(KSPACE) / f"{self._count:02d}_{name}.h5", slices, series.header, self.facts, rng)

    def _name(self, series: MrSeries) -> str:
        return f"{self._count:02d}_{_safe(f'{series.header.description}_{series.header.content}')}"

    def _beside(self, what: str) -> Path:
        write_text(self.folder / what / BESIDE, _TEXT)
        return self.folder / what


def _write_truth(folder: Path, name: str, series: MrSeries, image: Image) -> None:
    for what, values in series.truth.items():
        write_array(folder / f"{name}_{_safe(what)}.nii.gz", values, image.grid, image.times)
    if series.labels is not None and series.labels.values.any():
        write_labels(folder / f"{name}_labels.nii.gz", series.labels)
        _write_seg(folder / f"{name}_labels.seg.dcm", image, series.labels)


def _write_seg(path: Path, image: Image, labels: Labels) -> None:
    """Of the first phase: readers that know space only would lay several over each other."""
    write_segmentation(path, image, labels, phases=(0,), description="True structures")


def _with_sources(image: Image, paths: Sequence[Path]) -> Image:
    """The image that knows its files: one a picture, or one for all."""
    slices = image.grid.shape[0]
    single = len(paths) == 1

    def source(t: int, z: int) -> FrameSource:
        place = z * image.phases + t
        return FrameSource(paths[0], place) if single else FrameSource(paths[place])

    return replace(image, sources=tuple(tuple(source(t, z) for z in range(slices)) for t in range(image.phases)))


def _safe(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


__all__ = ["ExamFiles"]
