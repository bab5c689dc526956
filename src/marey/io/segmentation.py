"""Labels as a DICOM Segmentation object that belongs to the study the images came from."""

import datetime as dt
import functools
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID

from marey import __version__
from marey.core import FrameSource, Image, InvalidInput, Labels, NotAnalysable
from marey.io.derived import (
    MANUFACTURER,
    MODEL,
    Reference,
    Sources,
    check_phases,
    clipped,
    decimals,
    derived_uid,
    read_sources,
    scheme,
    stamp,
    stand_in,
    write_object,
)

SERIES_NUMBER = 9001
_SEGMENT_NUMBER, _SEGMENT_IDENTIFICATION = 0x0062000B, 0x0062000A
_TEMPORAL_INDEX, _FRAME_CONTENT = 0x00209128, 0x00209111
_POSITION, _PLANE_POSITION = 0x00200032, 0x00209113


@dataclass(frozen=True)
class _Frame:
    """One bit-plane of the object: where it belongs, counted from 0."""

    segment: int
    phase: int
    slice: int


def write_segmentation(
    path: Path,
    image: Image,
    labels: Labels,
    *,
    phases: Sequence[int] | None = None,
    description: str = "Marey segmentation",
    created: dt.datetime | None = None,
) -> Path:
    """Write the labels of some phases as one DICOM SEG (BINARY, one segment per structure).

    Frames without any labelled voxel are left out. One phase gives a plain volume that every reader takes. Several
    phases are told apart by a temporal position index and by the source image that each frame points to, but readers
    that know space only (dcmqi, and so 3D Slicer) lay them over each other without a word: for those, write one file
    per phase. The same input gives the same UIDs.

    Args:
        path: the file to write.
        image: what was labelled, with its sources.
        labels: on the grid and times of `image`.
        phases: which phases to write; all when not given.
        description: SeriesDescription, cut to 64 characters.
        created: date and time to put into the object; now when not given.

    Raises:
        NotAnalysable: the image has no DICOM source, or nothing is labelled in these phases.
        InvalidInput: labels on another grid, or phases that the image does not have.
        UnreadableFile: a source file has gone.
        CannotWrite: the file cannot be written.
    """
    chosen = check_phases(image, range(image.phases) if phases is None else phases)
    _check_same_grid(image, labels)
    masks, frames = _bit_planes(labels, chosen)
    sources = read_sources(image, chosen)

    def make() -> Dataset:
        result = _empty_object(image, labels, sources, clipped(description))
        _set_identity(result, labels, sources, chosen)
        _set_dimensions(result, temporal=len(chosen) > 1)
        result.PerFrameFunctionalGroupsSequence = Items(_frame_groups(frames, image, sources, chosen))
        result.ReferencedSeriesSequence = Items(_referenced_series(sources))
        result.NumberOfFrames = len(frames)
        result.PixelData = _packed(masks, frames)
        stamp(result, sources, created)
        return result

    return write_object(path, make)


def _check_same_grid(image: Image, labels: Labels) -> None:
    if not labels.grid.same_as(image.grid) or labels.times.size != image.phases:
        raise InvalidInput(
            f"The labels {labels.values.shape} are not on the grid of the image {image.values.shape}.",
            "Labels on the source grid, one set per phase, are needed.",
            "Put the labels back on the whole grid before writing them.",
        )


def _bit_planes(labels: Labels, phases: tuple[int, ...]) -> tuple[NDArray[np.bool_], list[_Frame]]:
    """Masks ``(segment, phase, z, y, x)`` and the index of those that are not empty."""
    values = labels.values[list(phases)]
    masks = np.stack([values == key for key in sorted(labels.structures)])
    frames = [_Frame(*map(int, index)) for index in np.argwhere(masks.any(axis=(3, 4)))]
    if not frames:
        raise NotAnalysable(
            "No voxel is labelled in the phases to be written.",
            "A DICOM segmentation needs at least one labelled voxel.",
            "Check that the image shows the heart.",
        )
    return masks, frames


def _packed(masks: NDArray[np.bool_], frames: list[_Frame]) -> bytes:
    chosen = np.stack([masks[frame.segment, frame.phase, frame.slice] for frame in frames])
    data = np.packbits(chosen, axis=None, bitorder="little").tobytes()
    return data + bytes(len(data) % 2)


def _empty_object(image: Image, labels: Labels, sources: Sources, description: str) -> Dataset:
    """What highdicom makes of one empty plane: every module of the object but the frames and the identity."""
    from highdicom.seg import Segmentation

    result: Dataset = Segmentation(
        source_images=[stand_in(sources, image)],
        pixel_array=np.zeros((1, *image.grid.shape[1:]), np.uint8),
        segmentation_type="BINARY",
        segment_descriptions=_segments(labels),
        series_instance_uid=derived_uid("segmentation", sources.study, description, __version__),
        series_number=SERIES_NUMBER,
        sop_instance_uid=derived_uid("segmentation"),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=__version__,
        content_label="CARDIAC_CINE",
        content_description=description,
        series_description=description,
        omit_empty_frames=False,
    )
    del result.SourceImageSequence  # each frame and the referenced series name the sources
    spacing = decimals([image.grid.spacing[0]])[0]
    shared = result.SharedFunctionalGroupsSequence[0]
    shared.PixelMeasuresSequence[0].SpacingBetweenSlices = spacing
    shared.pop("SegmentIdentificationSequence", None)  # there for a single segment; ours stands in each frame
    return result


