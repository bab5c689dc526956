"""Name, unit and code of every measurement, so that each is written once.

Codes are those of the DICOM content mapping resource (PS3.16), from LOINC (LN), SNOMED CT (SCT) or DICOM (DCM).
"""

from dataclasses import dataclass, replace

from marey.core import Code, Facts, Finding
from marey.core.units import g, litre, m2, minute, mL, mm, ms, percent, s
from marey.measure.references import reference_range


@dataclass(frozen=True)
class Term:
    """What a measurement is called.

    Args:
        label: for people.
        unit: UCUM symbol.
        scale: the unit in the coherent system of `marey.core.units`.
        code: None when no dictionary has it.
    """

    label: str
    unit: str
    scale: float
    code: Code | None = None


def _loinc(value: str, meaning: str) -> Code:
    return Code(value, "LN", meaning)


def _snomed(value: str, meaning: str) -> Code:
    return Code(value, "SCT", meaning)


def _dicom(value: str, meaning: str) -> Code:
    return Code(value, "DCM", meaning)


TERMS = {
    "lv_edv": Term("LV end-diastolic volume", "mL", mL, _loinc("8821-1", "Left Ventricular ED Volume")),
    "lv_esv": Term("LV end-systolic volume", "mL", mL, _loinc("8823-7", "Left Ventricular ES Volume")),
    "lv_sv": Term("LV stroke volume", "mL", mL, _snomed("90096001", "Stroke Volume")),
    "lv_ef": Term("LV ejection fraction", "%", percent, _loinc("8811-2", "Left ventricular ejection fraction by MR")),
    "lv_co": Term("LV cardiac output", "L/min", litre / minute, _snomed("82799009", "Cardiac Output")),
    "lv_mass": Term("LV mass", "g", g, _loinc("18087-7", "Left Ventricle Mass")),
    "rv_edv": Term("RV end-diastolic volume", "mL", mL, _loinc("8822-9", "Right Ventricular ED Volume")),
    "rv_esv": Term("RV end-systolic volume", "mL", mL, _loinc("8824-5", "Right Ventricular ES Volume")),
    "rv_sv": Term("RV stroke volume", "mL", mL, _snomed("429483009", "RV Stroke Volume")),
    "rv_ef": Term("RV ejection fraction", "%", percent, _loinc("8818-7", "Right ventricular ejection fraction by MR")),
    "heart_rate": Term("Heart rate", "/min", 1 / minute, _loinc("8867-4", "Heart rate")),
    "bsa": Term("Body surface area", "m2", m2, _loinc("8277-6", "BSA")),
    "lv_mass_drift": Term("LV mass drift over the beat", "%", percent),
    "lv_edv_index": Term("LV end-diastolic volume index", "mL/m2", mL / m2),
    "lv_esv_index": Term("LV end-systolic volume index", "mL/m2", mL / m2),
    "lv_sv_index": Term("LV stroke volume index", "mL/m2", mL / m2, _snomed("277381004", "Stroke Index")),
    "lv_co_index": Term("Cardiac index", "L/min/m2", litre / minute / m2, _snomed("54993008", "Cardiac Index")),
    "lv_mass_index": Term("LV mass index", "g/m2", g / m2),
    "rv_edv_index": Term("RV end-diastolic volume index", "mL/m2", mL / m2),
    "rv_esv_index": Term("RV end-systolic volume index", "mL/m2", mL / m2),
    "rv_sv_index": Term("RV stroke volume index", "mL/m2", mL / m2, _snomed("429619008", "RV Stroke Index")),
    "lv_peak_ejection_rate": Term("LV peak ejection rate", "mL/s", mL / s, _dicom("122616", "Peak Ejection Rate")),
    "lv_peak_filling_rate": Term("LV peak filling rate", "mL/s", mL / s, _dicom("122618", "Peak Filling Rate")),
    "lv_peak_ejection_rate_edv": Term("LV peak ejection rate, in EDV", "/s", 1 / s),
    "lv_peak_filling_rate_edv": Term("LV peak filling rate, in EDV", "/s", 1 / s),
    "lv_time_to_peak_ejection": Term("Time from end-diastole to peak ejection", "ms", ms),
    "lv_time_to_peak_filling": Term("Time from end-systole to peak filling", "ms", ms),
    "lv_edv_long_axis": Term("LV end-diastolic volume, long axes", "mL", mL),
    "lv_esv_long_axis": Term("LV end-systolic volume, long axes", "mL", mL),
    "lv_ef_long_axis": Term("LV ejection fraction, long axes", "%", percent),
    "la_volume_max": Term("LA maximal volume, long axes", "mL", mL),
    "lv_gcs": Term("LV global circumferential strain, mid-wall", "%", percent),
    "lv_gcs_endo": Term("LV global circumferential strain, endocardial", "%", percent),
    "lv_gcs_epi": Term("LV global circumferential strain, epicardial", "%", percent),
    "lv_grs": Term("LV global radial strain", "%", percent),
    "lv_time_to_peak_gcs": Term("Time from end-diastole to peak circumferential strain", "ms", ms),
    "lv_gcs_rate_systolic": Term("LV peak systolic circumferential strain rate", "/s", 1 / s),
    "lv_gcs_rate_diastolic": Term("LV peak diastolic circumferential strain rate", "/s", 1 / s),
    "lv_strain_dispersion": Term("Spread of the segments' time to peak circumferential strain", "ms", ms),
    "lv_edv_mesh": Term("LV end-diastolic volume, mesh", "mL", mL),
    "lv_esv_mesh": Term("LV end-systolic volume, mesh", "mL", mL),
    "lv_ef_mesh": Term("LV ejection fraction, mesh", "%", percent),
    "lv_mass_mesh": Term("LV mass, mesh", "g", g),
    "rv_edv_mesh": Term("RV end-diastolic volume, mesh", "mL", mL),
    "rv_esv_mesh": Term("RV end-systolic volume, mesh", "mL", mL),
    "rv_ef_mesh": Term("RV ejection fraction, mesh", "%", percent),
    "wall_thickness_ed_max_mesh": Term("Greatest LV wall thickness, mesh", "mm", mm),
    "lv_sphericity_index": Term("LV sphericity index", "1", 1.0),
    "lv_length_ed": Term("LV length at end-diastole", "mm", mm),
    "lv_length_shortening": Term("LV shortening along its axis", "%", percent),
    "septal_curvature_ratio_ed": Term("Septal curvature over free-wall curvature, end-diastole", "1", 1.0),
    "septal_curvature_ratio_es": Term("Septal curvature over free-wall curvature, end-systole", "1", 1.0),
    "slice_shift_max": Term("Largest slice shift", "mm", mm),
    "lv_eccentricity_ed": Term("LV eccentricity index at end-diastole", "1", 1.0),
    "lv_eccentricity_es": Term("LV eccentricity index at end-systole", "1", 1.0),
    "rv_lv_area_ratio": Term("RV over LV area, mid-ventricular", "1", 1.0),
    "rv_fractional_area_change": Term("RV fractional area change, mid-ventricular", "%", percent),
    "lv_fractional_area_change": Term("LV fractional area change, mid-ventricular", "%", percent),
    "wall_thickness_ed_max": Term("Greatest LV wall thickness", "mm", mm, _dicom("122445", "Wall Thickness")),
}  # fmt: skip


def measured(
    key: str, quantity: float, interval: tuple[float, float] | None = None, facts: Facts | None = None
) -> Finding:
    """A finding from a quantity and interval in coherent units, with its reference range where there is one."""
    term = TERMS[key]
    scaled = None if interval is None else (interval[0] / term.scale, interval[1] / term.scale)
    finding = missing(key, "")
    reference = reference_range(key, facts) if facts else None
    return replace(finding, value=quantity / term.scale, interval=scaled, reference=reference, confidence=1.0)


def missing(key: str, message: str) -> Finding:
    """A finding that could not be made, and why."""
    term = TERMS[key]
    return Finding(key, term.label, None, term.unit, term.code, confidence=0.0, message=message)


__all__ = ["TERMS", "Term", "measured", "missing"]
