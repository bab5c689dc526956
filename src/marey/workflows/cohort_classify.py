"""Two classes from a table of patients."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from marey.diagnose import ClassifiedCohort
from marey.diagnose.classify import Classification, FitClasses
from marey.report import cohort_figures as figures
from marey.report.cohort_page import CohortPage, Table, Tile, in_words, step_in_words, with_interval
from marey.workflows.cohort_files import plain, write_files
from marey.workflows.cohort_outcome import classified_cohort
from marey.workflows.cohort_read import read_table
from marey.workflows.output_folder import check_empty

METHOD = (
    "The kind of classifier with the least log loss in inner cross-validation, chosen anew in each outer fold.",
    "All figures and measures use predictions by models that had not seen the patient.",
    "Missing values are the median of the patients that a model is fitted to.",
    "Interval of the area under the curve by DeLong; of the odds ratios by bootstrapping.",
)


def cohort_classify(
    path: Path,
    folder: Path,
    *,
    outcome: str,
    exclude: Sequence[str] = (),
    positive: str | None = None,
    step: FitClasses | None = None,
) -> Classification:
    """Learn to tell two classes apart and write page, results and model.

    Args:
        path: CSV; one row per patient.
        folder: must be empty or not exist yet.
        outcome: column of the classes; positive: the one looked for.
        exclude: columns that are no features.
        step: how; the defaults if not given.

    Raises:
        UnreadableFile: no such table.
        InvalidInput, NotAnalysable: a table that gives no number.
        CannotWrite: the folder holds something or cannot be written.
    """
    check_empty(folder, "A cohort's model needs a folder of its own.")
    cohort = classified_cohort(read_table(path), outcome, exclude, positive)
    found = (step or FitClasses())(cohort)
    results = {name: one for name, one in plain(found).items() if name not in {"model", "chance"}}
    write_files(folder, path, _page(path, cohort, found), results, found.model.to_json())
    return found


def _page(path: Path, cohort: ClassifiedCohort, found: Classification) -> CohortPage:
    positive, names, calibration = cohort.classes.positive, cohort.classes.names, found.calibration
    facts = {
        "table": path.name,
        f"patients '{names[1]}'": str(int(positive.sum())),
        f"patients '{names[0]}'": str(int((~positive).sum())),
        "features": str(len(found.model.names)),
        "missing cells": str(int(np.isnan(cohort.table.values).sum())),
        "kind": found.kind,
    }
    area = found.area
    tiles = (
        Tile("area under the ROC curve", f"{area.value:.3f}", f"{area.low:.3f} to {area.high:.3f}"),
        Tile("calibration slope", f"{calibration.slope:.2f}", "1 is ideal; below: too extreme"),
        Tile("calibration intercept", f"{calibration.intercept:.2f}", "0 is ideal; above: chances too low"),
        Tile("expected calibration error", f"{calibration.error:.3f}", "mean distance, 10 bins"),
    )
    shown = {
        "ROC curve": figures.roc(found, positive),
        "Calibration": figures.class_calibration(found),
        "Decision curve": figures.decision_curve(found),
    }
    return CohortPage(
        f"{names[1]} or {names[0]}", facts, tiles, found.notices, shown, (_effects(found), _kinds(found)), METHOD
    )


def _effects(found: Classification) -> Table:
    rows = tuple(
        (one.name, step_in_words(one), with_interval(one.ratio), in_words(one, "odds")) for one in found.effects
    )
    title = f"What goes with {found.model.classes[1]}, the other features being equal (logistic regression)"
    return Table(title, ("feature", "when it is", "odds ratio (95 %)", "in words"), rows)


def _kinds(found: Classification) -> Table:
    rows = tuple((kind, str(count)) for kind, count in found.kinds.items())
    return Table("How often each kind was chosen", ("kind", "outer folds"), rows)


__all__ = ["cohort_classify"]