def _segments(labels: Labels) -> list[Any]:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentDescription
    from highdicom.sr import CodedConcept
    from pydicom.sr.codedict import codes

    algorithm = AlgorithmIdentificationSequence(
        name=MODEL, family=codes.DCM.ArtificialIntelligence, version=__version__, source=MANUFACTURER
    )
    return [
        SegmentDescription(
            segment_number=number,
            segment_label=clipped(structure.name),
            segmented_property_category=codes.SCT.AnatomicalStructure,
            segmented_property_type=CodedConcept(
                structure.code.value, scheme(structure.code), clipped(structure.code.meaning)
            ),
            algorithm_type="AUTOMATIC",
            algorithm_identification=algorithm,
            display_color=CIELabColor.from_rgb(*structure.colour),
        )
        for number, (_, structure) in enumerate(sorted(labels.structures.items()), start=1)
    ]


def _set_identity(result: Dataset, labels: Labels, sources: Sources, phases: tuple[int, ...]) -> None:
    digest = hashlib.sha256(labels.values[list(phases)].tobytes()).hexdigest()
    files = hashlib.sha256("".join(sorted(one.instance for one in sources.references.values())).encode()).hexdigest()
    names = repr([(key, structure.name) for key, structure in sorted(labels.structures.items())])
    instance = derived_uid("segmentation", files, digest, repr(phases), names, __version__)
    result.SOPInstanceUID = result.file_meta.MediaStorageSOPInstanceUID = instance
    result.InstanceNumber = phases[0] + 1


def _set_dimensions(result: Dataset, *, temporal: bool) -> None:
    """Index the frames by segment, phase when there are several, and position."""
    organization = derived_uid("dimensions", result.SOPInstanceUID)
    pointers = [(_SEGMENT_NUMBER, _SEGMENT_IDENTIFICATION, "Segment Number")]
    if temporal:
        pointers.append((_TEMPORAL_INDEX, _FRAME_CONTENT, "Phase of the beat"))
    pointers.append((_POSITION, _PLANE_POSITION, "Slice position"))
    result.DimensionOrganizationSequence = [_item(DimensionOrganizationUID=organization)]
    result.DimensionIndexSequence = [
        _item(
            DimensionOrganizationUID=organization,
            DimensionIndexPointer=pointer,
            FunctionalGroupPointer=group,
            DimensionDescriptionLabel=label,
        )
        for pointer, group, label in pointers
    ]
    if "DimensionOrganizationType" in result:
        del result.DimensionOrganizationType


def _frame_groups(frames: list[_Frame], image: Image, sources: Sources, phases: tuple[int, ...]) -> Iterator[Dataset]:
    corners = [decimals(image.grid.world([z, 0, 0])) for z in range(image.grid.shape[0])]
    whole = (sources.header.get("Rows"), sources.header.get("Columns")) == image.grid.shape[1:]

    @functools.cache
    def derivation(phase: int, z: int) -> Dataset:
        source = image.sources[phases[phase]][z]
        return _derivation(source, sources.references[source.path], whole)

    for frame in frames:
        index = [frame.segment + 1, frame.phase + 1, frame.slice + 1]
        content = _item(DimensionIndexValues=index if len(phases) > 1 else [index[0], index[2]])
        if len(phases) > 1:
            content.TemporalPositionIndex = frame.phase + 1
        yield _item(
            FrameContentSequence=[content],
            PlanePositionSequence=[_item(ImagePositionPatient=corners[frame.slice])],
            DerivationImageSequence=[derivation(frame.phase, frame.slice)],
            SegmentIdentificationSequence=[_item(ReferencedSegmentNumber=frame.segment + 1)],
        )


def _derivation(source: FrameSource, reference: Reference, whole: bool) -> Dataset:
    item = _pointer(reference)
    if reference.multi_frame:
        item.ReferencedFrameNumber = source.frame + 1
    item.SpatialLocationsPreserved = "YES" if whole else "NO"
    item.PurposeOfReferenceCodeSequence = [_code("121322", "Source image for image processing operation")]
    return _item(
        DerivationCodeSequence=[_code("113076", "Segmentation")],
        SourceImageSequence=[item],
    )


def _referenced_series(sources: Sources) -> Iterator[Dataset]:
    by_series: dict[UID, list[Reference]] = {}
    for reference in sources.references.values():
        by_series.setdefault(reference.series, []).append(reference)
    for series, references in by_series.items():
        instances = [_pointer(reference) for reference in references]
        yield _item(SeriesInstanceUID=series, ReferencedInstanceSequence=instances)


def _pointer(reference: Reference) -> Dataset:
    return _item(ReferencedSOPClassUID=reference.sop_class, ReferencedSOPInstanceUID=reference.instance)


def _code(value: str, meaning: str) -> Dataset:
    return _item(CodeValue=value, CodingSchemeDesignator="DCM", CodeMeaning=meaning)


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


__all__ = ["write_segmentation"]
