"""One file at a time: is it DICOM, is it an MR image, is it whole?"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from marey.io.dicom_header import DAMAGE, Header

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LARGEST_FILE = 2 * 1024**3  # bytes, as stored and as decoded
LARGEST_DEFLATED = 1024**2  # deflate grows at most 1032-fold
_DICOM_SUFFIXES = {".dcm", ".dicom", ".ima", ".dic"}
_MR = "1.2.840.10008.5.1.4.1.1.4"
_MR_CLASSES = {_MR, f"{_MR}.1", f"{_MR}.4"}
_MR_COLOUR = f"{_MR}.3"
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_KEYWORDS = (
    "SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID StudyDate AcquisitionTime AcquisitionDateTime "
    "Modality Manufacturer ManufacturerModelName SeriesDescription ImageType SpecificCharacterSet "
    "PatientName PatientID PatientBirthDate PatientSex PatientAge PatientSize PatientWeight "
    "ScanningSequence SequenceName SliceThickness MagneticFieldStrength EchoTime InversionTime TriggerTime "
    "NominalInterval HeartRate VelocityEncodingMaximumValue ComplexImageComponent AcquisitionContrast "
    "SeriesNumber InstanceNumber ImagePositionPatient ImageOrientationPatient FrameOfReferenceUID "
    "TemporalPositionIdentifier SamplesPerPixel PhotometricInterpretation NumberOfFrames Rows Columns PixelSpacing "
    "BitsAllocated BitsStored HighBit PixelRepresentation PlanarConfiguration RescaleIntercept RescaleSlope "
    "SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence PixelData"
)


class Kind(StrEnum):
    """What a file turned out to be."""

    MR = "MR image"
    OTHER_MODALITY = "image of another modality"
    COLOUR = "colour image"
    SCREEN = "secondary capture"
    OBJECT = "DICOM object without an image"
    DAMAGED = "damaged DICOM file"
    FOREIGN = "other file"


@dataclass(frozen=True, eq=False)
class DicomFile:
    """A file that is DICOM, or was meant to be.

    Args:
        path: where it is.
        kind: what it is.
        digest: SHA-256 of its content.
        dataset: the elements the reader needs; without pixels when they will be read again later.
        detail: the modality of an image that is not MR.
    """

    path: Path
    kind: Kind
    digest: bytes
    dataset: Dataset
    detail: str = ""

    @property
    def header(self) -> Header:
        """The top level of the data set."""
        return Header((self.dataset,))

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.header.whole("Rows"), self.header.whole("Columns")

    @cached_property
    def syntax(self) -> str:
        """Transfer syntax UID: how the pixels are encoded."""
        return str(self.dataset.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))

    @cached_property
    def decoded_bytes(self) -> int:
        """Bytes that all frames of the file take when decoded."""
        header = self.header
        rows, columns = self.shape
        return rows * columns * header.whole("NumberOfFrames", 1) * max(1, header.whole("BitsAllocated") // 8)


def read_file(path: Path) -> DicomFile:
    """Read one file once; what cannot be read comes back as DAMAGED or FOREIGN, never as an error."""
    from pydicom.dataset import Dataset

    try:
        if path.stat().st_size > LARGEST_FILE:
            return DicomFile(path, Kind.FOREIGN, b"", Dataset())
        data = path.read_bytes()
    except OSError:
        return DicomFile(path, Kind.DAMAGED, b"", Dataset())
    digest = hashlib.sha256(data).digest()
    if not looks_like_dicom(data):
        meant = path.suffix.lower() in _DICOM_SUFFIXES or (not data and not path.suffix)
        return DicomFile(path, Kind.DAMAGED if meant else Kind.FOREIGN, digest, Dataset())
    try:
        dataset = parse(data)
        kind, detail = _kind(dataset)
        file = DicomFile(path, kind, digest, dataset, detail)
        whole = kind is not Kind.MR or _is_whole(file)
    except DAMAGE:
        return DicomFile(path, Kind.DAMAGED, digest, Dataset())
    return file if whole else DicomFile(path, Kind.DAMAGED, digest, dataset)


def looks_like_dicom(data: bytes) -> bool:
    """Whether the bytes begin like DICOM, with or without the preamble."""
    return data[128:132] == b"DICM" or data[:2] in (b"\x08\x00", b"\x02\x00")


def parse(data: bytes) -> Dataset:
    """The elements that the reader needs, from the bytes of a file; raises anything in `DAMAGE`."""
    from pydicom import dcmread

    if _DEFLATED in data[:2048] and len(data) > LARGEST_DEFLATED:
        raise ValueError("deflated data that may inflate without limit")
    return dcmread(io.BytesIO(data), force=True, specific_tags=_KEYWORDS.split())


def _kind(dataset: Dataset) -> tuple[Kind, str]:
    header = Header((dataset,))
    sop_class, modality = header.text("SOPClassUID"), header.text("Modality").upper()
    if not sop_class:
        return (Kind.OBJECT, "") if _is_directory(dataset) else (Kind.DAMAGED, "")
    if sop_class == _MR_COLOUR:
        return Kind.COLOUR, modality
    if sop_class not in _MR_CLASSES:
        return _other(header, modality)
    if modality not in ("MR", ""):
        return Kind.OTHER_MODALITY, modality
    if header.whole("SamplesPerPixel", 1) != 1 or not header.text("PhotometricInterpretation").startswith("MONO"):
        return Kind.COLOUR if "PixelData" in dataset else Kind.DAMAGED, modality
    return Kind.MR, modality


def _other(header: Header, modality: str) -> tuple[Kind, str]:
    if not header.whole("Rows"):
        return Kind.OBJECT, modality
    if modality not in ("MR", "OT", ""):
        return Kind.OTHER_MODALITY, modality
    return Kind.COLOUR if header.whole("SamplesPerPixel", 1) != 1 else Kind.SCREEN, modality


def _is_directory(dataset: Dataset) -> bool:
    return str(dataset.file_meta.get("MediaStorageSOPClassUID", "")).startswith("1.2.840.10008.1.3.10")


def _is_whole(file: DicomFile) -> bool:
    """Whether size and pixels agree; a lying header or a cut file does not."""
    header = file.header
    pixels = file.dataset.get("PixelData")
    allocated, stored = header.whole("BitsAllocated"), header.whole("BitsStored")
    if not isinstance(pixels, bytes) or allocated not in (8, 16, 32) or not 1 <= stored <= allocated:
        return False
    if min(file.shape) < 2 or not 0 < file.decoded_bytes <= LARGEST_FILE:
        return False
    return file.syntax in _compressed() or len(pixels) >= file.decoded_bytes


@cache
def _compressed() -> frozenset[str]:
    from pydicom.uid import AllTransferSyntaxes

    return frozenset(uid for uid in AllTransferSyntaxes if uid.is_compressed and not uid.is_deflated)


__all__ = ["DicomFile", "Kind", "looks_like_dicom", "parse", "read_file"]
