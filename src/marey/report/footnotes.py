"""How numbers were measured and what they are compared with, each said once."""

import re
from collections.abc import Iterable, Sequence

from marey.core import Finding
from marey.report.content import Value
from marey.report.wording import sentence

_ENDS = re.compile(r"(?<=[.!?])\s+")


def conventions(values: Iterable[Value]) -> list[str]:
    """One sentence for each convention, naming the numbers it holds for."""
    return _named((value.finding, value.finding.convention) for value in values if value.finding and value.measured)


def references(values: Iterable[Value]) -> list[str]:
    """One sentence for each reference population, naming the numbers that are compared with it."""
    return _named(
        (value.finding, "; ".join(part for part in (r.population, r.convention, r.source) if part))
        for value in values
        if value.finding and value.measured and (r := value.finding.reference) is not None
    )


def numbered(values: Sequence[Value]) -> tuple[dict[str, str], list[str]]:
    """Every clause of conventions, methods and messages once.

    Returns:
        By finding key the numbers of its clauses, "1, 4"; and the clauses in the order of their numbers. What was not
        measured keeps its message for itself.
    """
    numbers: dict[str, int] = {}
    marks = {}
    for value in values:
        if value.finding is not None:
            own = [numbers.setdefault(clause, len(numbers) + 1) for clause in _clauses(value)]
            marks[value.key] = ", ".join(map(str, sorted(own)))
    return marks, [sentence(clause) for clause in numbers]


def _clauses(value: Value) -> list[str]:
    finding = value.finding
    if finding is None:
        return []
    parts = [part.strip() for text in (finding.convention, finding.method) for part in text.split(";")]
    warned = _ENDS.split(finding.message.strip()) if value.measured else []
    return list(dict.fromkeys(part for part in (*parts, *warned) if part))


def _named(pairs: Iterable[tuple[Finding, str]]) -> list[str]:
    labels: dict[str, list[str]] = {}
    for finding, text in pairs:
        if text:
            labels.setdefault(text, []).append(finding.label)
    return [sentence(f"{_listed(names)}: {text}") for text, names in labels.items()]


def _listed(names: Sequence[str]) -> str:
    """Names with their common first words said once: "LV end-diastolic volume, end-systolic volume"."""
    first = names[0].partition(" ")[0]
    if all(name.startswith(f"{first} ") for name in names):
        return ", ".join([names[0], *(name.removeprefix(f"{first} ") for name in names[1:])])
    return ", ".join(names)


__all__ = ["conventions", "numbered", "references"]
