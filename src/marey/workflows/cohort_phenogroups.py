"""Groups of alike patients from a table."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from marey.diagnose.phenogroups import FindGroups, Phenogroups
from marey.report import cohort_figures as figures
from marey.report.cohort_page import CohortPage, Table, Tile
from marey.report.wording import number
from marey.workflows.cohort_files import plain, write_files
from marey.workflows.cohort_read import read_table
from marey.workflows.output_folder import check_empty

METHOD = (
    "A Gaussian and a linear kernel of each block, weighted by their agreement; k-means in their leading components.",
    "Stability: patients drawn with replacement and grouped anew; Jaccard similarity of each group at least 0.75.",
    "Against chance: groups as separate in normally distributed patients with the same covariance.",
    "A group is a description of these patients, not a disease.",
)


def cohort_phenogroups(
    path: Path, folder: Path, *, blocks: Mapping[str, tuple[str, ...]], step: FindGroups | None = None
) -> Phenogroups:
    """Find groups of patients and write page, results and model.

    Args:
        path: CSV; one row per patient.
        folder: must be empty or not exist yet.
        blocks: columns by block, such as image and clinical.
        step: how; the defaults if not given.

    Raises:
        UnreadableFile: no such table.
        InvalidInput, NotAnalysable: a table that gives no groups.
        CannotWrite: the folder holds something or cannot be written.
    """
    check_empty(folder, "A cohort's groups need a folder of its own.")
    table = read_table(path)
    named = {name for columns in blocks.values() for name in columns}
    features = table.features([name for name in table.columns if name not in named])
    found = (step or FindGroups())(features, dict(blocks))
    results = {
        "group": (found.group + 1).tolist(),
        "sizes": np.bincount(found.group).tolist(),
        "stability": found.stability,
        "test": found.test,
        "weights": found.weights,
        "agreement_of_nearest_centre": found.agreement,
        "notices": found.table.notices,
    }
    model = {"names": found.table.names, "blocks": found.blocks, "scaling": found.symmetry, "centres": found.centres}
    text = json.dumps({"groups by the nearest centre": plain(model)}, indent=2) + "\n"
    write_files(folder, path, _page(path, found), results, text)
    return found


def _page(path: Path, found: Phenogroups) -> CohortPage:
    count = int(found.group.max()) + 1
    facts = {
        "table": path.name,
        "patients": str(found.group.size),
        "features": str(len(found.table.names)),
        "missing cells": str(int(np.isnan(found.table.values).sum())),
    }
    tiles = (
        Tile("groups", str(count), "as many as are stable"),
        Tile("least stable group", f"{min(found.stability.jaccard):.2f}", "Jaccard similarity; 1 is ideal"),
        Tile("adjusted Rand index", f"{found.stability.rand:.2f}", "when patients are drawn again"),
        Tile("by chance", f"p = {found.test.p:.2g}", "in patients without groups"),
    )
    weights = Table(
        "Weight of each kernel", ("kernel", "weight"), tuple((k, f"{v:.2f}") for k, v in found.weights.items())
    )
    return CohortPage(
        "Groups of alike patients",
        facts,
        tiles,
        found.table.notices,
        {"Patients in the common space": figures.phenogroup_map(found)},
        (_means(found, count), weights),
        METHOD,
    )


def _means(found: Phenogroups, count: int) -> Table:
    """Mean of each feature in each group, and in all."""
    values = found.table.values
    rows = tuple(
        (
            name,
            *(number(float(np.nanmean(values[found.group == one, index]))) for one in range(count)),
            number(float(np.nanmean(values[:, index]))),
        )
        for index, name in enumerate(found.table.names)
    )
    head = ("mean of", *(f"group {one + 1} (n = {(found.group == one).sum()})" for one in range(count)), "all")
    return Table("How the groups differ", head, rows)


__all__ = ["cohort_phenogroups"]
