"""Scaling for distances: skewed features are made symmetric first, so that a long tail is no group of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import yeojohnson, yeojohnson_normmax

from marey.diagnose.prepare import Preparation, learn_preparation

Array = NDArray[np.float64]
MOST = 3.0  # standard deviations from the mean, beyond which a value counts as this
POWERS = (-3.0, 3.0)


@dataclass(frozen=True)
class Symmetry:
    """Yeo and Johnson's power of each scaled feature, scaled again: doi:10.1093/biomet/87.4.954.

    Args:
        first: fills and scales the raw features.
        powers: of each feature; 1 leaves it as it is.
        second: scales after that.
    """

    first: Preparation
    powers: tuple[float, ...]
    second: Preparation

    def __call__(self, values: Array) -> Array:
        """Scaled, symmetric values (patient, feature) without a gap."""
        return np.asarray(np.clip(self.second(_bend(self.first(values), self.powers)), -MOST, MOST))


def learn_symmetry(values: Array) -> Symmetry:
    """Learned from features (patient, feature); those of two values stay as they are."""
    first = learn_preparation(values)
    scaled = first(values)
    powers = tuple(_power(column) for column in scaled.T)
    return Symmetry(first, powers, learn_preparation(_bend(scaled, powers)))


def _power(column: Array) -> float:
    if np.unique(column).size < 3:
        return 1.0
    return float(np.clip(yeojohnson_normmax(column), *POWERS))


def _bend(scaled: Array, powers: tuple[float, ...]) -> Array:
    return np.column_stack([yeojohnson(column, power) for column, power in zip(scaled.T, powers, strict=True)])


__all__ = ["Symmetry", "learn_symmetry"]
