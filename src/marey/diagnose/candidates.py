"""The kinds of classifier to choose from, fitted by scikit-learn and kept as plain numbers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.diagnose.class_model import ClassModel, Tree
from marey.diagnose.prepare import learn_preparation
from marey.diagnose.table import ClassifiedCohort

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]
Fit = Callable[[ClassifiedCohort, Rows], ClassModel]
STRENGTH = 1.0  # inverse of the ridge penalty on scaled features
TREES, DEPTH, RATE, SHARE = 150, 2, 0.05, 0.5


def fit_logistic(cohort: ClassifiedCohort, rows: Rows) -> ClassModel:
    """Logistic regression on the features."""
    return _fit_terms(cohort, rows, 1)


def fit_squares(cohort: ClassifiedCohort, rows: Rows) -> ClassModel:
    """Logistic regression on features, their squares and products."""
    return _fit_terms(cohort, rows, 2)


def fit_boosting(cohort: ClassifiedCohort, rows: Rows) -> ClassModel:
    """Gradient boosting of shallow trees: Friedman 2002, doi:10.1016/S0167-9473(01)00065-2."""
    from sklearn.ensemble import GradientBoostingClassifier

    values, positive = cohort.table.values[rows], cohort.classes.positive[rows]
    preparation = learn_preparation(values)
    booster = GradientBoostingClassifier(
        n_estimators=TREES, max_depth=DEPTH, learning_rate=RATE, subsample=SHARE, random_state=0
    )
    booster.fit(preparation(values), positive)
    share = float(positive.mean())
    trees = tuple(_tree(grown.tree_) for grown in booster.estimators_[:, 0])
    start = float(np.log(share / (1 - share)))
    return ClassModel(cohort.table.names, cohort.classes.names, preparation, start, trees=trees)


def _tree(grown: Any) -> Tree:
    """A tree of scikit-learn; its values are times the learning rate here."""
    return Tree(
        tuple(np.maximum(grown.feature, -1).tolist()),
        tuple(grown.threshold.tolist()),
        tuple(grown.children_left.tolist()),
        tuple(grown.children_right.tolist()),
        tuple((RATE * grown.value[:, 0, 0]).tolist()),
    )


def _fit_terms(cohort: ClassifiedCohort, rows: Rows, degree: int) -> ClassModel:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    values, positive = cohort.table.values[rows], cohort.classes.positive[rows]
    preparation = learn_preparation(values)
    terms = PolynomialFeatures(degree, include_bias=False)
    pipeline = make_pipeline(terms, LogisticRegression(C=STRENGTH, max_iter=5_000))
    regression = pipeline.fit(preparation(values), positive)[-1]
    return ClassModel(
        cohort.table.names,
        cohort.classes.names,
        preparation,
        float(regression.intercept_[0]),
        tuple(tuple(powers) for powers in terms.powers_.tolist()),
        tuple(regression.coef_[0].tolist()),
    )


CANDIDATES: Mapping[str, Fit] = {
    "logistic regression": fit_logistic,
    "logistic regression with squares and products": fit_squares,
    "boosted trees": fit_boosting,
}

__all__ = ["CANDIDATES", "Fit", "fit_boosting", "fit_logistic", "fit_squares"]
