"""Two classes from a table: a classifier, and how well it tells apart patients it has not seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.diagnose.calibration import Calibration, calibrate, net_benefit
from marey.diagnose.candidates import CANDIDATES, fit_logistic
from marey.diagnose.class_model import ClassModel
from marey.diagnose.concordance import Measured, area_under_curve, delong
from marey.diagnose.effects import Effect, effect
from marey.diagnose.prepare import folds
from marey.diagnose.table import ClassifiedCohort

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
THRESHOLDS = tuple(round(0.01 * k, 2) for k in range(1, 100))


@dataclass(frozen=True, eq=False)
class Classification:
    """A classifier and how good it is on patients that it was not fitted to.

    Args:
        model: of all patients, of the kind that was chosen.
        kind: of `model`; kinds: how often each kind was chosen in the outer folds.
        chance: (patient,) predicted for each patient by a model that had not seen it.
        area: under the ROC curve of these, with its interval; fold_areas: inside each fold.
        calibration: of these.
        thresholds, benefit, benefit_of_all: net benefit of acting on the model, and on everybody.
        effects: odds ratios by logistic regression without squares, whichever kind was chosen; bootstrapped intervals.
        notices: what a reader has to know, as sentences.
    """

    model: ClassModel
    kind: str
    kinds: dict[str, int]
    chance: Array
    area: Measured
    fold_areas: tuple[float, ...]
    calibration: Calibration
    thresholds: tuple[float, ...]
    benefit: tuple[float, ...]
    benefit_of_all: tuple[float, ...]
    effects: tuple[Effect, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class FitClasses:
    """A classifier chosen by inner cross-validation and judged by outer cross-validation.

    The kind with the least log loss in the inner folds is chosen anew in each outer fold: Varma and Simon 2006,
    doi:10.1186/1471-2105-7-91. Missing values are filled, and features scaled, anew in each fold.

    Args:
        kinds: of `candidates.CANDIDATES`.
        outer, inner: numbers of folds.
        bootstraps: for the intervals of effects.
        seed: of the resampling.
    """

    kinds: tuple[str, ...] = tuple(CANDIDATES)
    outer: int = 10
    inner: int = 5
    bootstraps: int = 200
    seed: int = 0

    def __call__(self, cohort: ClassifiedCohort, /) -> Classification:
        """Choose, fit and judge.

        Raises:
            InvalidInput: a kind that does not exist.
        """
        self._check()
        everybody = np.arange(cohort.classes.size)
        kind = self.choose(cohort, everybody)
        positive = cohort.classes.positive
        chance, chosen, areas = self.unseen(cohort)
        thresholds = np.array(THRESHOLDS)
        return Classification(
            CANDIDATES[kind](cohort, everybody),
            kind,
            {name: chosen.count(name) for name in self.kinds},
            chance,
            delong(positive, chance),
            areas,
            calibrate(positive, chance),
            THRESHOLDS,
            tuple(net_benefit(positive, chance, thresholds).tolist()),
            tuple(net_benefit(positive, np.ones(chance.size), thresholds).tolist()),
            self._effects(cohort),
            cohort.table.notices,
        )

    def _check(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in CANDIDATES]
        if unknown or not self.kinds:
            raise InvalidInput(
                f"The kinds of classifier are {self.kinds}.",
                f"Some of {', '.join(CANDIDATES)} are needed.",
                "Correct the kinds.",
            )

    def choose(self, cohort: ClassifiedCohort, rows: Rows) -> str:
        """The kind with the least log loss in the inner folds of these rows."""
        if len(self.kinds) == 1:
            return self.kinds[0]
        positive = cohort.classes.positive[rows]
        fold = folds(positive, self.inner, self.seed + 1)
        losses = []
        for kind in self.kinds:
            chance = np.empty(rows.size)
            for number in range(self.inner):
                out = fold == number
                chance[out] = CANDIDATES[kind](cohort, rows[~out]).chance(cohort.table.values[rows[out]])
            losses.append(-np.log(np.clip(np.where(positive, chance, 1 - chance), 1e-12, 1)).mean())
        return self.kinds[int(np.argmin(losses))]

    def unseen(self, cohort: ClassifiedCohort) -> tuple[Array, list[str], tuple[float, ...]]:
        """Chance of each patient by a model of the other folds, the kinds chosen, the area inside each fold."""
        positive = cohort.classes.positive
        fold = folds(positive, self.outer, self.seed)
        chance, chosen, areas = np.empty(fold.size), [], []
        for number in range(self.outer):
            out, rows = fold == number, np.flatnonzero(fold != number)
            chosen.append(self.choose(cohort, rows))
            chance[out] = CANDIDATES[chosen[-1]](cohort, rows).chance(cohort.table.values[out])
            areas.append(area_under_curve(positive[out], chance[out]))
        return chance, chosen, tuple(areas)

    def _effects(self, cohort: ClassifiedCohort) -> tuple[Effect, ...]:
        random, size = np.random.default_rng(self.seed), cohort.classes.size
        whole = _slopes(fit_logistic(cohort, np.arange(size)))
        drawn = []
        for _ in range(self.bootstraps):
            rows = random.integers(0, size, size)
            if 0 < cohort.classes.positive[rows].sum() < size:
                drawn.append(_slopes(fit_logistic(cohort, rows)))
        lows, highs = np.percentile(drawn, (2.5, 97.5), axis=0)
        columns = zip(cohort.table.names, cohort.table.values.T, whole, lows, highs, strict=True)
        return tuple(effect(*one) for one in columns)


def _slopes(model: ClassModel) -> Array:
    """Log odds per unit of each feature."""
    return np.asarray(np.array(model.coefficients) / np.array(model.preparation.scales))


__all__ = ["Classification", "FitClasses"]
