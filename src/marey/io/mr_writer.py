"""A series of MR pictures as the files a scanner would have sent: classic MR Image Storage, one file a picture.

Simulated exams, demonstrations and tests are written with it; they then take the same way in as a patient's exam.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
import math
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Facts, Grid, Image, InvalidInput, MrHeader, MrSeries
from marey.core.files import write_with
from marey.core.units import kg, m

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

LARGEST_STORED = 4095
CM_PER_S = 100.0  # in 1 mm/ms
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


@dataclass(frozen=True)
class _Identity:
    """UIDs of one study and series, from which those of its frames follow."""

    study: str
    series: str

    def of_frame(self, z: int, t: int) -> UID:
        from pydicom.uid import generate_uid

        return generate_uid(entropy_srcs=[f"{self.series}/{z}/{t}"])


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
    identity = _identity(study_uid, seed, number)
    stored = _stored(image.values)
    common = _common(series, facts, identity, number)
    common.PixelRepresentation = int(stored.dtype.kind == "i")
    common.BitsStored = 12 if stored.min() >= 0 and stored.max() <= LARGEST_STORED else 16
    common.HighBit = common.BitsStored - 1
    paths = []
    for z in range(image.grid.shape[0]):
        for t in range(image.phases):
            dataset = _of_frame(common, series, z, t)
            dataset.SOPInstanceUID = identity.of_frame(z, t)
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.PixelData = np.ascontiguousarray(stored[t, z]).astype(stored.dtype.newbyteorder("<")).tobytes()
            name = f"IM-{number:04d}-{z + 1:03d}-{t + 1:03d}.dcm"
            paths.append(write_with(folder / name, functools.partial(dataset.save_as, enforce_file_format=True)))
    return paths


def _identity(study_uid: str | None, seed: str | None, series_number: int) -> _Identity:
    from pydicom.uid import generate_uid

    study = study_uid or generate_uid(entropy_srcs=None if seed is None else ["study", seed])
    sources = None if seed is None else ["series", seed, study, str(series_number)]
    return _Identity(study, generate_uid(entropy_srcs=sources))


def _stored(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "f":
        low, high = float(values.min()), float(values.max())
        return np.round((values - low) * (LARGEST_STORED / max(high - low, 1e-12))).astype(np.uint16)
    low, high = int(values.min()), int(values.max())
    if low < np.iinfo(np.int16).min or high > (np.iinfo(np.int16).max if low < 0 else np.iinfo(np.uint16).max):
        raise InvalidInput(
            f"The pixel values run from {low} to {high}.",
            "An MR image stores 16 bits per pixel.",
            "Scale the values first.",
        )
    return values.astype(np.int16 if low < 0 else np.uint16)


def _common(series: MrSeries, facts: Facts, identity: _Identity, number: int) -> Dataset:
    """All that the frames of a series have in common."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

    image, header = series.image, series.header
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = MRImageStorage
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.StudyInstanceUID = identity.study
    dataset.SeriesInstanceUID = identity.series
    dataset.FrameOfReferenceUID = image.grid.frame_of_reference or generate_uid(entropy_srcs=["frame", identity.study])
    dataset.SeriesDescription = header.description
    dataset.SeriesNumber = number
    dataset.Modality = "MR"
    dataset.BodyPartExamined = "HEART"
    first = "DERIVED" if header.content.endswith("map") else "ORIGINAL"
    dataset.ImageType = [first, "PRIMARY", KINDS[header.content.split()[0]]]
    _put_patient(dataset, facts)
    _put_scanner(dataset, image, facts)
    _put_acquisition(dataset, header)
    _put_values(dataset, header)
    _put_geometry(dataset, image.grid)
    return dataset


