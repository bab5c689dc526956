"""What a clinician would read from a simulated beat, in coherent units."""

from dataclasses import asdict

import numpy as np

from marey.anatomy import AHA17
from marey.anatomy.ventricles import mass
from marey.core import Signal
from marey.core.units import factor
from marey.simulate.beat.body import LEFT_PATCHES, Body
from marey.simulate.beat.electrics import Activation
from marey.simulate.circulation.loop import Haemodynamics, Loop, haemodynamics
from marey.simulate.ecg.measure import BeatMeasurements

UNITS = {
    "lv_mass": "g", "rv_mass": "g", "edv": "mL", "esv": "mL", "ef": "%", "rv_edv": "mL", "rv_esv": "mL", "rv_ef": "%",
    "stroke_volume": "mL", "total_stroke_volume": "mL", "cardiac_output": "L/min", "systolic_pressure": "mmHg",
    "diastolic_pressure": "mmHg", "mean_arterial_pressure": "mmHg", "mean_pulmonary_pressure": "mmHg",
    "lv_end_diastolic_pressure": "mmHg", "rv_end_diastolic_pressure": "mmHg", "lv_peak_pressure": "mmHg",
    "rv_peak_pressure": "mmHg", "left_atrial_pressure": "mmHg", "right_atrial_pressure": "mmHg", "dpdt_max": "mmHg/s",
    "dpdt_min": "mmHg/s", "stroke_work": "mmHg*mL", "rv_stroke_work": "mmHg*mL", "aortic_gradient": "mmHg",
    "mitral_gradient": "mmHg", "aortic_regurgitation": "%", "mitral_regurgitation": "%",
    "pulmonary_regurgitation": "%", "tricuspid_regurgitation": "%", "activation_duration": "ms",
    "fibre_strain": "%", "strain_dispersion": "ms", "septal_flash": "%", "base_descent": "mm", "qrs_duration": "ms",
    "qrs_axis": "deg", "qt": "ms",
}  # fmt: skip
"""Unit of each biomarker, as `marey.core.units.factor` reads it."""


def biomarkers(at: Body, active: Activation, loop: Loop, strain: Signal) -> dict[str, float]:
    """Of pump, muscle and activation; names are the keys of `UNITS`.

    Args:
        at, active, loop: the beat.
        strain: (20, time) of the patches, relative to end-diastole.
    """
    left = at.patch < LEFT_PATCHES
    pumped: Haemodynamics = haemodynamics(loop)
    by_segment = strain.values[:LEFT_PATCHES]
    peak = strain.times[by_segment.argmin(axis=1)]
    return {
        "lv_mass": mass(at.mesh, left),
        "rv_mass": mass(at.mesh, ~left),
        **asdict(pumped),
        "activation_duration": active.total,
        "fibre_strain": float(by_segment.mean(axis=0).min()),
        "strain_dispersion": float(np.std(peak)),
        "septal_flash": septal_flash(strain, loop),
    }


def septal_flash(strain: Signal, loop: Loop) -> float:
    """How far the septum shortens before the aortic valve opens, and stretches again: the smaller of the two.

    Near 0 in a synchronous heart; the early shortening and rebound that left bundle branch block gives the septum.
    """
    septal = [k for k, segment in enumerate(AHA17) if "sept" in segment.name]
    mean = strain.values[septal].mean(axis=0)
    ejecting = np.flatnonzero(loop.flows["aortic"] > 0.05 * loop.flows["aortic"].max())
    opening, closing = int(ejecting[0]), int(ejecting[-1])
    lowest = int(mean[: opening + 1].argmin())
    rebound = float(mean[lowest : closing + 1].max() - mean[lowest])
    return min(float(-mean[lowest]), rebound)


def of_ecg(measured: BeatMeasurements) -> dict[str, float]:
    """The ECG's share of the biomarkers."""
    return {
        "qrs_duration": measured.qrs_duration, "qrs_axis": measured.qrs_axis * factor("deg"), "qt": measured.qt,
    }  # fmt: skip


__all__ = ["UNITS", "biomarkers", "of_ecg", "septal_flash"]
