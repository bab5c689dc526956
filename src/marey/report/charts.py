"""Charts as SVG text, for the page (colours follow its light or dark theme) and for the PDF (plain colours)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from marey.report.wording import number

Curve = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Theme:
    """Colours and font of a chart."""

    ink: str = "#1a2028"
    muted: str = "#5c6672"
    line: str = "#d5dae0"
    band: str = "#cfe3d9"
    flag: str = "#9a3412"
    first: str = "#c62f3d"
    second: str = "#1f6fd0"
    font: str = "Noto Sans"


PAPER = Theme()
SCREEN = Theme(
    "var(--ink)", "var(--muted)", "var(--line)", "var(--band)", "var(--flag)", "var(--lv)", "var(--rv)", "inherit"
)


@dataclass(frozen=True)
class Moment:
    """A vertical mark on a time axis."""

    time: float
    name: str


def text(
    at: tuple[float, float], words: str, colour: str, *, size: float = 12, anchor: str = "start", style: str = ""
) -> str:
    """An SVG text element; `words` are escaped."""
    x, y = at
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{colour};font-size:{size}px;{style}">'
        f"{escape(words)}</text>"
    )


def drawing(size: tuple[float, float], title: str, font: str, parts: Sequence[str]) -> str:
    """A whole SVG with an accessible title; `size` is (width, height)."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" '
        f'aria-label="{escape(title)}" style="font-family:{font}">{"".join(parts)}</svg>'
    )


def volume_curves(
    curves: Mapping[str, Curve],
    unit: str,
    theme: Theme = PAPER,
    *,
    moments: Sequence[Moment] = (),
    cursor: bool = False,
    size: tuple[float, float] = (620, 300),
) -> str:
    """Curves over the beat, each told apart by dash and marker as well as by colour, and named at its end.

    Args:
        curves: short name to (times in ms, values in `unit`); values that are not finite leave a gap.
        unit: of the values, as shown.
        theme: colours and font.
        moments: e.g. end-diastole and end-systole.
        cursor: whether to add a line of class "cursor" that a script moves; its data-attributes say how.
        size: of the drawing, pixels.
    """
    known = [
        (t, v) for times, values in curves.values() for t, v in zip(times, values, strict=True) if math.isfinite(v)
    ]
    values = [v for _, v in known]
    ticks = axis_ticks(min([0.0, *values]), max(values, default=1.0), 5 if size[1] > 200 else 3)
    axes = _Axes(size, max((t for t, _ in known), default=1.0) or 1.0, ticks[0], ticks[-1])
    parts = [*_grid(axes, ticks, unit, theme), *(_mark(axes, moment, theme) for moment in moments)]
    if cursor:
        parts.append(
            f'<path class="cursor" data-left="{axes.left}" data-right="{axes.right}" data-end="{axes.end:.3f}" '
            f'd="M{axes.left} {axes.top}V{axes.bottom}" '
            f'style="stroke:{theme.ink};stroke-width:1.5;visibility:hidden"/>'
        )
    lines = [
        (name, [axes.place(t, v) for t, v in zip(times, values, strict=True) if math.isfinite(v)])
        for name, (times, values) in curves.items()
    ]
    heights = spread([points[-1][1] for _, points in lines if points], 15)
    for index, (name, points) in enumerate((name, points) for name, points in lines if points):
        parts.append(_curve(points, index, theme))
        at = (points[-1][0] + 9, heights[index] + 4)
        parts.append(text(at, name, _colours(theme)[min(index, 2)], size=13, style="font-weight:600"))
    title = f"{', '.join(curves)} over the beat in {unit}"
    return drawing(size, title, theme.font, parts)


@dataclass(frozen=True)
class _Axes:
    """Where times from 0 to `end` and values from `lowest` to `highest` are drawn."""

    size: tuple[float, float]
    end: float
    lowest: float
    highest: float
    left: float = 44.0
    top: float = 26.0

    @property
    def right(self) -> float:
        return self.size[0] - 74.0

    @property
    def bottom(self) -> float:
        return self.size[1] - 40.0

    def place(self, t: float, v: float) -> tuple[float, float]:
        return (
            self.left + (self.right - self.left) * t / self.end,
            self.bottom - (self.bottom - self.top) * (v - self.lowest) / (self.highest - self.lowest),
        )


