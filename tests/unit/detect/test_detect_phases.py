"""End-diastole and end-systole come from the volume curve, not from frame 0."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beating_heart import heart_labels, reoriented_labels, stack
from heart_phantoms import STRUCTURES
from marey.anatomy import KeyPhases
from marey.core import Grid, Labels, NotAnalysable
from marey.detect.phases import FindPhases, smooth_cyclic


def _with_areas(areas: list[int]) -> Labels:
    """One slice of 40 x 40 pixels with so many cavity pixels at each phase."""
    values = np.zeros((len(areas), 1, 40, 40), np.uint8)
    for phase, area in enumerate(areas):
        values[phase].reshape(-1)[:area] = 1
    return Labels(values, Grid((1, 40, 40), np.diag([8.0, 1.0, 1.0, 1.0])), np.linspace(0, 600, len(areas)), STRUCTURES)


def _beat(phases: int, start: int) -> list[int]:
    curve = 600 + 400 * np.cos(2 * np.pi * (np.arange(phases) - start) / phases)
    return [int(area) for area in curve]


@given(phases=st.integers(10, 40), start=st.integers(0, 39))
@settings(max_examples=40, deadline=None)
def test_the_extremes_of_a_smooth_beat_are_found(phases: int, start: int) -> None:
    found = FindPhases()(_with_areas(_beat(phases, start % phases)))
    turns = np.array([found.end_diastole - start, found.end_systole - start - phases / 2]) % phases
    assert np.minimum(turns, phases - turns).max() <= 1


@pytest.mark.parametrize("wrong", [0, 1500])
@pytest.mark.parametrize("where", [4, 9])
def test_one_wrong_phase_does_not_decide(wrong: int, where: int) -> None:
    areas = _beat(20, 0)
    areas[where] = wrong
    found = FindPhases()(_with_areas(areas))
    assert found.end_diastole in (0, 1, 19)
    assert found.end_systole in (9, 10, 11)


@pytest.mark.parametrize(("areas", "found"), [([900, 300], (0, 1)), ([300, 900], (1, 0)), ([500, 900, 300], (1, 2))])
def test_few_phases_are_taken_as_they_are(areas: list[int], found: tuple[int, int]) -> None:
    assert FindPhases()(_with_areas(areas)) == KeyPhases(*found)


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [([500], "one phase"), ([0, 0], "No left ventricle"), ([500] * 12, "keeps its volume"), ([500, 500], "keeps its")],
)
def test_what_does_not_beat_is_refused(areas: list[int], sentence: str) -> None:
    with pytest.raises(NotAnalysable, match=sentence):
        FindPhases()(_with_areas(areas))


def test_smoothing_commutes_with_shifting_the_beat() -> None:
    curve = np.random.default_rng(0).normal(100, 20, 17)
    np.testing.assert_allclose(smooth_cyclic(np.roll(curve, 5)), np.roll(smooth_cyclic(curve), 5))


@settings(max_examples=8, deadline=None)
@given(flips=st.tuples(st.booleans(), st.booleans(), st.booleans()), swap=st.booleans())
def test_storage_order_does_not_matter(flips: tuple[bool, bool, bool], swap: bool) -> None:
    labels = heart_labels(stack(6, 14.0), 10)
    assert FindPhases()(reoriented_labels(labels, flips, swap=swap)) == FindPhases()(labels) == KeyPhases(0, 5)
