"""Disease groups: what differs from the healthy, and by what each disease is defined."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from marey.core.units import cm, factor, mm, percent
from marey.simulate.eikonal import Block
from marey.simulate.heart import Heart
from marey.simulate.prior.traits import Change
from marey.simulate.scar import Scar

DEGREE = factor("deg")


def _nothing(_rng: np.random.Generator) -> dict[str, Any]:
    return {}


def _any_heart(_heart: Heart, _traits: Mapping[str, float]) -> bool:
    return True


@dataclass(frozen=True)
class Group:
    """A disease as a change of the distribution of traits.

    Args:
        share: of a mixed cohort.
        changes: of the traits.
        lesion: draws what healthy hearts do not have: scars, blocks, valve disease; by the parameters' paths.
        fits: whether a heart with these traits meets the definition of the disease; others are drawn again.
    """

    share: float
    changes: Mapping[str, Change] = field(default_factory=dict)
    lesion: Callable[[np.random.Generator], dict[str, Any]] = _nothing
    fits: Callable[[Heart, Mapping[str, float]], bool] = _any_heart


def _left_bundle_block(_rng: np.random.Generator) -> dict[str, Any]:
    return {"conduction_system.blocks": frozenset({Block.LEFT_BUNDLE})}


def _infarct(rng: np.random.Generator) -> dict[str, Any]:
    """One scar in the territory of the left anterior descending, the circumflex or the right coronary artery."""
    apicobasal, rotational = ((0.3, 45), (0.55, 150), (0.55, -75))[int(rng.choice(3, p=(0.5, 0.2, 0.3)))]
    scar = Scar(
        apicobasal=float(np.clip(rng.normal(apicobasal, 0.06), 0.1, 0.8)),
        rotational=float(rng.normal(rotational, 12)) * DEGREE,
        height=float(rng.uniform(0.2, 0.36)),
        width=float(rng.uniform(35, 70)) * DEGREE,
        transmurality=float(rng.uniform(0.5, 1.0)),
        border=float(rng.uniform(0.15, 0.35)),
        stiffness=float(rng.uniform(3, 8)),
    )
    return {"scars": (scar,)}


def _aortic_stenosis(rng: np.random.Generator) -> dict[str, Any]:
    return {"circulation.aortic.area": float(rng.uniform(0.65, 1.0)) * cm**2}


def _mitral_regurgitation(rng: np.random.Generator) -> dict[str, Any]:
    return {"circulation.mitral.leak_area": float(rng.uniform(0.2, 0.45)) * cm**2}


_DILATED: Mapping[str, Change] = {
    "lv_volume_index": Change(1.55, spread=0.14), "lv_mass_index": Change(1.45), "lv_slenderness": Change(0.95),
    "lv_ejection": Change(0.0, 29 * percent, 6 * percent), "rv_ejection": Change(0.0, 40 * percent, 7 * percent),
    "heart_rate": Change(1.18), "mean_pressure": Change(0.92), "pulse_pressure": Change(0.85),
    "left_filling": Change(1.9), "right_filling": Change(1.6), "pulmonary_gradient": Change(1.3),
    "rv_wall": Change(1.15),
}  # fmt: skip


def _is_dilated(_heart: Heart, traits: Mapping[str, float]) -> bool:
    return traits["lv_ejection"] < 0.41


def _is_hypertrophic(heart: Heart, _traits: Mapping[str, float]) -> bool:
    return max(heart.shape.wall_thickness) >= 15 * mm


def _leaks(heart: Heart, traits: Mapping[str, float]) -> bool:
    """A regurgitant fraction of 20 to 50 %: with more, too little blood runs forward for a resting adult."""
    forward = heart.shape.rv_volume * traits["rv_ejection"]
    return 0.5 <= forward / (heart.shape.lv_volume * traits["lv_ejection"]) <= 0.8


GROUPS: Mapping[str, Group] = MappingProxyType({
    "healthy": Group(0.28),
    "dcm": Group(0.1, _DILATED, fits=_is_dilated),
    "hcm": Group(0.1, {
        "age": Change(1.0, -8), "lv_volume_index": Change(0.88), "lv_mass_index": Change(1.75),
        "lv_ejection": Change(0.0, 67 * percent), "septal_thickening": Change(1.7, spread=0.12),
        "left_filling": Change(1.5), "stiffness": Change(1.8), "pulmonary_gradient": Change(1.2),
    }, fits=_is_hypertrophic),
    "infarct": Group(0.1, {
        "age": Change(1.0, 5), "lv_volume_index": Change(1.15), "lv_mass_index": Change(1.12),
        "lv_ejection": Change(0.0, 43 * percent, 6 * percent), "rv_ejection": Change(0.0, 50 * percent),
        "heart_rate": Change(1.1), "left_filling": Change(1.4), "pulmonary_gradient": Change(1.2),
    }, _infarct),
    "lbbb": Group(0.07, {
        "age": Change(1.0, 6), "lv_volume_index": Change(1.08), "lv_ejection": Change(1.0, -6 * percent),
        "left_filling": Change(1.1),
    }, _left_bundle_block),
    "dcm-lbbb": Group(0.07, _DILATED, _left_bundle_block, _is_dilated),
    "rv-overload": Group(0.07, {
        "lv_volume_index": Change(0.9), "rv_ejection": Change(0.0, 40 * percent, 6 * percent),
        "heart_rate": Change(1.18), "rv_wall": Change(1.7), "right_filling": Change(1.8),
        "pulmonary_gradient": Change(4.5, spread=0.2), "rv_stiffness": Change(1.4),
        "shape.septal_curvature": Change(0.0, 0.5, 0.12), "mean_pressure": Change(0.96),
    }),
    "hfpef": Group(0.08, {
        "age": Change(1.0, 11), "body_mass_index": Change(1.15), "lv_volume_index": Change(0.93),
        "lv_mass_index": Change(1.35), "lv_ejection": Change(1.0, 1 * percent), "stiffness": Change(2.2),
        "left_filling": Change(2.1), "right_filling": Change(1.7), "pulmonary_gradient": Change(1.5),
        "mean_pressure": Change(1.1), "pulse_pressure": Change(1.2), "heart_rate": Change(1.08),
    }),
    "aortic-stenosis": Group(0.07, {
        "age": Change(1.0, 12), "lv_mass_index": Change(1.5), "lv_ejection": Change(1.0, 1 * percent),
        "left_filling": Change(1.5), "stiffness": Change(1.5), "pulmonary_gradient": Change(1.2),
    }, _aortic_stenosis),
    "mitral-regurgitation": Group(0.06, {
        "lv_volume_index": Change(1.35), "lv_mass_index": Change(1.3), "lv_ejection": Change(1.0, 4 * percent),
        "left_filling": Change(1.7), "pulmonary_gradient": Change(1.3), "heart_rate": Change(1.08),
    }, _mitral_regurgitation, _leaks),
})  # fmt: skip
"""By the names of `marey.simulate.presets`; sizes of the changes are round numbers from textbook descriptions."""


__all__ = ["GROUPS", "Group"]
