"""Slices and phases find their places, however the files are cut, named and mixed; what was bent is said."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exams import FACTS, change, cine, grid, kinds, notice, write
from pydicom import dcmread
from pydicom.dataset import Dataset

from marey.core import Grid, Image
from marey.io import dicom
from marey.io.read import read_study


def of_slices(image: Image, keep: list[int]) -> Image:
    """A part of a stack as an image of its own."""
    affine = image.grid.affine.copy()
    affine[:3, 3] = image.grid.world([keep[0], 0, 0])
    part = Grid((len(keep), *image.grid.shape[1:]), affine, slice_thickness=image.grid.slice_thickness)
    return Image(image.values[:, keep], part, image.times, image.rr_intervals[keep])


def without(*keywords: str) -> Callable[[Dataset], None]:
    """An edit that deletes elements."""

    def edit(it: Dataset) -> None:
        for keyword in keywords:
            delattr(it, keyword)

    return edit


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


def test_one_series_per_slice_is_one_stack(tmp_path: Path) -> None:
    image = replace(cine(slices=3), rr_intervals=np.array([776.0, 850.0, 860.0]))
    for z in (0, 1, 2):
        write(of_slices(image, [z]), tmp_path, number=10 - z)
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.rr_intervals, image.rr_intervals)


def test_one_series_per_phase_is_one_cine(tmp_path: Path) -> None:
    image = cine(slices=3, phases=6)
    for t in range(6):
        here = replace(image, values=image.values[t : t + 1], times=image.times[t : t + 1] + 5)
        write(here, tmp_path, number=20 - t)
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.times, image.times + 5, atol=1e-3)


def test_stills_of_two_series_are_no_cine(tmp_path: Path) -> None:
    for t, name in enumerate(("localiser", "late enhancement")):
        image = cine(slices=3, phases=1, seed=t)
        write(replace(image, times=image.times + 300 + 100 * t), tmp_path, number=t, series_description=name)
    assert {image.phases for image in read_study([tmp_path]).images} == {1}


@pytest.mark.parametrize(("stretch", "kind", "serious"), [(3.0, "several-beats", True), (0.5, "partial-beat", False)])
def test_frames_that_do_not_span_one_beat(tmp_path: Path, stretch: float, kind: str, serious: bool) -> None:
    image = cine()
    write(replace(image, times=image.times * stretch), tmp_path)
    assert notice(read_study([tmp_path]), kind).serious is serious


def test_large_exams_are_read_twice_to_save_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = cine()
    write(image, tmp_path)
    monkeypatch.setattr(dicom, "KEPT_PIXELS", 5000)
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, image.values)


def test_several_stacks_in_one_series_come_apart(tmp_path: Path) -> None:
    image = cine(slices=3)
    other = replace(image, grid=Grid((3, 24, 26), image.grid.affine[[1, 2, 0, 3]], slice_thickness=8.0))
    write(image, tmp_path / "a")
    change(write(other, tmp_path / "b", number=2), lambda it: setattr(it, "SeriesNumber", 1))
    study = read_study([tmp_path])
    assert [image.grid.shape for image in study.images] == [(3, 24, 26), (3, 24, 26)]
    assert "rotated-slices" not in kinds(study)


@pytest.mark.parametrize(
    "removed", [["TriggerTime"], ["TriggerTime", "TemporalPositionIdentifier"]], ids=["temporal", "instance"]
)
def test_phases_without_trigger_times(tmp_path: Path, removed: list[str]) -> None:
    image = cine()
    change(write(image, tmp_path), without(*removed))
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.times, image.times)  # the RR interval is still known


def test_phases_by_acquisition_time(tmp_path: Path) -> None:
    image = cine()

    def edit(it: Dataset) -> None:
        it.AcquisitionTime = f"1200{it.TemporalPositionIdentifier * 0.03:09.6f}"
        it.InstanceNumber = 1000 - it.InstanceNumber
        del it.TriggerTime, it.TemporalPositionIdentifier

    change(write(image, tmp_path), edit)
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, image.values)


def test_without_any_clock(tmp_path: Path) -> None:
    def edit(it: Dataset) -> None:
        del it.TriggerTime, it.NominalInterval, it.HeartRate

    change(write(cine(), tmp_path), edit)
    study = read_study([tmp_path])
    np.testing.assert_allclose(study.images[0].times, np.arange(6) / 6)
    assert np.isnan(study.images[0].rr_interval)
    assert "no-clock" in kinds(study)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (without("NominalInterval"), 60_000 / 67),
        (without("NominalInterval", "HeartRate"), 900),
        (lambda it: setattr(it, "NominalInterval", 0), 60_000 / 67),
    ],
    ids=["heart rate", "trigger times", "zero interval"],
)
def test_rr_interval_fallbacks(tmp_path: Path, edit: Callable[[Dataset], object], expected: float) -> None:
    change(write(cine(), tmp_path), edit)
    np.testing.assert_allclose(read_study([tmp_path]).images[0].rr_intervals, expected)


def test_a_missing_frame_is_interpolated_and_said(tmp_path: Path) -> None:
    image = cine(phases=8)
    smooth = np.cos(2 * np.pi * np.arange(8) / 8)[:, None, None, None] * 100 + 500 + image.values % 7
    image = replace(image, values=smooth.astype(np.uint16))
    write(image, tmp_path)[8 + 3].unlink()
    study = read_study([tmp_path])
    assert notice(study, "missing-frame").serious
    back = study.images[0].values
    np.testing.assert_array_equal(np.delete(back, 1, axis=1), np.delete(image.values, 1, axis=1))
    expected = (image.values[2, 1].astype(float) + image.values[4, 1]) / 2
    np.testing.assert_allclose(back[3, 1], expected, atol=0.51)
    np.testing.assert_array_equal(np.delete(back[:, 1], 3, axis=0), np.delete(image.values[:, 1], 3, axis=0))


def test_a_frame_missing_everywhere_is_said(tmp_path: Path) -> None:
    for path in write(cine(phases=8), tmp_path)[3::8]:
        path.unlink()
    study = read_study([tmp_path])
    assert study.images[0].phases == 7
    assert notice(study, "missing-frame").serious


def test_unequal_phase_counts_are_said(tmp_path: Path) -> None:
    write(cine(slices=3, phases=8), tmp_path)
    write(cine(slices=1, phases=10, origin=grid(4).world([3, 0, 0])), tmp_path, number=2)
    study = read_study([tmp_path])
    (image,) = study.images
    assert image.values.shape[:2] == (8, 4)
    assert len(image.sources) == 8
    assert {len(phase) for phase in image.sources} == {4}
    assert "10 phases where the others have 8" in notice(study, "unequal-phases").text


def test_a_slice_with_one_phase_is_left_out_and_said(tmp_path: Path) -> None:
    for path in write(cine(slices=4, phases=6), tmp_path)[-5:]:
        path.unlink()
    study = read_study([tmp_path])
    assert study.images[0].values.shape[:2] == (6, 3)
    assert notice(study, "incomplete-slice").serious


def test_a_slice_with_too_few_phases_is_left_out_and_said(tmp_path: Path) -> None:
    for path in write(cine(slices=4, phases=12), tmp_path)[-10:]:
        path.unlink()
    study = read_study([tmp_path])
    assert study.images[0].values.shape[:2] == (12, 3)
    assert notice(study, "incomplete-slice").serious


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


def test_a_repeated_slice_replaces_the_first(tmp_path: Path) -> None:
    image = cine(slices=5)
    again = of_slices(cine(slices=5, seed=9), [2])
    write(image, tmp_path, number=3)
    write(again, tmp_path, number=4)
    study = read_study([tmp_path])
    np.testing.assert_array_equal(study.images[0].values[:, 2], again.values[:, 0])
    np.testing.assert_array_equal(study.images[0].values[:, 1], image.values[:, 1])
    assert "repeated-slice" in kinds(study)


def test_a_repeated_stack_is_a_second_image(tmp_path: Path) -> None:
    one, two = cine(seed=1), cine(seed=2)
    write(one, tmp_path, number=3)
    write(two, tmp_path, number=4)
    images = read_study([tmp_path]).images
    assert len(images) == 2
    np.testing.assert_array_equal(images[0].values, one.values)
    np.testing.assert_array_equal(images[1].values, two.values)


def test_a_missing_slice_keeps_true_positions(tmp_path: Path) -> None:
    for path in write(cine(slices=6), tmp_path)[12:18]:
        path.unlink()
    study = read_study([tmp_path])
    np.testing.assert_allclose(study.images[0].grid.slice_positions, [0, 8, 24, 32, 40], atol=1e-6)
    assert notice(study, "missing-slice").serious


@pytest.mark.parametrize(("step", "serious"), [(6.0, False), (3.0, True)])
def test_overlapping_slices_are_said(tmp_path: Path, step: float, serious: bool) -> None:
    write(cine(step=step), tmp_path)
    assert notice(read_study([tmp_path]), "overlapping-slices").serious is serious


def test_wide_even_gaps_are_one_stack(tmp_path: Path) -> None:
    write(cine(step=17.7), tmp_path)
    study = read_study([tmp_path])
    assert len(study.images) == 1
    assert not study.notices


def test_a_far_away_parallel_slice_is_another_image(tmp_path: Path) -> None:
    write(cine(), tmp_path)
    far = grid(12).world([11, 0, 0])
    write(cine(slices=1, origin=far), tmp_path, number=2)
    assert sorted(image.grid.shape[0] for image in read_study([tmp_path]).images) == [1, 4]


def turn(degrees: float) -> Callable[[Dataset], None]:
    def edit(it: Dataset) -> None:
        angle = np.deg2rad(degrees)
        cosines = np.array(it.ImageOrientationPatient, float)
        row, column = cosines[:3], cosines[3:]
        turned = np.concatenate(
            [row * np.cos(angle) + column * np.sin(angle), column * np.cos(angle) - row * np.sin(angle)]
        )
        it.ImageOrientationPatient = [f"{value:.8f}" for value in turned]

    return edit


def test_a_rotated_slice_stands_apart_and_is_said(tmp_path: Path) -> None:
    change(write(cine(slices=5), tmp_path)[12:18], turn(12))
    study = read_study([tmp_path])
    assert sorted(image.grid.shape[0] for image in study.images) == [1, 4]
    assert notice(study, "rotated-slices").serious
    assert "12 degrees" in notice(study, "rotated-slices").text
    assert notice(study, "missing-slice").serious


def test_slices_shifted_in_plane_are_realigned_and_said(tmp_path: Path) -> None:
    image = cine(slices=4)

    def edit(it: Dataset) -> None:
        column = np.array(it.ImageOrientationPatient[3:], float)
        origin = np.array(it.ImagePositionPatient, float) + 3 * 1.5 * column
        it.ImagePositionPatient = [f"{value:.6f}" for value in origin]

    change(write(image, tmp_path)[:6], edit)
    study = read_study([tmp_path])
    (back,) = study.images
    np.testing.assert_array_equal(back.values[:, 0, 3:], image.values[:, 0, :-3])
    assert not back.values[:, 0, :3].any()
    np.testing.assert_array_equal(back.values[:, 1:], image.values[:, 1:])
    assert "4.5 mm" in notice(study, "shifted-slices").text


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


def test_two_phases_are_enough_to_read(tmp_path: Path) -> None:
    image = replace(cine(phases=2), times=np.array([0.0, 300.0]))
    write(image, tmp_path)
    study = read_study([tmp_path])
    assert study.images[0].phases == 2
    assert kinds(study) == {"two-phases"}


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


def test_careless_anonymisation_of_the_frame_of_reference(tmp_path: Path) -> None:
    image = cine()
    change(write(image, tmp_path), lambda it: setattr(it, "FrameOfReferenceUID", f"1.2.{it.InstanceNumber}"))
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)


def test_two_frames_of_reference_are_two_stacks(tmp_path: Path) -> None:
    write(cine(), tmp_path, number=1)
    change(write(cine(), tmp_path, number=2), lambda it: setattr(it, "FrameOfReferenceUID", "1.2.9"))
    assert len(read_study([tmp_path]).images) == 2


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
