"""The report as one HTML file that needs nothing else: no network, no fonts, no other file."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from marey.core.files import write_text
from marey.report import content, footnotes, walls
from marey.report.assets import asset, template
from marey.report.bullseye import bulls_eye
from marey.report.charts import SCREEN, Moment, Theme, range_bar, volume_curves
from marey.report.exam import Exam
from marey.report.loop import loop_data
from marey.report.pairs import Pair, legend, pairs
from marey.report.pictures import Pictures, contour_path, css, cut_out, data_uri, frame_jpeg

DISCLAIMER = "Not a medical device. For research use only; not for diagnosis or treatment."


@dataclass(frozen=True)
class Chart:
    """A drawing and its caption."""

    title: str
    svg: str


@dataclass(frozen=True)
class Still:
    """One slice at one phase with its contours, as a page shows it."""

    title: str
    detail: str
    phase: str
    jpeg: str
    width: int
    height: int
    scale: tuple[float, float]
    paths: tuple[tuple[str, str], ...]


def write_html(path: Path, exam: Exam, pictures: Pictures | None = None) -> Path:
    """Write the report page; whole or not at all.

    Args:
        path: the file, ".html".
        exam: what was analysed.
        pictures: the cut-out heart when it was made already (the PDF needs the same).

    Raises:
        CannotWrite: the file cannot be written.
    """
    return write_text(path, html(exam, pictures or cut_out(exam.image, exam.labels)))


def html(exam: Exam, pictures: Pictures) -> str:
    """The page as text."""
    script, shown = asset("loop.js"), pairs(exam, pictures)
    page: str = template("report.html.j2").render(
        **written(exam),
        disclaimer=DISCLAIMER,
        charts=[_marked(chart) for chart in curve_charts(exam, SCREEN, cursor=True)],
        walls=[_marked(chart) for chart in wall_charts(exam, SCREEN)],
        bar=lambda value: Markup(bar(value, SCREEN)),  # noqa: S704
        stills=[stills(pair) for pair in shown],
        legend=legend(shown),
        player=loop_data(pictures) | _timing(exam),
        style=Markup(asset("style.css")),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
    )
    return page


def written(exam: Exam) -> dict[str, Any]:
    """Everything the page and the PDF both say in words."""
    report = exam.report
    groups = content.first_page(report)
    absolute = [row.absolute for _, rows in groups for row in rows]
    indexed = [row.indexed for _, rows in groups for row in rows]
    measurements = content.measurements(report)
    marks, notes = footnotes.numbered(measurements)
    made = content.checks(report)
    return {
        "patient": content.patient(exam), "stack": content.stack(exam), "care": content.care(report),
        "checks": made, "passed": sum(check.finding is not None and check.finding.passed is True for check in made),
        "headlines": content.headlines(report), "groups": groups, "area": content.describe_value(report, "bsa"),
        "conventions": footnotes.conventions(absolute), "references": footnotes.references([*absolute, *indexed]),
        "classification": content.classification(report),
        "beat": content.beat(report), "key_times": content.key_times(exam),
        "phases": (exam.phases.end_diastole + 1, exam.phases.end_systole + 1),
        "slices": content.slice_rows(exam), "segments": walls.segments(report),
        "wall_columns": [name for _, name, _ in walls.WALL], "wall_note": walls.wall_note(report),
        "measurements": measurements, "marks": marks, "method_notes": notes, "notices": report.notices,
        "provenance": list(report.provenance.items()), "digest": exam.study.digest,
    }  # fmt: skip


def curve_charts(exam: Exam, theme: Theme, *, cursor: bool = False) -> list[Chart]:
    """One chart per unit of the report's curves; none when there are too few phases."""
    ed, es = content.key_times(exam)
    moments = (Moment(ed, "ED"), Moment(es, "ES"))
    grouped = content.curves_by_unit(exam.report)
    sizes = [(620, 300), *[(620, 170)] * len(grouped)]  # the volumes are the main ones
    return [
        Chart(
            f"{', '.join(curves)} [{unit}]",
            volume_curves(curves, unit, theme, moments=moments, cursor=cursor, size=size),
        )
        for (unit, curves), size in zip(grouped.items(), sizes, strict=False)
    ]


def wall_charts(exam: Exam, theme: Theme) -> list[Chart]:
    """A bull's-eye for each family of wall findings that has values."""
    charts = []
    for family, name, scale in walls.WALL:
        values, flags = walls.wall_values(exam.report, family)
        if values:
            title = f"{name} [{scale.unit}]"
            charts.append(Chart(title, bulls_eye(values, title, scale, theme, flags)))
    return charts


def bar(value: content.Value, theme: Theme) -> str:
    """The range bar of a value; "" when it has no reference or is not a number."""
    finding = value.finding
    if finding is None or finding.reference is None or not isinstance(finding.value, int | float):
        return ""
    return range_bar(
        finding.value, finding.reference.low, finding.reference.high, interval=finding.interval, theme=theme
    )


def stills(pair: Pair) -> tuple[Still, Still]:
    """A slice at end-diastole and end-systole."""
    return _still(pair, "end-diastole", pair.phases[0]), _still(pair, "end-systole", pair.phases[1])


def _still(pair: Pair, name: str, phase: int) -> Still:
    pictures, level = pair.pictures, pair.level
    jpeg, (width, height) = frame_jpeg(pictures, phase, level)
    rows, columns = pictures.grey.shape[2:]
    drawn = ((css(o.structure), contour_path(pictures, o, phase, level)) for o in pictures.outlines)
    return Still(
        pair.title, pair.detail, name, data_uri(jpeg), width, height, (width / columns, height / rows),
        tuple((colour, path) for colour, path in drawn if path),
    )  # fmt: skip


def _timing(exam: Exam) -> dict[str, object]:
    """When each frame is shown, and the curves that are read out beside it."""
    times = exam.image.times
    step = float(times[-1] - times[0]) / max(times.size - 1, 1) or 1000.0
    beat = exam.image.rr_interval
    period = beat if beat > times[-1] else float(times[-1]) + step
    curves = content.curves_by_unit(exam.report)
    volumes = {name: _numbers(values) for name, (_, values) in curves.get("mL", {}).items()}
    return {
        "times": _numbers(times), "period": round(period, 2), "levels": [str(level) for level in exam.levels],
        "ed": exam.phases.end_diastole, "es": exam.phases.end_systole,
        "volumes": {name: values for name, values in volumes.items() if len(values) == times.size},
    }  # fmt: skip


def _numbers(values: Sequence[float] | Any) -> list[float | None]:
    return [round(float(value), 2) if value == value else None for value in values]  # noqa: PLR0124


def _marked(chart: Chart) -> Chart:
    return Chart(chart.title, Markup(chart.svg))  # noqa: S704


__all__ = [
    "DISCLAIMER",
    "Chart",
    "Still",
    "bar",
    "curve_charts",
    "html",
    "stills",
    "wall_charts",
    "write_html",
    "written",
]
