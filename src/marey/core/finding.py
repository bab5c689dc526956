"""A number, a verdict or a choice with everything needed to trust it or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marey.core.structure import Code
from marey.core.study import Notice


@dataclass(frozen=True)
class ReferenceRange:
    """What is normal, for whom, by which convention, says who.

    Args:
        low, high: limits in the finding's unit.
        population: e.g. "women 45-74 y, UK Biobank, n=804 (both sexes)".
        convention: how the reference was measured, e.g. "papillary muscles in the cavity".
        source: DOI or citation.
    """

    low: float
    high: float
    population: str
    convention: str
    source: str


@dataclass(frozen=True)
class Finding:
    """One measured value, verdict or choice.

    Args:
        key: stable machine name, e.g. "lv_edv".
        label: name for people, e.g. "LV end-diastolic volume".
        value: in `unit`; None when it could not be made (then `message` says why).
        unit: UCUM symbol, "" for a verdict.
        code: its term in SNOMED CT, LOINC or DICOM; None when there is none.
        interval: 95 % interval in `unit`.
        reference: normal range with its convention.
        convention: how it was measured, e.g. "papillary muscles in the cavity".
        method: what computed it, one line.
        evidence: where to look, e.g. {"ed_phase": 0}.
        confidence: 0 to 1.
        passed: for checks: whether all is well; None for plain measurements.
        message: one sentence: what it means or what to do; needed when `value` is None or `passed` is False.
    """

    key: str
    label: str
    value: float | str | None
    unit: str = ""
    code: Code | None = None
    interval: tuple[float, float] | None = None
    reference: ReferenceRange | None = None
    convention: str = ""
    method: str = ""
    evidence: Mapping[str, float | int | str] = field(default_factory=dict)
    confidence: float = 1.0
    passed: bool | None = None
    message: str = ""

    @property
    def outside(self) -> str:
        """Where the value lies against the reference range: "low", "high" or ""."""
        if self.reference is None or not isinstance(self.value, int | float):
            return ""
        return "low" if self.value < self.reference.low else "high" if self.value > self.reference.high else ""


@dataclass(frozen=True, eq=False)
class Report:
    """All that an analysis found, ready to be written in any form.

    Args:
        findings: measurements first, then checks; `Finding.key` is unique.
        curves: name to (times in ms, values in the unit that the name ends with), e.g.
            "LV volume [mL]" -> (times, volumes).
        notices: what the reader and the steps noticed.
        provenance: version, weights, settings, input digest, duration: flat name to text.
    """

    findings: tuple[Finding, ...]
    curves: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)

    def finding(self, key: str) -> Finding:
        """The finding with this key.

        Raises:
            KeyError: there is none.
        """
        for finding in self.findings:
            if finding.key == key:
                return finding
        raise KeyError(key)


__all__ = ["Finding", "ReferenceRange", "Report"]
