"""One frame of an MR image: where it is, when it was, and how its pixels are stored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marey.core import FrameSource, InvalidInput
from marey.core.grid import LARGEST_SPACING, SMALLEST_SPACING
from marey.io.beat import LONGEST_RR, SHORTEST_RR
from marey.io.dicom_header import Header, frame_headers

if TYPE_CHECKING:
    from marey.io.dicom_files import DicomFile

_EXPORT = "Export the original images again from the scanner or the archive, with their headers."
_FLOW = {
    "P", "PHASE", "PHASE MAP", "VELOCITY", "VELOCITY MAP", "PHASE CONTRAST", "PHASE CONTRAST M", "PHASE CONTRAST P",
    "M_PCA", "PCA", "FLOW_ENCODED",
}  # fmt: skip
_MAPS = {"T1 MAP", "T2 MAP", "T2 STAR MAP", "T2_STAR MAP", "PERFUSION", "ECV MAP"}


@dataclass(frozen=True, eq=False)
class Frame:
    """One slice at one moment.

    Args:
        file: the file whose pixels are meant.
        index: the frame in that file.
        series: series instance UID; `number` its number, `description` what the scanner called it.
        protocol: kind of sequence; frames of different protocols never share a stack.
        origin: (3,) LPS mm of the first pixel's centre; `row` and `column` (3,) unit vectors along a row and a column.
        spacing: (y, x) mm.
        thickness: mm, or None.
        trigger: ms after the R wave, `acquired` seconds of the day; `temporal` and `instance` are counters.
        rr: ms. These five are NaN when the header does not say.
        contrast: echo and inversion time, ms; frames that differ in them are a map, not a cine.
        slope, intercept: from stored to real values.
    """

    file: DicomFile
    index: int
    series: str
    number: int
    description: str
    protocol: tuple[str, ...]
    frame_of_reference: str
    origin: NDArray[np.float64]
    row: NDArray[np.float64]
    column: NDArray[np.float64]
    spacing: tuple[float, float]
    thickness: float | None
    trigger: float
    temporal: float
    acquired: float
    instance: float
    rr: float
    contrast: tuple[float, float]
    slope: float
    intercept: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.file.shape

    @property
    def source(self) -> FrameSource:
        """Where the pixels came from."""
        return FrameSource(self.file.path, self.index)


def frames_of(file: DicomFile) -> list[Frame]:
    """All frames of an MR image file.

    Raises:
        InvalidInput: position, orientation or spacing missing or impossible.
        ValueError: the file contradicts itself.
    """
    return [_frame(file, index, header) for index, header in enumerate(frame_headers(file.dataset))]


def purpose(header: Header) -> str:
    """What an MR image is for, as far as its header says: "" for anatomy, else "flow" or "map"."""
    words = set()
    for keyword in ("ImageType", "FrameType", "ComplexImageComponent", "AcquisitionContrast"):
        words |= set(header.text(keyword).upper().split("\\"))
    if words & _FLOW or math.isfinite(header.number("VelocityEncodingMaximumValue")):
        return "flow"
    return "map" if words & _MAPS else ""


def _frame(file: DicomFile, index: int, header: Header) -> Frame:
    spacing = _spacing(header)
    row, column = _orientation(header)
    thickness = header.number("SliceThickness")
    number, instance = header.whole("SeriesNumber"), header.number("InstanceNumber")
    slope, intercept = header.number("RescaleSlope"), header.number("RescaleIntercept")
    return Frame(
        file=file,
        index=index,
        series=header.text("SeriesInstanceUID"),
        number=number,
        description=header.text("SeriesDescription"),
        protocol=(_letters(header.text("ScanningSequence")), _letters(header.text("SequenceName"))),
        frame_of_reference=header.text("FrameOfReferenceUID"),
        origin=_position(header),
        row=row,
        column=column,
        spacing=spacing,
        thickness=thickness if SMALLEST_SPACING <= thickness <= LARGEST_SPACING else None,
        trigger=_first_finite(header, "NominalCardiacTriggerDelayTime", "ActualCardiacTriggerDelayTime", "TriggerTime"),
        temporal=_first_finite(header, "TemporalPositionIndex", "TemporalPositionIdentifier"),
        acquired=header.seconds("FrameAcquisitionDateTime", "AcquisitionTime", "AcquisitionDateTime"),
        instance=instance * 1e6 + index if math.isfinite(instance) else float(index),
        rr=_rr(header),
        contrast=(
            _milliseconds(header, "EffectiveEchoTime", "EchoTime"),
            _milliseconds(header, "InversionTimes", "InversionTime"),
        ),
        slope=slope if math.isfinite(slope) and slope > 0 else 1.0,
        intercept=intercept if math.isfinite(intercept) else 0.0,
    )


def _spacing(header: Header) -> tuple[float, float]:
    spacing = header.numbers("PixelSpacing")
    if not spacing:
        raise InvalidInput(
            "An MR image carries no pixel spacing.",
            "PixelSpacing in millimetres is needed to turn pixels into millilitres.",
            _EXPORT,
        )
    if len(spacing) != 2 or not all(SMALLEST_SPACING <= step <= LARGEST_SPACING for step in spacing):
        found = ", ".join(header.text("PixelSpacing").split("\\"))[:60]
        raise InvalidInput(
            f"An MR image gives its pixel spacing as '{found}'.",
            f"Two steps between {SMALLEST_SPACING} and {LARGEST_SPACING} mm are needed.",
            _EXPORT,
        )
    return spacing[0], spacing[1]


def _orientation(header: Header) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cosines = np.array(header.numbers("ImageOrientationPatient"))
    row, column = (cosines[:3], cosines[3:]) if cosines.size == 6 else (np.zeros(3), np.zeros(3))
    lengths = np.linalg.norm([row, column], axis=1)
    if not (np.abs(lengths - 1) < 0.01).all() or not abs(row @ column) < 0.01:
        raise InvalidInput(
            "An MR image does not say how its plane lies in the patient, or says it impossibly.",
            "ImageOrientationPatient must hold two unit vectors at right angles.",
            _EXPORT,
        )
    row = row / lengths[0]
    column = column - (column @ row) * row
    return row, column / np.linalg.norm(column)


def _position(header: Header) -> NDArray[np.float64]:
    origin = np.array(header.numbers("ImagePositionPatient"))
    if origin.size != 3 or not (np.abs(origin) < 1e5).all():
        raise InvalidInput(
            "An MR image does not say where it lies in the patient, or says it impossibly.",
            "ImagePositionPatient must hold three coordinates in millimetres.",
            _EXPORT,
        )
    return origin


def _rr(header: Header) -> float:
    for interval in (header.number("RRIntervalTimeNominal"), header.number("NominalInterval")):
        if SHORTEST_RR <= interval <= LONGEST_RR:
            return interval
    rate = header.number("HeartRate")
    interval = 60_000 / rate if rate > 0 else math.nan
    return interval if SHORTEST_RR <= interval <= LONGEST_RR else math.nan


def _first_finite(header: Header, *keywords: str) -> float:
    return next((value for keyword in keywords if math.isfinite(value := header.number(keyword))), math.nan)


def _milliseconds(header: Header, *keywords: str) -> float:
    value = _first_finite(header, *keywords)
    return round(value, 2) if math.isfinite(value) else 0.0


def _letters(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalpha())


__all__ = ["Frame", "frames_of", "purpose"]
