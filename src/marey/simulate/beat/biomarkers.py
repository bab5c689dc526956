"""What a clinician would read from a simulated beat, in coherent units."""

from dataclasses import asdict

import numpy as np

from marey.anatomy.ventricles import mass
from marey.core.units import factor
from marey.simulate.beat.body import LEFT_PATCHES, Body
from marey.simulate.beat.electrics import Activation
from marey.simulate.circulation.loop import Haemodynamics, Loop, haemodynamics
from marey.simulate.ecg.measure import BeatMeasurements
from marey.simulate.mechanics.segment_curves import SegmentCurves, dyssynchrony, engineering_strain, septal_flash

UNITS = {
    "lv_mass": "g", "rv_mass": "g", "edv": "mL", "esv": "mL", "ef": "%", "rv_edv": "mL", "rv_esv": "mL", "rv_ef": "%",
    "stroke_volume": "mL", "total_stroke_volume": "mL", "cardiac_output": "L/min", "systolic_pressure": "mmHg",
    "diastolic_pressure": "mmHg", "mean_arterial_pressure": "mmHg", "mean_pulmonary_pressure": "mmHg",
    "lv_end_diastolic_pressure": "mmHg", "rv_end_diastolic_pressure": "mmHg", "lv_peak_pressure": "mmHg",
    "rv_peak_pressure": "mmHg", "left_atrial_pressure": "mmHg", "right_atrial_pressure": "mmHg", "dpdt_max": "mmHg/s",
    "dpdt_min": "mmHg/s", "stroke_work": "mmHg*mL", "rv_stroke_work": "mmHg*mL", "aortic_gradient": "mmHg",
    "mitral_gradient": "mmHg", "aortic_regurgitation": "%", "mitral_regurgitation": "%",
    "pulmonary_regurgitation": "%", "tricuspid_regurgitation": "%", "activation_duration": "ms",
    "fibre_strain": "%", "septal_flash": "mm", "septal_rebound": "%", "onset_spread": "ms",
    "peak_spread": "ms", "uniformity": "1", "wasted_work": "%", "lateral_minus_septal_work": "kPa",
    "base_descent": "mm", "qrs_duration": "ms",
    "qrs_axis": "deg", "qt": "ms",
}  # fmt: skip
"""Unit of each biomarker, as `marey.core.units.factor` reads it."""


def biomarkers(at: Body, active: Activation, loop: Loop, curves: SegmentCurves) -> dict[str, float]:
    """Of pump, muscle and activation; names are the keys of `UNITS`."""
    left = at.patch < LEFT_PATCHES
    pumped: Haemodynamics = haemodynamics(loop)
    strain = engineering_strain(curves)[:LEFT_PATCHES]
    flash, together = septal_flash(curves, _aortic_closure(loop)), dyssynchrony(curves)
    return {
        "lv_mass": mass(at.mesh, left),
        "rv_mass": mass(at.mesh, ~left),
        **asdict(pumped),
        "activation_duration": active.total,
        "fibre_strain": float(strain.mean(axis=0).min()),
        "septal_flash": flash.excursion,
        "septal_rebound": flash.rebound,
        "onset_spread": together.onset_spread,
        "peak_spread": together.peak_spread,
        "uniformity": together.uniformity,
        "wasted_work": together.wasted_work,
        "lateral_minus_septal_work": together.lateral_minus_septal,
    }


def _aortic_closure(loop: Loop) -> float:
    flow = loop.flows["aortic"]
    return float(loop.times[np.flatnonzero(flow > 0.02 * flow.max())[-1]])


def of_ecg(measured: BeatMeasurements) -> dict[str, float]:
    """The ECG's share of the biomarkers."""
    return {
        "qrs_duration": measured.qrs_duration, "qrs_axis": measured.qrs_axis * factor("deg"), "qt": measured.qt,
    }  # fmt: skip


__all__ = ["UNITS", "biomarkers", "of_ecg"]
