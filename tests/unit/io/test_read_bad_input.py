"""Input that gives no number: each case ends in a sentence, or is left aside and said."""

import contextlib
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from exams import FACTS, change, cine, kinds, notice, write
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ComprehensiveSRStorage,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
)

from marey.core import Facts, InvalidInput, MareyError, NotAnalysable, UnreadableFile
from marey.io import dicom_assembly, dicom_files
from marey.io.read import read_study


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        read_study([tmp_path])


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no file or folder"):
        read_study([tmp_path / "nothing"])


def test_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + bytes(500))
    with pytest.raises(UnreadableFile, match="no DICOM file among 2"):
        read_study([tmp_path])


@pytest.mark.parametrize("content", [b"", b"dear reader, this is a text file", b"x" * 128 + b"DICM" + b"garbage" * 50])
def test_only_files_that_are_not_dicom(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.dcm").write_bytes(content)
    with pytest.raises(UnreadableFile, match="None of 1 DICOM"):
        read_study([tmp_path])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"text",
        lambda data: data[: len(data) - 400],
        lambda data: data[:600],
        lambda data: data[:140],
    ],
    ids=["empty", "text", "pixels cut", "header cut", "meta cut"],
)
def test_a_damaged_file_in_a_stack_is_a_missing_frame(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    paths = write(cine(phases=8), tmp_path)
    paths[11].write_bytes(spoil(paths[11].read_bytes()))
    study = read_study([tmp_path])
    assert notice(study, "damaged-file").serious
    assert notice(study, "damaged-file").text.startswith("1 damaged")
    assert notice(study, "missing-frame").serious
    assert study.images[0].values.shape[:2] == (8, 4)


def test_random_damage_never_escapes(tmp_path: Path) -> None:
    (path,) = write(cine(1, 1), tmp_path)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(7)
    for _ in range(150):
        spoilt = whole.copy()
        at = rng.integers(132, min(1600, len(whole)), 6)
        spoilt[at] = rng.integers(0, 256, 6)
        path.write_bytes(spoilt[: rng.integers(200, len(whole))].tobytes() if rng.random() < 0.3 else spoilt.tobytes())
        with contextlib.suppress(MareyError):
            assert read_study([tmp_path]).images


@pytest.mark.parametrize(
    "value", [["nan", "1.5"], ["inf", "1.5"], ["0", "0"], ["-1.5", "1.5"], ["abc", "1.8"], ["1.5"], ["1500", "1500"]]
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_impossible_pixel_spacing(tmp_path: Path, value: list[str]) -> None:
    text = "\\".join(value).encode()

    def edit(it: Dataset) -> None:
        it.PixelSpacing = [9.9] * len(value)

    paths = write(cine(1, 2), tmp_path)
    change(paths, edit)
    for path in paths:
        held = "\\".join(["9.9"] * len(value)).encode()
        held += b" " * (len(held) % 2)
        new = text + b" " * (len(text) % 2)
        old = struct.pack("<HH2sH", 0x28, 0x30, b"DS", len(held)) + held
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, struct.pack("<HH2sH", 0x28, 0x30, b"DS", len(new)) + new))
    with pytest.raises(InvalidInput, match="pixel spacing"):
        read_study([tmp_path])


@pytest.mark.parametrize("keyword", ["PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient"])
def test_missing_geometry(tmp_path: Path, keyword: str) -> None:
    change(write(cine(1, 3), tmp_path), lambda it: delattr(it, keyword))
    with pytest.raises(InvalidInput, match=r"spacing|lies? in the patient|plane lies"):
        read_study([tmp_path])


def test_missing_spacing_in_one_file_of_a_cine(tmp_path: Path) -> None:
    change(write(cine(), tmp_path)[5:6], lambda it: delattr(it, "PixelSpacing"))
    with pytest.raises(InvalidInput, match="no pixel spacing"):
        read_study([tmp_path])


def test_missing_spacing_in_another_series_is_said(tmp_path: Path) -> None:
    write(cine(), tmp_path, number=1)
    change(write(cine(seed=3), tmp_path, number=2), lambda it: delattr(it, "PixelSpacing"))
    study = read_study([tmp_path])
    assert len(study.images) == 1
    assert "no pixel spacing" in notice(study, "left-aside").text


@pytest.mark.parametrize("cosines", [[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 1, 0], [1, 0, 0]])
def test_impossible_orientation(tmp_path: Path, cosines: list[float]) -> None:
    change(write(cine(1, 2), tmp_path), lambda it: setattr(it, "ImageOrientationPatient", cosines))
    with pytest.raises(InvalidInput, match="plane lies"):
        read_study([tmp_path])


@pytest.mark.parametrize("other", [Facts("P-2"), Facts("P-1", "Roe^Richard")], ids=["identifier", "name"])
def test_two_patients(tmp_path: Path, other: Facts) -> None:
    write(cine(), tmp_path, number=1)
    write(cine(seed=4), tmp_path, number=2, facts=other, study_uid="1.2.4")
    with pytest.raises(NotAnalysable, match="2 different patients") as caught:
        read_study([tmp_path])
    for name in ("P-1", "P-2", "Doe", "Roe"):
        assert name not in str(caught.value)


def test_the_same_name_written_differently_is_one_patient(tmp_path: Path) -> None:
    write(cine(), tmp_path, number=1)
    change(write(cine(seed=4), tmp_path, number=2), lambda it: setattr(it, "PatientName", "DOE^JANE^^"))
    assert read_study([tmp_path]).images


def test_exams_on_two_days(tmp_path: Path) -> None:
    write(cine(), tmp_path, number=1)
    change(write(cine(seed=4), tmp_path, number=2), lambda it: setattr(it, "StudyDate", "20250101"))
    with pytest.raises(NotAnalysable, match="2 different days"):
        read_study([tmp_path])


