"""Few phases, half a beat and a changing rhythm are seen and said."""

from dataclasses import replace

import numpy as np
import pytest

from beating_heart import heart_labels, picture, stack
from marey.anatomy import KeyPhases
from marey.core import Image
from marey.quality.reading import Reading
from marey.quality.timing import CheckBeatCovered, CheckPhases, CheckRhythm

GRID = stack(4, 20.0)


def _reading(phases: int = 25, **changes: object) -> Reading:
    image: Image = replace(picture(GRID, phases), **changes)  # type: ignore[arg-type]
    return Reading(image, heart_labels(GRID, phases), KeyPhases(0, phases // 2))


def test_a_full_cine_passes() -> None:
    reading = _reading()
    findings = [*CheckPhases()(reading), *CheckBeatCovered()(reading), *CheckRhythm()(reading)]
    assert all(finding.passed for finding in findings)
    assert [finding.value for finding in findings] == [25, 100.0, 36.0, 0.0]


@pytest.mark.parametrize(("phases", "word"), [(2, "Only two phases"), (8, "8 phases")])
def test_few_phases_are_said(phases: int, word: str) -> None:
    (finding,) = CheckPhases()(_reading(phases))
    assert finding.passed is False
    assert word in finding.message


def test_half_a_beat_is_said() -> None:
    share, step = CheckBeatCovered()(_reading(times=np.arange(25) * 24.0))
    assert share.passed is False
    assert share.value == pytest.approx(100 * 600 / 900, abs=0.1)
    assert step.passed


def test_coarse_phases_are_said() -> None:
    share, step = CheckBeatCovered()(_reading(12))
    assert share.passed
    assert (step.passed, step.value) == (False, 75.0)


@pytest.mark.parametrize("changes", [{"phases": 2}, {"rr_intervals": np.full(4, np.nan)}])
def test_without_clock_no_number_is_made(changes: dict[str, object]) -> None:
    phases = changes.pop("phases", 25)
    assert isinstance(phases, int)
    for finding in CheckBeatCovered()(_reading(phases, **changes)):
        assert (finding.value, finding.passed) == (None, None)
        assert finding.message


def test_a_changing_rhythm_is_said() -> None:
    (finding,) = CheckRhythm()(_reading(rr_intervals=np.array([900.0, 910.0, np.nan, 650.0])))
    assert finding.passed is False
    assert finding.value == pytest.approx(100 * 260 / 900, abs=0.1)
    assert "650 to 910 ms" in finding.message


def test_an_unknown_rhythm_gives_no_number() -> None:
    (finding,) = CheckRhythm()(_reading(rr_intervals=np.array([900.0, np.nan, np.nan, np.nan])))
    assert finding.value is None
