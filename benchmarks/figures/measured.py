"""Rows that take minutes: measured once, kept in benchmarks/measured, read by the figures."""

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "measured"
Row = dict[str, float | str]


def niederer() -> Iterator[Row]:
    """The slab of Niederer et al. 2011 at three spacings."""
    from niederer import at_points, slab

    for spacing in (0.5, 0.2, 0.1):
        began = time.process_time()
        found = at_points(slab(spacing, 0.01))
        points = {name: round(value, 3) for name, value in found.items()}
        yield {"spacing": spacing, "step": 0.01, **points, "cpu_s": round(time.process_time() - began)}


def land2015() -> Iterator[Row]:
    """The three problems of Land et al. 2015, refined."""
    from elasticity import FINE, MESHES, ours

    ours(3, (1, 4, 4))
    for problem, meshes in MESHES.items():
        for cells in (*meshes, *FINE[problem]):
            began = time.process_time()
            unknowns, z, _ = ours(problem, cells)
            inside, *outside = z.split(" / ")
            yield {
                "problem": problem, "cells": "x".join(map(str, cells)), "unknowns": unknowns, "inside": inside,
                "outside": outside[0] if outside else "", "cpu_s": round(time.process_time() - began, 1),
            }  # fmt: skip


def networks(folder: Path) -> Iterator[Row]:
    """Every case of svZeroDSolver that comes with a reference result."""
    from network import compare

    for path in sorted(folder.glob("*.json")):
        if (folder / "results" / f"result_{path.name}").exists():
            worst, seconds, change = compare(path)
            yield {
                "case": path.stem, "error": f"{worst:.1e}", "change_of_last_beat": f"{change:.1e}",
                "s": f"{seconds:.3f}",
            }  # fmt: skip


def measure(name: str, data: Path) -> None:
    """Run and write benchmarks/measured/NAME.csv."""
    runs: dict[str, Callable[[], Iterator[Row]]] = {
        "niederer": niederer,
        "land2015": land2015,
        "networks": lambda: networks(data / "circulation_0d"),
    }
    rows = list(runs[name]())
    with (FOLDER / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def measured(name: str) -> list[dict[str, str]]:
    """The rows of benchmarks/measured/NAME.csv."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
