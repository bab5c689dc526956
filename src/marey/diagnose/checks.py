"""Whether a table can be learned from: columns that say nothing, columns that say too much, too few patients."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose.concordance import area_under_curve, concordance

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
LEAST_PATIENTS = 30
LEAST_EVENTS = 10
EVENTS_PER_FEATURE = 5  # fewer bias the coefficients: Vittinghoff and McCulloch 2007, doi:10.1093/aje/kwk052
MOST_MISSING = 0.5
TOO_GOOD = 0.98  # concordance of one feature alone
SAME = 0.98  # rank correlation with the follow-up time
FOLLOW_UP_NAME = re.compile(
    r"follow|\bf/?u\b|^time$|time.?to.?(event|death)|survival|\bdays?.?to\b|^(os|pfs|dfs)([._ ]|$)", re.IGNORECASE
)


def check_features(names: Sequence[str], values: Array) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the columns that can be learned from, and a sentence on each that cannot.

    Args:
        names, values: (patient, feature), missing values NaN.

    Raises:
        NotAnalysable: none is left.
    """
    kept, notices = [], []
    for name, column in zip(names, values.T, strict=True):
        reason = _useless(column)
        if reason:
            notices.append(f"The column '{name}' was left out: {reason}.")
        else:
            kept.append(name)
    if not kept:
        raise NotAnalysable(
            f"None of {len(names)} columns can be learned from. {' '.join(notices)}".strip(),
            "At least one numeric column that differs between patients is needed.",
            "Check the table and the columns that were excluded.",
        )
    return tuple(kept), tuple(notices)


def _useless(column: Array) -> str:
    """Why nothing can be learned from a column; empty when something can."""
    known = column[~np.isnan(column)]
    if known.size < (1 - MOST_MISSING) * column.size:
        return f"{column.size - known.size} of {column.size} values are missing"
    if np.unique(known).size < 2:
        return "it has the same value in all patients"
    if known.size == column.size > 2 and np.array_equal(np.abs(np.diff(column)), np.ones(column.size - 1)):
        return "it counts the rows"
    return ""


def check_leaks(names: Sequence[str], values: Array, outcome: Flags, times: Array | None = None) -> None:
    """Refuse features that hold what is to be predicted.

    Args:
        names, values: (patient, feature).
        outcome: (patient,) event or class.
        times: (patient,) follow-up, of a survival table.

    Raises:
        InvalidInput: a feature that by itself determines the outcome, repeats the follow-up time, or is named like one.
    """
    for name, column in zip(names, values.T, strict=True):
        known = ~np.isnan(column)
        reason = _leak(name, column[known], outcome[known], None if times is None else times[known])
        if reason:
            raise InvalidInput(
                f"The column '{name}' {reason}.",
                "A feature must be known before the outcome is.",
                f"Leave it out with --exclude '{name}' (or rename it if it was known at the start).",
            )


def _leak(name: str, column: Array, outcome: Flags, times: Array | None) -> str:
    """What a column gives away; empty when nothing."""
    if FOLLOW_UP_NAME.search(name):
        return "is named like a follow-up time, which is known only afterwards"
    if outcome.any() and not outcome.all() and abs(area_under_curve(outcome, column) - 0.5) > TOO_GOOD - 0.5:
        return "alone tells the outcome of nearly every patient, as the outcome itself or a result of it does"
    if times is None or not outcome.any():
        return ""
    if np.ptp(times) > 0 and abs(float(spearmanr(column, times)[0])) > SAME:
        return "repeats the follow-up time"
    ordered = abs(concordance(times, outcome, column) - 0.5) > TOO_GOOD - 0.5
    return "alone puts the events of nearly all patients in order, as their time itself does" if ordered else ""


def check_size(patients: int, events: int, features: int, what: str) -> None:
    """Refuse tables too small for their number of features; `what` names the events.

    Raises:
        NotAnalysable: too few patients or events.
    """
    if patients < LEAST_PATIENTS or events < LEAST_EVENTS:
        raise NotAnalysable(
            f"The table has {patients} patients and {events} {what}.",
            f"At least {LEAST_PATIENTS} patients and {LEAST_EVENTS} {what} are needed.",
            "Add patients.",
        )
    if events < EVENTS_PER_FEATURE * features:
        raise NotAnalysable(
            f"There are {events} {what} for {features} features.",
            f"At least {EVENTS_PER_FEATURE} per feature are needed, or chance is learned.",
            f"Keep at most {events // EVENTS_PER_FEATURE} features, leaving others out with --exclude.",
        )


__all__ = ["check_features", "check_leaks", "check_size"]
