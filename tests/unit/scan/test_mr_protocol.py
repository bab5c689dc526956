"""Planes on a simulated heart: where they lie, which way they face, what is refused."""

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest

from marey.core import Beat, Grid, InvalidInput
from marey.scan.body.pose import Pose, default_pose
from marey.scan.mr.protocol import (
    PLANES,
    Landmarks,
    Misplacement,
    Operator,
    Slices,
    aortic_flow,
    flow_box,
    four_chamber,
    landmarks,
    plane,
    series_settings,
    short_axis,
    three_chamber,
    transverse,
    two_chamber,
    vendor_style,
)
from marey.simulate.beat import SimulateBeat
from marey.simulate.heart import Heart

View = Callable[[Landmarks, Slices], Grid]
SLICES = Slices()
LONG = Slices(thickness=6, gap=0)
BOX = series_settings("flow4d").slices


@pytest.fixture(scope="module")
def beat() -> Beat:
    return SimulateBeat(resolution="coarse", voxel=2.5, moments=4, medium="endless")(Heart())


@pytest.fixture(scope="module")
def found(beat: Beat) -> Landmarks:
    return landmarks(beat, default_pose())


def height(grid: Grid, point: np.ndarray) -> float:
    """Mm of a point above the first slice."""
    return float((point - grid.world([0, 0, 0])) @ grid.normal)


def test_the_landmarks_move_with_the_pose(beat: Beat, found: Landmarks) -> None:
    there = Pose(default_pose().rotation, default_pose().translation + np.array([10, -20, 30]))
    moved = landmarks(beat, there)
    assert moved.mitral - found.mitral == pytest.approx([10, -20, 30])
    assert moved.aorta - found.aorta == pytest.approx(np.broadcast_to([10, -20, 30], found.aorta.shape))


def test_the_apex_is_the_lowest_place_of_the_muscle_and_the_aorta_leaves_its_valve(found: Landmarks) -> None:
    along = found.muscle.reshape(-1, 3) @ found.axis
    assert found.apex @ found.axis == pytest.approx(along.min(), abs=1.0)
    assert np.linalg.norm(found.aorta[0] - found.aortic) < 3
    assert np.linalg.norm(found.anterior - found.inferior) > 20


@pytest.mark.parametrize("view", [two_chamber, three_chamber, four_chamber])
def test_long_axes_contain_the_apex_and_the_middle_of_the_mitral_valve(view: View, found: Landmarks) -> None:
    grid = view(found, LONG)
    for point in (found.apex, found.mitral):
        assert abs(height(grid, point)) < 0.1
        _, row, column = grid.index(point)
        assert 0 < row < grid.shape[1]
        assert 0 < column < grid.shape[2]


def test_each_long_axis_meets_what_it_is_named_for(found: Landmarks) -> None:
    assert abs(height(four_chamber(found, LONG), found.tricuspid)) < 0.1
    assert abs(height(three_chamber(found, LONG), found.aortic)) < 0.1
    septum = found.anterior - found.inferior
    across = septum - (septum @ found.axis) * found.axis
    assert abs(two_chamber(found, LONG).normal @ across) < 1e-9


def test_the_two_and_four_chamber_planes_stand_steeply_on_each_other(found: Landmarks) -> None:
    angle = np.degrees(np.arccos(abs(two_chamber(found, LONG).normal @ four_chamber(found, LONG).normal)))
    assert 55 < angle <= 90


def test_the_short_axis_stands_on_the_axis_and_spans_apex_and_base(found: Landmarks) -> None:
    grid = short_axis(found, SLICES)
    assert abs(grid.normal @ found.axis) == pytest.approx(1)
    assert grid.spacing[0] == pytest.approx(SLICES.step)
    assert grid.slice_thickness == SLICES.thickness
    for point in (found.apex, *found.base):
        assert -1e-9 <= height(grid, point) <= grid.slice_positions[-1] + 1e-9
    assert grid.shape[0] <= np.linalg.norm(found.mitral - found.apex) / SLICES.step + 4


