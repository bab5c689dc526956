"""What a section of the page is, and the look of its figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

OURS, SECOND, THIRD, FOURTH, OTHER, BAND = "#1f5fa8", "#c8553d", "#2f8f6b", "#8a5fb0", "#6b7280", "#dfe6ee"
STYLE: dict[Any, Any] = {
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
    "grid.color": "#e8ebef",
    "axes.edgecolor": "#6b7280", "axes.titlesize": 10, "axes.titlelocation": "left", "legend.frameon": False,
    "lines.markersize": 5, "svg.hashsalt": "marey",
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Args:
        name: of its figure's file.
        title: heading.
        text: Markdown between heading and figure.
        figure: what is drawn.
        caption: what the figure shows, also for those who cannot see it.
        after: Markdown behind the figure, usually a table.
    """

    name: str
    title: str
    text: str
    figure: Figure
    caption: str
    after: str = ""


def charts(columns: int, rows: int = 1, height: float = 3.1, width: float = 9.0) -> tuple[Figure, list[Axes]]:
    """An empty figure and its charts, row by row."""
    figure = Figure(figsize=(width, height * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    return figure, list(grid.ravel())


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def log_axis(chart: Axes, values: Sequence[float], name: str = "spacing, mm") -> None:
    """A logarithmic horizontal axis with marks at these values only."""
    chart.set_xscale("log")
    chart.set_xticks(list(values), [f"{value:g}" for value in values])
    chart.xaxis.set_minor_locator(NullLocator())
    chart.set_xlabel(name)


def slope(chart: Axes, spacings: Sequence[float], end: float, order: float) -> None:
    """A dashed line of this order through `end` at the largest spacing."""
    values = [end * (spacing / max(spacings)) ** order for spacing in spacings]
    chart.plot(spacings, values, "--", color=OTHER, lw=1, label=f"order {order:g}")
