"""Prognosis from a table of patients."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from marey.diagnose import SurvivalCohort
from marey.diagnose.survival import FitCox, Prognosis
from marey.report import cohort_figures as figures
from marey.report.cohort_page import CohortPage, Table, Tile, in_words, step_in_words, with_interval
from marey.workflows.cohort_files import plain, write_files
from marey.workflows.cohort_outcome import survival_cohort
from marey.workflows.cohort_read import read_table
from marey.workflows.output_folder import check_empty

METHOD = (
    "Cox's proportional hazards with a small ridge penalty (lifelines).",
    "Missing values are the median of the patients that a model is fitted to.",
    "Corrected concordance: apparent less the optimism of bootstrapped fits; its interval by shifted percentiles.",
    "Risk groups, curves, calibration and slope use predictions by models that had not seen the patient.",
    "Proportionality: test of Grambsch and Therneau against the rank of time; a small p says that the effect changes.",
)


def cohort_survival(
    path: Path, folder: Path, *, time: str, event: str, exclude: Sequence[str] = (), step: FitCox | None = None
) -> Prognosis:
    """Learn survival from a table and write page, results and model.

    Args:
        path: CSV; one row per patient.
        folder: must be empty or not exist yet.
        time, event: columns of the follow-up.
        exclude: columns that are no features.
        step: how; the defaults if not given.

    Raises:
        UnreadableFile: no such table.
        InvalidInput, NotAnalysable: a table that gives no number.
        CannotWrite: the folder holds something or cannot be written.
    """
    check_empty(folder, "A cohort's model needs a folder of its own.")
    cohort = survival_cohort(read_table(path), time, event, exclude)
    found = (step or FitCox())(cohort)
    results = plain(found)
    for group in results["groups"]:
        group["size"] = len(group.pop("rows"))  # whose rows is nobody's business
    write_files(folder, path, _page(path, cohort, found), results, found.model.to_json())
    return found


def _page(path: Path, cohort: SurvivalCohort, found: Prognosis) -> CohortPage:
    followed = cohort.follow_up
    facts = {
        "table": path.name,
        "patients": str(followed.size),
        "events": str(int(followed.events.sum())),
        "median follow-up": f"{np.median(followed.times):g}",
        "features": str(len(found.model.names)),
        "missing cells": str(int(np.isnan(cohort.table.values).sum())),
    }
    corrected = found.corrected
    tiles = (
        Tile("concordance in new patients", f"{corrected.value:.2f}", f"{corrected.low:.2f} to {corrected.high:.2f}"),
        Tile("apparent concordance", f"{found.apparent:.2f}", "same patients; too good"),
        Tile("cross-validated concordance", f"{found.cross_validated:.2f}", "inside the folds"),
        Tile("calibration slope", f"{found.slope:.2f}", "1 is ideal; below: too extreme"),
    )
    shown = {
        "Without the event, by risk group": figures.survival_curves(found, followed.times),
        "Calibration": figures.risk_calibration(found),
    }
    return CohortPage("Survival", facts, tiles, found.notices, shown, (_effects(found), _groups(found)), METHOD)


def _effects(found: Prognosis) -> Table:
    rows = tuple(
        (one.name, step_in_words(one), with_interval(one.ratio), f"{p:.2g}", f"{changing:.2g}", in_words(one, "hazard"))
        for one, p, changing in zip(found.effects, found.p, found.proportionality_p, strict=True)
    )
    head = ("feature", "when it is", "hazard ratio (95 %)", "p", "p of proportionality", "in words")
    return Table("What goes with the event, the other features being equal", head, rows)


def _groups(found: Prognosis) -> Table:
    names = figures.group_names(len(found.groups))
    rows = tuple(
        (name, str(len(one.rows)), f"{one.predicted:.3f}", with_interval(one.observed))
        for name, one in zip(names, found.groups, strict=True)
    )
    title = f"Chance of the event until {found.horizon:g}"
    return Table(title, ("risk group", "patients", "predicted", "observed (95 %)"), rows)


__all__ = ["cohort_survival"]
