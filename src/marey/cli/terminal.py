"""What is shown at the terminal: clean text, progress on stderr, tables on stdout."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PATIENCE = 1.0  # s before a progress bar appears


def clean(text: object) -> str:
    """Text from a file, made harmless for a terminal: control, escape and direction-changing characters become "?"."""
    return "".join(letter if letter.isprintable() else " " if letter in "\n\t" else "?" for letter in str(text))


def cell(text: object, style: str = "") -> "Text":
    """A table cell of clean text in which no markup is interpreted."""
    from rich.text import Text

    return Text(clean(text), style=style)


def console() -> "Console":
    """Standard output; colour only on a terminal and without NO_COLOR, wide enough for whole rows in a pipe."""
    from rich.console import Console

    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 120)


def table(*columns: str, title: str = "") -> "Table":
    """An empty table in the house style."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        made.add_column(name, overflow="fold")
    return made


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[float, str], None]]:
    """A function (fraction done, what is being done) that moves a bar on stderr.

    The bar appears after a second, only on a terminal, and is gone when the work is done.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _fraction, _text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, began, started = bar.add_task("", total=1.0), time.monotonic(), False

    def move(fraction: float, text: str) -> None:
        nonlocal started
        if not started and time.monotonic() - began > PATIENCE:
            bar.start()
            started = True
        bar.update(task, completed=fraction, description=clean(text))

    try:
        yield move
    finally:
        if started:
            bar.stop()


__all__ = ["cell", "clean", "console", "progress", "table"]
