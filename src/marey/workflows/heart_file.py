"""A heart read back from the folder that `marey simulate heart` wrote."""

import csv
import json
from pathlib import Path

from marey.core import InvalidInput, UnreadableFile
from marey.core.units import factor
from marey.simulate.heart import Heart
from marey.simulate.presets import preset

PARAMETERS, BIOMARKERS = "parameters.csv", "biomarkers.json"


def read_heart(folder: Path) -> Heart:
    """The heart whose beat a folder holds: its preset, with the numbers of its table of parameters.

    Raises:
        UnreadableFile: the folder holds no beat, or its files were changed.
        InvalidInput: a parameter that does not exist, or a value outside its range.
    """
    try:
        name = json.loads((folder / BIOMARKERS).read_text(encoding="utf-8"))["made"]["preset"]
        with (folder / PARAMETERS).open(encoding="utf-8", newline="") as file:
            rows = [(row["parameter"], float(row["value"]), row["unit"]) for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise UnreadableFile(
            f"'{folder}' holds no simulated heart ({type(error).__name__}).",
            f"A folder with {PARAMETERS} and {BIOMARKERS} is needed.",
            "Make one with marey simulate heart -o DIR.",
        ) from error
    if not isinstance(name, str):
        raise InvalidInput(f"The preset in '{folder}' is {name!r}.", "A name is needed.", f"Correct {BIOMARKERS}.")
    heart = preset(name)
    usual = {known.path: known.value / factor(known.unit) for known in heart.table()}
    changed = {
        path: value * factor(unit) for path, value, unit in rows if value != float(f"{usual.get(path, value + 1):.7g}")
    }
    return heart.but(changed)


__all__ = ["read_heart"]