def test_stacks_meet_the_base_at_every_height_alike(found: Landmarks) -> None:
    rng, operator = np.random.default_rng(3), Operator(tilt=0)
    offsets = []
    for _ in range(400):
        error = dataclasses.replace(operator.draw(rng), tilt=(0.0, 0.0), missing_base=0, missing_apex=0)
        grid = short_axis(found, SLICES, error)
        ends = sorted((grid.slice_positions[[0, -1]] + height_of_first(grid, found)) / SLICES.step)
        offsets.append(ends[-1])
    assert np.mean(offsets) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 400))
    assert np.std(offsets) == pytest.approx(1 / np.sqrt(12), abs=0.03)
    assert min(offsets) >= -1e-9
    assert max(offsets) <= 1 + 1e-9


def height_of_first(grid: Grid, found: Landmarks) -> float:
    """Mm along the axis from the muscle's highest place to slice 0 of a stack that runs towards the base."""
    assert grid.normal @ found.axis > 0
    return float(-max(height(grid, point) for point in found.base))


def test_missing_slices_are_missing_at_their_end(found: Landmarks) -> None:
    whole = short_axis(found, SLICES)
    no_base, no_apex = (
        short_axis(found, SLICES, Misplacement(missing_base=b, missing_apex=a)) for b, a in ((2, 0), (0, 1))
    )
    assert whole.normal @ found.axis > 0
    assert no_base.shape[0] == whole.shape[0] - 2
    assert no_apex.shape[0] == whole.shape[0] - 1
    assert no_base.world([0, 0, 0]) == pytest.approx(whole.world([0, 0, 0]))
    assert no_apex.world([0, 0, 0]) == pytest.approx(whole.world([1, 0, 0]))


def test_the_flow_plane_cuts_the_aorta_at_right_angles_above_the_valve(found: Landmarks) -> None:
    grid = aortic_flow(found, LONG)
    steps = np.diff(found.aorta, axis=0)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(steps, axis=1))])
    near = steps[np.searchsorted(along, 20.0) - 1]
    assert abs(grid.normal @ near) / np.linalg.norm(near) > np.cos(np.radians(10))
    assert 12 < np.linalg.norm(grid.centre - found.aortic) < 24


@pytest.mark.parametrize("view", [flow_box, transverse])
def test_boxes_cover_heart_and_vessels(view: View, found: Landmarks) -> None:
    index = view(found, BOX).index(found.extent)
    assert (index >= -0.5).all()
    assert (index <= np.array(view(found, BOX).shape) - 0.5).all()


@pytest.mark.parametrize("name", PLANES)
def test_grids_face_as_a_scanner_writes_them(name: str, found: Landmarks) -> None:
    rng = np.random.default_rng(1)
    for error in (Misplacement(), Operator(lost_base=0, lost_apex=0).draw(rng)):
        grid = PLANES[name](found, BOX if name == "flow box" else SLICES, error)
        assert np.cross(grid.directions[:, 2], grid.directions[:, 1]) == pytest.approx(grid.normal)
        main = int(np.argmax(np.abs(grid.normal)))
        assert np.sign(grid.normal[main]) == (-1, 1, 1)[main]


@pytest.mark.parametrize(
    ("normal", "row", "column", "phase"),
    [
        ((0, 0, -3), (1, 0, 0), (0, 1, 0), "column"),
        ((0, -1, 0), (1, 0, 0), (0, 0, -1), "row"),
        ((2, 0, 0), (0, 1, 0), (0, 0, -1), "row"),
    ],
)
def test_orthogonal_planes_have_the_axes_of_the_standard_views(
    normal: tuple[int, int, int], row: tuple[int, int, int], column: tuple[int, int, int], phase: str
) -> None:
    found = plane(np.zeros(3), np.array(normal))
    assert found.row == pytest.approx(row)
    assert found.column == pytest.approx(column)
    assert found.phase == phase
    assert found.normal @ np.array(normal) < 0


def test_a_rectangular_field_of_view_is_short_along_the_phase_encoding() -> None:
    slices = Slices(matrix=200, phase_share=0.7)
    assert slices.phase_matrix == 140
    assert slices.pixel == pytest.approx(1.8)


