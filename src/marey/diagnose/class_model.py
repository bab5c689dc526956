"""A fitted classifier as plain numbers: logistic regression with its terms, or boosted trees."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.diagnose.prepare import Preparation

Array = NDArray[np.float64]
KIND = "two classes"


@dataclass(frozen=True)
class Tree:
    """A decision tree, one entry per node: left below or at the threshold, right above; a leaf has no feature (-1)."""

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def __call__(self, scaled: Array) -> Array:
        """Value of the leaf of each patient, ``(patient,)``."""
        feature, left, right = np.array(self.feature), np.array(self.left), np.array(self.right)
        node = np.zeros(len(scaled), np.int64)
        while (inner := feature[node] >= 0).any():
            at = node[inner]
            # trees were grown on 32-bit values
            low = scaled[inner, feature[at]].astype(np.float32) <= np.array(self.threshold)[at]
            node[inner] = np.where(low, left[at], right[at])
        return np.array(self.value)[node]


@dataclass(frozen=True)
class ClassModel:
    """Chance of the positive class: logistic of a sum of terms and trees.

    Args:
        names: of the features.
        classes: the negative and the positive one.
        preparation: fills and scales the features.
        intercept: of the log odds.
        powers: (term, feature) to which power a scaled feature enters a term, such as (1, 1) for a product.
        coefficients: of the terms.
        trees: added to them.
    """

    names: tuple[str, ...]
    classes: tuple[str, str]
    preparation: Preparation
    intercept: float
    powers: tuple[tuple[int, ...], ...] = ()
    coefficients: tuple[float, ...] = ()
    trees: tuple[Tree, ...] = ()

    def log_odds(self, values: Array) -> Array:
        """Log odds of the positive class, ``(patient,)``, of features (patient, feature) with gaps.

        Raises:
            InvalidInput: another number of features.
        """
        if values.ndim != 2 or values.shape[1] != len(self.names):
            raise InvalidInput(
                f"Features of shape {values.shape} were given to a model of {len(self.names)} features.",
                f"One column each for {', '.join(self.names)} is needed.",
                "Give the columns in this order.",
            )
        scaled = self.preparation(values)
        total = np.full(len(values), self.intercept)
        for powers, coefficient in zip(self.powers, self.coefficients, strict=True):
            total += coefficient * np.prod(scaled ** np.array(powers), axis=1)
        return np.asarray(total + sum(tree(scaled) for tree in self.trees))

    def chance(self, values: Array) -> Array:
        """Chance of the positive class, ``(patient,)``."""
        return np.asarray(1 / (1 + np.exp(-self.log_odds(values))))

    def to_json(self) -> str:
        """The model as JSON."""
        return json.dumps({KIND: asdict(self)}) + "\n"


def class_model_from_json(text: str) -> ClassModel:
    """The model that `ClassModel.to_json` wrote.

    Raises:
        InvalidInput: text that is something else.
    """
    try:
        known: dict[str, Any] = json.loads(text)[KIND]
        return ClassModel(
            tuple(known["names"]),
            tuple(known["classes"]),
            Preparation(**_tuples(known["preparation"])),
            float(known["intercept"]),
            tuple(tuple(powers) for powers in known["powers"]),
            tuple(known["coefficients"]),
            tuple(Tree(**_tuples(tree)) for tree in known["trees"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput(
            "The text is not a classifier.", "A model.json of `marey cohort classify` is needed.", "Check the file."
        ) from None


def _tuples(lists: dict[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(one) for name, one in lists.items()}


__all__ = ["ClassModel", "Tree", "class_model_from_json"]
