"""Functional groups of an Enhanced MR image (DICOM PS3.3 A.36 and C.8.13.5): shared and per frame."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from marey.core import Grid, MrHeader, MrSeries
from marey.io.mr_common import CM_PER_S, decimal, delays, pixel_value

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

GYROMAGNETIC = 42.577  # MHz per tesla, of the proton
STACK = "1"
SPOILING = MappingProxyType(
    {
        "bSSFP": "NONE", "spoiled gradient echo": "RF_AND_GRADIENT", "phase contrast": "RF_AND_GRADIENT",
        "inversion recovery": "RF_AND_GRADIENT", "spin echo": "GRADIENT",
    }
)  # fmt: skip


def item(**elements: object) -> Dataset:
    """A data set of these elements."""
    from pydicom.dataset import Dataset

    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded concept."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def original(header: MrHeader) -> bool:
    """Whether the pixels come straight from the measurement, not from a fit."""
    return not header.content.endswith("map")


def frame_type(header: MrHeader) -> dict[str, object]:
    """Image Type or Frame Type, and what goes with it (C.8.16.1 and C.8.13.3.1)."""
    what = header.content.split()[0]
    flavour = {"velocity": "VELOCITY", "T1": "T1 MAP", "T2": "T2 MAP"}.get(what, "CARDIAC")
    made = ("ORIGINAL", "NONE") if original(header) else ("DERIVED", "QUANTITY")
    return {
        "type": [made[0], "PRIMARY", flavour, made[1]],
        "PixelPresentation": "MONOCHROME",
        "VolumetricProperties": "VOLUME",
        "VolumeBasedCalculationTechnique": "NONE",
        "ComplexImageComponent": {"real": "REAL", "phase": "PHASE", "velocity": "PHASE"}.get(what, "MAGNITUDE"),
        "AcquisitionContrast": {"velocity": "FLOW_ENCODED", "T1": "T1", "T2": "T2"}.get(what, "UNKNOWN"),
    }


def shared_groups(series: MrSeries, window: tuple[float, float]) -> Dataset:
    """Of all frames.

    Args:
        series: as it is written; an original one names everything that `write_enhanced` asks for.
        window: lowest and highest value shown, in the series' unit.
    """
    header = series.header
    kind = frame_type(header)
    groups = _geometry(series.image.grid)
    groups["FrameAnatomySequence"] = item(
        FrameLaterality="U", AnatomicRegionSequence=[code("80891009", "SCT", "Heart")]
    )
    slope, intercept, unit = pixel_value(header)
    groups["PixelValueTransformationSequence"] = item(RescaleIntercept=intercept, RescaleSlope=slope, RescaleType=unit)
    middle, width = (window[0] + window[1]) / 2, max(window[1] - window[0], 1.0)
    groups["FrameVOILUTSequence"] = item(WindowCenter=decimal(middle), WindowWidth=decimal(width))
    groups["MRImageFrameTypeSequence"] = item(FrameType=kind.pop("type"), **kind)
    if original(header):
        groups |= _measurement(header) | _view(header, series.image.grid) | _coils()
    if header.velocity_encoding is not None:
        groups["MRVelocityEncodingSequence"] = _velocity(header, header.velocity_encoding)
    return _as_sequences(groups)


def frame_groups(series: MrSeries, acquired: str | None) -> Iterator[Dataset]:
    """Of every frame, slice by slice, phase by phase.

    Args:
        series: as it is written.
        acquired: DICOM date and time of the acquisition.
    """
    image = series.image
    for z in range(image.grid.shape[0]):
        place = item(ImagePositionPatient=[decimal(v) for v in image.grid.world([z, 0, 0])])
        after, rr = delays(image, z), image.rr_intervals[z]
        for t in range(image.phases):
            groups = {"PlanePositionSequence": place, "FrameContentSequence": _content(z, t, series, acquired)}
            if after is not None:
                groups["CardiacSynchronizationSequence"] = item(NominalCardiacTriggerDelayTime=float(after[t]))
                if np.isfinite(rr):
                    groups["CardiacSynchronizationSequence"].RRIntervalTimeNominal = float(round(rr))
            if original(series.header):
                groups["MRModifierSequence"] = _modifier(series.header, t)
            yield _as_sequences(groups)


def _content(z: int, t: int, series: MrSeries, acquired: str | None) -> Dataset:
    content = item(
        StackID=STACK, InStackPositionNumber=z + 1, TemporalPositionIndex=t + 1, DimensionIndexValues=[1, z + 1, t + 1]
    )
    if acquired is not None and original(series.header):
        content.FrameAcquisitionDateTime = content.FrameReferenceDateTime = acquired
        content.FrameAcquisitionDuration = float(series.header.repetition_time or 0)
    return content


def _geometry(grid: Grid) -> dict[str, Dataset]:
    return {
        "PixelMeasuresSequence": item(
            PixelSpacing=[decimal(grid.spacing[1]), decimal(grid.spacing[2])],
            SliceThickness=decimal(grid.slice_thickness or grid.spacing[0]),
        ),
        "PlaneOrientationSequence": item(
            ImageOrientationPatient=[decimal(v) for v in (*grid.directions[:, 2], *grid.directions[:, 1])]
        ),
    }


def _measurement(header: MrHeader) -> dict[str, Dataset]:
    """Timing, echo, averages and imaging modifier of an original series; nobody was exposed to the simulated field."""
    field, bandwidth = header.field_strength or 0.0, header.bandwidth or 0.0
    modes = (("STATIC FIELD", "IEC_NORMAL"), ("RF", "IEC_NORMAL"), ("GRADIENT", "IEC_NORMAL"))
    echoes = 0 if header.sequence == "spin echo" else 1
    return {
        "MRTimingAndRelatedParametersSequence": item(
            RepetitionTime=decimal(header.repetition_time or 0),
            FlipAngle=decimal(math.degrees(header.flip_angle or 0)),
            EchoTrainLength=1,
            RFEchoTrainLength=1 - echoes,
            GradientEchoTrainLength=echoes,
            SpecificAbsorptionRateSequence=[
                item(SpecificAbsorptionRateDefinition="IEC_WHOLE_BODY", SpecificAbsorptionRateValue=0.0)
            ],
            GradientOutputType="DB_DT",
            GradientOutput=0.0,
            OperatingModeSequence=[item(OperatingModeType=kind, OperatingMode=mode) for kind, mode in modes],
        ),
        "MREchoSequence": item(EffectiveEchoTime=float(header.echo_time or 0)),
        "MRAveragesSequence": item(NumberOfAverages=1.0),
        "MRImagingModifierSequence": item(
            MagnetizationTransfer="NONE",
            BloodSignalNulling="NO",
            Tagging="NONE",
            TransmitterFrequency=GYROMAGNETIC * field,
            PixelBandwidth=1000 * bandwidth,
        ),
    }


def _view(header: MrHeader, grid: Grid) -> dict[str, Dataset]:
    lines, samples = header.acquired or (0, 0)
    rows, columns = np.array(grid.shape[1:]) * grid.spacing[1:]
    row = header.phase_encoding == "row"
    return {
        "MRFOVGeometrySequence": item(
            InPlanePhaseEncodingDirection="ROW" if row else "COLUMN",
            MRAcquisitionFrequencyEncodingSteps=samples,
            MRAcquisitionPhaseEncodingStepsInPlane=lines,
            PercentSampling=decimal(header.percent_sampling or 0),
            PercentPhaseFieldOfView=decimal(100 * (columns / rows if row else rows / columns)),
        )
    }


def _modifier(header: MrHeader, t: int) -> Dataset:
    inversions, factor = header.inversion_times, header.acceleration
    modifier = item(
        InversionRecovery="YES" if inversions else "NO",
        FlowCompensation="NONE",
        Spoiling=SPOILING[header.sequence],
        T2Preparation="NO",
        SpectrallySelectedExcitation="NONE",
        SpatialPresaturation="NONE",
        PartialFourier="YES" if header.partial_fourier < 1 else "NO",
        ParallelAcquisition="YES" if factor > 1 else "NO",
    )
    if inversions:
        modifier.InversionTimes = [float(inversions[min(t, len(inversions) - 1)])]
    if header.partial_fourier < 1:
        modifier.PartialFourierDirection = "PHASE"
    if factor > 1:
        modifier.ParallelAcquisitionTechnique = "OTHER"
        modifier.ParallelReductionFactorInPlane = float(factor)
        modifier.ParallelReductionFactorOutOfPlane = modifier.ParallelReductionFactorSecondInPlane = 1.0
    return modifier


def _coils() -> dict[str, Dataset]:
    return {
        "MRReceiveCoilSequence": item(
            ReceiveCoilName="CHEST ARRAY",
            ReceiveCoilManufacturerName="",
            ReceiveCoilType="SURFACE",
            QuadratureReceiveCoil="NO",
        ),
        "MRTransmitCoilSequence": item(
            TransmitCoilName="BODY", TransmitCoilManufacturerName="", TransmitCoilType="BODY"
        ),
    }


def _velocity(header: MrHeader, highest: float) -> Dataset:
    encoding = item(VelocityEncodingMinimumValue=-highest * CM_PER_S, VelocityEncodingMaximumValue=highest * CM_PER_S)
    if header.velocity_direction is not None:
        encoding.VelocityEncodingDirection = list(header.velocity_direction)
    return encoding


def _as_sequences(groups: dict[str, Dataset]) -> Dataset:
    return item(**{keyword: [group] for keyword, group in groups.items()})


__all__ = ["STACK", "code", "frame_groups", "frame_type", "item", "original", "shared_groups"]
