"""Slices are basal, mid, apical or outside by their place in the LV."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beating_heart import heart_labels, reoriented_labels, stack
from marey.anatomy import KeyPhases, Level
from marey.core import Grid, InvalidInput, Labels, NotAnalysable
from marey.detect.levels import FindLevels, LabelledPhases

LABELS = heart_labels(stack(), 2)
ED = KeyPhases(0, 1)
B, M, A, O = Level.BASAL, Level.MID, Level.APICAL, Level.OUTSIDE


def _levels(labels: Labels, step: FindLevels | None = None) -> tuple[Level, ...]:
    return (step or FindLevels())(LabelledPhases(labels, ED))


def test_thirds_from_apex_to_base() -> None:
    levels = _levels(LABELS)
    inside = [level for level in levels if level != O]
    assert levels[0] == levels[-1] == O
    assert inside == sorted(inside, key=[A, M, B].index)
    assert {inside.count(level) for level in (A, M, B)} <= {3, 4}


@settings(max_examples=16, deadline=None)
@given(flips=st.tuples(st.booleans(), st.booleans(), st.booleans()), swap=st.booleans())
def test_storage_order_does_not_matter(flips: tuple[bool, bool, bool], swap: bool) -> None:
    levels = _levels(reoriented_labels(LABELS, flips, swap=swap))
    assert (levels[::-1] if flips[0] else levels) == _levels(LABELS)


def test_other_shares_move_the_borders() -> None:
    mostly_basal = _levels(LABELS, FindLevels(basal=0.7, mid=0.2))
    assert mostly_basal.count(B) > _levels(LABELS).count(B)


def test_a_missing_slice_counts_by_position_not_by_number() -> None:
    kept = [z for z in range(14) if z not in (4, 5)]
    positions = LABELS.grid.slice_positions[kept]
    affine = LABELS.grid.affine.copy()
    affine[:3, 0] *= (positions[-1] / 11) / LABELS.grid.spacing[0]
    grid = Grid((12, *LABELS.grid.shape[1:]), affine, positions)
    sparse = Labels(LABELS.values[:, kept], grid, LABELS.times, LABELS.structures)
    assert _levels(sparse) == tuple(level for z, level in enumerate(_levels(LABELS)) if z in kept)


def test_without_wall_there_is_no_level() -> None:
    empty = Labels(np.where(LABELS.values == 2, 0, LABELS.values).astype(np.uint8), LABELS.grid, LABELS.times,
                   LABELS.structures)  # fmt: skip
    with pytest.raises(NotAnalysable, match="wall of the left ventricle"):
        _levels(empty)


@pytest.mark.parametrize(("basal", "mid"), [(0.6, 0.4), (0.0, 0.5), (0.5, -0.1)])
def test_shares_that_leave_no_apex_are_refused(basal: float, mid: float) -> None:
    with pytest.raises(InvalidInput, match="shares"):
        FindLevels(basal=basal, mid=mid)
