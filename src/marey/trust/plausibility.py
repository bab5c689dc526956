"""Numbers that cannot be right are said to be so: checks on every run, each a finding.

The limits are Marey's own, wide enough for diseased hearts; none is a limit of health.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from marey.anatomy import LV_CAVITY
from marey.core import Finding
from marey.core.units import mL
from marey.measure import SegmentedCine
from marey.measure.curves import fit_volume, sampled_share
from marey.trust.verdict import verdict

POSSIBLE = {
    "lv_edv": (20.0, 600.0),
    "lv_esv": (3.0, 550.0),
    "lv_ef": (5.0, 85.0),
    "lv_mass": (20.0, 500.0),
    "rv_edv": (20.0, 600.0),
    "rv_esv": (3.0, 550.0),
    "rv_ef": (5.0, 85.0),
    "heart_rate": (30.0, 200.0),
}
"""What a living heart can have, in the unit of the finding (mL, %, g, /min)."""

VOLUMES = ("lv_edv", "lv_esv", "lv_sv", "lv_ef", "lv_co")
RATES = (
    "lv_peak_ejection_rate", "lv_peak_filling_rate", "lv_peak_ejection_rate_edv", "lv_peak_filling_rate_edv",
    "lv_time_to_peak_ejection", "lv_time_to_peak_filling",
)  # fmt: skip
_FEWEST_FOR_CURVE = 10


@dataclass(frozen=True, eq=False)
class Measured:
    """Measurements together with what they were made from."""

    cine: SegmentedCine
    findings: tuple[Finding, ...]

    def value(self, key: str) -> float | None:
        """The number of a finding, None when it was not made."""
        values = [finding.value for finding in self.findings if finding.key == key]
        return float(values[0]) if values and isinstance(values[0], int | float) else None


@dataclass(frozen=True)
class CheckPlausibility:
    """Whether the measurements of one exam can be true and agree with each other.

    Args:
        mass_drift: % of the mass by which it may seem to change over the beat.
        stroke_difference: % of their mean by which the stroke volumes of LV and RV may differ.
        long_axis_difference: points by which the LV's ejection fraction may differ between short and long axes.
        phase_slack: % of the stroke volume by which the key phases may miss the greatest and smallest volume.
        closing: % of the stroke volume by which the volume may jump from the last phase to the first.
        roughness: % of the stroke volume that the volumes may scatter about a smooth curve (root mean square).
        wall: mm, least and greatest possible mean thickness of a segment at end-diastole.
    """

    mass_drift: float = 20.0
    stroke_difference: float = 25.0
    long_axis_difference: float = 12.0
    phase_slack: float = 5.0
    closing: float = 25.0
    roughness: float = 6.0
    wall: tuple[float, float] = (2.0, 35.0)

    def __call__(self, measured: Measured, /) -> tuple[Finding, ...]:
        """One finding per check: passed is True, False, or None when it could not be made.

        `evidence["affects"]` names the measurements that a failed check puts in doubt, separated by blanks.
        """
        return (
            self._mass(measured),
            self._stroke_volumes(measured),
            *self._long_axes(measured),
            self._key_phases(measured),
            _ranges(measured),
            self._wall(measured),
            self._curve(measured),
        )

    def _mass(self, measured: Measured) -> Finding:
        label, affects = "LV mass is constant over the beat", ("lv_mass", *VOLUMES)
        drift = measured.value("lv_mass_drift")
        if drift is None:
            return verdict("mass_constant", label, None, "There is no LV mass to check.", affects)
        advice = f"LV mass seems to change by {drift:.0f} % over the beat; look for wrong contours of the wall."
        return verdict(
            "mass_constant", label, drift <= self.mass_drift, advice, affects, evidence={"lv_mass_drift": drift}
        )

    def _stroke_volumes(self, measured: Measured) -> Finding:
        label, affects = (
            "LV and RV stroke volumes agree",
            ("lv_sv", "lv_ef", "lv_co", "rv_sv", "rv_ef", "rv_edv", "rv_esv"),
        )
        left, right = measured.value("lv_sv"), measured.value("rv_sv")
        if left is None or right is None:
            return verdict("stroke_volumes", label, None, "Both stroke volumes are needed to compare them.", affects)
        difference = 200 * abs(left - right) / (left + right)
        advice = (
            f"The stroke volumes differ ({left:.0f} mL LV, {right:.0f} mL RV): valve regurgitation or a shunt can do "
            "this, otherwise look at the contours of the base."
        )
        passed = difference <= self.stroke_difference
        return verdict("stroke_volumes", label, passed, advice, affects, evidence={"difference_percent": difference})

    def _long_axes(self, measured: Measured) -> tuple[Finding, ...]:
        """Only where long axes were measured."""
        across, along = measured.value("lv_ef"), measured.value("lv_ef_long_axis")
        if across is None or along is None:
            return ()
        advice = (
            f"The ejection fraction is {across:.0f} % on the short axis and {along:.0f} % on the long axes: look at "
            "the contours of both, and at whether the long axes run through the apex."
        )
        passed = abs(across - along) <= self.long_axis_difference
        evidence = {"difference_points": abs(across - along)}
        label = "Short and long axes agree on the ejection fraction"
        return (verdict("long_axes", label, passed, advice, ("lv_ef", "lv_ef_long_axis"), evidence=evidence),)

    def _key_phases(self, measured: Measured) -> Finding:
        label, affects = "End-diastole and end-systole are the largest and smallest volume", VOLUMES
        cine = measured.cine
        volumes, phases = cine.volumes(LV_CAVITY) / mL, cine.phases
        edv, esv = volumes[phases.end_diastole], volumes[phases.end_systole]
        slack = self.phase_slack / 100 * max(float(np.ptp(volumes)), 1e-9)
        passed = bool(
            phases.end_diastole != phases.end_systole and volumes.max() - edv <= slack and esv - volumes.min() <= slack
        )
        advice = "The volume is larger or smaller at other phases than at those chosen; look at the volume curve."
        evidence = {"largest_phase": int(volumes.argmax()), "smallest_phase": int(volumes.argmin())}
        return verdict("key_phases", label, passed, advice, affects, evidence=evidence)

    def _wall(self, measured: Measured) -> Finding:
        label = "Wall thickness is possible"
        found = {
            finding.key: float(finding.value)
            for finding in measured.findings
            if finding.key.startswith("wall_thickness_ed") and isinstance(finding.value, int | float)
        }
        if not found:
            return verdict("wall_thickness", label, None, "There is no wall thickness to check.", ())
        low, high = self.wall
        wrong = {key: value for key, value in found.items() if not low <= value <= high}
        doubtful = [key.replace("thickness_ed", kind) for key in wrong for kind in ("thickness_ed", "thickening")]
        advice = f"A wall thickness lies outside {low:g} to {high:g} mm; look at the contours of the wall."
        return verdict("wall_thickness", label, not wrong, advice, ("lv_mass", *doubtful), evidence=wrong)

    def _curve(self, measured: Measured) -> Finding:
        label, affects = "The volume curve is smooth and closes", RATES
        cine = measured.cine
        if cine.labels.times.size < _FEWEST_FOR_CURVE or not cine.has_clock:
            advice = f"A clock and at least {_FEWEST_FOR_CURVE} phases are needed to check the volume curve."
            return verdict("volume_curve", label, None, advice, affects)
        volumes = cine.volumes(LV_CAVITY)
        stroke = max(float(np.ptp(volumes)), 1e-9)
        rough = 100 * fit_volume(cine).residual / stroke
        jump = 100 * abs(float(volumes[0] - volumes[-1])) / stroke
        whole = sampled_share(cine) > 1 - 1 / cine.labels.times.size - 0.05
        passed = rough <= self.roughness and (not whole or jump <= self.closing)
        advice = "The volume curve is rough or does not close; look for phases with wrong contours or a mistrigger."
        evidence = {"roughness_percent": rough, "jump_percent": jump}
        return verdict("volume_curve", label, passed, advice, affects, evidence=evidence)


def lower_confidence(findings: Iterable[Finding], checks: Iterable[Finding]) -> tuple[Finding, ...]:
    """The measurements, each with half its confidence for every failed check that puts it in doubt, and the reason.

    A check puts `evidence["affects"]` in doubt and with each key its "_index".
    """
    doubts = [(check, str(check.evidence.get("affects", "")).split()) for check in checks if check.passed is False]
    return tuple(_doubt(finding, doubts) for finding in findings)


def _doubt(finding: Finding, doubts: list[tuple[Finding, list[str]]]) -> Finding:
    reasons = [check.message for check, keys in doubts if finding.key.removesuffix("_index") in keys]
    if not reasons or finding.value is None:
        return finding
    message = " ".join(part for part in (finding.message, *reasons) if part)
    return replace(finding, confidence=finding.confidence * 0.5 ** len(reasons), message=message)


def _ranges(measured: Measured) -> Finding:
    label = "Volumes, mass and heart rate are possible"
    found = {key: measured.value(key) for key in POSSIBLE}
    known = {key: value for key, value in found.items() if value is not None}
    if not known:
        return verdict("ranges", label, None, "There is nothing to check.", ())
    wrong = {key: value for key, value in known.items() if not POSSIBLE[key][0] <= value <= POSSIBLE[key][1]}
    names = ", ".join(finding.label for finding in measured.findings if finding.key in wrong)
    advice = f"Not possible in a living heart: {names}. Look at the contours and the voxel spacing."
    return verdict("ranges", label, not wrong, advice, tuple(wrong), evidence=wrong)


__all__ = ["POSSIBLE", "CheckPlausibility", "Measured", "lower_confidence"]
