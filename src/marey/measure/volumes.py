"""Volumes, ejection fraction, output and mass of the ventricles."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.core import Facts, Finding, NotAnalysable, Structure
from marey.core.units import MYOCARDIAL_DENSITY, mL
from marey.measure.body import BODY_SURFACE_AREA_METHOD, body_surface_area
from marey.measure.cine import SegmentedCine
from marey.measure.terms import TERMS, measured, missing
from marey.measure.uncertainty import (
    READER_EDV,
    READER_EF,
    READER_ESV,
    READER_MASS,
    agreement,
    contour_spread,
    interval,
)

_CAVITY = "papillary muscles and trabeculae in the cavity"
_PHASES = "end-diastole and end-systole are the largest and the smallest LV cavity, not fixed frames"
LV_CONVENTION = f"{_CAVITY}; {_PHASES}"
RV_CONVENTION = "trabeculae in the cavity; at the LV's end-diastole and end-systole"
MASS_CONVENTION = f"{_CAVITY}, not in the mass; at end-diastole; 1.05 g/mL"
METHOD = (
    "summation of slices, each for the tissue half-way to its neighbours; see marey.measure.uncertainty for intervals"
)
STILL = 0.01  # of the end-diastolic volume: below this nothing moved


@dataclass(frozen=True)
class MeasureVolumes:
    """Volumes, EF, output and mass from a segmented short-axis cine.

    Args:
        least_slices: fewest slices with LV cavity at end-diastole that a volume is made from.
    """

    least_slices: int = 3

    def __call__(self, cine: SegmentedCine, /) -> tuple[Finding, ...]:
        """Findings lv_edv, lv_esv, lv_sv, lv_ef, lv_mass, lv_mass_drift, rv_edv ... rv_ef, heart_rate, lv_co, bsa, and
        the same with "_index" per m^2 of body surface when height and weight are known.

        Raises:
            NotAnalysable: one phase, too few slices, no left ventricle, or nothing that moves.
        """
        check_analysable(cine, self.least_slices)
        findings = [*_chamber(cine, "lv", LV_CAVITY), *_mass(cine), *_chamber(cine, "rv", RV_CAVITY)]
        findings += _output(cine, findings)
        findings += _indexed(findings, cine.facts)
        phases = {"ed_phase": cine.phases.end_diastole, "es_phase": cine.phases.end_systole}
        return tuple(replace(finding, evidence={**phases, **finding.evidence}) for finding in findings)


def check_analysable(cine: SegmentedCine, least_slices: int) -> None:
    """Raise `NotAnalysable` when no volume can be right."""
    volumes = cine.volumes(LV_CAVITY)
    slices = int(np.count_nonzero(cine.areas[LV_CAVITY][cine.phases.end_diastole])) if LV_CAVITY in cine.areas else 0
    edv, esv = volumes[cine.phases.end_diastole], volumes[cine.phases.end_systole]
    if volumes.size < 2:
        raise NotAnalysable(
            "The exam has one phase only.",
            "End-diastole and end-systole are needed for volumes and ejection fraction.",
            "Give the whole cine, or both phases.",
        )
    if slices == 0 or esv == 0:
        raise NotAnalysable(
            f"No left ventricle was found at {'end-diastole' if slices == 0 else 'end-systole'}.",
            "A short-axis stack through the left ventricle is needed.",
            "Check that the series is a short-axis cine of the heart.",
        )
    if slices < least_slices:
        raise NotAnalysable(
            f"The left ventricle was found in {slices} slice{'s' * (slices > 1)} only.",
            f"At least {least_slices} short-axis slices through it are needed for a volume.",
            "Give the whole short-axis stack.",
        )
    if edv - esv < STILL * edv:
        raise NotAnalysable(
            f"The left ventricle does not empty: {edv / mL:.0f} mL at end-diastole, {esv / mL:.0f} mL at end-systole.",
            "A beating heart with end-diastole and end-systole in different phases is needed.",
            "Check that the phases are of one beat and not copies of one image.",
        )


def mass_curve(cine: SegmentedCine) -> NDArray[np.float64]:
    """LV mass at each phase, mg, ``(t,)``."""
    mass: NDArray[np.float64] = cine.volumes(LV_MYOCARDIUM) * MYOCARDIAL_DENSITY
    return mass


def _chamber(cine: SegmentedCine, side: str, cavity: Structure) -> list[Finding]:
    """EDV, ESV, SV and EF of one ventricle."""
    ed, es = cine.phases.end_diastole, cine.phases.end_systole
    volumes = cine.volumes(cavity)
    edv, esv = float(volumes[ed]), float(volumes[es])
    keys = [f"{side}_{name}" for name in ("edv", "esv", "sv", "ef")]
    if not 0 < esv < edv:
        return [missing(key, _why_no_chamber(side, edv, esv)) for key in keys]
    spread_ed, spread_es = contour_spread(cine.labels, cavity, ed), contour_spread(cine.labels, cavity, es)
    ef = 1 - esv / edv
    sd_edv, sd_esv = float(np.hypot(spread_ed, READER_EDV)), float(np.hypot(spread_es, READER_ESV))
    sd_ef = float(np.hypot(esv / edv * np.hypot(spread_ed / edv, spread_es / esv), READER_EF))
    sd_sv = float(np.hypot(ef * sd_edv, edv * sd_ef))  # SV = EF * EDV, their errors taken as independent
    findings = [
        measured(key, value, interval(value, sd, 0.0, most), cine.facts)
        for key, value, sd, most in zip(
            keys, (edv, esv, edv - esv, ef), (sd_edv, sd_esv, sd_sv, sd_ef), (np.inf, np.inf, np.inf, 1.0), strict=True
        )
    ]
    confidence = min(agreement(cine.labels, cavity, ed), agreement(cine.labels, cavity, es))
    convention = LV_CONVENTION if side == "lv" else RV_CONVENTION
    return [replace(found, convention=convention, method=METHOD, confidence=confidence) for found in findings]


def _why_no_chamber(side: str, edv: float, esv: float) -> str:
    name = {"lv": "left", "rv": "right"}[side]
    if edv <= 0 or esv <= 0:
        return f"The {name} ventricle was not found at both end-diastole and end-systole; look at the contours."
    return f"The {name} ventricle does not empty between end-diastole and end-systole; look at the contours."


def _mass(cine: SegmentedCine) -> list[Finding]:
    """Mass at end-diastole and how much it seems to change over the beat."""
    masses, ed = mass_curve(cine), cine.phases.end_diastole
    mass = float(masses[ed])
    if mass == 0:
        message = "No LV myocardium was found at end-diastole; look at the contours."
        return [missing("lv_mass", message), missing("lv_mass_drift", message)]
    sd = float(np.hypot(contour_spread(cine.labels, LV_MYOCARDIUM, ed) * MYOCARDIAL_DENSITY, READER_MASS))
    found = measured("lv_mass", mass, interval(mass, sd), cine.facts)
    confidence = agreement(cine.labels, LV_MYOCARDIUM, ed)
    drift = replace(
        measured("lv_mass_drift", float(np.ptp(masses)) / mass),
        convention="greatest minus smallest mass over all phases, of the mass at end-diastole",
        method=f"{METHOD}; the myocardium hardly changes its volume, so this is an error of the contours",
    )
    return [replace(found, convention=MASS_CONVENTION, method=METHOD, confidence=confidence), drift]


def _output(cine: SegmentedCine, findings: list[Finding]) -> list[Finding]:
    """Heart rate and cardiac output."""
    if not (np.isfinite(cine.rr_interval) and cine.rr_interval > 0):
        message = "The RR interval is not in the file, so heart rate and cardiac output are not known."
        return [missing("heart_rate", message), missing("lv_co", message)]
    rate = 1 / cine.rr_interval
    heart_rate = replace(measured("heart_rate", rate), method="from the median RR interval of the slices")
    stroke = next(found for found in findings if found.key == "lv_sv")
    if not isinstance(stroke.value, float):
        return [heart_rate, missing("lv_co", stroke.message)]
    scale = TERMS["lv_sv"].scale * rate
    bounds = None if stroke.interval is None else (stroke.interval[0] * scale, stroke.interval[1] * scale)
    output = measured("lv_co", stroke.value * scale, bounds)
    convention = f"{LV_CONVENTION}; LV stroke volume times heart rate, forward and regurgitant flow together"
    return [heart_rate, replace(output, convention=convention, method=METHOD, confidence=stroke.confidence)]


def _indexed(findings: list[Finding], facts: Facts) -> list[Finding]:
    """Body surface area and everything that is divided by it."""
    area = body_surface_area(facts)
    if area is None:
        why = "not in the file" if facts.height is None or facts.weight is None else "not plausible"
        return [missing("bsa", f"Height or weight is {why}, so nothing was indexed to body surface area.")]
    bsa = replace(measured("bsa", area), method=BODY_SURFACE_AREA_METHOD)
    return [bsa, *(_per_area(found, area, facts) for found in findings if f"{found.key}_index" in TERMS)]


def _per_area(finding: Finding, area: float, facts: Facts) -> Finding:
    key = f"{finding.key}_index"
    if not isinstance(finding.value, float):
        return missing(key, finding.message)
    scale = TERMS[finding.key].scale / area
    bounds = None if finding.interval is None else (finding.interval[0] * scale, finding.interval[1] * scale)
    return replace(
        measured(key, finding.value * scale, bounds, facts),
        convention=f"{finding.convention}; per m2 of body surface ({BODY_SURFACE_AREA_METHOD})",
        method=finding.method,
        confidence=finding.confidence,
    )


__all__ = ["LV_CONVENTION", "MASS_CONVENTION", "RV_CONVENTION", "MeasureVolumes", "check_analysable", "mass_curve"]
