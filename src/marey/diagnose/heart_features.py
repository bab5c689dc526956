"""What tells diseases apart in the findings of one cine exam, as named numbers."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core import Finding

Array = NDArray[np.float64]
USUAL_SURFACE = 1.85  # m2, taken when height or weight is not known
TERRITORIES = ((1, 2, 7, 8, 13, 14), (5, 6, 11, 12, 16), (3, 4, 9, 10, 15))
"""AHA segments that the left anterior descending, circumflex and right coronary artery feed (Cerqueira 2002)."""
RINGS = (slice(0, 6), slice(6, 12), slice(12, 16))
FEWEST = 4  # segments that count as the weakest

LABELS: Mapping[str, str] = MappingProxyType({
    "lv_ef": "LV ejection fraction", "rv_ef": "RV ejection fraction",
    "lv_volume": "LV end-diastolic volume for the body", "rv_volume": "RV end-diastolic volume for the body",
    "lv_mass": "LV mass for the body", "rv_to_lv": "RV volume relative to the LV's",
    "mass_to_volume": "LV mass relative to its volume", "thickest": "greatest wall thickness",
    "thickness": "mean wall thickness", "rv_lv_area": "RV area relative to the LV's at half height",
    "rv_fac": "RV fractional area change", "eccentricity_ed": "flatness of the septum at end-diastole",
    "eccentricity_es": "flatness of the septum at end-systole", "excursion": "mean inward motion of the wall",
    "thickening_share": "thickening over thickness", "together": "agreement of weak motion and weak thickening",
    "thin": "agreement of weak motion and thin wall",
    **{
        f"{family}_{kind}": f"{words} {what}"
        for family, what in (("excursion", "inward motion"), ("thickening", "thickening"), ("wall", "wall thickness"))
        for kind, words in (
            ("deficit", "weakest segments' shortfall of"), ("spread", "segments' differences of"),
            ("side", "difference between opposite sides of"),
            ("territory", "weakest coronary territory's shortfall of"),
        )
    },
})  # fmt: skip
"""Every feature in words."""


def heart_features(findings: Iterable[Finding]) -> dict[str, float]:
    """The features of `LABELS`, NaN where a finding is missing; volumes, mass and thickness as logarithms.

    Args:
        findings: of volumes, wall, wall motion and septal shape; in their own units.
    """
    values = {f.key: float(f.value) for f in findings if isinstance(f.value, int | float)}
    with np.errstate(all="ignore"):
        motion = _regional("excursion", _segments(values, "wall_excursion"))
        thickening = _regional("thickening", _segments(values, "wall_motion_thickening"))
        walls = _regional("wall", _segments(values, "wall_thickness_ed"))
        return {**_global(values), **motion, **thickening, **walls, **_joint(values)}


def _global(values: Mapping[str, float]) -> dict[str, float]:
    def log(key: str) -> float:
        value = values.get(key, np.nan)
        return float(np.log(value)) if value > 0 else float("nan")

    body = np.log(values.get("bsa", USUAL_SURFACE))
    left, right, mass = log("lv_edv"), log("rv_edv"), log("lv_mass")
    same = {
        "lv_ef": "lv_ef", "rv_ef": "rv_ef", "rv_fac": "rv_fractional_area_change",
        "eccentricity_ed": "lv_eccentricity_ed", "eccentricity_es": "lv_eccentricity_es",
    }  # fmt: skip
    return {
        "lv_volume": left - body, "rv_volume": right - body, "lv_mass": mass - body, "rv_to_lv": right - left,
        "mass_to_volume": mass - left, "thickest": log("wall_thickness_ed_max"), "rv_lv_area": log("rv_lv_area_ratio"),
        **{name: values.get(key, float("nan")) for name, key in same.items()},
    }  # fmt: skip


def _segments(values: Mapping[str, float], family: str) -> Array:
    """(16,) of AHA segments 1 to 16."""
    return np.array([values.get(f"{family}_aha_{number}", np.nan) for number in range(1, 17)])


def _regional(name: str, segments: Array) -> dict[str, float]:
    """How a quantity differs between segments; NaN with fewer than half of them."""
    seen = np.sort(segments[np.isfinite(segments)])
    if seen.size < segments.size // 2:
        return {f"{name}_{kind}": float("nan") for kind in ("deficit", "spread", "side", "territory")}
    mean = seen.mean()
    territories = [np.nanmean(segments[np.array(numbers) - 1]) for numbers in TERRITORIES]
    return {
        f"{name}_deficit": float(mean - seen[:FEWEST].mean()),
        f"{name}_spread": float(seen.std()),
        f"{name}_side": _side(segments),
        f"{name}_territory": float(mean - np.nanmin(territories)),
    }


def _side(segments: Array) -> float:
    """Mean amplitude of one wave around the rings that were measured whole."""
    waves = []
    for ring in (segments[part] for part in RINGS):
        if np.isfinite(ring).all():
            turns = np.exp(2j * np.pi * np.arange(ring.size) / ring.size)
            waves.append(2 * abs(ring @ turns) / ring.size)
    return float(np.mean(waves)) if waves else float("nan")


def _joint(values: Mapping[str, float]) -> dict[str, float]:
    motion, thickening = _segments(values, "wall_excursion"), _segments(values, "wall_motion_thickening")
    wall = _segments(values, "wall_thickness_ed")
    seen = np.isfinite(motion) & np.isfinite(thickening) & np.isfinite(wall)
    names = ("thickness", "excursion", "thickening_share", "together", "thin")
    if seen.sum() < motion.size // 2:
        return dict.fromkeys(names, float("nan"))
    a, b, c = motion[seen], thickening[seen], wall[seen]
    numbers = (
        np.log(c.mean()), a.mean(), b.mean() / c.mean(),
        np.mean((a - a.mean()) * (b - b.mean())), np.mean((a - a.mean()) * (c - c.mean())),
    )  # fmt: skip
    return dict(zip(names, map(float, numbers), strict=True))


__all__ = ["LABELS", "TERRITORIES", "heart_features"]
