"""The report's PDF as a DICOM object that belongs to the study the images came from."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

from marey import __version__
from marey.core import Image, InvalidInput, UnreadableFile
from marey.io.derived import MANUFACTURER, MODEL, Sources, clipped, derived_uid, read_sources, stamp, write_object

SERIES_NUMBER = 9003
LONGEST_TITLE = 1024


def write_encapsulated_pdf(
    path: Path,
    pdf: bytes | Path,
    image: Image,
    title: str,
    *,
    description: str = "Marey report",
    created: dt.datetime | None = None,
) -> Path:
    """Write a PDF as Encapsulated PDF Storage, in the study of the image.

    Args:
        path: the file to write.
        pdf: the document, or where it is.
        image: what the document reports on, with its sources.
        title: document title, cut to 1024 characters.
        description: SeriesDescription, cut to 64 characters.
        created: date and time to put into the object; now when not given.

    Raises:
        InvalidInput: it is not a PDF.
        NotAnalysable: the image has no DICOM source.
        UnreadableFile: the PDF or a source file has gone.
        CannotWrite: the file cannot be written.
    """
    document = _document(pdf)
    sources = read_sources(image, range(image.phases))

    def make() -> Dataset:
        result = _object(document, sources, clipped(title, LONGEST_TITLE), clipped(description))
        stamp(result, sources, created)
        result.AcquisitionDateTime = None
        return result

    return write_object(path, make)


def _document(pdf: bytes | Path) -> bytes:
    try:
        document = pdf if isinstance(pdf, bytes) else pdf.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"The report '{pdf!s}' could not be read: {error.strerror}.",
            "The report as a PDF is needed.",
            "Write the PDF report first.",
        ) from error
    if not document.startswith(b"%PDF-"):
        raise InvalidInput(
            f"The report begins with {document[:8]!r}.", "A PDF document is needed.", "Write the PDF report first."
        )
    return document


def _object(document: bytes, sources: Sources, title: str, description: str) -> Dataset:
    from highdicom.base import SOPClass

    digest = hashlib.sha256(document).hexdigest()
    result: Dataset = SOPClass(
        study_instance_uid=sources.study,
        series_instance_uid=derived_uid("document", sources.study, description, __version__),
        series_number=SERIES_NUMBER,
        sop_instance_uid=derived_uid("document", sources.study, digest, title, __version__),
        sop_class_uid=EncapsulatedPDFStorage,
        instance_number=1,
        modality="DOC",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number=__version__,
        series_description=description,
    )
    result.ConversionType = "WSD"
    result.BurnedInAnnotation = "YES"
    result.DocumentTitle = title
    result.ConceptNameCodeSequence = [_diagnostic_imaging_report()]
    result.MIMETypeOfEncapsulatedDocument = "application/pdf"
    result.EncapsulatedDocumentLength = len(document)
    result.EncapsulatedDocument = document + bytes(len(document) % 2)
    result.SourceInstanceSequence = [_pointer(one.sop_class, one.instance) for one in sources.references.values()]
    return result


def _diagnostic_imaging_report() -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "18748-4", "LN", "Diagnostic imaging study"
    return code


def _pointer(sop_class: str, instance: str) -> Any:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, instance
    return item


__all__ = ["write_encapsulated_pdf"]
