"""The short-axis cine is found by where it lies and what it shows, or its absence is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beating_heart import grid_of, picture, plane, reoriented_image, stack
from heart_phantoms import ANTERIOR, BASE, CENTRE, SEPTAL, short_axis_grid
from marey.anatomy import View
from marey.core import Grid, Image, NotAnalysable, Study
from marey.detect._evidence import ventricle_column
from marey.detect.short_axis import FindShortAxis, _Candidate

SAX = picture(stack(), name="series 12")
LONG_AXES = (picture(plane(-15)), picture(plane(45)), picture(plane(105)))


def _axial(name: str = "", slices: int = 16) -> Image:
    z, y, x = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    return picture(grid_of((z, y, x), CENTRE, (slices, 96, 96), (8.0, 2.0, 2.0)), name=name)


def _still(image: Image) -> Image:
    return replace(image, values=image.values[:1], times=image.times[:1])


def _found(study: Study) -> list[int]:
    return [n for n, image in enumerate(FindShortAxis()(study).images) if image.view == View.SHORT_AXIS]


def test_a_lone_stack_is_the_short_axis() -> None:
    assert _found(Study((SAX,))) == [0]


def test_two_phases_are_enough() -> None:
    pair = replace(SAX, values=SAX.values[[0, 6]], times=SAX.times[[0, 6]])
    assert _found(Study((pair,))) == [0]


def test_the_others_keep_their_view() -> None:
    study = FindShortAxis()(Study((*LONG_AXES, SAX)))
    assert [image.view for image in study.images] == ["", "", "", View.SHORT_AXIS]


@pytest.mark.parametrize("name", ["", "cine SAX"])
def test_an_axial_stack_is_not_taken_even_if_it_calls_itself_short_axis(name: str) -> None:
    study = FindShortAxis()(Study((_axial(name), SAX, *LONG_AXES)))
    assert [image.view for image in study.images] == ["", View.SHORT_AXIS, "", "", ""]
    assert [notice.kind for notice in study.notices] == ["several-stacks"]


def test_what_beats_is_taken_before_what_lies_as_usual() -> None:
    affine = np.zeros((4, 4))
    affine[[0, 1, 2, 3], [0, 1, 2, 3]] = [8.0, 2.0, 2.0, 1.0]  # slices across the body: 58 degrees off
    lying = replace(SAX, grid=Grid(SAX.grid.shape, affine))
    noise = np.random.default_rng(2).normal(100, 10, SAX.values.shape)
    assert _found(Study((replace(SAX, values=noise), lying))) == [1]


def test_long_axes_that_are_cut_at_right_angles_speak_for_a_stack() -> None:
    parallel = picture(grid_of((BASE, SEPTAL, ANTERIOR), CENTRE, (1, 96, 96), (8.0, 2.0, 2.0)))
    with_long_axes, alone, without = (
        _Candidate.of(SAX, (SAX, *others)).score for others in (LONG_AXES, (), (parallel, parallel))
    )
    assert with_long_axes == pytest.approx(alone + 0.1, abs=0.01)
    assert without == pytest.approx(alone - 0.1, abs=0.01)


def test_a_stack_of_long_axes_is_not_taken() -> None:
    assert _found(Study((picture(plane(-15, slices=9)), SAX))) == [1]


def test_of_repeats_the_most_complete_is_taken() -> None:
    assert _found(Study((SAX, picture(stack(7))))) == [0]


def test_of_equal_repeats_the_last_is_taken_and_said() -> None:
    again = picture(stack(), name="series 30", seed=1)
    study = FindShortAxis()(Study((SAX, again)))
    assert [image.view for image in study.images] == ["", View.SHORT_AXIS]
    assert "'series 30'" in study.notices[0].text


def test_a_file_without_orientation_is_taken() -> None:
    grid = Grid(SAX.grid.shape, np.diag([8.0, 2.0, 2.0, 1.0])[[2, 1, 0, 3]])
    assert _found(Study((replace(SAX, grid=grid),))) == [0]


@pytest.mark.parametrize("normal", np.eye(3)[:2])
def test_any_orientation_is_believed_when_a_ventricle_beats_in_it(normal: np.ndarray) -> None:
    others = [axis for axis in np.eye(3) if axis @ normal == 0]
    affine = np.eye(4)
    affine[:3, :3] = np.stack([normal * 8, others[0] * 2, others[1] * 2], axis=1)
    assert _found(Study((replace(SAX, grid=Grid(SAX.grid.shape, affine)),))) == [0]


def test_a_stack_lying_elsewhere_without_a_ventricle_is_refused() -> None:
    lying = picture(plane(-15, slices=4))
    with pytest.raises(NotAnalysable, match="no round beating cavity"):
        FindShortAxis()(Study((replace(lying, values=np.full_like(lying.values, 7.0)),)))


def test_a_stack_that_does_not_beat_is_taken_with_a_warning() -> None:
    frozen = replace(SAX, values=np.repeat(SAX.values[:1], SAX.phases, axis=0))
    study = FindShortAxis()(Study((frozen,)))
    assert [(notice.kind, notice.serious) for notice in study.notices] == [("unclear-short-axis", False)]


@pytest.mark.parametrize(
    ("images", "found"),
    [
        ((), "The study holds no images."),
        (LONG_AXES, "The study holds 3 single-slice cines."),
        ((_still(SAX),), "The study holds 1 stack with one phase (14 slices)."),
        ((picture(stack(2)), *LONG_AXES[:1]), "The study holds 1 cine stack (2 slices) and 1 single-slice cine."),
        ((_still(LONG_AXES[0]),), "The study holds 1 single picture."),
    ],
)
def test_without_a_short_axis_the_study_is_refused(images: tuple[Image, ...], found: str) -> None:
    with pytest.raises(NotAnalysable) as caught:
        FindShortAxis()(Study(images))
    assert caught.value.found == found
    assert "at least 3 slices and 2 phases" in caught.value.expected
    assert caught.value.remedy


def test_the_refusal_says_which_phases_are_missing() -> None:
    with pytest.raises(NotAnalysable) as caught:
        FindShortAxis()(Study((_still(SAX),)))
    assert "end-diastole and end-systole" in caught.value.remedy


@settings(max_examples=8, deadline=None)
@given(flips=st.tuples(st.booleans(), st.booleans(), st.booleans()), swap=st.booleans())
def test_storage_order_does_not_matter(flips: tuple[bool, bool, bool], swap: bool) -> None:
    study = Study((_axial(), reoriented_image(SAX, flips, swap=swap)))
    assert _found(study) == [1]


def test_the_column_is_the_lv() -> None:
    column = ventricle_column(SAX)
    assert column.clarity > 0.8
    offsets = column.points - CENTRE
    beside = offsets - np.outer(offsets @ BASE, BASE)
    assert np.linalg.norm(beside, axis=1).max() < 8


@pytest.mark.parametrize("pixel", [1.0, 3.0, 4.0])
def test_the_column_does_not_depend_on_the_pixels(pixel: float) -> None:
    size = round(192 / pixel)
    column = ventricle_column(picture(short_axis_grid((14, size, size), (8.0, pixel, pixel))))
    offsets = column.points - CENTRE
    beside = offsets - np.outer(offsets @ BASE, BASE)
    assert column.clarity > 0.6
    assert np.linalg.norm(beside, axis=1).max() < 8


def test_a_bright_vessel_that_does_not_beat_is_no_ventricle() -> None:
    y, x = np.mgrid[:96, :96]
    vessel = np.hypot(y - 14, x - 14) < 9
    column = ventricle_column(replace(SAX, values=np.where(vessel, 900.0, SAX.values)))
    offsets = column.points - CENTRE
    beside = offsets - np.outer(offsets @ BASE, BASE)
    assert column.clarity > 0.8
    assert np.linalg.norm(beside, axis=1).max() < 8


def test_no_column_in_a_picture_that_does_not_change() -> None:
    assert ventricle_column(replace(SAX, values=np.ones_like(SAX.values))).clarity == 0
