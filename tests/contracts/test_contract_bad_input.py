"""What must not happen: every bad input gets a sentence and a status, and no number is written."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image as Picture
from pydicom.uid import MPEG2MPML, CTImageStorage
from typer.testing import CliRunner

from marey.cli.app import app

Files = list[Path]
NUMBERS = ("measurements.json", "measurements.csv", "measurements.sr.dcm", "report.html", "report.pdf", "manifest.json")


def _change(files: Files, change: Callable[[Any], object]) -> None:
    for path in files:
        dataset = pydicom.dcmread(path)
        change(dataset)
        dataset.save_as(path)


def _empty(files: Files) -> None:
    for path in files:
        path.unlink()


def _other_things(files: Files) -> None:
    _empty(files)
    folder = files[0].parent
    (folder / "notes.txt").write_text("Seen on Monday.")
    (folder / "table.csv").write_text("a,b\n1,2\n")
    Picture.new("RGB", (64, 64)).save(folder / "photo.png")


def _truncated(files: Files) -> None:
    for path in files:
        path.write_bytes(path.read_bytes()[:900])


def _pixels_cut_off(files: Files) -> None:
    for path in files:
        path.write_bytes(path.read_bytes()[:-5000])


def _corrupt(files: Files) -> None:
    random = np.random.default_rng(0)
    for path in files:
        path.write_bytes(path.read_bytes()[:132] + random.bytes(4000))


def _zero_bytes(files: Files) -> None:
    for path in files:
        path.write_bytes(b"")


def _text_named_dcm(files: Files) -> None:
    for path in files:
        path.write_text("This is not an image.\n" * 50)


def _no_decoder(files: Files) -> None:
    def change(dataset: Any) -> None:
        dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\xd8\xff\xd9" * 10])
        dataset["PixelData"].VR = "OB"
        dataset.file_meta.TransferSyntaxUID = MPEG2MPML

    _change(files, change)


def _one_phase(files: Files) -> None:
    for path in files:
        if not path.stem.endswith("-001"):
            path.unlink()


def _one_slice(files: Files) -> None:
    for path in files:
        if "-001-" not in path.name[7:]:
            path.unlink()


def _no_spacing(files: Files) -> None:
    _change(files, lambda dataset: dataset.pop("PixelSpacing"))


def _no_orientation(files: Files) -> None:
    _change(files, lambda dataset: (dataset.pop("ImageOrientationPatient"), dataset.pop("ImagePositionPatient")))


def _rotated_slices(files: Files) -> None:
    def change(dataset: Any) -> None:
        angle = 0.3 * float(dataset.SliceLocation) / 8
        row, column = np.array(dataset.ImageOrientationPatient, float).reshape(2, 3)
        normal = np.cross(row, column)
        turned = np.cos(angle) * column + np.sin(angle) * normal
        dataset.ImageOrientationPatient = [*row.round(6), *turned.round(6)]

    _change(files, change)


def _gap(files: Files) -> None:
    middle = sorted({path.name[7:][:4] for path in files})
    gone = middle[len(middle) // 2]
    for path in files:
        if path.name[7:].startswith(gone):
            path.unlink()


def _overlapping(files: Files) -> None:
    _change(files, lambda dataset: setattr(dataset, "SliceThickness", 3 * float(dataset.SliceThickness)))


def _two_patients(files: Files) -> None:
    other = [shutil.copy(path, path.with_name(f"other-{path.name}")) for path in files]

    def change(dataset: Any) -> None:
        dataset.PatientID, dataset.PatientName = "second", "Second^Patient"
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            dataset[name].value = pydicom.uid.generate_uid()

    _change([Path(path) for path in other], change)


def _constant(files: Files) -> None:
    _change(files, lambda dataset: setattr(dataset, "PixelData", b"\x10\x00" * (dataset.Rows * dataset.Columns)))


def _colour(files: Files) -> None:
    def change(dataset: Any) -> None:
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", 0
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.HighBit = 7
        dataset.PixelData = bytes(dataset.Rows * dataset.Columns * 3)

    _change(files, change)


def _ct(files: Files) -> None:
    def change(dataset: Any) -> None:
        dataset.Modality, dataset.SOPClassUID = "CT", CTImageStorage
        dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage

    _change(files, change)


def _long_axis_only(files: Files) -> None:
    _one_slice(files)
    left = [path for path in files if path.exists()]
    _change(left, lambda dataset: setattr(dataset, "ImageOrientationPatient", [0, 1, 0, 0, 0, -1]))


BAD = {
    "empty folder": (_empty, 3),
    "other things": (_other_things, 3),
    "truncated": (_truncated, 3),
    "pixels cut off": (_pixels_cut_off, 3),
    "corrupt": (_corrupt, 3),
    "zero bytes": (_zero_bytes, 3),
    "text named dcm": (_text_named_dcm, 3),
    "no decoder": (_no_decoder, 3),
    "one phase": (_one_phase, 4),
    "one slice": (_one_slice, 4),
    "no pixel spacing": (_no_spacing, 4),
    "no orientation": (_no_orientation, 4),
    "rotated slices": (_rotated_slices, 4),
    "gap": (_gap, 4),
    "overlapping slices": (_overlapping, 4),
    "two patients": (_two_patients, 4),
    "constant": (_constant, 4),
    "colour": (_colour, 4),
    "CT": (_ct, 4),
    "long axis only": (_long_axis_only, 4),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_sentence_and_no_number(name: str, simulated_exam: Path, tmp_path: Path) -> None:
    exam, out = tmp_path / "exam", tmp_path / "out"
    shutil.copytree(simulated_exam, exam)
    harm, status = BAD[name]
    harm(sorted(exam.rglob("*.dcm")))
    result = CliRunner().invoke(app, ["analyze", str(exam), "-o", str(out)])
    assert result.exit_code in {3, 4}, result.output
    assert result.exit_code == status, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("marey: ")
    assert result.stderr.count(". ") >= 1, "what was found is followed by what to do"
    assert not [name for name in NUMBERS if (out / name).exists()]