def _grid(axes: _Axes, ticks: Sequence[float], unit: str, theme: Theme) -> list[str]:
    """Lines and numbers of the values, numbers of the times, what both are."""
    left, right, bottom = axes.left, axes.right, axes.bottom
    parts = []
    for tick in ticks:
        y = axes.place(0, tick)[1]
        parts.append(f'<path d="M{left} {y:.1f}H{right}" style="stroke:{theme.line};stroke-width:1;fill:none"/>')
        parts.append(text((left - 8, y + 4), number(tick, "mL"), theme.muted, anchor="end"))
    parts.extend(
        text((axes.place(tick, 0)[0], bottom + 18), number(tick, "ms"), theme.muted, anchor="middle")
        for tick in axis_ticks(0, axes.end, 6)
        if tick <= axes.end
    )
    parts.append(text((left - 8, 12), unit, theme.muted, anchor="end"))
    parts.append(text((right, bottom + 34), "ms after the R wave", theme.muted, anchor="end"))
    return parts


def _mark(axes: _Axes, moment: Moment, theme: Theme) -> str:
    x = axes.place(moment.time, 0)[0]
    line = f"stroke:{theme.muted};stroke-width:1;stroke-dasharray:2 3"
    anchor = "start" if x < axes.left + 12 else "middle"
    return f'<path d="M{x:.1f} {axes.top}V{axes.bottom}" style="{line}"/>' + text(
        (x, axes.top - 8), moment.name, theme.muted, anchor=anchor
    )


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """The heights moved apart to at least `gap`, in their order, about their middle."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    moved: list[float] = []
    for i in order:
        moved.append(max(heights[i], moved[-1] + gap) if moved else heights[i])
    shift = (sum(heights) - sum(moved)) / max(len(moved), 1)
    placed = dict(zip(order, moved, strict=True))
    return [placed[i] + shift for i in range(len(heights))]


def _colours(theme: Theme) -> tuple[str, str, str]:
    return theme.first, theme.second, theme.ink


def _curve(points: Sequence[tuple[float, float]], index: int, theme: Theme) -> str:
    colour = _colours(theme)[min(index, 2)]
    dash = ("", "stroke-dasharray:7 4;", "stroke-dasharray:2 3;")[min(index, 2)]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' if index == 0
        else f'<rect x="{x - 2.3:.1f}" y="{y - 2.3:.1f}" width="4.6" height="4.6"/>'
        for x, y in points
    )  # fmt: skip
    return (
        f'<path d="{path}" style="fill:none;stroke:{colour};stroke-width:2.2;stroke-linejoin:round;{dash}"/>'
        f'<g style="fill:{colour}">{marks}</g>'
    )


def axis_ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers from at most `low` to at least `high`, steps of 1, 2 or 5 times a power of ten."""
    rough = max(high - low, 1e-9) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return [float(step * i) for i in np.arange(first, max(last, first + 1) + 1)]


def range_bar(
    value: float,
    low: float,
    high: float,
    *,
    interval: tuple[float, float] | None = None,
    theme: Theme = PAPER,
    size: tuple[float, float] = (150, 18),
) -> str:
    """A value on its reference range: a disc inside, a triangle pointing down (low) or up (high) outside.

    Values far away are drawn at the edge of the bar; the number beside it says how far.
    """
    width, height = size
    middle, half = height / 2, (high - low) or 1.0
    start, stop = low - 0.8 * half, high + 0.8 * half

    def place(quantity: float) -> float:
        return 5 + (width - 10) * min(max((quantity - start) / (stop - start), 0), 1)

    verdict = "low" if value < low else "high" if value > high else "within the reference range"
    colour = theme.ink if low <= value <= high else theme.flag
    track = f'<rect x="1" y="{middle - 1}" width="{width - 2}" height="2" rx="1" style="fill:{theme.line}"/>'
    zone = f'x="{place(low):.1f}" y="{middle - 4}" width="{place(high) - place(low):.1f}" height="8" rx="2"'
    parts = [track, f'<rect {zone} style="fill:{theme.band}"/>']
    if interval is not None:
        a, b = (place(limit) for limit in interval)
        parts.append(
            f'<path d="M{a:.1f} {middle}H{b:.1f}M{a:.1f} {middle - 3}v6M{b:.1f} {middle - 3}v6" '
            f'style="stroke:{colour};stroke-width:1.3;fill:none"/>'
        )
    parts.append(_marker(place(value), middle, verdict, colour))
    return drawing((width, height), f"{number(value)}: {verdict}", theme.font, parts)


def _marker(x: float, y: float, verdict: str, colour: str) -> str:
    if verdict == "low":
        return f'<path d="M{x - 5:.1f} {y - 4.5}h10l-5 9.5z" style="fill:{colour}"/>'
    if verdict == "high":
        return f'<path d="M{x - 5:.1f} {y + 4.5}h10l-5 -9.5z" style="fill:{colour}"/>'
    return f'<circle cx="{x:.1f}" cy="{y}" r="4" style="fill:{colour}"/>'


__all__ = [
    "PAPER",
    "SCREEN",
    "Curve",
    "Moment",
    "Theme",
    "axis_ticks",
    "drawing",
    "range_bar",
    "spread",
    "text",
    "volume_curves",
]
