"""What the report says, as plain words and numbers, before it becomes a page or a PDF."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY, slice_areas
from marey.core import Facts, Finding, Report
from marey.core.units import cm, kg
from marey.diagnose.five_classes import KEY as CLASS_KEY
from marey.diagnose.five_classes import NAMES
from marey.report.exam import Exam
from marey.report.wording import (
    NOT_MEASURED,
    confidence_word,
    number,
    person,
    sentence,
    shown_unit,
    shown_value,
    span,
)  # fmt: skip

GROUPS = (
    ("Left ventricle", ("lv_edv", "lv_esv", "lv_sv", "lv_ef", "lv_co", "lv_mass")),
    ("Right ventricle", ("rv_edv", "rv_esv", "rv_sv", "rv_ef", "rv_co")),
)
_HEADLINES = (
    {"lv_ef": "LV ejection fraction"}, {"lv_edv_index": "LV EDV index", "lv_edv": "LV EDV"},
    {"lv_mass_index": "LV mass index", "lv_mass": "LV mass"}, {"rv_ef": "RV ejection fraction"},
)  # fmt: skip
_BEAT = (
    "heart_rate", "lv_co", "lv_peak_ejection_rate", "lv_time_to_peak_ejection", "lv_peak_filling_rate",
    "lv_time_to_peak_filling", "lv_mass_drift", "lv_gcs", "lv_gcs_endo", "lv_grs",
)  # fmt: skip
WALL_KEY = re.compile(r"(wall_\w+)_aha_(\d+)$")
_LABELS = {
    "lv_edv": "End-diastolic volume", "lv_esv": "End-systolic volume", "lv_sv": "Stroke volume",
    "lv_ef": "Ejection fraction", "lv_co": "Cardiac output", "lv_mass": "Myocardial mass",
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A finding in words.

    Args:
        key, label, value, unit: as shown; `value` is "not measured" when there is none.
        measured: whether there is a value.
        verdict: "low", "high" or "".
        interval, reference: spans without unit, "" when there is none.
        finding: the finding itself; None when the report has none of this key.
    """

    key: str
    label: str
    value: str = NOT_MEASURED
    unit: str = ""
    measured: bool = False
    verdict: str = ""
    interval: str = ""
    reference: str = ""
    confidence: str = ""
    message: str = ""
    finding: Finding | None = None


@dataclass(frozen=True)
class Row:
    """One line of the first page: a value and the same by body surface area."""

    absolute: Value
    indexed: Value

    @property
    def compared(self) -> Value:
        """Whichever of the two has a reference range, the absolute value first."""
        return self.indexed if not self.absolute.reference and self.indexed.reference else self.absolute


@dataclass(frozen=True)
class Care:
    """Why a reader should be careful."""

    title: str
    text: str


@dataclass(frozen=True)
class Classification:
    """Which disease the heart is most like.

    Args:
        answer: the class, "cannot say" or "not measured".
        reason: what decided, or why there is no answer.
        shares: name and percentage of every class, largest first.
    """

    answer: str
    reason: str
    shares: list[tuple[str, float]]


@dataclass(frozen=True)
class SliceRow:
    """Areas of one slice in cm^2, as text: cavity, myocardium and RV at ED, then at ES."""

    number: int
    level: str
    position: str
    areas: tuple[str, ...]


def describe_value(report: Report, key: str, label: str = "") -> Value:
    """The finding with this key in words; "not measured" when there is none."""
    finding = next((finding for finding in report.findings if finding.key == key), None)
    if finding is None:
        return Value(key, label or key)
    return in_words(finding, label)


def in_words(finding: Finding, label: str = "") -> Value:
    """A finding in words."""
    reference, interval = finding.reference, finding.interval
    return Value(
        key=finding.key,
        label=label or finding.label,
        value=shown_value(finding),
        unit=shown_unit(finding.unit) if finding.value is not None else "",
        measured=finding.value is not None,
        verdict=finding.outside,
        interval=span(*interval, finding.unit) if interval and finding.value is not None else "",
        reference=span(reference.low, reference.high, finding.unit) if reference else "",
        confidence=confidence_word(finding.confidence) if finding.value is not None else "",
        message=sentence(finding.message),
        finding=finding,
    )


def first_page(report: Report) -> list[tuple[str, list[Row]]]:
    """LV and RV rows; a right-ventricular output that nobody measured is left out."""
    present = {finding.key for finding in report.findings}
    groups = []
    for title, keys in GROUPS:
        shown = [key for key in keys if key in present or key != "rv_co"]
        rows = [
            Row(describe_value(report, key, _short(key)), describe_value(report, f"{key}_index", _short(key)))
            for key in shown
        ]
        groups.append((title, rows))
    return groups


def headlines(report: Report) -> list[Value]:
    """The four numbers that are read first; the indexed one where it was made."""
    shown = []
    for labels in _HEADLINES:
        values = [describe_value(report, key, label) for key, label in labels.items()]
        shown.append(next((value for value in values if value.measured), values[-1]))
    return shown


def beat(report: Report) -> list[Value]:
    """Heart rate, output and the rates of the volume curve, as far as they are there."""
    values = [describe_value(report, key) for key in _BEAT]
    return [value for value in values if value.finding is not None]