def _put_patient(dataset: Dataset, facts: Facts) -> None:
    dataset.PatientName = facts.patient_name
    dataset.PatientID = facts.patient_id
    dataset.PatientBirthDate = ""
    dataset.PatientSex = facts.sex
    if facts.age is not None:
        dataset.PatientAge = f"{int(facts.age):03d}Y"
    if facts.height is not None:
        dataset.PatientSize = round(facts.height / m, 4)
    if facts.weight is not None:
        dataset.PatientWeight = round(facts.weight / kg, 3)
    date = dt.date.fromisoformat(facts.study_date).strftime("%Y%m%d") if facts.study_date else ""
    dataset.StudyDate = date
    dataset.StudyTime = "120000" if date else ""
    dataset.StudyID = "1"
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""


def _put_scanner(dataset: Dataset, image: Image, facts: Facts) -> None:
    dataset.Manufacturer = facts.scanner or "Marey"
    if facts.field_strength is not None:
        dataset.MagneticFieldStrength = facts.field_strength
    dataset.CardiacNumberOfImages = image.phases
    dataset.NumberOfTemporalPositions = image.phases
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = 16


def _put_acquisition(dataset: Dataset, header: MrHeader) -> None:
    dataset.ScanningSequence, dataset.SequenceVariant = CODES[header.sequence]
    dataset.ScanOptions = {"retrospective": "CG", "prospective": "CG", "none": ""}[header.gating]
    dataset.MRAcquisitionType = "2D"
    dataset.RepetitionTime = _known(header.repetition_time)
    dataset.EchoTime = _known(header.echo_time)
    dataset.EchoTrainLength = None
    if header.flip_angle is not None:
        dataset.FlipAngle = _decimal(math.degrees(header.flip_angle))
    if header.bandwidth is not None:
        dataset.PixelBandwidth = _decimal(1000 * header.bandwidth)
    if header.percent_sampling is not None:
        dataset.PercentSampling = _decimal(header.percent_sampling)
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
        dataset.RescaleSlope, dataset.RescaleIntercept = _decimal(header.slope), _decimal(header.intercept)
        dataset.RescaleType = {"1": "US"}.get(header.unit, header.unit)


def _put_geometry(dataset: Dataset, grid: Grid) -> None:
    dataset.PatientPosition = "HFS"
    dataset.PositionReferenceIndicator = ""
    dataset.Rows, dataset.Columns = grid.shape[1:]
    dataset.PixelSpacing = [_decimal(grid.spacing[1]), _decimal(grid.spacing[2])]
    dataset.ImageOrientationPatient = [_decimal(v) for v in (*grid.directions[:, 2], *grid.directions[:, 1])]
    dataset.SliceThickness = _decimal(grid.slice_thickness or grid.spacing[0])


def _of_frame(common: Dataset, series: MrSeries, z: int, t: int) -> Dataset:
    image, inversions = series.image, series.header.inversion_times
    dataset = copy.copy(common)
    dataset.file_meta = copy.copy(common.file_meta)
    dataset.InstanceNumber = z * image.phases + t + 1
    dataset.TemporalPositionIdentifier = t + 1
    dataset.ImagePositionPatient = [_decimal(v) for v in image.grid.world([z, 0, 0])]
    dataset.SliceLocation = _decimal(float(image.grid.slice_positions[z]))
    rr, mean_rr = image.rr_intervals[z], image.rr_interval
    if np.isfinite(rr):
        dataset.NominalInterval = round(rr)
        dataset.HeartRate = round(60_000 / rr)
        dataset.TriggerTime = _decimal(image.times[t] * rr / mean_rr)
    elif image.times[-1] > 1:
        dataset.TriggerTime = _decimal(image.times[t])
    if inversions:
        dataset.InversionTime = _decimal(inversions[min(t, len(inversions) - 1)])
    return dataset


def _known(value: float | None) -> str | None:
    return None if value is None else _decimal(value)


def _decimal(value: float) -> str:
    from pydicom.valuerep import format_number_as_ds

    return format_number_as_ds(float(value))


__all__ = ["write_series"]
