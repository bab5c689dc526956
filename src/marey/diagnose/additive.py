"""A classifier that is a sum of curves, one per feature and class: what each feature says can be read off."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Additive:
    """Log odds of each class: an intercept and, of every feature, a piecewise linear curve, constant beyond its ends.

    Curves have mean 0 over the patients of the training, so a missing feature says nothing.

    Args:
        classes: (class,) names.
        features: (feature,) names.
        knots: ``(feature, knot)`` increasing.
        values: ``(class, feature, knot)``, the curves at the knots.
        intercepts: (class,).
        sharpness: the log odds are multiplied by this, so that probabilities are calibrated.
        ranges: ``(feature, 2)`` that hold all but 1 % of the training.
    """

    classes: tuple[str, ...]
    features: tuple[str, ...]
    knots: Array
    values: Array
    intercepts: Array
    sharpness: float
    ranges: Array

    def contributions(self, features: Mapping[str, float]) -> Array:
        """``(class, feature)`` what each feature adds to the log odds; 0 where it is missing.

        Raises:
            InvalidInput: a feature has no name in `features`.
        """
        x = self._ordered(features)
        parts = np.zeros(self.values.shape[:2])
        for k in np.flatnonzero(np.isfinite(x)):
            parts[:, k] = [np.interp(x[k], self.knots[k], curve) for curve in self.values[:, k]]
        return self.sharpness * parts

    def probabilities(self, features: Mapping[str, float]) -> Array:
        """(class,), adding up to 1."""
        odds = self.sharpness * self.intercepts + self.contributions(features).sum(axis=1)
        powers = np.exp(odds - odds.max())
        return np.asarray(powers / powers.sum())

    def missing(self, features: Mapping[str, float]) -> float:
        """Share of the features that have no value."""
        return float(1 - np.isfinite(self._ordered(features)).mean())

    def unfamiliar(self, features: Mapping[str, float]) -> float:
        """Share of the features that lie where almost no patient of the training did."""
        x = self._ordered(features)
        x = x[seen] if (seen := np.isfinite(x)).any() else x[:0]
        low, high = self.ranges[seen].T
        return float(((x < low) | (x > high)).mean()) if x.size else 0.0

    def _ordered(self, features: Mapping[str, float]) -> Array:
        absent = [name for name in self.features if name not in features]
        if absent:
            raise InvalidInput(
                f"The features {', '.join(absent)} are not there.", "NaN stands for one without a value.", "Add them."
            )
        return np.array([features[name] for name in self.features], np.float64)

    def to_json(self) -> str:
        """All numbers, rounded to what matters."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        rounded = {k: np.round(v, 5).tolist() if isinstance(v, np.ndarray) else v for k, v in plain.items()}
        return json.dumps(rounded) + "\n"

    @staticmethod
    def from_json(text: str) -> "Additive":
        """The model that `to_json` wrote.

        Raises:
            InvalidInput: other text.
        """
        try:
            known = json.loads(text)
            classes, features = (tuple(map(str, known[key])) for key in ("classes", "features"))
            arrays = (np.array(known[key], np.float64) for key in ("knots", "values", "intercepts", "ranges"))
            knots, values, intercepts, ranges = arrays
            return Additive(classes, features, knots, values, intercepts, float(known["sharpness"]), ranges)
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                "The text is not a model of this kind.", "JSON with classes, features, knots and values is needed.",
                "Train it again with marey train diagnosis.",
            ) from error  # fmt: skip


def hats(x: Array, knots: Array) -> Array:
    """``(patient, knot)`` functions that are 1 at a knot and 0 at the others, linear between; 0 where `x` is NaN."""
    unit = np.eye(knots.size)
    basis = np.stack([np.interp(x, knots, row) for row in unit], axis=-1)
    basis[~np.isfinite(x)] = 0
    return np.asarray(basis)


def knots_of(x: Array, count: int) -> Array:
    """(count,) evenly spaced quantiles of the finite values, made different where they coincide."""
    at = np.nanquantile(x, np.linspace(0.02, 0.98, count))
    return np.asarray(at + np.arange(count) * max(float(np.ptp(at)), 1e-6) * 1e-6)


def names_of(rows: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """Features that have a value in at least half of the patients."""
    return tuple(name for name in rows[0] if np.mean([np.isfinite(row[name]) for row in rows]) >= 1 / 2)


__all__ = ["Additive", "hats", "knots_of", "names_of"]
