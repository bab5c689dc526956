"""Outcomes of a cohort's table: follow-up with events, or two classes."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from marey.core import InvalidInput
from marey.diagnose import Classes, ClassifiedCohort, CohortTable, FollowUp, SurvivalCohort
from marey.workflows.cohort_read import MISSING, TextTable


def survival_cohort(table: TextTable, time: str, event: str, exclude: Sequence[str]) -> SurvivalCohort:
    """Features and follow-up; all columns that are neither named nor excluded are features.

    Raises:
        InvalidInput: columns that do not exist, an event other than 0 and 1, and what `SurvivalCohort` refuses.
        NotAnalysable: what `SurvivalCohort` refuses.
    """
    happened = table.numbers(event)
    if not np.isin(happened, (0, 1)).all():
        raise InvalidInput(
            f"The event column '{event}' holds empty cells, or other values than 0 and 1.",
            "1 where the event happened and 0 where it was not seen is needed for every patient.",
            "Correct the column, or remove these rows.",
        )
    follow_up = FollowUp(table.numbers(time), happened == 1)
    return SurvivalCohort(table.features((time, event, *exclude)), follow_up)


def classified_cohort(
    table: TextTable, outcome: str, exclude: Sequence[str], positive: str | None = None
) -> ClassifiedCohort:
    """Features and two classes.

    Args:
        table: as read.
        outcome: column of the classes, numbers or words.
        exclude: columns that are no features.
        positive: the class that is looked for; when not given, the greater of two numbers or the rarer of two words.

    Raises:
        InvalidInput: columns that do not exist, empty outcomes, more than two classes, and what `ClassifiedCohort`
            refuses.
        NotAnalysable: one class, and what else `ClassifiedCohort` refuses.
    """
    cells = table.text(outcome)
    counts = Counter(cells)
    missing = sum(count for cell, count in counts.items() if cell.lower() in MISSING)
    if missing or len(counts) > 2:
        raise InvalidInput(
            f"The outcome column '{outcome}' holds {len(counts)} different values; {missing} cells are empty.",
            "One of two values for every patient is needed.",
            "Join classes, or remove rows without an outcome.",
        )
    if positive is not None and positive not in counts:
        raise InvalidInput(
            f"No patient has '{positive}' in '{outcome}'.", f"There are {', '.join(counts)}.", "Correct --positive."
        )
    names = _ordered(counts, positive)
    features = table.features((outcome, *exclude))
    said = f"'{names[1]}' is the class that is looked for."
    table_said = CohortTable(features.names, features.values, (*features.notices, said))
    return ClassifiedCohort(table_said, Classes(np.array([cell == names[1] for cell in cells]), names))


def _ordered(counts: Counter[str], positive: str | None) -> tuple[str, str]:
    """The negative and the positive class; of one class alone it is both."""
    if positive is None:
        try:
            positive = max(counts, key=float)
        except ValueError:
            positive = min(counts, key=lambda name: counts[name])
    return next((name for name in counts if name != positive), positive), positive


__all__ = ["classified_cohort", "survival_cohort"]
