"""How numbers, units and verdicts are put into words, the same on the page, in the PDF and in charts."""

import math

from marey.core import Finding

NOT_MEASURED = "not measured"
_DECIMALS = {
    "mL": 0, "%": 0, "g": 0, "mm": 1, "mL/m2": 0, "g/m2": 0, "mL/s": 0, "L/min": 1, "/min": 0, "ms": 0, "m2": 2,
}  # fmt: skip
_BARE = ("", "1")
_SHOWN_UNITS = {
    "1": "", "/min": "per min", "{beats}/min": "per min", "mL/m2": "mL/m²", "g/m2": "g/m²", "m2": "m²", "cm2": "cm²",
    "L/min/m2": "L/min/m²", "L/(min.m2)": "L/min/m²",
}  # fmt: skip


def decimals(unit: str) -> int:
    """Digits after the point that a reader can use: volumes, fractions and mass 0; thickness and output 1."""
    return _DECIMALS.get(unit, 1)


def number(value: float, unit: str = "") -> str:
    """A rounded number with a true minus sign; an en dash when it is not finite. Three digits when it has no unit."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:.{decimals(unit)}f}"
    if unit in _BARE:
        text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    if text.startswith("-"):
        text = f"−{text[1:]}" if float(text) else text[1:]
    return text


def span(low: float, high: float, unit: str = "") -> str:
    """Two limits as "88–161", or "−4 to 7" where a dash could be read as a minus."""
    joint = " to " if low < 0 or high < 0 else "–"
    return f"{number(low, unit)}{joint}{number(high, unit)}"


def shown_unit(unit: str) -> str:
    """The unit as people write it, e.g. "mL/m²" for the UCUM "mL/m2"."""
    return _SHOWN_UNITS.get(unit, unit)


def shown_value(finding: Finding) -> str:
    """The value without its unit; words stay words, and what was not measured says so."""
    if finding.value is None:
        return NOT_MEASURED
    return finding.value if isinstance(finding.value, str) else number(finding.value, finding.unit)


def confidence_word(confidence: float) -> str:
    """Three words for a confidence of 0 to 1."""
    return "high" if confidence >= 0.8 else "moderate" if confidence >= 0.5 else "low"


def person(name: str) -> str:
    """A DICOM person name as people write it: "Doe^Jane" is "Doe, Jane"; other scripts follow after a slash."""
    groups = []
    for group in name.split("="):
        family, *given = (part.strip() for part in group.split("^"))
        groups.append(", ".join(part for part in (family, " ".join(part for part in given if part)) if part))
    return " / ".join(group for group in groups if group)


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


__all__ = [
    "NOT_MEASURED", "confidence_word", "decimals", "number", "person", "sentence", "shown_unit", "shown_value", "span",
]  # fmt: skip
