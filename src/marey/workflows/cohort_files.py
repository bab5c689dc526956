"""The three files of a cohort's model: page, numbers, model."""

import dataclasses
import json
import math
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from marey.core.files import sha256, write_text
from marey.report.cohort_page import CohortPage, write_cohort_page

PAGE, RESULTS, MODEL = "report.html", "results.json", "model.json"
LIBRARIES = ("marey", "numpy", "scipy", "scikit-learn", "lifelines")


def write_files(folder: Path, table: Path, page: CohortPage, results: Mapping[str, object], model: str) -> None:
    """Write page, results and model into a folder.

    Args:
        folder: made if needed.
        table: that was read; its digest is kept.
        page: what to show.
        results: all numbers; values that are not finite become null.
        model: JSON.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    made = {name: version(name) for name in LIBRARIES}
    document = {"table": {"name": table.name, "sha256": sha256(table)}, "made_with": made, **results}
    write_text(folder / MODEL, model)
    write_text(folder / RESULTS, json.dumps(plain(document), indent=2) + "\n")
    write_cohort_page(folder / PAGE, page, {**made, "table": table.name})


def plain(thing: Any) -> Any:
    """Carriers, arrays and mappings as JSON knows them."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: plain(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
    if isinstance(thing, Mapping):
        return {str(name): plain(one) for name, one in thing.items()}
    if isinstance(thing, np.ndarray):
        return plain(thing.tolist())
    if isinstance(thing, list | tuple):
        return [plain(one) for one in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


__all__ = ["MODEL", "PAGE", "RESULTS", "plain", "write_files"]
