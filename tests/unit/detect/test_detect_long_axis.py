"""Long-axis views are named by how their planes lie to the segmented heart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beating_heart import heart_labels, picture, plane, reoriented_grid, reoriented_labels, stack
from heart_phantoms import ANTERIOR, BASE, SEPTAL
from marey.anatomy import View
from marey.anatomy.axes import heart_axes
from marey.core import Grid, Image, Labels, NotAnalysable, Study
from marey.detect.claims import claimed_view
from marey.detect.long_axis import FindLongAxes, LabelledStudy

LABELS = heart_labels(stack(), 2)
AXES = heart_axes(LABELS, 0)


def _cine(grid: Grid, name: str = "") -> Image:
    return Image(np.zeros((2, *grid.shape), np.uint8), grid, np.array([0.0, 400.0]), name=name)


def _view(grid: Grid, name: str = "") -> View:
    return FindLongAxes().view(_cine(grid, name), AXES)


def test_the_axes_are_those_of_the_phantom() -> None:
    assert AXES.base @ BASE > np.cos(np.radians(3))
    assert AXES.septal @ SEPTAL > np.cos(np.radians(5))
    assert AXES.anterior @ ANTERIOR > np.cos(np.radians(5))
    assert AXES.radius == pytest.approx(34, abs=2)


@pytest.mark.parametrize(
    ("turn", "view"),
    [
        (-40, View.FOUR_CHAMBER),
        (-15, View.FOUR_CHAMBER),
        (10, View.FOUR_CHAMBER),
        (20, View.THREE_CHAMBER),
        (45, View.THREE_CHAMBER),
        (70, View.THREE_CHAMBER),
        (80, View.TWO_CHAMBER),
        (105, View.TWO_CHAMBER),
        (130, View.TWO_CHAMBER),
    ],
)
@pytest.mark.parametrize("tilt", [-12, 0, 12])
@pytest.mark.parametrize("offset", [-8, 8])
def test_planes_through_the_long_axis_are_named_by_their_turn(
    turn: float, view: View, tilt: float, offset: float
) -> None:
    assert _view(plane(turn, tilt, offset)) == view
    assert _view(plane(turn + 180, tilt, offset)) == view


def test_a_plane_through_the_rv_beside_the_lv_is_its_2_chamber() -> None:
    assert _view(plane(105, 0, 42)) == View.RV_TWO_CHAMBER


def test_a_tilted_plane_through_the_rv_is_its_outflow_tract() -> None:
    assert _view(plane(60, 18, 26)) == View.RV_OUTFLOW


@pytest.mark.parametrize(
    "grid",
    [
        plane(105, 0, -60),
        plane(30, 70),
        plane(-15, 50),
        plane(105, 0, 100),
        plane(35, 30),  # through the LV's middle, but aslant
        plane(60, 60, 30),  # cuts the RV, nearly across
    ],
)
def test_planes_that_miss_the_ventricles_or_cut_them_across_are_other(grid: Grid) -> None:
    assert _view(grid) == View.OTHER


def test_a_still_is_other() -> None:
    still = replace(_cine(plane(-15)), values=np.zeros((1, 1, 128, 128), np.uint8), times=np.zeros(1))
    assert FindLongAxes().view(still, AXES) == View.OTHER


def test_a_stack_counts_with_its_best_slice() -> None:
    assert _view(plane(-15, offset=20, slices=7)) == View.FOUR_CHAMBER


def test_near_a_border_the_name_decides_and_only_there() -> None:
    assert _view(plane(18), "cine 4CH") == View.FOUR_CHAMBER
    assert _view(plane(12), "cine 3CH") == View.THREE_CHAMBER
    assert _view(plane(45), "cine 4CH") == View.THREE_CHAMBER


def test_a_wrong_name_is_said() -> None:
    images = (
        replace(picture(stack(), 2), view=View.SHORT_AXIS),
        _cine(plane(45), "cine 4CH"),
        _cine(plane(105), "2ch"),
    )
    study = FindLongAxes()(LabelledStudy(Study(images), LABELS))
    assert [image.view for image in study.images] == [View.SHORT_AXIS, View.THREE_CHAMBER, View.TWO_CHAMBER]
    assert [notice.text for notice in study.notices] == [
        "The series 'cine 4CH' calls itself 4-chamber but lies as a 3-chamber view; the geometry was believed."
    ]


def test_without_an_rv_the_usual_pose_names_the_planes() -> None:
    values = np.where(LABELS.values == 3, 0, LABELS.values).astype(np.uint8)
    axes = heart_axes(Labels(values, LABELS.grid, LABELS.times, LABELS.structures), 0)
    assert FindLongAxes().view(_cine(plane(45)), axes) == View.THREE_CHAMBER
    assert FindLongAxes().view(_cine(plane(105, 0, 42)), axes) == View.OTHER


def test_without_an_lv_nothing_is_named() -> None:
    empty = Labels(np.zeros_like(LABELS.values), LABELS.grid, LABELS.times, LABELS.structures)
    with pytest.raises(NotAnalysable, match="No left ventricle"):
        FindLongAxes()(LabelledStudy(Study((_cine(plane(45)),)), empty))


@settings(max_examples=16, deadline=None)
@given(flips=st.tuples(st.booleans(), st.booleans(), st.booleans()), swap=st.booleans(), turn=st.floats(-90, 90))
def test_storage_order_does_not_matter(flips: tuple[bool, bool, bool], swap: bool, turn: float) -> None:
    axes = heart_axes(reoriented_labels(LABELS, flips, swap=swap), 0)
    np.testing.assert_allclose(
        [axes.base, axes.septal, axes.anterior], [AXES.base, AXES.septal, AXES.anterior], atol=1e-9
    )
    assert axes.apex_position == pytest.approx(AXES.apex_position)
    grid = plane(turn)
    assert _view(reoriented_grid(grid, flips, swap=swap)) == _view(grid)


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("cine_trufi_retro 4CH", View.FOUR_CHAMBER),
        ("CINE_segmented_LAX_3Ch", View.THREE_CHAMBER),
        ("tf2d14_retro_iPAT 2-Kammer", View.TWO_CHAMBER),
        ("LVOT cine", View.THREE_CHAMBER),
        ("RVOT", View.RV_OUTFLOW),
        ("cine_sa_stack", View.SHORT_AXIS),
        ("SSFP-CINE SAx", View.SHORT_AXIS),
        ("localizer", None),
        ("", None),
    ],
)
def test_names_are_understood(name: str, view: View | None) -> None:
    assert claimed_view(name) == view
