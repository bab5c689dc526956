"""Fit an additive classifier by penalised multinomial regression; calibrated on patients it was not fitted to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from marey.core import InvalidInput
from marey.diagnose.additive import Additive, hats, knots_of, names_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FitAdditive:
    """Rows of features and their classes become an `Additive`.

    Args:
        knots: of each curve.
        strength: of the data against the penalty on the curves' size (scikit-learn's C).
        folds: of the cross-validation that finds the sharpness.
        seed: of the folds.
    """

    knots: int = 6
    strength: float = 0.3
    folds: int = 5
    seed: int = 0

    def __call__(self, rows: Sequence[Mapping[str, float]], classes: Sequence[str]) -> Additive:
        """The model.

        Raises:
            InvalidInput: fewer than two classes, or a class with fewer patients than folds.
        """
        self._check(rows, classes)
        model = self._fit(rows, classes)
        odds, truth = self._unseen(rows, classes, model.classes)
        found = minimize_scalar(lambda log: _log_loss(np.exp(log) * odds, truth), bounds=(-1.5, 1.5), method="bounded")
        return replace(model, sharpness=round(float(np.exp(found.x)), 4))

    def _unseen(
        self, rows: Sequence[Mapping[str, float]], classes: Sequence[str], names: Sequence[str]
    ) -> tuple[Array, NDArray[np.int64]]:
        """Log odds ``(patient, class)`` from folds that the patient was not in, and the number of their class."""
        from sklearn.model_selection import StratifiedKFold

        truth = np.array([names.index(name) for name in classes])
        odds = np.zeros((len(rows), len(names)))
        for learnt, left in StratifiedKFold(self.folds, shuffle=True, random_state=self.seed).split(truth, truth):
            model = self._fit([rows[i] for i in learnt], [classes[i] for i in learnt])
            odds[left] = [model.intercepts + model.contributions(rows[i]).sum(axis=1) for i in left]
        return odds, truth

    def _fit(self, rows: Sequence[Mapping[str, float]], classes: Sequence[str]) -> Additive:
        from sklearn.linear_model import LogisticRegression

        names = names_of(rows)
        x = np.array([[row[name] for name in names] for row in rows], np.float64)
        knots = np.array([knots_of(column, self.knots) for column in x.T])
        basis = [hats(column, at) for column, at in zip(x.T, knots, strict=True)]
        means = np.array([one[np.isfinite(column)].mean(axis=0) for one, column in zip(basis, x.T, strict=True)])
        centred = [np.where(np.isfinite(c)[:, None], b - m, 0) for b, m, c in zip(basis, means, x.T, strict=True)]
        fitted = LogisticRegression(C=self.strength, max_iter=4000).fit(np.hstack(centred), list(classes))
        curves = fitted.coef_.reshape(len(fitted.classes_), len(names), self.knots)
        curves = curves - (curves * means).sum(axis=-1, keepdims=True)
        ranges = np.nanquantile(x, (0.005, 0.995), axis=0).T
        labels = tuple(map(str, fitted.classes_))
        return Additive(labels, names, knots, curves, np.asarray(fitted.intercept_), 1.0, ranges)

    def _check(self, rows: Sequence[Mapping[str, float]], classes: Sequence[str]) -> None:
        counts = {name: list(classes).count(name) for name in sorted(set(classes))}
        if len(rows) != len(classes) or len(counts) < 3 or min(counts.values(), default=0) < self.folds:
            raise InvalidInput(
                f"There are {len(rows)} patients of the classes {counts}.",
                f"One class per patient, at least three classes and {self.folds} patients in each are needed.",
                "Give more patients.",
            )


def _log_loss(odds: Array, truth: NDArray[np.int64]) -> float:
    shifted = odds - odds.max(axis=1, keepdims=True)
    chances = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-chances[np.arange(len(truth)), truth].mean())


__all__ = ["FitAdditive"]
