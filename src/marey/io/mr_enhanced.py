"""A series of MR pictures as one multi-frame file: Enhanced MR Image Storage (DICOM PS3.3 A.36)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from marey.core import Facts, InvalidInput, MrHeader, MrSeries
from marey.core.files import write_with
from marey.io.mr_common import Identity, identity_of, series_dataset, stored_pixels
from marey.io.mr_functional_groups import frame_groups, frame_type, item, original, shared_groups

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NEEDED = (
    "field_strength", "flip_angle", "repetition_time", "echo_time", "bandwidth", "phase_encoding", "acquired",
    "percent_sampling",
)  # fmt: skip
NO_DATE = "19000101120000"
"""The standard demands a date of an original acquisition; what de-identified images carry (PS3.15 E.1, dummy value)."""
NAMES = {
    "bSSFP": "BSSFP", "spoiled gradient echo": "SPGR", "phase contrast": "PC", "inversion recovery": "IR",
    "spin echo": "TSE",
}  # fmt: skip
STEADY = {"bSSFP": "FREE_PRECESSION", "spoiled gradient echo": "LONGITUDINAL", "phase contrast": "LONGITUDINAL"}


def write_enhanced(
    series: MrSeries, facts: Facts, folder: Path, *, number: int, study_uid: str | None = None, seed: str | None = None
) -> list[Path]:
    """Write a series as one uncompressed Enhanced MR image, valid for `dciodvfy`.

    It reads back as what `marey.io.mr_writer.write_series` writes of the same series.

    Args:
        series: its values ``(t, z, y, x)``: integers from -32768 to 65535 are stored as they are, real numbers are
            scaled to 0 to 4095. Frames follow slice by slice, phase by phase.
        facts: what the header says of the patient. Without a study date, the acquisition is dated 1 January 1900.
        folder: gets ``IM-<series>.dcm``; made if needed.
        number: of the series.
        study_uid: shared by all series of one exam; made from `seed` when None.
        seed: any text; the same seed, study and series number give the same UIDs. New UIDs each time when None.

    Returns:
        The file.

    Raises:
        InvalidInput: integers that do not fit in 16 bits; a header that leaves open what the standard demands of
            pictures that are no maps: field strength, flip angle, repetition and echo time, bandwidth, phase encoding,
            acquired matrix and sampling, and the direction of an encoded velocity.
        CannotWrite: the folder or disk does not take it.
    """
    _check(series.header)
    image = series.image
    identity = identity_of(study_uid, seed, number, "enhanced")
    stored = stored_pixels(image.values)
    from pydicom.uid import EnhancedMRImageStorage

    dataset = series_dataset(series, facts, identity, stored, number=number, sop_class=EnhancedMRImageStorage)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = identity.of()
    acquired = f"{dataset.StudyDate}{dataset.StudyTime}" or NO_DATE
    _put_image(dataset, series, acquired)
    _put_synchronisation(dataset, series)
    _put_dimensions(dataset, identity)
    values = [series.header.slope * float(edge) + series.header.intercept for edge in (stored.min(), stored.max())]
    dataset.SharedFunctionalGroupsSequence = [shared_groups(series, (min(values), max(values)))]
    dataset.PerFrameFunctionalGroupsSequence = list(frame_groups(series, acquired))
    dataset.NumberOfFrames = image.phases * image.grid.shape[0]
    dataset.PixelData = stored.swapaxes(0, 1).tobytes()
    save = functools.partial(dataset.save_as, enforce_file_format=True)
    return [write_with(folder / f"IM-{number:04d}.dcm", save)]


def _check(header: MrHeader) -> None:
    missing = [name for name in NEEDED if getattr(header, name) is None] if original(header) else []
    if header.velocity_encoding is not None and header.velocity_direction is None:
        missing.append("velocity_direction")
    if missing:
        raise InvalidInput(
            f"The header of '{header.description}' does not say: {', '.join(missing)}.",
            "An Enhanced MR image must say how its pictures were measured.",
            "Fill the header, or write classic images.",
        )


def _put_image(dataset: Dataset, series: MrSeries, acquired: str) -> None:
    """General image, equipment, Enhanced MR image and pulse sequence modules (C.7.6, C.7.5.2, C.8.13.1, C.8.13.4)."""
    header = series.header
    dataset.ManufacturerModelName = dataset.SoftwareVersions = "Marey"
    dataset.DeviceSerialNumber = "0"
    dataset.InstanceNumber = 1
    dataset.ContentDate, dataset.ContentTime = acquired[:8], acquired[8:]
    kind = frame_type(header)
    dataset.ImageType = kind.pop("type")
    dataset.update(item(**kind))
    dataset.ContentQualification = "RESEARCH"
    dataset.ApplicableSafetyStandardAgency = "IEC"
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    dataset.PresentationLUTShape = "IDENTITY"
    dataset.AcquisitionContextSequence = []
    if original(header):
        _put_acquisition(dataset, header, acquired)


def _put_acquisition(dataset: Dataset, header: MrHeader, acquired: str) -> None:
    dataset.AcquisitionNumber = 1
    dataset.AcquisitionDateTime = acquired
    dataset.AcquisitionDuration = 0.0
    dataset.ResonantNucleus = "1H"
    dataset.KSpaceFiltering = "NONE"
    dataset.MagneticFieldStrength = header.field_strength
    spin = header.sequence == "spin echo"
    dataset.PulseSequenceName = NAMES[header.sequence]
    dataset.MRAcquisitionType = "2D"
    dataset.EchoPulseSequence = "SPIN" if spin else "GRADIENT"
    if spin:
        dataset.MultipleSpinEcho = "YES"
    dataset.MultiPlanarExcitation = "NO"
    dataset.PhaseContrast = "YES" if header.velocity_encoding is not None else "NO"
    if header.velocity_encoding is not None:
        dataset.VelocityEncodingAcquisitionSequence = [
            item(VelocityEncodingDirection=list(header.velocity_direction or ()))
        ]
    dataset.TimeOfFlightContrast = "NO"
    dataset.SteadyStatePulseSequence = STEADY.get(header.sequence, "NONE")
    dataset.EchoPlanarPulseSequence = "NO"
    dataset.SaturationRecovery = "NO"
    dataset.SpectrallySelectedSuppression = "NONE"
    dataset.OversamplingPhase = "NONE"
    dataset.GeometryOfKSpaceTraversal = "RECTILINEAR"
    dataset.RectilinearPhaseEncodeReordering = "LINEAR"
    dataset.SegmentedKSpaceTraversal = "PARTIAL"
    dataset.NumberOfKSpaceTrajectories = 1


def _put_synchronisation(dataset: Dataset, series: MrSeries) -> None:
    """Cardiac and respiratory synchronisation modules (C.7.6.18)."""
    header = series.header
    known = series.image.rr_intervals[series.image.rr_intervals > 0]
    technique = header.gating.upper() if known.size else "NONE"
    dataset.CardiacSynchronizationTechnique = technique
    if technique != "NONE":
        dataset.CardiacSignalSource = "ECG"
        dataset.CardiacBeatRejectionTechnique = "NONE"
        dataset.LowRRValue = dataset.HighRRValue = None
    if technique != "NONE" and original(header):
        dataset.IntervalsAcquired = dataset.IntervalsRejected = None
        dataset.CardiacRRIntervalSpecified = float(series.image.rr_interval)
    dataset.RespiratoryMotionCompensationTechnique = "BREATH_HOLD"
    dataset.RespiratorySignalSource = "NONE"


def _put_dimensions(dataset: Dataset, identity: Identity) -> None:
    """Multi-frame dimension module (C.7.6.17): stack, place in the stack, time."""
    from pydicom.tag import Tag

    organisation = identity.of("dimensions")
    content = Tag("FrameContentSequence")
    dataset.DimensionOrganizationSequence = [item(DimensionOrganizationUID=organisation)]
    dataset.DimensionIndexSequence = [
        item(
            DimensionOrganizationUID=organisation,
            DimensionIndexPointer=Tag(keyword),
            FunctionalGroupPointer=content,
            DimensionDescriptionLabel=label,
        )
        for keyword, label in (
            ("StackID", "Stack"),
            ("InStackPositionNumber", "Slice"),
            ("TemporalPositionIndex", "Phase"),
        )
    ]


__all__ = ["write_enhanced"]
