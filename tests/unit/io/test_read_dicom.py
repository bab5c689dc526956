"""Files are read however they are named, copied and mixed; pixels and facts are what the scanner meant."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from exams import FACTS, change, cine, kinds, notice, write
from pydicom import dcmread
from pydicom.dataset import Dataset

from marey.io import dicom
from marey.io.read import read_study


def test_names_and_nesting_do_not_matter(tmp_path: Path) -> None:
    image = cine()
    rng = np.random.default_rng(1)
    for count, path in enumerate(rng.permutation(np.array(write(image, tmp_path / "ordered"), dtype=object))):
        target = tmp_path / "exam" / f"d{count % 3}" / "x" / f"{count:x}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    study = read_study([tmp_path / "exam"])
    np.testing.assert_array_equal(study.images[0].values, image.values)
    assert study.digest == read_study([tmp_path / "ordered"]).digest


def test_large_exams_are_read_twice_to_save_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = cine()
    write(image, tmp_path)
    monkeypatch.setattr(dicom, "KEPT_PIXELS", 5000)
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, image.values)


def test_copies_change_nothing(tmp_path: Path) -> None:
    paths = write(cine(), tmp_path)
    digest = read_study([tmp_path]).digest
    for path in paths[:7]:
        shutil.copy(path, path.with_suffix(".copy"))
    study = read_study([tmp_path])
    assert not study.notices
    assert study.digest == digest


def test_two_versions_of_one_image_are_said(tmp_path: Path) -> None:
    (path, *_) = write(cine(), tmp_path)
    other = dcmread(path)
    other.PixelData = bytes(reversed(other.PixelData))
    other.save_as(tmp_path / "other.dcm")
    assert notice(read_study([tmp_path]), "conflicting-copy").serious


def test_duplicate_frames_are_said(tmp_path: Path) -> None:
    image = cine()
    paths = write(image, tmp_path)
    extra = dcmread(paths[3])
    extra.SOPInstanceUID = "1.2.3.4"
    extra.InstanceNumber = 500
    extra.PixelData = bytes(reversed(extra.PixelData))
    extra.save_as(tmp_path / "extra.dcm")
    study = read_study([tmp_path])
    np.testing.assert_array_equal(study.images[0].values, image.values)
    assert notice(study, "duplicate-frame").serious


def test_rescaling_is_applied(tmp_path: Path) -> None:
    image = cine()

    def edit(it: Dataset) -> None:
        it.RescaleSlope, it.RescaleIntercept = "2.5", "-10"

    change(write(image, tmp_path), edit)
    (back,) = read_study([tmp_path]).images
    assert back.values.dtype == np.float32
    np.testing.assert_allclose(back.values, image.values * 2.5 - 10)


def test_bits_above_those_stored_are_not_pixels(tmp_path: Path) -> None:
    image = cine()

    def edit(it: Dataset) -> None:
        it.PixelData = (np.frombuffer(it.PixelData, np.uint16) | 0x8000).tobytes()

    change(write(image, tmp_path), edit)
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, image.values)


def test_inverted_greyscale(tmp_path: Path) -> None:
    image = cine()
    change(write(image, tmp_path), lambda it: setattr(it, "PhotometricInterpretation", "MONOCHROME1"))
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, 4095 - image.values)


def test_one_phase_and_one_slice_are_read(tmp_path: Path) -> None:
    write(cine(slices=1, phases=1), tmp_path)
    assert read_study([tmp_path]).images[0].values.shape[:2] == (1, 1)


def test_one_file_is_enough(tmp_path: Path) -> None:
    (path, *_) = write(cine(), tmp_path)
    assert read_study([path]).images[0].values.shape[:2] == (1, 1)


def still(it: Dataset) -> None:
    it.TriggerTime = "500"
    del it.TemporalPositionIdentifier


def velocity(it: Dataset) -> None:
    it.ImageType = ["DERIVED", "PRIMARY", "P", "ND"]


def inversion(it: Dataset) -> None:
    it.InversionTime = 100 + it.InstanceNumber


def dynamic(it: Dataset) -> None:
    it.AcquisitionTime = f"1200{it.TemporalPositionIdentifier * 0.9:09.6f}"


@pytest.mark.parametrize("edit", [still, velocity, inversion, dynamic])
def test_what_is_no_cine_does_not_disturb(tmp_path: Path, edit: Callable[[Dataset], None]) -> None:
    image = cine()
    write(image, tmp_path, number=1)
    change(write(cine(seed=5), tmp_path, number=2), edit)
    study = read_study([tmp_path])
    assert len(study.images) == 1
    np.testing.assert_array_equal(study.images[0].values, image.values)
    assert "left-aside" in kinds(study)


@pytest.mark.parametrize("edit", [inversion, dynamic])
def test_a_map_alone_is_refused(tmp_path: Path, edit: Callable[[Dataset], None]) -> None:
    change(write(cine(), tmp_path), edit)
    with pytest.raises(ValueError, match="maps and dynamic series"):
        read_study([tmp_path])


def test_implausible_body_size_is_left_out_and_said(tmp_path: Path) -> None:
    change(write(cine(), tmp_path), lambda it: setattr(it, "PatientSize", 170))
    study = read_study([tmp_path])
    assert study.facts.height is None
    assert study.facts.weight == FACTS.weight
    assert "implausible-body-size" in kinds(study)


def test_age_from_the_date_of_birth(tmp_path: Path) -> None:
    def edit(it: Dataset) -> None:
        it.PatientBirthDate = "19800506"
        del it.PatientAge

    change(write(cine(), tmp_path), edit)
    age = read_study([tmp_path]).facts.age
    assert age is not None
    assert abs(age - 44) < 0.01


def test_progress_is_told(tmp_path: Path) -> None:
    write(cine(), tmp_path)
    told: list[float] = []
    read_study([tmp_path], lambda fraction, _: told.append(fraction))
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] == 1
