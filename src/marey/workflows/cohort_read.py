"""A cohort's table as spreadsheets write it: any line ends, commas, semicolons or tabs, points or decimal commas."""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, UnreadableFile
from marey.diagnose import CohortTable

Array = NDArray[np.float64]
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?", "."})
COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class TextTable:
    """The cells of a file, by column, in the order of the file; decimal commas already made points."""

    columns: dict[str, tuple[str, ...]]
    notices: tuple[str, ...]

    def text(self, name: str) -> tuple[str, ...]:
        """The cells of a column.

        Raises:
            InvalidInput: no such column.
        """
        if name not in self.columns:
            raise InvalidInput(
                f"The table has no column '{name}'.", f"It has {', '.join(self.columns)}.", "Correct the name."
            )
        return self.columns[name]

    def numbers(self, name: str) -> Array:
        """A column as numbers, ``(patient,)``; missing ones are NaN.

        Raises:
            InvalidInput: no such column, or cells that are no numbers.
        """
        cells = self.text(name)
        found, wrong = np.array([_number(cell) for cell in cells]), [cell for cell in cells if not _is_number(cell)]
        if wrong:
            raise InvalidInput(
                f"The column '{name}' holds {len(wrong)} cells that are no numbers, such as '{wrong[0]}'.",
                "Numbers or empty cells are needed.",
                f"Correct them, write classes as 0 and 1, or leave the column out with --exclude '{name}'.",
            )
        return found

    def features(self, without: Sequence[str]) -> CohortTable:
        """All columns but those named, as numbers.

        Raises:
            InvalidInput: a name that does not exist, cells that are no numbers, no column left.
        """
        for name in without:
            self.text(name)
        names = tuple(name for name in self.columns if name not in without)
        if not names:
            raise InvalidInput("No column is left as a feature.", "At least one is needed.", "Exclude fewer columns.")
        return CohortTable(names, np.column_stack([self.numbers(name) for name in names]), self.notices)


def read_table(path: Path) -> TextTable:
    """Read a CSV file with a line of names.

    Raises:
        UnreadableFile: no file, no text, no rows, or rows of different lengths.
        InvalidInput: names that are missing or occur twice.
    """
    lines = [line for line in _text(path).splitlines() if line.strip(' ,;\t"')]
    if len(lines) < 2:
        raise _unreadable(path, "holds no rows below a line of names")
    separator = max(";\t,", key=lines[0].count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    names = rows[0]
    uneven = [number for number, row in enumerate(rows[1:], 2) if len(row) != len(names)]
    if uneven:
        raise _unreadable(path, f"has {len(names)} names but {len(rows[uneven[0] - 1])} cells in line {uneven[0]}")
    _check_names(names)
    columns = {name: tuple(row[index] for row in rows[1:]) for index, name in enumerate(names)}
    return _with_points(columns) if separator != "," else TextTable(columns, ())


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, f"cannot be opened ({error.strerror or error})") from error
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\0" in text:
        raise _unreadable(path, "is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        raise InvalidInput(
            f"The name {', '.join(f'{name!r}' for name in twice) or 'of a column'} occurs twice or is missing.",
            "Every column needs a name of its own in the first line.",
            "Correct the first line.",
        )


def _with_points(columns: dict[str, tuple[str, ...]]) -> TextTable:
    """Decimal commas as points, where commas can be nothing else: no cell of a column of numbers has a point as well.

    Raises:
        InvalidInput: numbers with commas and numbers with points in one file.
    """
    cells = [cell for column in columns.values() for cell in column]
    commas = any(COMMA_NUMBER.fullmatch(cell) for cell in cells)
    if not commas:
        return TextTable(columns, ())
    points = [cell for cell in cells if "." in cell and _is_number(cell) and cell.lower() not in MISSING]
    if points:
        raise InvalidInput(
            f"Some numbers have a decimal comma and some a point, such as '{points[0]}'.",
            "One way of writing numbers is needed.",
            "Write all numbers with points.",
        )
    changed = {
        name: tuple(cell.replace(",", ".") if COMMA_NUMBER.fullmatch(cell) else cell for cell in column)
        for name, column in columns.items()
    }
    return TextTable(changed, ("Commas in numbers were read as decimal points.",))


def _number(cell: str) -> float:
    try:
        return float("nan") if cell.lower() in MISSING else float(cell)
    except ValueError:
        return float("nan")


def _is_number(cell: str) -> bool:
    return cell.lower() in MISSING or ("_" not in cell and not math.isnan(_number(cell)))


def _unreadable(path: Path, why: str) -> UnreadableFile:
    return UnreadableFile(
        f"'{path}' {why}.", "A table as CSV, with one row per patient, is needed.", "Check or export it again."
    )


__all__ = ["TextTable", "read_table"]
