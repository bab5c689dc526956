"""Encapsulated PDF: the same bytes, in the patient's study, or a sentence."""

import dataclasses
import datetime as dt
from pathlib import Path

import pydicom
import pytest
from dicom_cases import Case, make_case, validated

from marey.core import CannotWrite, InvalidInput, NotAnalysable, UnreadableFile
from marey.io.encapsulated import write_encapsulated_pdf

ODD, EVEN = b"%PDF-1.7\nodd\n", b"%PDF-1.7\neven\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "exam")


@pytest.mark.parametrize("document", [ODD, EVEN])
def test_the_document_comes_out_as_it_went_in(case: Case, tmp_path: Path, document: bytes) -> None:
    path = write_encapsulated_pdf(tmp_path / "pdf.dcm", document, case.image, "Cardiac MR")
    read, source = pydicom.dcmread(path), pydicom.dcmread(case.files[0])
    assert read.EncapsulatedDocument[: read.EncapsulatedDocumentLength] == document
    assert len(read.EncapsulatedDocument) % 2 == 0
    assert read.MIMETypeOfEncapsulatedDocument == "application/pdf"
    assert (read.StudyInstanceUID, read.PatientName) == (source.StudyInstanceUID, source.PatientName)
    assert read.SeriesInstanceUID != source.SeriesInstanceUID
    named = {item.ReferencedSOPInstanceUID for item in read.SourceInstanceSequence}
    assert named == {pydicom.dcmread(file).SOPInstanceUID for file in case.files}
    assert path.read_bytes()[:128] == bytes(128)


def test_a_file_is_as_good_as_bytes(case: Case, tmp_path: Path) -> None:
    moment = dt.datetime(2025, 3, 4, tzinfo=dt.UTC)
    (tmp_path / "report.pdf").write_bytes(ODD)
    one = write_encapsulated_pdf(tmp_path / "1.dcm", ODD, case.image, "x", created=moment)
    two = write_encapsulated_pdf(tmp_path / "2.dcm", tmp_path / "report.pdf", case.image, "x", created=moment)
    three = write_encapsulated_pdf(tmp_path / "3.dcm", EVEN, case.image, "x", created=moment)
    assert one.read_bytes() == two.read_bytes()
    assert pydicom.dcmread(one).SOPInstanceUID != pydicom.dcmread(three).SOPInstanceUID


@pytest.mark.parametrize("title", ["Cardiac MR <b>", "t\\" * 2000, "心臓\nMRI", ""])
def test_the_validator_finds_no_error(case: Case, tmp_path: Path, title: str) -> None:
    path = write_encapsulated_pdf(tmp_path / "pdf.dcm", ODD, case.image, title, description=title)
    assert "EncapsulatedPDF" in validated(path)


def test_guards(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "pdf.dcm"
    with pytest.raises(InvalidInput, match="A PDF document is needed"):
        write_encapsulated_pdf(path, b"<html>", case.image, "x")
    with pytest.raises(UnreadableFile, match="could not be read"):
        write_encapsulated_pdf(path, tmp_path / "none.pdf", case.image, "x")
    with pytest.raises(NotAnalysable, match="not read from DICOM"):
        write_encapsulated_pdf(path, ODD, dataclasses.replace(case.image, sources=()), "x")
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite):
        write_encapsulated_pdf(tmp_path / "file" / "pdf.dcm", ODD, case.image, "x")
    case.files[-1].unlink()
    with pytest.raises(UnreadableFile, match=case.files[-1].name):
        write_encapsulated_pdf(path, ODD, case.image, "x")
    assert not path.exists()
