"""The page of a model learned from a cohort: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from marey.core.files import write_text
from marey.diagnose.concordance import Measured
from marey.diagnose.effects import Effect
from marey.report.assets import asset, template
from marey.report.wording import number


@dataclass(frozen=True)
class Tile:
    """A number that stands out, with a few words below."""

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first cell names its row."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CohortPage:
    """What the page shows.

    Args:
        title, facts, tiles, notices, tables: texts.
        figures: title to SVG.
        method: how the numbers were made, as sentences.
    """

    title: str
    facts: Mapping[str, str]
    tiles: Sequence[Tile]
    notices: Sequence[str]
    figures: Mapping[str, str]
    tables: Sequence[Table]
    method: Sequence[str]


def write_cohort_page(path: Path, page: CohortPage, made: Mapping[str, str]) -> Path:
    """Write the page, whole or not at all; `made` says by which versions.

    Raises:
        CannotWrite: the file cannot be written.
    """
    text: str = template("cohort.html.j2").render(
        title=page.title,
        facts=list(page.facts.items()),
        tiles=page.tiles,
        notices=page.notices,
        figures=[(name, Markup(figure)) for name, figure in page.figures.items()],  # noqa: S704
        tables=page.tables,
        method=page.method,
        made=list(made.items()),
        style=Markup(asset("style.css")),  # noqa: S704
    )
    return write_text(path, text)


def with_interval(measured: Measured) -> str:
    """A value with its interval: "0.71 (0.67 to 0.77)"."""
    return f"{measured.value:.3f} ({measured.low:.3f} to {measured.high:.3f})"


def in_words(effect: Effect, of: str) -> str:
    """A few words on an effect; `of` is what its ratio compares, such as "hazard"."""
    ratio = effect.ratio
    if ratio.low <= 1 <= ratio.high:
        return f"no clear effect on the {of}"
    return f"{ratio.value:.2f} times the {of}" if ratio.value > 1 else f"{of} lower by {1 - ratio.value:.0%}"


def step_in_words(effect: Effect) -> str:
    """By how much the feature rises."""
    if effect.two_values:
        return f"{number(effect.two_values[1])} instead of {number(effect.two_values[0])}"
    return f"{number(effect.step)} more (1 SD)"


__all__ = ["CohortPage", "Table", "Tile", "in_words", "step_in_words", "with_interval", "write_cohort_page"]
