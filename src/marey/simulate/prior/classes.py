"""The five classes of the ACDC challenge, drawn wide: what a classifier must tell apart.

Definitions: Bernard et al. 2018, doi:10.1109/TMI.2018.2837502. The groups of `marey.simulate.prior.groups` are typical
patients; these reach from those just past the definition to the severely ill. A class is asked for by name and has no
share in a mixed cohort.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from marey.anatomy.body_surface import mosteller
from marey.core import InvalidInput
from marey.core.units import factor, m2, mL, mm, percent
from marey.simulate.heart import Heart
from marey.simulate.prior.groups import GROUPS, Group
from marey.simulate.prior.heart import dead_part
from marey.simulate.prior.traits import Change
from marey.simulate.scar import Scar

DEGREE = factor("deg")
TERRITORIES = ((0.3, 45.0), (0.55, 150.0), (0.55, -75.0))
"""Height over the apex and angle in degrees of the middle of what each coronary artery feeds."""


def _large_infarcts(rng: np.random.Generator) -> dict[str, Any]:
    """A scar in one territory, in one out of four a second one in another."""
    count = 2 if rng.random() < 0.25 else 1
    places = rng.choice(3, size=count, replace=False, p=(0.5, 0.2, 0.3))
    return {"scars": tuple(_scar(rng, *TERRITORIES[place], shrink=count**-0.5) for place in places)}


def _scar(rng: np.random.Generator, apicobasal: float, degrees: float, shrink: float) -> Scar:
    return Scar(
        apicobasal=float(np.clip(rng.normal(apicobasal, 0.08), 0.1, 0.8)),
        rotational=float(rng.normal(degrees, 15)) * DEGREE,
        height=float(rng.uniform(0.3, 0.55)) * shrink,
        width=float(rng.uniform(55, 110)) * shrink * DEGREE,
        transmurality=float(rng.uniform(0.6, 1.0)),
        border=float(rng.uniform(0.1, 0.35)),
        stiffness=float(rng.uniform(3, 10)),
    )


def _index(volume: float, traits: Mapping[str, float]) -> float:
    weight = traits["body_mass_index"] * traits["height"] ** 2
    return volume / mosteller(traits["height"], weight)


def _is_normal(heart: Heart, traits: Mapping[str, float]) -> bool:
    thin, small = max(heart.shape.wall_thickness) < 12 * mm, traits["lv_volume_index"] < 105 * mL / m2
    return thin and small and traits["lv_ejection"] > 0.5 and traits["rv_ejection"] > 0.42


def _is_dilated(_heart: Heart, traits: Mapping[str, float]) -> bool:
    return traits["lv_volume_index"] > 100 * mL / m2 and traits["lv_ejection"] < 0.4


def _is_hypertrophic(heart: Heart, traits: Mapping[str, float]) -> bool:
    thick = sum(thickness >= 15 * mm for thickness in heart.shape.wall_thickness)
    return thick >= 2 and traits["lv_ejection"] > 0.5


def _fails_by_infarct(heart: Heart, traits: Mapping[str, float]) -> bool:
    """With several abnormal segments: a seventh to a third of the ventricle is dead."""
    return traits["lv_ejection"] < 0.42 and 0.14 < sum(map(dead_part, heart.scars)) < 0.35


def _has_abnormal_right_ventricle(heart: Heart, traits: Mapping[str, float]) -> bool:
    large = _index(heart.shape.rv_volume, traits) > 110 * mL / m2
    return (large or traits["rv_ejection"] < 0.4) and traits["lv_ejection"] > 0.45


CLASSES: Mapping[str, Group] = MappingProxyType({
    "NOR": Group(0.0, {"age": Change(1.0, -8, 13)}, fits=_is_normal),
    "DCM": Group(0.0, {
        **GROUPS["dcm"].changes, "lv_volume_index": Change(1.75, spread=0.2), "lv_mass_index": Change(1.5, spread=0.2),
        "lv_ejection": Change(0.0, 25 * percent, 8 * percent), "rv_ejection": Change(0.0, 38 * percent, 11 * percent),
        "lv_slenderness": Change(0.93, spread=0.06),
    }, fits=_is_dilated),
    "HCM": Group(0.0, {
        **GROUPS["hcm"].changes, "lv_mass_index": Change(1.85, spread=0.2), "lv_volume_index": Change(0.9, spread=0.16),
        "lv_ejection": Change(0.0, 66 * percent, 7 * percent), "septal_thickening": Change(1.5, spread=0.22),
        "apical_thickening": Change(1.1, spread=0.15),
    }, fits=_is_hypertrophic),
    "MINF": Group(0.0, {
        **GROUPS["infarct"].changes, "lv_volume_index": Change(1.6, spread=0.22), "lv_mass_index": Change(1.3),
        "lv_ejection": Change(0.0, 33 * percent, 7 * percent), "rv_ejection": Change(0.0, 50 * percent, 8 * percent),
    }, _large_infarcts, _fails_by_infarct),
    "RV": Group(0.0, {
        **GROUPS["rv-overload"].changes, "lv_volume_index": Change(0.92, spread=0.17),
        "lv_ejection": Change(1.0, -4 * percent, 7 * percent), "rv_ejection": Change(0.0, 36 * percent, 8 * percent),
        "rv_wall": Change(1.4, spread=0.25), "pulmonary_gradient": Change(3.0, spread=0.5),
        "shape.septal_curvature": Change(0.0, 0.65, 0.2),
    }, fits=_has_abnormal_right_ventricle),
})  # fmt: skip


def group_of(name: str) -> Group:
    """A group or class by its name.

    Raises:
        InvalidInput: there is none of that name.
    """
    known = {**GROUPS, **CLASSES}
    if name not in known:
        raise InvalidInput(
            f"There is no disease group '{name}'.", f"Known are {', '.join(known)}.", "Choose one of these."
        )
    return known[name]


__all__ = ["CLASSES", "group_of"]
