"""The table of a virtual cohort: one row per heart, one column per parameter and biomarker, and what each one is."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from marey.anatomy.body_surface import METHOD
from marey.core import Beat, Parameter
from marey.core.files import write_with
from marey.core.units import factor
from marey.simulate.beat import UNITS
from marey.simulate.heart import Heart
from marey.simulate.prior import GROUPS, SEXES, Person
from marey.simulate.scar import Scar

TABLE, DICTIONARY, FAILURES = "population.csv", "dictionary.csv", "failures.csv"
SCAR = "scars.1."
BLOCKS = "conduction_system.blocks"
SURFACE = "body_surface_area"

Row = dict[str, str | float]


@dataclass(frozen=True)
class Column:
    """One column of the table, as the dictionary describes it."""

    name: str
    unit: str
    low: str
    high: str
    source: str


def columns() -> tuple[Column, ...]:
    """All columns in their order: person, parameters, biomarkers."""
    text = [
        Column("number", "", "1", "", "of the heart; with the seed it makes the heart again"),
        Column("group", "", "", "", f"one of {', '.join(GROUPS)}"),
        Column("sex", "", "", "", f"one of {', '.join(SEXES)}"),
    ]
    known = [*Person("F").table(), *Heart().table()]
    surface = Column(SURFACE, "m2", "", "", METHOD)
    blocks = Column(BLOCKS, "", "", "", "what does not conduct, joined by '; '; empty: nothing")
    scar = [_column(parameter) for parameter in Scar().table(SCAR)]
    results = [Column(name, unit, "", "", "result of the simulated beat") for name, unit in UNITS.items()]
    return (*text, *(_column(parameter) for parameter in known), surface, blocks, *scar, *results)


def _column(known: Parameter) -> Column:
    scale = factor(known.unit)
    return Column(known.path, known.unit, f"{known.low / scale:.6g}", f"{known.high / scale:.6g}", known.source)


def row(number: int, person: Person, heart: Heart, beat: Beat) -> Row:
    """One heart's row, in the units of `columns`."""
    known = [*person.table(), *heart.table(), *(p for scar in heart.scars[:1] for p in scar.table(SCAR))]
    return {
        "number": number,
        "group": person.group,
        "sex": person.sex,
        **{parameter.path: parameter.value / factor(parameter.unit) for parameter in known},
        SURFACE: person.surface / factor("m2"),
        BLOCKS: "; ".join(sorted(block.value for block in heart.conduction_system.blocks)),
        **{name: value / factor(UNITS[name]) for name, value in beat.biomarkers.items() if math.isfinite(value)},
    }


def write_tables(folder: Path, hearts: Sequence[Path]) -> tuple[int, int]:
    """Write population.csv, dictionary.csv and failures.csv, reading one heart at a time.

    Args:
        folder: gets the tables.
        hearts: files of the hearts in their order, JSON: {"row": {...}} or {"row": {...}, "failure": sentence}.

    Returns:
        How many hearts beat, and how many failed.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    described = columns()
    names = [column.name for column in described]
    start = ["number", "group", "sex", "failure"]
    beating = _write(folder / TABLE, names, (record["row"] for record in _read(hearts) if "failure" not in record))
    failed = (record["row"] | {"failure": record["failure"]} for record in _read(hearts) if "failure" in record)
    failing = _write(folder / FAILURES, start, failed)
    _write(folder / DICTIONARY, [field.name for field in fields(Column)], (asdict(column) for column in described))
    return beating, failing


def _read(hearts: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for path in hearts:
        yield json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> int:
    count = 0

    def fill(temporary: Path) -> None:
        nonlocal count
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            table = csv.DictWriter(stream, names)
            table.writeheader()
            for one in rows:
                table.writerow(one)
                count += 1

    write_with(path, fill)
    return count


__all__ = ["DICTIONARY", "FAILURES", "TABLE", "Column", "Row", "columns", "row", "write_tables"]
