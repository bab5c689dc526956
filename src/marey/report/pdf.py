"""The report as an A4 PDF, set by typst.

Words reach typst as data (`sys.inputs`), never as markup; it reads files only below a private temporary folder that
holds the template and the drawings.
"""

import json
import tempfile
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from marey.core.files import write_with
from marey.report.assets import asset
from marey.report.charts import PAPER
from marey.report.content import Value
from marey.report.exam import Exam
from marey.report.glyphs import printable
from marey.report.page import DISCLAIMER, bar, curve_charts, wall_charts, written
from marey.report.pairs import Pair, legend, pairs
from marey.report.pictures import Pictures, cut_out, frame_jpeg, overlay_svg


def write_pdf(path: Path, exam: Exam, pictures: Pictures | None = None) -> Path:
    """Write the report as PDF; whole or not at all. The same exam gives the same bytes.

    Args:
        path: the file, ".pdf".
        exam: what was analysed.
        pictures: the cut-out heart when it was made already (the page needs the same).

    Raises:
        CannotWrite: the file cannot be written.
    """
    document = pdf(exam, pictures or cut_out(exam.image, exam.labels))
    return write_with(path, lambda temporary: temporary.write_bytes(document))


def pdf(exam: Exam, pictures: Pictures) -> bytes:
    """The PDF as bytes."""
    import typst

    with tempfile.TemporaryDirectory() as folder, as_file(files("marey.report") / "fonts") as fonts:
        root = Path(folder)
        data = _data(exam, pictures, root)
        template = root / "report.typ"
        template.write_text(asset("report.typ"), "utf-8")
        document = typst.compile(
            template, root=root, font_paths=[fonts], ignore_system_fonts=True, format="pdf", timestamp=0,
            sys_inputs={"data": json.dumps(printable(data), allow_nan=False)},
        )  # fmt: skip
    if not isinstance(document, bytes):
        raise TypeError(f"typst gave {type(document).__name__} instead of one PDF")
    return document


def _data(exam: Exam, pictures: Pictures, root: Path) -> dict[str, Any]:
    """What the template shows; the drawings are written below `root` under names of our own."""
    words, shown = written(exam), pairs(exam, pictures)
    groups = [
        (title, [_row(row.absolute, row.indexed, row.compared, root) for row in rows])
        for title, rows in words["groups"]
    ]
    drawn = {
        "curves": [_saved(root, f"curve-{i}", chart.svg) for i, chart in enumerate(curve_charts(exam, PAPER))],
        "walls": [
            {"file": _saved(root, f"wall-{i}", chart.svg), "title": chart.title}
            for i, chart in enumerate(wall_charts(exam, PAPER))
        ],
        "stills": [_pair(pair, number, root) for number, pair in enumerate(shown)],
        "legend": [{"name": name, "colour": colour} for name, colour in legend(shown)],
    }
    lists = {key: [_value(value) for value in words[key]] for key in ("headlines", "beat", "checks")}
    measured = [_value(value) | {"marks": words["marks"].get(value.key) or "–"} for value in words["measurements"]]
    area = words["area"].finding
    plain = {
        key: words[key]
        for key in (
            "patient",
            "stack",
            "passed",
            "conventions",
            "references",
            "method_notes",
            "wall_columns",
            "wall_note",
            "provenance",
            "digest",
        )
    }
    return {
        **plain, **lists, **drawn, "measurements": measured, "area": area.method if area and area.value else "",
        "groups": groups, "disclaimer": DISCLAIMER,
        "classification": asdict(words["classification"]) if words["classification"] else None,
        "care": [[item.title, item.text] for item in words["care"]],
        "phases": list(words["phases"]), "key_times": [f"{time:.0f}" for time in words["key_times"]],
        "slices": [[row.number, row.level, row.position, *row.areas] for row in words["slices"]],
        "segments": [[f"{s.number} {s.name}", [_value(value) for value in s.values]] for s in words["segments"]],
        "running": ", ".join(text for name, text in words["patient"] if name in ("Patient", "ID", "Exam")),
        "notices": [[notice.serious, notice.text] for notice in words["notices"]],
    }  # fmt: skip


def _row(absolute: Value, indexed: Value, compared: Value, root: Path) -> dict[str, Any]:
    drawing = bar(compared, PAPER)
    return {
        "absolute": _value(absolute), "indexed": _value(indexed), "compared": _value(compared),
        "bar": _saved(root, f"bar-{absolute.key}", drawing) if drawing else "",
    }  # fmt: skip


def _value(value: Value) -> dict[str, Any]:
    finding = value.finding
    code = finding.code if finding else None
    return {
        "key": value.key, "label": value.label, "value": value.value, "unit": value.unit, "measured": value.measured,
        "verdict": value.verdict, "interval": value.interval, "reference": value.reference,
        "confidence": value.confidence, "message": value.message,
        "how": value.message or (finding.method if finding else ""),
        "code": f"{code.scheme} {code.value}" if code else "", "passed": finding.passed if finding else None,
    }  # fmt: skip


def _pair(pair: Pair, number: int, root: Path) -> dict[str, Any]:
    drawn = {}
    for name, phase in zip(("ed", "es"), pair.phases, strict=True):
        jpeg, _ = frame_jpeg(pair.pictures, phase, pair.level)
        (root / f"{name}-{number}.jpg").write_bytes(jpeg)
        drawn[name] = {
            "picture": f"{name}-{number}.jpg",
            "contours": _saved(root, f"{name}-{number}", overlay_svg(pair.pictures, phase, pair.level)),
        }
    return {"title": pair.title, "detail": pair.detail, **drawn}


def _saved(root: Path, name: str, svg: str) -> str:
    (root / f"{name}.svg").write_text(svg, encoding="utf-8")
    return f"{name}.svg"


__all__ = ["pdf", "write_pdf"]
