"""Prognosis and classification on tables of patients, and on simulated cohorts with known hazard.

    python benchmarks/cohort.py [--repeats 3]

Heart failure: 299 patients, death, 11 features (follow-up time is no feature). Remodelling: 2291 people, infarct or
not, 6 indices of the left ventricle. All models see the same ten folds, drawn anew in each repeat; concordance and area
under the curve are inside each fold, mean of all. Simulated: 600 patients to learn from, 2000 others to test.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.diagnose import CohortTable, FollowUp, SurvivalCohort
from marey.diagnose.candidates import fit_logistic
from marey.diagnose.classify import FitClasses
from marey.diagnose.concordance import area_under_curve, concordance
from marey.diagnose.cox import fit_cox
from marey.diagnose.prepare import folds
from marey.diagnose.survival import FitCox
from marey.learn.deep_cox import FitDeepCox
from marey.workflows.cohort_outcome import classified_cohort, survival_cohort
from marey.workflows.cohort_read import read_table

Array = NDArray[np.float64]
TABLES = Path(os.environ.get("MAREY_DATA", Path(__file__).parents[2] / "shared" / "data")) / "tables"
MODELS = ("lifelines' Cox", "Marey's Cox", "deep Cox")


def predictions(cohort: SurvivalCohort, rows: NDArray[np.int64], values: Array) -> tuple[Array, ...]:
    """Log risk of patients `values` by each of `MODELS` fitted to some rows."""
    learned, followed = cohort.table.values[rows], cohort.follow_up
    times, events = followed.times[rows], followed.events[rows]
    return (
        fit_cox(cohort.table.names, learned, times, events, 0.0).log_risk(values),
        FitCox().fit(cohort, rows).log_risk(values),
        FitDeepCox()(learned, times, events).log_risk(values),
    )


def heart_failure(repeats: int) -> None:
    table = read_table(TABLES / "heart_failure_clinical_records_dataset.csv")
    cohort = survival_cohort(table, "time (followed)", "DEATH_EVENT", ())
    followed, values, scores = cohort.follow_up, cohort.table.values, []
    for seed in range(repeats):
        fold = folds(followed.events, 10, seed)
        for number in range(10):
            out = fold == number
            risks = predictions(cohort, np.flatnonzero(~out), values[out])
            scores.append([concordance(followed.times[out], followed.events[out], risk) for risk in risks])
    everybody = np.arange(followed.size)
    apparent = [concordance(followed.times, followed.events, r) for r in predictions(cohort, everybody, values)]
    for name, inside, itself in zip(MODELS, np.mean(scores, axis=0), apparent, strict=True):
        print(f"heart failure | {name} | concordance unseen {inside:.3f} | apparent {itself:.3f}")


def simulated(curved: bool) -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(2600, 4))
    log_hazard = values[:, 0] ** 2 - values[:, 1] * values[:, 2] if curved else values @ np.array([1.0, -0.7, 0.4, 0])
    times, until = random.exponential(np.exp(-log_hazard)), random.exponential(2.0, 2600)
    followed = FollowUp(np.minimum(times, until) + 1e-9, times <= until)
    cohort = SurvivalCohort(CohortTable(("a", "b", "c", "d"), values), followed)
    new = slice(600, None)
    risks = (*predictions(cohort, np.arange(600), values[new]), log_hazard[new])
    for name, risk in zip((*MODELS, "the truth"), risks, strict=True):
        value = concordance(followed.times[new], followed.events[new], risk)
        print(f"simulated, {'curved' if curved else 'linear'} hazard | {name} | concordance {value:.3f}")


def remodelling(repeats: int) -> None:
    cohort = classified_cohort(read_table(TABLES / "lv_indices_2291.csv"), "Group", ())
    positive, values = cohort.classes.positive, cohort.table.values
    plain, own = list[float](), list[float]()
    for seed in range(repeats):
        step = FitClasses(seed=seed)
        own += step.unseen(cohort)[2]
        fold = folds(positive, step.outer, seed)
        for number in range(step.outer):
            out = fold == number
            chance = fit_logistic(cohort, np.flatnonzero(~out)).chance(values[out])
            plain.append(area_under_curve(positive[out], chance))
    print(f"remodelling | logistic regression | area under the curve {np.mean(plain):.3f}")
    print(f"remodelling | Marey, kind chosen inside | area under the curve {np.mean(own):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    count = parser.parse_args().repeats
    simulated(curved=False)
    simulated(curved=True)
    heart_failure(count)
    remodelling(count)
