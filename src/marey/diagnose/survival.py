"""Prognosis from a table: a Cox model with its effects, and how well it predicts patients it has not seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from marey.core import InvalidInput, NotAnalysable
from marey.diagnose.concordance import Measured, concordance
from marey.diagnose.cox import CoxModel, fit_cox, fit_scaled, frame
from marey.diagnose.effects import Effect, effect
from marey.diagnose.kaplan_meier import KaplanMeier, kaplan_meier, still_followed
from marey.diagnose.prepare import folds
from marey.diagnose.table import FollowUp, SurvivalCohort

Array = NDArray[np.float64]
LEAST_AT_RISK = 10
NOT_PROPORTIONAL = 0.05  # p of all features together (Bonferroni)


@dataclass(frozen=True)
class RiskGroup:
    """Patients of similar predicted risk, and what happened to them.

    Args:
        rows: of the patients in the table.
        predicted: mean chance of the event until the horizon, by models that had not seen the patient.
        observed: the same by Kaplan-Meier.
        curve: of these patients.
    """

    rows: tuple[int, ...]
    predicted: float
    observed: Measured
    curve: KaplanMeier


@dataclass(frozen=True)
class Prognosis:
    """A Cox model and how good it is.

    Args:
        model: of all patients.
        effects: hazard ratios per feature; intervals by Wald, of the penalised fit.
        p: of no effect, per feature.
        proportionality_p: of an effect that stays the same over time, per feature: Grambsch and Therneau 1994,
            doi:10.1093/biomet/81.3.515, against the rank of time.
        apparent: concordance on the patients that the model was fitted to.
        corrected: the same less the optimism that bootstrapping finds: what to expect in new patients like these.
        cross_validated: concordance within the folds of patients whom the model had not seen, mean of the folds.
        slope: of the cross-validated log risk, 1 is ideal, below 1 the predictions are too extreme.
        horizon: for risk groups and their calibration.
        groups: from low to high predicted risk.
        notices: what a reader has to know, as sentences.
    """

    model: CoxModel
    effects: tuple[Effect, ...]
    p: tuple[float, ...]
    proportionality_p: tuple[float, ...]
    apparent: float
    corrected: Measured
    cross_validated: float
    slope: float
    horizon: float
    groups: tuple[RiskGroup, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class FitCox:
    """Cox model with a small ridge penalty, its optimism and its calibration.

    Optimism by the bootstrap of Harrell et al. 1996 (Statistics in Medicine 15:361,
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4); its interval by shifting the bootstrap
    percentiles, Noma et al. 2021, doi:10.1002/sim.9148. Missing values are filled anew in every bootstrap and fold.

    Args:
        horizon: at which risks are compared with what happened; the median follow-up when not given.
        penalty: see `fit_cox`.
        groups: of risk.
        bootstraps, folds, seed: of the resampling.
    """

    horizon: float | None = None
    penalty: float = 0.05
    groups: int = 3
    bootstraps: int = 200
    folds: int = 10
    seed: int = 0

    def __call__(self, cohort: SurvivalCohort, /) -> Prognosis:
        """Fit and judge.

        Raises:
            InvalidInput: a horizon that hardly anybody reached.
            NotAnalysable: the fit does not converge.
        """
        horizon = _checked_horizon(cohort.follow_up, self.horizon)
        model = self.fit(cohort)
        changing = _proportionality(cohort, model, self.penalty)
        unseen, inside, risks = self.unseen(cohort, horizon)
        apparent, corrected = self._optimism(cohort, model)
        return Prognosis(
            model,
            _effects(cohort, model),
            _no_effect(model),
            changing,
            apparent,
            corrected,
            inside,
            _slope(cohort.follow_up, unseen),
            horizon,
            _risk_groups(cohort.follow_up, risks, horizon, self.groups),
            (*cohort.table.notices, *_warnings(model.names, changing)),
        )

    def fit(self, cohort: SurvivalCohort, rows: NDArray[np.int64] | None = None) -> CoxModel:
        """The model of all patients, or of some rows of the table."""
        use = np.arange(cohort.follow_up.size) if rows is None else rows
        followed = cohort.follow_up
        table = cohort.table
        return fit_cox(table.names, table.values[use], followed.times[use], followed.events[use], self.penalty)

    def unseen(self, cohort: SurvivalCohort, horizon: float) -> tuple[Array, float, Array]:
        """Log risk and risk at the horizon of each patient by a model fitted to the other folds.

        Returns:
            log risk ``(patient,)``; concordance inside the folds, their mean; risk until the horizon ``(patient,)``.
        """
        followed, values = cohort.follow_up, cohort.table.values
        fold = folds(followed.events, self.folds, self.seed)
        logs, risks, inside = np.empty(fold.size), np.empty(fold.size), []
        for number in range(self.folds):
            out = fold == number
            model = self.fit(cohort, np.flatnonzero(~out))
            logs[out] = model.log_risk(values[out])
            risks[out] = model.risk(values[out], min(horizon, model.times[-1]))
            inside.append(concordance(followed.times[out], followed.events[out], logs[out]))
        return logs, float(np.mean(inside)), risks

    def _optimism(self, cohort: SurvivalCohort, model: CoxModel) -> tuple[float, Measured]:
        """Apparent concordance, and the corrected one with its interval."""
        followed, values = cohort.follow_up, cohort.table.values
        random = np.random.default_rng(self.seed)
        apparent = concordance(followed.times, followed.events, model.log_risk(values))
        drawn, optimism = [], []
        for _ in range(self.bootstraps):
            rows = np.sort(random.integers(0, followed.size, followed.size))
            again = self.fit(cohort, rows)
            inside = concordance(followed.times[rows], followed.events[rows], again.log_risk(values[rows]))
            drawn.append(inside)
            optimism.append(inside - concordance(followed.times, followed.events, again.log_risk(values)))
        shift = float(np.mean(optimism))
        low, high = np.clip(np.percentile(drawn, (2.5, 97.5)) - shift, 0, 1)
        return apparent, Measured(apparent - shift, float(low), float(high))


def _checked_horizon(followed: FollowUp, asked: float | None) -> float:
    horizon = float(np.median(followed.times)) if asked is None else asked
    left = int(still_followed(followed.times, np.array([horizon]))[0])
    before = int((followed.events & (followed.times <= horizon)).sum())
    if not horizon > 0 or left < LEAST_AT_RISK or not before:
        raise InvalidInput(
            f"At the horizon of {horizon:g} {left} patients were still followed, and {before} had had the event.",
            f"A positive horizon that at least {LEAST_AT_RISK} patients reached, after the first event, is needed.",
            f"Choose one near the median follow-up, {np.median(followed.times):g}.",
        )
    return horizon


def _effects(cohort: SurvivalCohort, model: CoxModel) -> tuple[Effect, ...]:
    slopes, errors = (np.array(one) / model.preparation.scales for one in (model.coefficients, model.errors))
    half = ndtri(0.975) * errors
    columns = zip(model.names, cohort.table.values.T, slopes, slopes - half, slopes + half, strict=True)
    return tuple(effect(*one) for one in columns)


def _no_effect(model: CoxModel) -> tuple[float, ...]:
    """P of Wald's test of each feature."""
    return tuple((2 * ndtr(-np.abs(np.array(model.coefficients) / np.array(model.errors)))).tolist())


