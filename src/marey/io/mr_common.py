"""What classic and enhanced MR images have in common: UIDs, the patient, the scanner, stored integers, delays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Facts, Image, InvalidInput, MrHeader, MrSeries
from marey.core.units import kg, m

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

LARGEST_STORED = 4095
CM_PER_S = 100.0  # in 1 mm/ms


@dataclass(frozen=True)
class Identity:
    """UIDs of one study and series, from which those of its files follow."""

    study: str
    series: str

    def of(self, *parts: object) -> UID:
        """Of what the parts name, such as slice and phase."""
        from pydicom.uid import generate_uid

        return generate_uid(entropy_srcs=["/".join(map(str, (self.series, *parts)))])


def identity_of(study_uid: str | None, seed: str | None, *series: object) -> Identity:
    """UIDs that follow from the seed and from what names the series; new ones each time without a seed."""
    from pydicom.uid import generate_uid

    study = study_uid or generate_uid(entropy_srcs=None if seed is None else ["study", seed])
    sources = None if seed is None else ["series", seed, study, *map(str, series)]
    return Identity(study, generate_uid(entropy_srcs=sources))


def stored_pixels(values: NDArray[Any]) -> NDArray[Any]:
    """Little-endian integers of 16 bits: integers as they are, real numbers scaled to 0 to 4095.

    Raises:
        InvalidInput: integers that do not fit.
    """
    if values.dtype.kind == "f":
        low, high = float(values.min()), float(values.max())
        return np.round((values - low) * (LARGEST_STORED / max(high - low, 1e-12))).astype("<u2")
    low, high = int(values.min()), int(values.max())
    if low < np.iinfo(np.int16).min or high > (np.iinfo(np.int16).max if low < 0 else np.iinfo(np.uint16).max):
        raise InvalidInput(
            f"The pixel values run from {low} to {high}.",
            "An MR image stores 16 bits per pixel.",
            "Scale the values first.",
        )
    return values.astype("<i2" if low < 0 else "<u2")


def delays(image: Image, z: int) -> NDArray[np.float64] | None:
    """(t,) ms after the R wave in the slice's own beat; None where there is no clock."""
    rr = image.rr_intervals[z]
    if np.isfinite(rr):
        return np.asarray(image.times * rr / image.rr_interval, np.float64)
    return image.times if image.times[-1] > 1 else None


def series_dataset(
    series: MrSeries, facts: Facts, identity: Identity, stored: NDArray[Any], *, number: int, sop_class: UID
) -> Dataset:
    """What every file of a series says, whatever its SOP class: patient, study, series, scanner, pixel format."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    grid, header = series.image.grid, series.header
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = sop_class
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.StudyInstanceUID = identity.study
    dataset.SeriesInstanceUID = identity.series
    dataset.FrameOfReferenceUID = grid.frame_of_reference or generate_uid(entropy_srcs=["frame", identity.study])
    dataset.PositionReferenceIndicator = ""
    dataset.SeriesDescription = header.description
    dataset.SeriesNumber = number
    dataset.Modality = "MR"
    dataset.BodyPartExamined = "HEART"
    dataset.PatientPosition = "HFS"
    dataset.Manufacturer = facts.scanner or "Marey"
    _put_patient(dataset, facts)
    dataset.Rows, dataset.Columns = grid.shape[1:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = 16
    dataset.PixelRepresentation = int(stored.dtype.kind == "i")
    dataset.BitsStored = 12 if stored.min() >= 0 and stored.max() <= LARGEST_STORED else 16
    dataset.HighBit = dataset.BitsStored - 1
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


def pixel_value(header: MrHeader) -> tuple[str, str, str]:
    """Rescale slope, intercept and type."""
    return decimal(header.slope), decimal(header.intercept), {"1": "US"}.get(header.unit, header.unit)


def decimal(value: float) -> str:
    """A decimal string of at most 16 characters."""
    from pydicom.valuerep import format_number_as_ds

    return format_number_as_ds(float(value))


__all__ = [
    "CM_PER_S", "LARGEST_STORED", "Identity", "decimal", "delays", "identity_of", "pixel_value", "series_dataset",
    "stored_pixels",
]  # fmt: skip
