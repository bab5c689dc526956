"""Which measurements a failed check of the images puts in doubt."""

from collections.abc import Iterable
from dataclasses import replace

from marey.core import Finding

_LV = ("lv_edv", "lv_esv", "lv_sv", "lv_ef", "lv_co", "lv_mass")
_RV = ("rv_edv", "rv_esv", "rv_sv", "rv_ef")
_RATES = ("lv_peak_ejection_rate", "lv_peak_filling_rate", "lv_peak_ejection_rate_edv", "lv_peak_filling_rate_edv")

AFFECTED = {
    "check_base_coverage": (*_LV, *_RV),
    "check_apex_coverage": (*_LV, *_RV),
    "check_slice_gaps": (*_LV, *_RV),
    "check_slice_distance": (*_LV, *_RV),
    "check_phases": ("lv_esv", "lv_ef", "rv_esv", "rv_ef", *_RATES),
    "check_beat_covered": ("lv_edv", "lv_ef", "rv_edv", "rv_ef", *_RATES),
    "check_phase_step": ("lv_esv", "lv_ef", "rv_esv", "rv_ef", *_RATES),
    "check_rr_variation": ("lv_ef", "rv_ef", "lv_co", *_RATES),
    "check_contrast": (*_LV, *_RV),
    "check_sharpness": (*_LV, *_RV),
    "check_noise": (*_LV, *_RV),
    "check_clipping": (*_LV, *_RV),
    "check_repeated_frames": _RATES,
}


def with_doubts(checks: Iterable[Finding]) -> tuple[Finding, ...]:
    """The checks, each with `evidence["affects"]`: what `marey.trust.plausibility.lower_confidence` reads."""
    return tuple(
        replace(check, evidence={**check.evidence, "affects": " ".join(AFFECTED.get(check.key, ()))})
        for check in checks
    )


__all__ = ["AFFECTED", "with_doubts"]
