"""Missing, sparse and shifted slices are seen and said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beating_heart import heart_labels, picture, reoriented_image, reoriented_labels, stack
from heart_phantoms import BASE, CENTRE
from marey.anatomy import KeyPhases
from marey.core import Finding, Grid, Image, Labels
from marey.quality.coverage import CheckAlignment, CheckApex, CheckBase, CheckSlices
from marey.quality.reading import Reading

IMAGE, LABELS = picture(stack(), 2), heart_labels(stack(), 2)
WHOLE = Reading(IMAGE, LABELS, KeyPhases(0, 1))


def _with(slices: list[int], reading: Reading = WHOLE) -> Reading:
    """The same heart with only some of the slices."""
    grid = reading.image.grid
    affine = grid.affine.copy()
    positions = grid.slice_positions[slices] - grid.slice_positions[slices[0]]
    affine[:3, 3] = grid.world([float(slices[0]), 0.0, 0.0])
    if len(slices) > 1:
        affine[:3, 0] = grid.normal * positions[-1] / (len(slices) - 1)
    part = Grid((len(slices), *grid.shape[1:]), affine, positions, grid.slice_thickness)
    labels = Labels(reading.labels.values[:, slices], part, reading.labels.times, reading.labels.structures)
    image = Image(reading.image.values[:, slices], part, reading.image.times)
    return Reading(image, labels, reading.phases)


def _relabelled(values: np.ndarray) -> Reading:
    return replace(WHOLE, labels=Labels(values, LABELS.grid, LABELS.times, LABELS.structures))


def _one(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


def test_a_whole_heart_passes() -> None:
    for check in (CheckApex(), CheckBase(), CheckSlices(), CheckAlignment()):
        for finding in check(WHOLE):
            assert finding.passed, finding
            assert not finding.message
            assert finding.confidence == 1


def test_a_missing_apex_is_said_with_its_length() -> None:
    apex = float(np.flatnonzero((LABELS.values[0] == 1).any(axis=(1, 2)))[0])
    cut = 4
    finding = _one(CheckApex()(_with(list(range(int(apex) + cut, 14)))))
    assert finding.passed is False
    assert finding.value == pytest.approx(_missing(int(apex) + cut), abs=1)
    assert "too small" in finding.message


def _missing(z: int) -> float:
    """Where the line through the areas of slices z and z + 1 is zero, less half a step of 8 mm."""
    heights = [float((LABELS.grid.world([float(row), 48.0, 48.0]) - CENTRE) @ BASE) for row in (z, z + 1)]
    first, second = ((26 * np.sqrt((height + 50) / 85) - 1) ** 2 for height in heights)
    return float(8 * first / (second - first) - 4)


def test_a_missing_base_is_said() -> None:
    finding = _one(CheckBase()(_with(list(range(9)))))
    assert (finding.passed, finding.value, finding.evidence["ring_share"]) == (False, 0, 1.0)
    assert "base are missing" in finding.message


def test_an_open_ring_at_the_end_is_the_base() -> None:
    values = LABELS.values.copy()
    wall = values[:, 8] == 2
    wall[:, :48] = False
    values[:, 8][wall] = 0
    finding = _one(CheckBase()(_with(list(range(9)), _relabelled(values))))
    assert finding.passed
    assert float(finding.evidence["ring_share"]) < 0.7


def test_a_missing_slice_is_said() -> None:
    gaps, distance = CheckSlices()(_with([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12]))
    assert (gaps.passed, gaps.value) == (False, 2.0)
    assert "Between slices 4 and 5 there are 16 mm instead of 8 mm" in gaps.message
    assert distance.passed


def test_slices_far_apart_are_said() -> None:
    gaps, distance = CheckSlices()(_with([0, 2, 4, 6, 8, 10, 12]))
    assert gaps.passed
    assert (distance.passed, distance.value) == (False, 16.0)
    assert "of which 8 mm are imaged" in _sparse_with_thickness()


def _sparse_with_thickness() -> str:
    sparse = _with([0, 2, 4, 6, 8, 10, 12])
    grid = replace(sparse.image.grid, slice_thickness=8.0)
    return CheckSlices()(replace(sparse, image=replace(sparse.image, grid=grid)))[1].message


@pytest.mark.parametrize("z", [4, 6, 8])
def test_a_shifted_slice_is_found(z: int) -> None:
    values = LABELS.values.copy()
    values[:, z] = np.roll(values[:, z], 5, axis=1)  # 10 mm
    finding = _one(CheckAlignment()(_relabelled(values)))
    assert finding.passed is False
    assert finding.evidence["slice"] == z
    assert finding.value == pytest.approx(20 / 3, abs=1)
    assert f"Slice {z + 1} " in finding.message


def test_the_most_basal_slice_may_lie_beside_the_line() -> None:
    values = LABELS.values.copy()
    base = int(np.flatnonzero((values[0] == 2).any(axis=(1, 2)))[-1])
    values[:, base] = np.roll(values[:, base], 8, axis=1)  # as an outflow tract does
    assert _one(CheckAlignment()(_relabelled(values))).passed


@pytest.mark.parametrize("check", [CheckApex(), CheckSlices(), CheckAlignment()])
def test_one_slice_gives_no_number(check: CheckApex) -> None:
    finding = check(_with([7]))[0]
    assert (finding.value, finding.passed, finding.confidence) == (None, None, 0)
    assert finding.message


def test_no_lv_gives_no_number() -> None:
    empty = _relabelled(np.zeros_like(LABELS.values))
    for check in (CheckApex(), CheckBase(), CheckAlignment()):
        assert _one(check(empty)).value is None


@settings(max_examples=16, deadline=None)
@given(flips=st.tuples(st.booleans(), st.booleans(), st.booleans()), swap=st.booleans())
def test_storage_order_does_not_matter(flips: tuple[bool, bool, bool], swap: bool) -> None:
    for reading in (WHOLE, _with(list(range(5, 14))), _with(list(range(9)))):
        turned = Reading(
            reoriented_image(reading.image, flips, swap=swap),
            reoriented_labels(reading.labels, flips, swap=swap),
            reading.phases,
        )
        for check in (CheckApex(), CheckBase(), CheckSlices(), CheckAlignment()):
            before, after = check(reading), check(turned)
            assert [f.passed for f in before] == [f.passed for f in after]
            assert [f.value for f in before] == pytest.approx([f.value for f in after], abs=0.01)