def test_a_misplaced_plane_is_tilted_turned_and_shifted_as_asked() -> None:
    planned = plane(np.zeros(3), np.array([0.1, 0.2, 1.0]))
    tilted = Misplacement(tilt=(0.1, 0.0))(planned)
    assert np.arccos(tilted.normal @ planned.normal) == pytest.approx(0.1)
    assert tilted.normal @ planned.row == pytest.approx(0)
    turned = Misplacement(turn=0.3)(planned)
    assert turned.row @ planned.row == pytest.approx(np.cos(0.3))
    assert turned.row @ planned.column == pytest.approx(np.sin(0.3))
    assert Misplacement(shift=(1, 2, 3))(planned).centre == pytest.approx(
        planned.row + 2 * planned.column + 3 * planned.normal
    )


def test_an_operator_repeats_and_spreads_as_its_settings_say() -> None:
    operator = Operator()
    assert operator.draw(np.random.default_rng(5)) == operator.draw(np.random.default_rng(5))
    rng = np.random.default_rng(7)
    many = [operator.draw(rng) for _ in range(3000)]
    tilts = np.array([one.tilt for one in many])
    assert abs(tilts.mean()) < 4 * operator.tilt / np.sqrt(6000)
    assert tilts.std() == pytest.approx(operator.tilt, rel=0.05)
    assert np.mean([one.missing_base > 0 for one in many]) == pytest.approx(operator.lost_base, abs=0.02)
    assert np.mean([one.missing_apex > 0 for one in many]) == pytest.approx(operator.lost_apex, abs=0.02)


def test_what_is_exported_covers_the_same_tissue(found: Landmarks) -> None:
    acquired = two_chamber(found, LONG)
    exported = two_chamber(found, vendor_style("upsampled").reconstructed(LONG))
    assert exported.centre == pytest.approx(acquired.centre)
    assert exported.directions == pytest.approx(acquired.directions)


def refused(match: str) -> AbstractContextManager[object]:
    return pytest.raises(InvalidInput, match=match)


def test_planes_that_miss_the_heart_are_refused(found: Landmarks) -> None:
    away = dataclasses.replace(found, apex=found.apex + 300, mitral=found.mitral + 300)
    for view in (two_chamber, three_chamber, four_chamber):
        with refused("misses the heart"):
            view(away, LONG)
    elsewhere = dataclasses.replace(found, muscle=found.muscle + 300)
    with refused("misses the heart"):
        short_axis(elsewhere, SLICES)
    with refused("misses the aorta"):
        aortic_flow(found, Slices(field_of_view=20, matrix=16), Misplacement(shift=(50, 50, 0)))
    with refused("misses the heart"):
        transverse(found, Slices(field_of_view=20, matrix=16), Misplacement(shift=(60, 60, 0), tilt=(0.0, 0.0)))


def test_impossible_plans_are_refused(beat: Beat, found: Landmarks) -> None:
    with refused("moment 4"):
        landmarks(beat, default_pose(), 4)
    with refused("no mitral valve, aortic valve, tricuspid valve, aorta"):
        landmarks(dataclasses.replace(beat, chambers=()), default_pose())
    with refused("At least one slice must be left"):
        short_axis(found, SLICES, Misplacement(missing_base=30))
    with refused("above the aortic valve"):
        aortic_flow(found, LONG, above=500.0)
    with refused("field of view"):
        flow_box(found, Slices(field_of_view=100))
    with refused("normal is"):
        plane(np.zeros(3), np.zeros(3))


@pytest.mark.parametrize(
    "wrong",
    [
        {"tilt": (1.0, 0.0)},
        {"turn": float("nan")},
        {"shift": (0.0, 0.0, 99.0)},
        {"first_slice": 0.7},
        {"missing_base": -1},
    ],
)
def test_impossible_misplacements_are_refused(wrong: dict[str, Any]) -> None:
    with refused("no plane that an operator would scan"):
        Misplacement(**wrong)


@pytest.mark.parametrize("wrong", [{"matrix": 100.5}, {"thickness": 3.0, "gap": -3.0}])
def test_slices_that_do_not_advance_or_have_no_pixels_are_refused(wrong: dict[str, Any]) -> None:
    with refused("advance"):
        Slices(**wrong)
