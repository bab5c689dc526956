"""What the DICOM objects that Marey makes have in common: their sources, whose they are, what they are called."""

import datetime as dt
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydicom import config
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.uid import UID, MRImageStorage, generate_uid
from pydicom.valuerep import PersonName, validate_value

from marey.core import Code, FrameSource, Image, InvalidInput, NotAnalysable, UnreadableFile
from marey.core.files import write_with

MANUFACTURER, MODEL = "Marey", "Marey"
PRIVATE_SCHEME = "99MAREY"
UTF_8 = "ISO_IR 192"
NIFTI_SUFFIXES = (".nii", ".nii.gz", ".hdr", ".img")
COPIED = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge", "PatientSize",
    "PatientWeight", "PatientIdentityRemoved", "DeidentificationMethod", "StudyInstanceUID", "StudyDate", "StudyTime",
    "StudyID", "StudyDescription", "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip
NEEDED = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
    "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip
CHECKED = ("AS", "CS", "DA", "DS", "TM")
_SWITCHES = threading.RLock()
_SERIES_UID, _COLUMNS = 0x0020000E, 0x00280011


@dataclass(frozen=True)
class Reference:
    """One source instance, as other DICOM objects point to it."""

    sop_class: UID
    instance: UID
    series: UID

    @property
    def multi_frame(self) -> bool:
        """Whether a frame number is needed to point to one of its pictures."""
        return self.sop_class != MRImageStorage


@dataclass(frozen=True, eq=False)
class Sources:
    """The DICOM files that an image was read from.

    Args:
        header: all attributes of the first file up to Columns, without pixels.
        references: one per file.
    """

    header: Dataset
    references: dict[Path, Reference]

    @property
    def study(self) -> UID:
        """UID of the study that the files belong to."""
        return UID(self.header.StudyInstanceUID)

    @property
    def frame_of_reference(self) -> UID:
        """UID of the coordinate system; derived from the study's when the files name none."""
        return UID(self.header.get("FrameOfReferenceUID") or derived_uid("frame of reference", self.study))

    def of(self, frames: Iterable[FrameSource]) -> dict[Reference, list[int]]:
        """The instances behind some frames, each with its 1-based frame numbers."""
        found: dict[Reference, list[int]] = {}
        for frame in frames:
            found.setdefault(self.references[frame.path], []).append(frame.frame + 1)
        return found


def preload() -> None:
    """Import what writing results takes, so that a workflow can do it in another thread while the network runs."""
    for module in ("highdicom.sr", "highdicom.seg", "nibabel"):
        import_module(module)
    from highdicom.base import SOPClass
    from pydicom.sr.codedict import codes

    # tables of codes and of the standard's modules load when first used
    _ = codes.SCT.Heart, codes.DCM.Device, codes.UCUM.NoUnits
    SOPClass("1.2", "1.2.1", 1, "1.2.2", MRImageStorage, 1, "MR")


def has_dicom_source(image: Image) -> bool:
    """Whether the image was read from DICOM files, so that SEG, SR and PDF objects can be made for it."""
    return bool(image.sources) and not image.sources[0][0].path.name.lower().endswith(NIFTI_SUFFIXES)


def read_sources(image: Image, phases: Sequence[int]) -> Sources:
    """Read again who and what the source files of some phases are.

    Raises:
        NotAnalysable: the image was not read from DICOM, or its files do not say which study they belong to.
        UnreadableFile: a source file has gone or changed.
    """
    if not has_dicom_source(image):
        raise NotAnalysable(
            f"The image '{image.name}' was not read from DICOM files.",
            "DICOM results belong to a DICOM study.",
            "Use the NIfTI labels and measurements.json instead, or analyse the original DICOM files.",
        )
    paths = dict.fromkeys(frame.path for phase in phases for frame in image.sources[phase])
    with _as_in_the_source():
        header = _read_until(next(iter(paths)), _COLUMNS)
        references = {path: _reference(path) for path in paths}
        study = header.get("StudyInstanceUID")
    if not study:
        raise NotAnalysable(
            "The DICOM files do not say which study they belong to.",
            "A StudyInstanceUID is needed to make DICOM results.",
            "Export the study again from the archive.",
        )
    return Sources(header, references)


def check_phases(image: Image, phases: Sequence[int]) -> tuple[int, ...]:
    """The phases in increasing order, each once.

    Raises:
        InvalidInput: none, or one that the image does not have.
    """
    chosen = tuple(sorted(set(phases)))
    if not chosen or chosen[0] < 0 or chosen[-1] >= image.phases:
        raise InvalidInput(
            f"The phases {list(phases)} were asked for.",
            f"Phases from 0 to {image.phases - 1} are expected.",
            "Choose phases that the image has.",
        )
    return chosen


def derived_uid(*entropy: str) -> UID:
    """A UID that is the same for the same text, and another for any other."""
    return generate_uid(entropy_srcs=["/".join(("marey", *entropy))])


