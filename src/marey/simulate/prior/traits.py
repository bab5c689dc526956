"""What differs between healthy people, and how it goes together: one multivariate normal distribution.

Traits are what a doctor reads (volumes, ejection fractions, pressures); `marey.simulate.prior.heart` turns them into
the parameters of a heart. Where a trait is a parameter itself, its name is the parameter's dotted path.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core.units import cm, factor, g, kg, m2, minute, mL, mm, mmHg, ms, percent

Array = NDArray[np.float64]
DEGREE = factor("deg")
PETERSEN = "Petersen et al. 2017, doi:10.1186/s12968-017-0327-9"
ENGBLOM = "Engblom et al. 2005, Am Heart J 150:507"
TEXTBOOK = "textbook value"
SPREAD = "round number: healthy people differ about so much"


@dataclass(frozen=True)
class Trait:
    """One quantity of healthy people.

    Args:
        male, female: means, in coherent units (medians where `relative`).
        spread: standard deviation; as a fraction of the mean where `relative`.
        relative: whether the logarithm is normally distributed, not the quantity.
        source: of mean and spread.
    """

    male: float
    female: float
    spread: float
    relative: bool
    source: str

    def value(self, sex: str, z: float, change: "Change") -> float:
        """The trait of a person `z` standard deviations off the mean, in a group with that change."""
        mean = (self.male if sex == "M" else self.female) * change.factor + change.plus
        spread = self.spread if change.spread is None else change.spread
        return mean * math.exp(spread * z) if self.relative else mean + spread * z


@dataclass(frozen=True)
class Change:
    """How a disease changes a trait: the mean times `factor`, `plus` something, and another spread where given."""

    factor: float = 1.0
    plus: float = 0.0
    spread: float | None = None


def _relative(male: float, female: float, spread: float, source: str = SPREAD) -> Trait:
    return Trait(male, female, spread, relative=True, source=source)


def _normal(male: float, female: float, spread: float, source: str = SPREAD) -> Trait:
    return Trait(male, female, spread, relative=False, source=source)


def _same(mean: float, spread: float, source: str = SPREAD) -> Trait:
    return _normal(mean, mean, spread, source)


def _factor(spread: float) -> Trait:
    return _relative(1.0, 1.0, spread)


TRAITS: Mapping[str, Trait] = MappingProxyType({
    "age": _same(57.0, 9.0, f"years; {PETERSEN}: 45 to 74"),
    "height": _normal(176 * cm, 163 * cm, 6.5 * cm, TEXTBOOK),
    "body_mass_index": _relative(26 * kg / m2, 25.3 * kg / m2, 0.13, TEXTBOOK),
    "lv_volume_index": _relative(84 * mL / m2, 71 * mL / m2, 0.13, PETERSEN),
    "lv_mass_index": _relative(52.2 * g / m2, 41.4 * g / m2, 0.165, PETERSEN),
    "lv_ejection": _normal(58 * percent, 61 * percent, 6 * percent, f"{PETERSEN}: 5 %; simulated hearts spread less"),
    "rv_ejection": _normal(54 * percent, 57.5 * percent, 5.3 * percent, PETERSEN),
    "lv_slenderness": _relative(16.9, 16.9, 0.04),
    "rv_slenderness": _same(0.845, 0.03),
    "septal_thickening": _factor(0.05),
    "apical_thickening": _factor(0.06),
    "rv_wall": _factor(0.1),
    "heart_rate": _relative(64 / minute, 67 / minute, 0.13, TEXTBOOK),
    "mean_pressure": _normal(96 * mmHg, 92 * mmHg, 8 * mmHg, TEXTBOOK),
    "pulse_pressure": _relative(50 * mmHg, 47 * mmHg, 0.14, TEXTBOOK),
    "left_filling": _relative(8.5 * mmHg, 8.5 * mmHg, 0.2, TEXTBOOK),
    "right_filling": _relative(4.5 * mmHg, 4.5 * mmHg, 0.2, TEXTBOOK),
    "pulmonary_gradient": _relative(7 * mmHg, 7 * mmHg, 0.2, TEXTBOOK),
    "stiffness": _factor(0.15),
    "rv_stiffness": _factor(0.15),
    "conduction": _factor(0.06),
    "purkinje": _factor(0.06),
    "pr_interval": _relative(160 * ms, 160 * ms, 0.1, TEXTBOOK),
    "action_potential": _factor(0.04),
    "bundle_delay": _same(0 * ms, 2 * ms),
    "shape.apical_shape": _same(2.0, 0.1),
    "shape.widest_height": _same(0.7, 0.03),
    "shape.base_narrowing": _same(0.12, 0.03),
    "shape.septal_curvature": _same(1.0, 0.05),
    "shape.anterior_insertion": _same(60 * DEGREE, 3 * DEGREE),
    "shape.inferior_insertion": _same(60 * DEGREE, 3 * DEGREE),
    "shape.base_tilt": _same(5 * DEGREE, 3 * DEGREE),
    "shape.rv_outflow": _same(12 * mm, 2 * mm),
    "shape.rv_taper": _same(0.9, 0.05),
    "fibres.helix_endo": _same(60 * DEGREE, 4 * DEGREE),
    "fibres.helix_epi": _same(-60 * DEGREE, 4 * DEGREE),
    "pose.frontal_angle": _same(38 * DEGREE, 9 * DEGREE, ENGBLOM),
    "pose.transverse_angle": _same(46 * DEGREE, 7 * DEGREE, ENGBLOM),
    "pose.roll": _same(20 * DEGREE, 8 * DEGREE),
    "pose.left": _same(30 * mm, 5 * mm),
    "pose.back": _same(-30 * mm, 4 * mm),
    "pose.up": _same(-15 * mm, 6 * mm),
})  # fmt: skip

CORRELATIONS: Mapping[tuple[str, str], float] = MappingProxyType({
    ("age", "height"): -0.15, ("age", "mean_pressure"): 0.25, ("age", "pulse_pressure"): 0.5,
    ("age", "lv_volume_index"): -0.25, ("age", "stiffness"): 0.35, ("age", "left_filling"): 0.2,
    ("body_mass_index", "mean_pressure"): 0.3, ("body_mass_index", "lv_mass_index"): 0.2,
    ("body_mass_index", "pose.frontal_angle"): -0.5, ("body_mass_index", "left_filling"): 0.2,
    ("lv_volume_index", "lv_mass_index"): 0.55, ("lv_volume_index", "heart_rate"): -0.35,
    ("lv_volume_index", "lv_ejection"): -0.2, ("lv_mass_index", "mean_pressure"): 0.35,
    ("lv_mass_index", "rv_wall"): 0.4, ("lv_mass_index", "septal_thickening"): 0.2,
    ("lv_ejection", "rv_ejection"): 0.4, ("mean_pressure", "pulse_pressure"): 0.45,
    ("left_filling", "right_filling"): 0.5, ("stiffness", "left_filling"): 0.3, ("stiffness", "rv_stiffness"): 0.6,
    ("conduction", "purkinje"): 0.6, ("age", "pr_interval"): 0.25, ("age", "conduction"): -0.2,
    ("heart_rate", "pr_interval"): -0.25, ("heart_rate", "lv_ejection"): 0.1,
    ("shape.anterior_insertion", "shape.inferior_insertion"): 0.4,
    ("fibres.helix_endo", "fibres.helix_epi"): -0.4,
})  # fmt: skip
"""Of the normal variables behind the traits; signs are textbook knowledge, sizes round numbers; all others are 0."""


@cache
def correlation() -> Array:
    """(traits, traits) matrix of `CORRELATIONS`, in the order of `TRAITS`."""
    order = {name: place for place, name in enumerate(TRAITS)}
    matrix = np.eye(len(order))
    for (one, other), value in CORRELATIONS.items():
        i, j = order[one], order[other]
        matrix[i, j] = matrix[j, i] = value
    return matrix


@cache
def _root() -> Array:
    return np.asarray(np.linalg.cholesky(correlation()), np.float64)


def draw(rng: np.random.Generator, sex: str, changes: Mapping[str, Change]) -> dict[str, float]:
    """The traits of one person, in coherent units.

    Args:
        rng: where chance comes from.
        sex: "F" or "M".
        changes: of a disease, by trait.
    """
    z = _root() @ rng.standard_normal(len(TRAITS))
    none = Change()
    return {
        name: trait.value(sex, float(z[place]), changes.get(name, none))
        for place, (name, trait) in enumerate(TRAITS.items())
    }


__all__ = ["CORRELATIONS", "TRAITS", "Change", "Trait", "correlation", "draw"]
