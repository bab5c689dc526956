"""A beating phantom with a whole report: what the report tests and a human eye look at."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY, KeyPhases, Level, volume_curve
from marey.core import Code, Facts, Finding, Grid, Image, Labels, Notice, ReferenceRange, Report, Study
from marey.core.units import cm, kg, mL
from marey.report.exam import Exam

HOSTILE = '<img src=x onerror=alert(1)> $math$ #read("/etc/passwd") 王小明 محمد'
STRUCTURES = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY}
_PETERSEN = ReferenceRange(
    51, 71, "healthy women 45-74 y, UK Biobank, n=432",
    "papillary muscles and trabeculae in the cavity; 1.5 T short-axis bSSFP, manual contours; mean ± 1.96 SD",
    "Petersen et al. 2017, doi:10.1186/s12968-017-0327-9",
)  # fmt: skip


def phantom_exam(
    slices: int = 10, phases: int = 20, size: int = 128, name: str = HOSTILE, spacing: tuple[float, float] = (1.4, 1.4)
) -> Exam:
    """A moving annulus with a crescent beside it, in noise, and findings made from it."""
    rng = np.random.default_rng(7)
    times = np.arange(phases) * 860.0 / phases
    squeeze = np.sin(np.pi * np.clip(times / 620, 0, 1)) ** 1.3
    labels = np.stack([_labels(slices, size, float(s), spacing) for s in squeeze])
    grey = np.array([70, 430, 130, 400])[labels] + _thorax(size)
    values = np.clip(grey + rng.normal(0, 16, labels.shape), 0, 4095).astype(np.uint16)
    affine = np.diag([9.0, *spacing, 1.0])
    grid = Grid((slices, size, size), affine, slice_thickness=8.0)
    image = Image(values, grid, times, np.full(slices, 860.0), name="cine", view="short axis")
    marked = Labels(labels, grid, times, STRUCTURES)
    volumes = volume_curve(marked, LV_CAVITY)
    key = KeyPhases(int(volumes.argmax()), int(volumes.argmin()))
    levels = tuple(_level(z, slices) for z in range(slices))
    facts = Facts("<b>42</b>", name, "F", 61.0, 168 * cm, 71 * kg, "2024-03-05", "Phantom One", 1.5)
    return Exam(Study((image,), facts, digest="ab" * 32), image, marked, key, levels, _report(marked, key))


def without(exam: Exam, *prefixes: str) -> Exam:
    """The exam without the findings whose keys begin so."""
    kept = tuple(finding for finding in exam.report.findings if not finding.key.startswith(prefixes))
    return replace(exam, report=replace(exam.report, findings=kept))


def _labels(slices: int, size: int, squeeze: float, spacing: tuple[float, float]) -> NDArray[np.uint8]:
    y, x = np.mgrid[:size, :size]
    y, x = (y - size / 2) * spacing[0], (x - size / 2 - 8) * spacing[1]
    radius, angle = np.hypot(y, x), np.arctan2(y, x)
    stack = np.zeros((slices, size, size), np.uint8)
    for z in range(slices):
        taper = np.sqrt(max(0.0, 1 - (z / max(slices - 0.6, 1)) ** 2.2))
        inner = taper * (24 - 9 * squeeze) * (1 + 0.03 * np.cos(3 * angle))
        outer = inner + (taper > 0) * (8 + 3.4 * squeeze + 1.5 * np.cos(angle - 2.5))
        right = np.hypot((y + 4) / 1.25, x + 30 * taper) < taper * (34 - 8 * squeeze)
        if z < 0.85 * slices:
            stack[z][right & (radius > outer) & (x < 4)] = 3
        stack[z][radius < outer] = 2
        stack[z][radius < inner] = 1
    return stack


def _thorax(size: int) -> NDArray[np.float64]:
    y, x = np.mgrid[:size, :size] / size - 0.5
    wall = 380.0 * ((np.hypot(x, y * 1.2) > 0.46) & (np.hypot(x, y * 1.2) < 0.52))
    liver = 90.0 * (np.hypot(x + 0.2, y - 0.42) < 0.22)
    thorax: NDArray[np.float64] = wall + liver + 25 * np.sin(9 * x) * np.cos(7 * y)
    return thorax


def _level(z: int, slices: int) -> Level:
    return (Level.BASAL, Level.MID, Level.APICAL)[min(2, 3 * z // slices)]


def _report(labels: Labels, key: KeyPhases) -> Report:
    lv, rv = (volume_curve(labels, cavity) / mL for cavity in (LV_CAVITY, RV_CAVITY))
    mass = float(volume_curve(labels, LV_MYOCARDIUM)[key.end_diastole] / mL * 1.05)
    findings = [*_chamber("lv", "LV", lv, key), *_chamber("rv", "RV", rv, key), *_single(mass), *_walls(), *_checks()]
    times = tuple(labels.times.tolist())
    return Report(
        tuple(findings),
        {"LV volume [mL]": (times, tuple(lv.tolist())), "RV volume [mL]": (times, tuple(rv.tolist()))},
        (
            Notice("missing-frame", "slice 3 has 19 of 20 phases <script>alert(2)</script>; one is missing", True),
            Notice("intervals", "the RR interval varies from 830 to 890 ms between slices"),
        ),
        {"version": "0.1.0", "weights": "cine-1 (sha256 0123abcd)", "settings": "Segment({})", "duration": "6.2 s"},
    )  # fmt: skip


def _chamber(side: str, name: str, volumes: NDArray[np.float64], key: KeyPhases) -> list[Finding]:
    edv, esv = float(volumes[key.end_diastole]), float(volumes[key.end_systole])
    convention = "papillary muscles and trabeculae in the cavity"
    made = {
        "edv": (edv, "mL", "end-diastolic volume"), "esv": (esv, "mL", "end-systolic volume"),
        "sv": (edv - esv, "mL", "stroke volume"), "ef": (100 * (edv - esv) / max(edv, 1e-9), "%", "ejection fraction"),
    }  # fmt: skip
    findings = []
    for short, (value, unit, label) in made.items():
        reference = _PETERSEN if f"{side}_{short}" == "lv_ef" else None
        findings.append(
            Finding(
                f"{side}_{short}", f"{name} {label}", value, unit, Code("8821-1", "LN", label),
                (0.94 * value, 1.06 * value), reference, convention, "summation of slices", {"ed_phase": 0},
                0.93 if side == "lv" else 0.42,
            )
        )  # fmt: skip
        if unit == "mL":
            index = Finding(
                f"{side}_{short}_index", f"{name} {label} index", value / 1.82, "mL/m2", convention=convention
            )
            findings.append(index)
    return findings


def _single(mass: float) -> list[Finding]:
    mass_range = replace(_PETERSEN, low=28.0, high=56.0)
    return [
        Finding("lv_mass", "LV mass", mass, "g", None, (0.9 * mass, 1.1 * mass), convention="at ED; 1.05 g/mL"),
        Finding("lv_mass_index", "LV mass index", mass / 1.82, "g/m2", None, (0.49 * mass, 0.6 * mass), mass_range),
        Finding("lv_co", "Cardiac output", 5.23, "L/min", interval=(4.8, 5.7)),
        Finding("lv_co_index", "Cardiac index", 2.87, "L/min/m2"),
        Finding("heart_rate", "Heart rate", 69.8, "/min"),
        Finding("bsa", "Body surface area", 1.82, "m2"),
        Finding("lv_mass_drift", "Change of LV mass over the beat", 6.4, "%"),
        Finding("lv_peak_ejection_rate", "Peak ejection rate", 412.0, "mL/s"),
        Finding("lv_peak_filling_rate", "Peak filling rate", None, message="the curve has too few phases in diastole"),
    ]  # fmt: skip


def _walls() -> list[Finding]:
    normal = replace(_PETERSEN, low=5.7, high=13.8)
    findings = []
    for segment in range(1, 17):
        ed = 8.2 + 1.6 * np.cos(segment) - (3.4 if segment == 10 else 0)
        thickening = 44.0 + 22 * np.sin(segment)
        values = {
            "thickness_ed": (ed, "mm"),
            "thickness_es": (ed * (1 + thickening / 100), "mm"),
            "thickening": (thickening, "%"),
        }
        findings += [
            Finding(
                f"wall_{name}_aha_{segment}", f"{name}, segment {segment}", float(value), unit,
                reference=normal if name == "thickness_ed" else None,
                convention="centre-line, papillary muscles left out", method="mean over the segment",
            )
            for name, (value, unit) in values.items()
        ]  # fmt: skip
    return findings


def _checks() -> list[Finding]:
    unbalanced = "LV and RV stroke volumes differ by 31 %; look at the basal RV contours, or think of a shunt"
    return [
        Finding("mass_constant", "Mass constant over the beat", 6.4, "%", passed=True, message="15 % is expected"),
        Finding("stroke_balance", "LV against RV stroke volume", 31.0, "%", passed=False, message=unbalanced),
        Finding("coverage", "Base and apex covered", "yes", passed=True),
    ]
