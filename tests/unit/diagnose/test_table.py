"""Tables that can give no number are refused with a sentence; useless columns are left out with a notice."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose import Classes, ClassifiedCohort, CohortTable, FollowUp, SurvivalCohort

Array = NDArray[np.float64]
SIZE = 120
RANDOM = np.random.default_rng(0)
VALUES = RANDOM.normal(size=(SIZE, 3))
TIMES = RANDOM.exponential(10, SIZE) + 0.1
EVENTS = RANDOM.random(SIZE) < 0.6
TABLE = CohortTable(("a", "b", "c"), VALUES)


def with_column(column: Array, name: str = "new") -> CohortTable:
    return CohortTable((*TABLE.names, name), np.column_stack([VALUES, column]))


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (np.full(SIZE, 3.0), "same value"),
        (np.where(np.arange(SIZE) < 70, np.nan, VALUES[:, 0]), "missing"),
        (np.arange(SIZE) + 1.0, "counts the rows"),
    ],
)
def test_useless_columns_are_left_out(column: Array, reason: str) -> None:
    cohort = SurvivalCohort(with_column(column), FollowUp(TIMES, EVENTS))
    assert cohort.table.names == TABLE.names
    assert reason in cohort.table.notices[0]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (with_column(2 * TIMES), "repeats the follow-up time"),
        (with_column(np.where(EVENTS, 1.0, 0.0)), "alone tells the outcome"),
        (with_column(np.where(EVENTS, np.exp(-TIMES / 30), RANDOM.random(SIZE) * np.exp(-TIMES / 30))), "alone"),
        (with_column(VALUES[:, 0] + 1, "time (followed)"), "named like a follow-up"),
    ],
)
def test_leaking_columns_are_refused(table: CohortTable, words: str) -> None:
    with pytest.raises(InvalidInput, match=words.replace("(", r"\(")) as caught:
        SurvivalCohort(table, FollowUp(TIMES, EVENTS))
    assert "--exclude" in caught.value.remedy


def test_a_column_that_tells_the_class_is_refused() -> None:
    with pytest.raises(InvalidInput, match="alone tells"):
        ClassifiedCohort(with_column(np.where(EVENTS, 5.0, 1.0)), Classes(EVENTS))


BAD: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "stands over more than one": (InvalidInput, lambda: CohortTable(("a", "a"), VALUES[:, :2])),
    "2 names": (InvalidInput, lambda: CohortTable(("a", "b"), VALUES)),
    "infinite": (InvalidInput, lambda: CohortTable(("a",), np.array([[np.inf]]))),
    "One of each per patient": (InvalidInput, lambda: FollowUp(TIMES, EVENTS[:5])),
    "negative or zero": (InvalidInput, lambda: FollowUp(-TIMES, EVENTS)),
    "1 are missing": (InvalidInput, lambda: FollowUp(np.array([np.nan, 1.0]), np.array([True, True]))),
    "all are censored": (NotAnalysable, lambda: FollowUp(TIMES, np.zeros(SIZE, bool))),
    "one class": (NotAnalysable, lambda: Classes(np.ones(SIZE, bool))),
    "rows, the outcome": (InvalidInput, lambda: SurvivalCohort(TABLE, FollowUp(TIMES[:50], EVENTS[:50]))),
    "20 patients": (
        NotAnalysable,
        lambda: SurvivalCohort(replace(TABLE, values=VALUES[:20]), FollowUp(TIMES[:20], EVENTS[:20])),
    ),
    "12 events for 3 features": (
        NotAnalysable, lambda: SurvivalCohort(TABLE, FollowUp(TIMES, np.arange(SIZE) % 10 == 0))
    ),
    "can be learned from": (
        NotAnalysable, lambda: SurvivalCohort(CohortTable(("a",), np.ones((SIZE, 1))), FollowUp(TIMES, EVENTS))
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", BAD)
def test_bad_tables_are_refused(words: str) -> None:
    kind, make = BAD[words]
    with pytest.raises(kind, match=words):
        make()
