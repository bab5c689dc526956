"""Carriers of a cohort's table: features, follow-up, classes. Each refuses what can give no number."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose.checks import check_features, check_leaks, check_size

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CohortTable:
    """Numeric features of patients.

    Args:
        names: of the columns, each once.
        values: (patient, feature); a missing value is NaN.
        notices: what was dropped or recoded on the way here, as sentences.

    Raises:
        InvalidInput: a name twice, another number of columns than names, infinite values.
    """

    names: tuple[str, ...]
    values: Array
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        twice = [name for name, count in Counter(self.names).items() if count > 1]
        if twice:
            raise InvalidInput(
                f"The name {_listed(twice)} stands over more than one column.",
                "Every column needs its own name.",
                "Rename or remove one of them.",
            )
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise InvalidInput(
                f"A table of shape {self.values.shape} came with {len(self.names)} names.",
                "One row per patient and one column per name is needed.",
                "Correct the table.",
            )
        infinite = [name for name, column in zip(self.names, self.values.T, strict=True) if np.isinf(column).any()]
        if infinite:
            raise InvalidInput(
                f"The column {_listed(infinite)} holds infinite values.",
                "Finite numbers or empty cells are needed.",
                "Correct these cells or leave them empty.",
            )

    def only(self, names: tuple[str, ...], notices: tuple[str, ...] = ()) -> "CohortTable":
        """The table with these columns alone, and more notices."""
        columns = [self.names.index(name) for name in names]
        return CohortTable(names, self.values[:, columns], self.notices + notices)


@dataclass(frozen=True, eq=False)
class FollowUp:
    """How long each patient was followed and how that ended.

    Args:
        times: (patient,) from the moment at which the features were known, any unit, positive.
        events: (patient,) True: the event happened then; False: not seen until then (censored).
        unit: of the times, for words only.

    Raises:
        InvalidInput: times that are missing or not positive, or of another number than the events.
        NotAnalysable: nobody had the event.
    """

    times: Array
    events: Flags
    unit: str = ""

    def __post_init__(self) -> None:
        if self.times.shape != self.events.shape or self.times.ndim != 1:
            raise InvalidInput(
                f"There are follow-up times of shape {self.times.shape} and events of shape {self.events.shape}.",
                "One of each per patient is needed.",
                "Correct the table.",
            )
        _check_times(self.times)
        if not self.events.any():
            raise NotAnalysable(
                "No patient had the event; all are censored.",
                "A model of survival is learned from events.",
                "Check that the event column holds 1 where the event happened, or follow the patients for longer.",
            )

    @property
    def size(self) -> int:
        """Number of patients."""
        return int(self.times.size)


def _check_times(times: Array) -> None:
    missing, negative = int(np.isnan(times).sum()), int((times <= 0).sum())
    if missing or negative or np.isinf(times).any():
        raise InvalidInput(
            f"Of {times.size} follow-up times {missing} are missing and {negative} are negative or zero.",
            "Every patient needs a positive, finite follow-up time.",
            "Correct these rows or remove them.",
        )


@dataclass(frozen=True, eq=False)
class Classes:
    """Which of two classes each patient belongs to.

    Args:
        positive: (patient,) whether in the class that is looked for.
        names: of the negative and the positive class.

    Raises:
        NotAnalysable: one class only.
    """

    positive: Flags
    names: tuple[str, str] = ("0", "1")

    def __post_init__(self) -> None:
        if self.positive.all() or not self.positive.any():
            raise NotAnalysable(
                f"All {self.positive.size} patients are in one class, '{self.names[int(self.positive.all())]}'.",
                "Both classes are needed to tell them apart.",
                "Check the outcome column, or add patients of the other class.",
            )

    @property
    def size(self) -> int:
        """Number of patients."""
        return int(self.positive.size)


@dataclass(frozen=True, eq=False)
class SurvivalCohort:
    """Features and follow-up of the same patients, fit to learn from.

    Columns that hold one value only, that are mostly empty or that count the rows are left out, with a notice.

    Raises:
        InvalidInput: different numbers of patients, a feature that is the outcome in disguise.
        NotAnalysable: too few patients or events, also for so many features.
    """

    table: CohortTable
    follow_up: FollowUp

    def __post_init__(self) -> None:
        _check_rows(self.table, self.follow_up.size)
        object.__setattr__(self, "table", _useful(self.table))
        check_leaks(self.table.names, self.table.values, self.follow_up.events, self.follow_up.times)
        check_size(self.follow_up.size, int(self.follow_up.events.sum()), len(self.table.names), "events")


@dataclass(frozen=True, eq=False)
class ClassifiedCohort:
    """Features and classes of the same patients, fit to learn from; see `SurvivalCohort`.

    Raises:
        InvalidInput: different numbers of patients, a feature that is the outcome in disguise.
        NotAnalysable: too few patients, also in the smaller class for so many features.
    """

    table: CohortTable
    classes: Classes

    def __post_init__(self) -> None:
        _check_rows(self.table, self.classes.size)
        object.__setattr__(self, "table", _useful(self.table))
        check_leaks(self.table.names, self.table.values, self.classes.positive)
        fewer = int(min(self.classes.positive.sum(), (~self.classes.positive).sum()))
        check_size(self.classes.size, fewer, len(self.table.names), "patients in the smaller class")


def _check_rows(table: CohortTable, size: int) -> None:
    if len(table.values) != size:
        raise InvalidInput(
            f"The table has {len(table.values)} rows, the outcome {size}.",
            "Features and outcome of the same patients are needed.",
            "Correct the table.",
        )


def _useful(table: CohortTable) -> CohortTable:
    kept, notices = check_features(table.names, table.values)
    return table.only(kept, notices)


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


__all__ = ["Classes", "ClassifiedCohort", "CohortTable", "FollowUp", "SurvivalCohort"]