def computed_tomography(it: Dataset) -> None:
    it.SOPClassUID = it.file_meta.MediaStorageSOPClassUID = CTImageStorage
    it.Modality = "CT"


def colour(it: Dataset) -> None:
    it.SamplesPerPixel, it.PhotometricInterpretation, it.PlanarConfiguration = 3, "RGB", 0
    it.BitsAllocated = it.BitsStored = 8
    it.HighBit = 7
    it.PixelData = bytes(it.Rows * it.Columns * 3)


@pytest.mark.parametrize(("edit", "word"), [(computed_tomography, r"\(CT\)"), (colour, "colour")])
def test_other_pictures(tmp_path: Path, edit: Callable[[Dataset], None], word: str) -> None:
    paths = write(cine(1, 3), tmp_path / "exam", number=2)
    change(paths, edit)
    with pytest.raises(NotAnalysable, match=word):
        read_study([tmp_path])
    write(cine(), tmp_path)
    study = read_study([tmp_path])
    assert len(study.images) == 1
    assert "3" in notice(study, "left-aside").text


def test_an_object_without_an_image_is_skipped(tmp_path: Path) -> None:
    report = Dataset()
    report.file_meta = FileMetaDataset()
    report.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = ComprehensiveSRStorage
    report.SOPInstanceUID = report.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3.9")
    report.Modality = "SR"
    report.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    with pytest.raises(NotAnalysable, match="without an image"):
        read_study([tmp_path])
    write(cine(), tmp_path)
    assert "left-aside" in kinds(read_study([tmp_path]))


def test_constant_images(tmp_path: Path) -> None:
    change(write(cine(2, 3), tmp_path), lambda it: setattr(it, "PixelData", b"\x07\x00" * (it.Rows * it.Columns)))
    with pytest.raises(InvalidInput, match="one value everywhere"):
        read_study([tmp_path])


def test_one_blank_frame_is_a_missing_frame(tmp_path: Path) -> None:
    def blank(it: Dataset) -> None:
        it.PixelData = bytes(2 * it.Rows * it.Columns)

    change(write(cine(phases=8), tmp_path)[3:4], blank)
    study = read_study([tmp_path])
    assert notice(study, "blank-frame").serious
    assert notice(study, "missing-frame").serious


def lie(**values: int) -> Callable[[Dataset], None]:
    def edit(it: Dataset) -> None:
        for keyword, value in values.items():
            setattr(it, keyword, value)

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        lie(Rows=65535, Columns=65535),
        lie(NumberOfFrames=2**31 - 1),
        lie(NumberOfFrames=-3),
        lie(BitsAllocated=64),
        lie(BitsStored=40),
        lie(Rows=0),
    ],
)
def test_headers_that_lie_about_the_size(tmp_path: Path, edit: Callable[[Dataset], None]) -> None:
    change(write(cine(1, 2), tmp_path), edit)
    with pytest.raises(UnreadableFile, match="None of 2"):
        read_study([tmp_path])


def test_more_pixels_than_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(cine(), tmp_path)
    monkeypatch.setattr(dicom_assembly, "LARGEST_IMAGE", 1000)
    with pytest.raises(InvalidInput, match="6 x 4 x 24 x 26"):
        read_study([tmp_path])


def test_a_file_larger_than_any_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(cine(1, 2), tmp_path)
    monkeypatch.setattr(dicom_files, "LARGEST_FILE", 1000)
    with pytest.raises(UnreadableFile):
        read_study([tmp_path])


def test_deflated_data_that_may_explode(tmp_path: Path) -> None:
    (path,) = write(cine(1, 1), tmp_path)
    bomb = dcmread(path)
    bomb.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    bomb.save_as(path)
    assert read_study([path]).images
    with path.open("ab") as stream:
        stream.write(bytes(dicom_files.LARGEST_DEFLATED))
    with pytest.raises(UnreadableFile):
        read_study([path])


def test_sequences_without_end(tmp_path: Path) -> None:
    (path,) = write(cine(1, 1), tmp_path)
    deep = dcmread(path)
    inner = Dataset()
    for _ in range(100):
        outer = Dataset()
        outer.SharedFunctionalGroupsSequence = Sequence([inner])
        outer["SharedFunctionalGroupsSequence"].is_undefined_length = True
        inner = outer
    deep.SharedFunctionalGroupsSequence = Sequence([inner])
    deep.save_as(path)
    opening = struct.pack("<HH2sHI", 0x5200, 0x9229, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    data = path.read_bytes()
    at = data.index(opening[:8])
    path.write_bytes(data[:at] + opening * 5000 + data[at:])
    with pytest.raises(UnreadableFile):
        read_study([path])


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(cine(), tmp_path / "exam", number=1)
    outside = write(cine(seed=2), tmp_path / "other", number=2)
    (tmp_path / "exam" / "link.dcm").symlink_to(outside[0])
    (tmp_path / "exam" / "folder").symlink_to(tmp_path / "other")
    study = read_study([tmp_path / "exam"])
    assert len(study.images) == 1
    assert "1 link" in notice(study, "left-aside").text


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>^../../etc"
    facts = Facts("../../P\u202e1", name, FACTS.sex, FACTS.age, FACTS.height, FACTS.weight, FACTS.study_date)
    write(cine(), tmp_path, facts=facts, series_description="../../../<b>x</b>")
    study = read_study([tmp_path])
    assert study.facts.patient_name == name
    assert study.images[0].name == "../../../<b>x</b>"
    assert "\u202e" not in study.facts.patient_id
