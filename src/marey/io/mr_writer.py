"""A series of MR pictures as the files a scanner would have sent: classic MR Image Storage, one file a picture.

Simulated exams, demonstrations and tests are written with it; they then take the same way in as a patient's exam.
"""

from __future__ import annotations

import copy
import functools
import math
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Facts, Grid, MrHeader, MrSeries
from marey.core.files import write_with
from marey.io.mr_common import (
    CM_PER_S,
    Identity,
    decimal,
    delays,
    identity_of,
    pixel_value,
    series_dataset,
    stored_pixels,
)  # fmt: skip

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Scanning Sequence and Sequence Variant (PS3.3 C.8.3.1.1).
CODES = MappingProxyType(
    {
        "bSSFP": ("GR", "SS"),
        "spoiled gradient echo": ("GR", "SP"),
        "phase contrast": ("GR", "SP"),
        "inversion recovery": (["IR", "GR"], ["SP", "MP"]),
        "spin echo": ("SE", "SK"),
    }
)
KINDS = MappingProxyType({"magnitude": "M", "real": "R", "phase": "P", "velocity": "V", "T1": "T1 MAP", "T2": "T2 MAP"})
"""Third value of Image Type by the first word of the content."""


def write_series(
    series: MrSeries, facts: Facts, folder: Path, *, number: int, study_uid: str | None = None, seed: str | None = None
) -> list[Path]:
    """Write a series as uncompressed classic MR images, valid for `dciodvfy`.

    Args:
        series: its values ``(t, z, y, x)``: integers from -32768 to 65535 are stored as they are, real numbers are
            scaled to 0 to 4095. Trigger times follow each slice's own RR interval where there is one.
        facts: what the headers say of the patient.
        folder: gets ``IM-<series>-<slice>-<phase>.dcm``; made if needed.
        number: of the series, told apart in file names, so that several series fit in one folder.
        study_uid: shared by all series of one exam; made from `seed` when None.
        seed: any text; the same seed, study and series number give the same UIDs. New UIDs each time when None.

    Returns:
        The files, slice by slice, phase by phase.

    Raises:
        InvalidInput: integers that do not fit in 16 bits.
        CannotWrite: the folder or disk does not take them.
    """
    image = series.image
    identity = identity_of(study_uid, seed, number)
    stored = stored_pixels(image.values)
    common = _common(series, facts, identity, number, stored)
    paths = []
    for z in range(image.grid.shape[0]):
        for t in range(image.phases):
            dataset = _of_frame(common, series, z, t)
            dataset.SOPInstanceUID = identity.of(z, t)
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.PixelData = stored[t, z].tobytes()
            name = f"IM-{number:04d}-{z + 1:03d}-{t + 1:03d}.dcm"
            paths.append(write_with(folder / name, functools.partial(dataset.save_as, enforce_file_format=True)))
    return paths


def _common(series: MrSeries, facts: Facts, identity: Identity, number: int, stored: NDArray[Any]) -> Dataset:
    """All that the frames of a series have in common."""
    from pydicom.uid import MRImageStorage

    image, header = series.image, series.header
    dataset = series_dataset(series, facts, identity, stored, number=number, sop_class=MRImageStorage)
    first = "DERIVED" if header.content.endswith("map") else "ORIGINAL"
    dataset.ImageType = [first, "PRIMARY", KINDS[header.content.split()[0]]]
    if facts.field_strength is not None:
        dataset.MagneticFieldStrength = facts.field_strength
    dataset.CardiacNumberOfImages = image.phases
    dataset.NumberOfTemporalPositions = image.phases
    _put_acquisition(dataset, header)
    _put_values(dataset, header)
    _put_geometry(dataset, image.grid)
    return dataset


def _put_acquisition(dataset: Dataset, header: MrHeader) -> None:
    dataset.ScanningSequence, dataset.SequenceVariant = CODES[header.sequence]
    dataset.ScanOptions = {"retrospective": "CG", "prospective": "CG", "none": ""}[header.gating]
    dataset.MRAcquisitionType = "2D"
    dataset.RepetitionTime = _known(header.repetition_time)
    dataset.EchoTime = _known(header.echo_time)
    dataset.EchoTrainLength = None
    if header.flip_angle is not None:
        dataset.FlipAngle = decimal(math.degrees(header.flip_angle))
    if header.bandwidth is not None:
        dataset.PixelBandwidth = decimal(1000 * header.bandwidth)
    if header.percent_sampling is not None:
        dataset.PercentSampling = decimal(header.percent_sampling)
    if header.phase_encoding is not None:
        dataset.InPlanePhaseEncodingDirection = {"row": "ROW", "column": "COL"}[header.phase_encoding]
    if header.phase_encoding is not None and header.acquired is not None:
        lines, samples = header.acquired
        # frequency rows, frequency columns, phase rows, phase columns
        dataset.AcquisitionMatrix = [samples, 0, 0, lines] if header.phase_encoding == "row" else [0, samples, lines, 0]
    if header.velocity_encoding is not None:
        dataset.VelocityEncodingMinimumValue = -header.velocity_encoding * CM_PER_S
        dataset.VelocityEncodingMaximumValue = header.velocity_encoding * CM_PER_S
    if header.velocity_direction is not None:
        dataset.VelocityEncodingDirection = list(header.velocity_direction)


def _put_values(dataset: Dataset, header: MrHeader) -> None:
    if (header.slope, header.intercept, header.unit) != (1.0, 0.0, "1"):
        dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = pixel_value(header)


def _put_geometry(dataset: Dataset, grid: Grid) -> None:
    dataset.PixelSpacing = [decimal(grid.spacing[1]), decimal(grid.spacing[2])]
    dataset.ImageOrientationPatient = [decimal(v) for v in (*grid.directions[:, 2], *grid.directions[:, 1])]
    dataset.SliceThickness = decimal(grid.slice_thickness or grid.spacing[0])


def _of_frame(common: Dataset, series: MrSeries, z: int, t: int) -> Dataset:
    image, inversions = series.image, series.header.inversion_times
    dataset = copy.copy(common)
    dataset.file_meta = copy.copy(common.file_meta)
    dataset.InstanceNumber = z * image.phases + t + 1
    dataset.TemporalPositionIdentifier = t + 1
    dataset.ImagePositionPatient = [decimal(v) for v in image.grid.world([z, 0, 0])]
    dataset.SliceLocation = decimal(float(image.grid.slice_positions[z]))
    rr, after = image.rr_intervals[z], delays(image, z)
    if np.isfinite(rr):
        dataset.NominalInterval = round(rr)
        dataset.HeartRate = round(60_000 / rr)
    if after is not None:
        dataset.TriggerTime = decimal(after[t])
    if inversions:
        dataset.InversionTime = decimal(inversions[min(t, len(inversions) - 1)])
    return dataset


def _known(value: float | None) -> str | None:
    return None if value is None else decimal(value)


__all__ = ["write_series"]
