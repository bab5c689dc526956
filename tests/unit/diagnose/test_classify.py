"""Two classes against brute force, scikit-learn and predictors whose calibration is known."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from marey.core import InvalidInput
from marey.diagnose import Classes, ClassifiedCohort, CohortTable
from marey.diagnose.calibration import calibrate, net_benefit
from marey.diagnose.candidates import CANDIDATES, fit_boosting, fit_logistic
from marey.diagnose.class_model import class_model_from_json
from marey.diagnose.classify import FitClasses
from marey.diagnose.concordance import area_under_curve, delong, delong_variance
from marey.diagnose.prepare import folds, learn_preparation

LOGISTIC, SQUARES, _ = CANDIDATES


def simulated(size: int = 200, seed: int = 0, curved: float = 0.0) -> ClassifiedCohort:
    random = np.random.default_rng(seed)
    values = random.normal(size=(size, 2))
    odds = 1.2 * values[:, 0] + curved * (values[:, 1] ** 2 - 1)
    positive = random.random(size) < 1 / (1 + np.exp(-odds))
    return ClassifiedCohort(CohortTable(("a", "b"), values), Classes(positive))


def test_delong_is_the_sum_over_pairs() -> None:
    random = np.random.default_rng(0)
    positive, score = random.random(60) < 0.4, np.round(random.normal(size=60), 1)
    own, other = score[positive], score[~positive]
    right = (own[:, None] > other) + 0.5 * (own[:, None] == other)
    assert area_under_curve(positive, score) == pytest.approx(right.mean())
    variance = right.mean(axis=1).var(ddof=1) / own.size + right.mean(axis=0).var(ddof=1) / other.size
    assert delong_variance(positive, score) == pytest.approx(variance)
    measured = delong(positive, score)
    assert measured.low < measured.value < measured.high
    assert delong(positive, positive.astype(float)).low == 1


def test_treating_all_has_its_closed_form() -> None:
    positive = np.arange(100) < 30
    thresholds = np.array([0.1, 0.3, 0.5])
    expected = 0.3 - 0.7 * thresholds / (1 - thresholds)
    assert net_benefit(positive, np.ones(100), thresholds) == pytest.approx(expected)
    assert net_benefit(positive, np.zeros(100), thresholds) == pytest.approx(0)
    with pytest.raises(InvalidInput, match="threshold"):
        net_benefit(positive, np.ones(100), np.array([1.0]))


def test_a_perfectly_calibrated_predictor_is_measured_as_one() -> None:
    random = np.random.default_rng(1)
    chance = random.beta(2, 3, 100_000)
    positive = random.random(chance.size) < chance
    found = calibrate(positive, chance)
    assert found.slope == pytest.approx(1, abs=0.03)
    assert found.intercept == pytest.approx(0, abs=0.03)
    assert found.error < 0.01
    odds = np.log(chance / (1 - chance))
    assert calibrate(positive, 1 / (1 + np.exp(-2 * odds))).slope == pytest.approx(0.5, abs=0.02)
    assert calibrate(positive, 1 / (1 + np.exp(1 - odds))).intercept == pytest.approx(1, abs=0.03)


def test_calibration_without_a_slope_and_of_no_chances() -> None:
    positive = np.arange(20) < 10
    assert np.isnan(calibrate(positive, np.full(20, 0.5)).slope)
    assert np.isnan(calibrate(positive, np.where(positive, 0.9, 0.1)).slope)
    with pytest.raises(InvalidInput, match="outside 0 to 1"):
        calibrate(positive, np.full(20, 1.5))


def test_boosted_trees_are_those_of_sklearn() -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    cohort = simulated()
    model = fit_boosting(cohort, np.arange(200))
    values, positive = cohort.table.values, cohort.classes.positive
    peer = GradientBoostingClassifier(n_estimators=150, max_depth=2, learning_rate=0.05, subsample=0.5, random_state=0)
    scaled = learn_preparation(values)(values)
    assert model.chance(values) == pytest.approx(peer.fit(scaled, positive).predict_proba(scaled)[:, 1], abs=1e-6)
    assert class_model_from_json(model.to_json()) == model


def test_the_kind_that_fits_is_chosen_and_judged_on_unseen_patients() -> None:
    cohort = simulated(400, curved=1.5)
    found = FitClasses((LOGISTIC, SQUARES), outer=5, inner=3, bootstraps=10)(cohort)
    assert found.kind == SQUARES
    assert found.area.value > delong(cohort.classes.positive, cohort.table.values[:, 0]).value
    assert found.effects[0].ratio.low > 1
    again = FitClasses((LOGISTIC, SQUARES), outer=5, inner=3, bootstraps=10)(cohort)
    assert np.array_equal(found.chance, again.chance)


def test_noise_is_not_predicted() -> None:
    random = np.random.default_rng(5)
    cohort = ClassifiedCohort(CohortTable(("a", "b"), random.normal(size=(300, 2))), Classes(random.random(300) < 0.5))
    area = FitClasses((LOGISTIC,), bootstraps=10)(cohort).area
    assert area.low < 0.5


def test_missing_values_are_filled() -> None:
    cohort = simulated()
    values = cohort.table.values.copy()
    values[::7, 0] = np.nan
    filled = ClassifiedCohort(CohortTable(("a", "b"), values), cohort.classes)
    assert np.isfinite(fit_logistic(filled, np.arange(200)).chance(values)).all()


def test_folds_have_their_share_of_both_classes() -> None:
    positive = np.arange(100) < 20
    fold = folds(positive, 10, 0)
    assert np.bincount(fold).tolist() == [10] * 10
    assert np.bincount(fold[positive]).tolist() == [2] * 10


def test_wrong_use_is_refused() -> None:
    cohort = simulated()
    with pytest.raises(InvalidInput, match="kinds of classifier"):
        FitClasses(("magic",))(cohort)
    with pytest.raises(InvalidInput, match="2 features"):
        fit_logistic(cohort, np.arange(200)).chance(np.zeros((1, 3)))
    with pytest.raises(InvalidInput, match="not a classifier"):
        class_model_from_json("[]")