def care(report: Report) -> list[Care]:
    """Failed checks, then serious notices, then key numbers of low confidence or not made."""
    failed = [Care(f.label, sentence(f.message)) for f in report.findings if f.passed is False]
    serious = [Care("", sentence(notice.text)) for notice in report.notices if notice.serious]
    doubtful = [
        f.label for f in report.findings
        if f.key in {key for _, keys in GROUPS for key in keys} and f.value is not None and f.confidence < 0.5
    ]  # fmt: skip
    low = [Care("Low confidence", f"{', '.join(doubtful)}.")] if doubtful else []
    return failed + serious + low


def classification(report: Report) -> Classification | None:
    """The most likely class and the percentage of each, largest first; None when nothing was classified."""
    finding = next((finding for finding in report.findings if finding.key == CLASS_KEY), None)
    if finding is None:
        return None
    known = ((NAMES[name], float(share)) for name, share in finding.evidence.items() if name in NAMES)
    shares = sorted(known, key=lambda pair: -pair[1])
    return Classification(str(finding.value or NOT_MEASURED), sentence(finding.message), shares)


def checks(report: Report) -> list[Value]:
    """All checks in words, failed ones first."""
    made = [finding for finding in report.findings if finding.passed is not None]
    return [in_words(finding) for finding in sorted(made, key=lambda finding: finding.passed is True)]


def measurements(report: Report) -> list[Value]:
    """Everything that is neither a check, nor a value of a wall segment, nor the classification."""
    shown = (f for f in report.findings if f.passed is None and f.key != CLASS_KEY)
    return [in_words(f) for f in shown if not WALL_KEY.match(f.key)]


def patient(exam: Exam) -> list[tuple[str, str]]:
    """What is known of patient and exam, as (name, text) pairs; unknown things are left out."""
    facts, report = exam.study.facts, exam.report
    pairs = [
        ("Patient", person(facts.patient_name)), ("ID", facts.patient_id),
        ("Sex", {"M": "male", "F": "female"}.get(facts.sex, "")),
        ("Age", f"{facts.age:.0f} y" if facts.age is not None else ""),
        ("Body", _body(facts)),
        ("Exam", facts.study_date), ("Scanner", _scanner(facts)),
    ]  # fmt: skip
    area, rate = describe_value(report, "bsa"), describe_value(report, "heart_rate")
    if area.finding is not None and isinstance(area.finding.value, int | float):
        pairs.insert(5, ("Body surface", f"{area.value} {area.unit}"))
    if rate.measured:
        pairs.append(("Heart rate", f"{rate.value} {rate.unit}"))
    return [(name, text) for name, text in pairs if text]


def stack(exam: Exam) -> str:
    """One line on the cine that was read."""
    grid = exam.image.grid
    rows, columns = grid.shape[1:]
    return (
        f"{grid.shape[0]} slices × {exam.image.phases} phases, {columns} × {rows} pixels of "
        f"{grid.spacing[2]:.2f} × {grid.spacing[1]:.2f} mm, slice step {grid.spacing[0]:.1f} mm"
    )


def slice_rows(exam: Exam) -> list[SliceRow]:
    """Areas of every slice at end-diastole and end-systole."""
    structures = (LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY)
    areas = np.stack([slice_areas(exam.labels, structure) / cm**2 for structure in structures])  # (structure, t, z)
    phases = [exam.phases.end_diastole, exam.phases.end_systole]
    chosen = areas[:, phases].transpose(2, 1, 0).reshape(areas.shape[2], -1)
    return [
        SliceRow(z + 1, str(level), f"{position:.1f}", tuple(number(a, "cm2") if a else "–" for a in chosen[z]))
        for z, (level, position) in enumerate(zip(exam.levels, exam.image.grid.slice_positions, strict=True))
    ]


def key_times(exam: Exam) -> tuple[float, float]:
    """Milliseconds of end-diastole and end-systole after the R wave."""
    return float(exam.image.times[exam.phases.end_diastole]), float(exam.image.times[exam.phases.end_systole])


def curves_by_unit(report: Report) -> Mapping[str, dict[str, tuple[Sequence[float], Sequence[float]]]]:
    """The curves grouped by the unit in their names, "LV volume [mL]"; those with at least three times."""
    grouped: dict[str, dict[str, tuple[Sequence[float], Sequence[float]]]] = {}
    for name, (times, values) in report.curves.items():
        match = re.fullmatch(r"(.*?)\s*\[(.*)\]", name)
        label, unit = (match[1], match[2]) if match else (name, "")
        if len(times) > 2:
            grouped.setdefault(unit, {})[label.removesuffix(" volume")] = times, values
    return grouped


def _short(key: str) -> str:
    return _LABELS.get(f"lv{key[2:]}", key)


def _body(facts: Facts) -> str:
    height = f"{facts.height / cm:.0f} cm" if facts.height is not None else ""
    weight = f"{facts.weight / kg:.0f} kg" if facts.weight is not None else ""
    return ", ".join(part for part in (height, weight) if part)


def _scanner(facts: Facts) -> str:
    strength = f"{facts.field_strength:.3g} T" if facts.field_strength is not None else ""
    return ", ".join(part for part in (facts.scanner, strength) if part)


def once(texts: Iterable[str]) -> list[str]:
    """Each different text as a sentence, in order; empty ones left out."""
    return [sentence(text) for text in dict.fromkeys(texts) if text]


__all__ = [
    "GROUPS", "WALL_KEY", "Care", "Classification", "Row", "SliceRow", "Value", "beat", "care", "checks",
    "classification", "curves_by_unit",
    "describe_value", "first_page", "headlines", "in_words", "key_times", "measurements", "once",
    "patient", "slice_rows", "stack",
]  # fmt: skip