def _proportionality(cohort: SurvivalCohort, model: CoxModel, penalty: float) -> tuple[float, ...]:
    from lifelines.statistics import proportional_hazard_test

    followed, scaled = cohort.follow_up, model.preparation(cohort.table.values)
    fitter = fit_scaled(scaled, followed.times, followed.events, penalty)
    table = frame(scaled, followed.times, followed.events)
    tested = proportional_hazard_test(fitter, table, time_transform="rank").summary
    return tuple(float(tested.loc[name, "p"]) for name in fitter.params_.index)


def _warnings(names: tuple[str, ...], proportionality: tuple[float, ...]) -> tuple[str, ...]:
    return tuple(
        f"The effect of '{name}' changes over time (p = {p:.2g}): its hazard ratio is a mean over the follow-up."
        for name, p in zip(names, proportionality, strict=True)
        if p < NOT_PROPORTIONAL / len(names)
    )


def _slope(followed: FollowUp, log_risk: Array) -> float:
    """Coefficient of the log risk in a Cox model of its own."""
    if np.ptp(log_risk) == 0:
        raise NotAnalysable(
            "The model gives every patient the same risk.", "A feature with an effect is needed.", "Lower the penalty."
        )
    return float(fit_scaled(log_risk[:, None], followed.times, followed.events, 0.0).params_.iloc[0])


def _risk_groups(followed: FollowUp, risks: Array, horizon: float, count: int) -> tuple[RiskGroup, ...]:
    """Equally many patients in each, from low to high risk; equal risks stay together."""
    edges = np.quantile(risks, np.linspace(0, 1, count + 1)[1:-1])
    group = np.searchsorted(edges, risks, side="right")
    found = []
    for number in range(count):
        own = group == number
        if not own.any():
            continue
        curve = kaplan_meier(followed.times[own], followed.events[own])
        survival, low, high = curve.at(horizon)
        observed = Measured(1 - survival, 1 - high, 1 - low)
        found.append(RiskGroup(tuple(np.flatnonzero(own).tolist()), float(risks[own].mean()), observed, curve))
    return tuple(found)


__all__ = ["FitCox", "Prognosis", "RiskGroup"]