def stand_in(sources: Sources, image: Image) -> Dataset:
    """A classic, anonymous MR header on the image's grid, for highdicom to build upon.

    highdicom refuses cine (positions repeat), slices from several series and enhanced files with per-frame
    orientation; the true references and identity are put in afterwards.
    """
    first = next(iter(sources.references.values()))
    header = Dataset()
    header.SOPClassUID, header.SOPInstanceUID, header.SeriesInstanceUID = MRImageStorage, first.instance, first.series
    header.StudyInstanceUID, header.FrameOfReferenceUID = sources.study, sources.frame_of_reference
    header.Modality = image.modality
    for keyword in NEEDED:
        setattr(header, keyword, None)
    header.PatientBirthDate = header.PatientSex = header.StudyDate = header.StudyTime = ""
    _, header.Rows, header.Columns = image.grid.shape
    header.ImagePositionPatient = decimals(image.grid.world([0, 0, 0]))
    header.ImageOrientationPatient = orientation(image)
    header.PixelSpacing = decimals(image.grid.spacing[1:])
    header.SliceThickness = decimals([image.grid.slice_thickness or image.grid.spacing[0]])[0]
    return header


def orientation(image: Image) -> list[str]:
    """ImageOrientationPatient: the directions in which columns, then rows, count up."""
    return decimals([*image.grid.directions[:, 2], *image.grid.directions[:, 1]])


def decimals(values: Iterable[float]) -> list[str]:
    """DICOM decimal strings of at most 16 characters."""
    return [f"{value:.12f}"[:15].rstrip("0").rstrip(".") or "0" for value in values]


def clipped(text: str, length: int = 64) -> str:
    """Text that fits a DICOM short or long string: one line, no backslash."""
    return " ".join(text.replace("\\", "/").split())[:length].strip()


def scheme(code: Code) -> str:
    """The coding scheme as DICOM designates it."""
    return {"LOINC": "LN", "SNOMED": "SCT", "SNOMED CT": "SCT", "RadLex": "RADLEX"}.get(code.scheme, code.scheme)


def stamp(result: Dataset, sources: Sources, created: dt.datetime | None) -> None:
    """Give a new object the patient and study of its sources, one character set for all names, and its time."""
    for keyword in COPIED:
        value = _copied(sources.header, keyword)
        if value is not None or keyword in NEEDED:
            setattr(result, keyword, value)
    if sources.header.get("DeidentificationMethodCodeSequence"):
        result.DeidentificationMethodCodeSequence = sources.header.DeidentificationMethodCodeSequence
    result.SpecificCharacterSet = UTF_8
    when = created or dt.datetime.now().astimezone()
    for kind in ("InstanceCreation", "Content"):
        setattr(result, f"{kind}Date", when.strftime("%Y%m%d"))
        setattr(result, f"{kind}Time", when.strftime("%H%M%S"))
    for equipment in result.get("ContributingEquipmentSequence", ()):
        equipment.ContributionDateTime = when.strftime("%Y%m%d%H%M%S")


def write_object(path: Path, make: Callable[[], Dataset]) -> Path:
    """Make a DICOM object and write it whole or not at all.

    Raises:
        CannotWrite: the folder or file cannot be written.
    """
    with _as_in_the_source():
        result = make()
        result.preamble = bytes(128)
        return write_with(path, lambda temporary: result.save_as(temporary, enforce_file_format=True))


@contextmanager
def _as_in_the_source() -> Iterator[None]:
    """No complaint about values of the source files that are not ours to correct.

    Both switches hold for the whole process, hence the lock: results may be written from several threads.
    """
    with _SWITCHES, config.disable_value_validation(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="pydicom")
        yield


def _copied(header: Dataset, keyword: str) -> Any:
    """Names and identifiers as they are; dates, codes and numbers only when they are valid."""
    try:
        value = header.get(keyword)
        if value and (vr := header[keyword].VR) in CHECKED:
            validate_value(vr, str(value), config.RAISE)
    except (ValueError, TypeError, OverflowError):
        return None
    return PersonName(str(value)) if isinstance(value, PersonName) else value


def _reference(path: Path) -> Reference:
    header = _read_until(path, _SERIES_UID)
    names = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID")
    if not all(header.get(name) for name in names):
        raise NotAnalysable(
            f"The DICOM file '{path}' does not say what it is called.",
            "A SOPInstanceUID, SOPClassUID and SeriesInstanceUID are needed to point to it.",
            "Export the study again from the archive.",
        )
    return Reference(*(UID(header[name].value) for name in names))


def _read_until(path: Path, last: int) -> Dataset:
    try:
        with path.open("rb") as stream:
            return read_partial(stream, lambda tag, _vr, _length: tag > last, force=True)
    except (OSError, InvalidDicomError, ValueError, RecursionError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableFile(
            f"The source file '{path}' could not be read again: {reason}.",
            "The images must stay where they are until the results are written.",
            "Put the files back and run the analysis again.",
        ) from error


__all__ = [
    "MANUFACTURER", "MODEL", "PRIVATE_SCHEME", "Reference", "Sources", "check_phases", "clipped",
    "decimals", "derived_uid", "has_dicom_source", "orientation", "preload", "read_sources", "scheme", "stamp",
    "stand_in", "write_object",
]  # fmt: skip
