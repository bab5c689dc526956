"""Missing values and scales, learned from the patients at hand and applied to any; folds of patients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Preparation:
    """Fills what is missing with the median, then scales to mean 0 and standard deviation 1.

    Args:
        medians, means, scales: one per feature; a feature that does not vary has the scale 1.
    """

    medians: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]

    def __call__(self, values: Array) -> Array:
        """Scaled values (patient, feature) without a gap."""
        filled = np.where(np.isnan(values), self.medians, values)
        return np.asarray((filled - np.array(self.means)) / np.array(self.scales))


def learn_preparation(values: Array) -> Preparation:
    """Medians, means and scales of (patient, feature); a column without any value counts as 0."""
    values = np.where(np.isnan(values).all(axis=0), 0.0, values)
    medians = np.nanmedian(values, axis=0)
    filled = np.where(np.isnan(values), medians, values)
    scales = filled.std(axis=0)
    scales = np.where(scales > 1e-9 * np.abs(filled).max(axis=0), scales, 1.0)
    return Preparation(tuple(medians.tolist()), tuple(filled.mean(axis=0).tolist()), tuple(scales.tolist()))


def folds(strata: NDArray[np.bool_], count: int, seed: int) -> NDArray[np.int64]:
    """The fold of each patient, drawn so that each fold has its share of both strata, ``(patient,)``."""
    random = np.random.default_rng(seed)
    fold = np.empty(strata.size, np.int64)
    start = 0
    for stratum in (True, False):
        members = random.permutation(np.flatnonzero(strata == stratum))
        fold[members] = (start + np.arange(members.size)) % count
        start += members.size
    return fold


__all__ = ["Preparation", "folds", "learn_preparation"]
