"""Slices find their places in a stack; what is missing, repeated, turned or shifted is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exams import change, cine, grid, kinds, notice, write
from pydicom.dataset import Dataset

from marey.core import Grid, Image
from marey.io.read import read_study


def of_slices(image: Image, keep: list[int]) -> Image:
    """A part of a stack as an image of its own."""
    affine = image.grid.affine.copy()
    affine[:3, 3] = image.grid.world([keep[0], 0, 0])
    part = Grid((len(keep), *image.grid.shape[1:]), affine, slice_thickness=image.grid.slice_thickness)
    return Image(image.values[:, keep], part, image.times, image.rr_intervals[keep])


def test_one_series_per_slice_is_one_stack(tmp_path: Path) -> None:
    image = replace(cine(slices=3), rr_intervals=np.array([776.0, 850.0, 860.0]))
    for z in (0, 1, 2):
        write(of_slices(image, [z]), tmp_path, number=10 - z)
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.rr_intervals, image.rr_intervals)


def test_several_stacks_in_one_series_come_apart(tmp_path: Path) -> None:
    image = cine(slices=3)
    other = replace(image, grid=Grid((3, 24, 26), image.grid.affine[[1, 2, 0, 3]], slice_thickness=8.0))
    write(image, tmp_path / "a")
    change(write(other, tmp_path / "b", number=2), lambda it: setattr(it, "SeriesNumber", 1))
    study = read_study([tmp_path])
    assert [image.grid.shape for image in study.images] == [(3, 24, 26), (3, 24, 26)]
    assert "rotated-slices" not in kinds(study)


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


def test_careless_anonymisation_of_the_frame_of_reference(tmp_path: Path) -> None:
    image = cine()
    change(write(image, tmp_path), lambda it: setattr(it, "FrameOfReferenceUID", f"1.2.{it.InstanceNumber}"))
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)


def test_two_frames_of_reference_are_two_stacks(tmp_path: Path) -> None:
    write(cine(), tmp_path, number=1)
    change(write(cine(), tmp_path, number=2), lambda it: setattr(it, "FrameOfReferenceUID", "1.2.9"))
    assert len(read_study([tmp_path]).images) == 2
