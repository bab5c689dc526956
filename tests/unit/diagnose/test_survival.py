"""Survival against closed forms, simulated proportional hazards and lifelines."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("lifelines")

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose import CohortTable, FollowUp, SurvivalCohort
from marey.diagnose.concordance import concordance
from marey.diagnose.cox import cox_from_json, fit_cox
from marey.diagnose.kaplan_meier import kaplan_meier, still_followed
from marey.diagnose.survival import FitCox

Array = NDArray[np.float64]
SLOPES = np.array([0.8, -0.5, 0.0])


def simulated(size: int, seed: int = 0, missing: float = 0.0) -> SurvivalCohort:
    """Exponential survival with log hazard ratios `SLOPES` per unit; half of all are censored or so."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(size, 3))
    times = random.exponential(np.exp(-values @ SLOPES))
    until = random.exponential(1.5, size)
    values[random.random(values.shape) < missing] = np.nan
    followed = FollowUp(np.minimum(times, until) + 1e-6, times <= until)
    return SurvivalCohort(CohortTable(("a", "b", "c"), values), followed)


def test_kaplan_meier_of_a_hand_example() -> None:
    curve = kaplan_meier(np.array([1.0, 2, 2, 3, 4]), np.array([True, True, False, False, True]))
    assert curve.times == pytest.approx((0, 1, 2, 4))
    assert curve.survival == pytest.approx((1, 4 / 5, 3 / 5, 0))
    assert list(curve.at_risk) == [5, 5, 4, 1]
    assert curve.at(1.5)[0] == pytest.approx(0.8)
    assert still_followed(np.array([1.0, 2, 3]), np.array([0.0, 2, 5])).tolist() == [3, 2, 0]


def test_kaplan_meier_and_its_interval_are_those_of_lifelines() -> None:
    from lifelines import KaplanMeierFitter

    followed = simulated(80).follow_up
    fitter = KaplanMeierFitter().fit(followed.times, followed.events)
    curve = kaplan_meier(followed.times, followed.events)
    bounds = fitter.confidence_interval_.to_numpy()
    for time in (0.2, 0.7):
        row = np.searchsorted(fitter.survival_function_.index, time, side="right") - 1
        assert curve.at(time) == pytest.approx((fitter.predict(time), *bounds[row]), abs=1e-6)


def test_concordance_is_that_of_lifelines() -> None:
    from lifelines.utils import concordance_index

    random = np.random.default_rng(3)
    times, events, risk = (
        random.integers(1, 30, 200).astype(float),
        random.random(200) < 0.5,
        random.integers(0, 9, 200).astype(float),
    )
    assert concordance(times, events, risk) == pytest.approx(concordance_index(times, -risk, events))
    order = random.permutation(200)
    assert concordance(times[order], events[order], risk[order]) == pytest.approx(concordance(times, events, risk))
    assert concordance(times, events, risk) + concordance(times, events, -risk) == pytest.approx(1)


def test_nothing_to_compare_is_said() -> None:
    with pytest.raises(NotAnalysable, match="No two patients"):
        concordance(np.array([1.0, 2]), np.array([False, True]), np.zeros(2))


def test_cox_finds_the_simulated_hazard_ratios() -> None:
    cohort = simulated(4000)
    model = FitCox(penalty=0.0).fit(cohort)
    slopes = np.array(model.coefficients) / model.preparation.scales
    assert slopes == pytest.approx(SLOPES, abs=0.08)
    # exponential survival of the mean patient: 1 - exp(-t exp(b m))
    mean = np.array([model.preparation.means])
    hazard = 0.5 * float(np.exp(mean @ SLOPES)[0])
    assert model.risk(mean, 0.5)[0] == pytest.approx(1 - np.exp(-hazard), abs=0.02)


def test_prognosis_of_simulated_patients() -> None:
    cohort = simulated(300, missing=0.05)
    found = FitCox(bootstraps=10, folds=5)(cohort)
    assert found.corrected.value < found.apparent
    assert found.corrected.low < found.corrected.value < found.corrected.high
    assert found.slope == pytest.approx(1, abs=0.35)
    assert [effect.ratio.value > 1 for effect in found.effects[:2]] == [True, False]
    assert found.p[0] < 0.001
    assert sum(len(group.rows) for group in found.groups) == 300
    for group in found.groups:
        assert group.observed.low - 0.05 < group.predicted < group.observed.high + 0.05
    assert cox_from_json(found.model.to_json()) == found.model


def test_the_order_of_patients_does_not_matter() -> None:
    cohort = simulated(100)
    order = np.random.default_rng(1).permutation(100)
    followed = FollowUp(cohort.follow_up.times[order], cohort.follow_up.events[order])
    turned = SurvivalCohort(CohortTable(cohort.table.names, cohort.table.values[order]), followed)
    assert FitCox().fit(turned).coefficients == pytest.approx(FitCox().fit(cohort).coefficients, abs=1e-5)


def test_an_effect_that_changes_is_said() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(400, 2))
    late = values[:, 0] > 0
    times = np.where(late, random.uniform(4, 6, 400), random.exponential(5, 400)) + 0.01
    cohort = SurvivalCohort(CohortTable(("a", "b"), values), FollowUp(times, np.ones(400, bool)))
    assert any("'a' changes over time" in notice for notice in FitCox(bootstraps=2, folds=3)(cohort).notices)


@pytest.mark.parametrize("horizon", [-1.0, 100.0])
def test_a_horizon_that_nobody_reached_is_refused(horizon: float) -> None:
    with pytest.raises(InvalidInput, match="horizon"):
        FitCox(horizon=horizon)(simulated(60))


def test_the_model_refuses_what_it_does_not_know() -> None:
    model = FitCox().fit(simulated(60))
    with pytest.raises(InvalidInput, match="3 features"):
        model.log_risk(np.zeros((2, 4)))
    with pytest.raises(InvalidInput, match="horizon"):
        model.risk(np.zeros((2, 3)), 1e9)
    with pytest.raises(InvalidInput, match="not a Cox model"):
        cox_from_json("{}")


def test_features_that_split_everything_have_no_coefficients() -> None:
    twice = np.linspace(0, 1, 40)
    with pytest.raises(NotAnalysable, match="no finite coefficients"):
        fit_cox(("a", "b"), np.column_stack([twice, twice]), np.linspace(1, 40, 40), np.ones(40, bool), 0.0)
