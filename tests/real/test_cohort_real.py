"""Published tables of patients: nothing less than what others reach."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("lifelines")

from marey.core import InvalidInput
from marey.diagnose.classify import FitClasses
from marey.diagnose.survival import FitCox
from marey.workflows.cohort_outcome import classified_cohort, survival_cohort
from marey.workflows.cohort_read import read_table

SQUARES = "logistic regression with squares and products"
FAILURE = "heart_failure_clinical_records_dataset.csv"


@pytest.fixture(scope="module")
def tables(data_dir: Path) -> Path:
    if not (data_dir / "tables" / FAILURE).is_file():
        pytest.skip(f"no tables at {data_dir}")
    return data_dir / "tables"


def test_heart_failure(tables: Path) -> None:
    """lifelines without a penalty reaches 0.741 on the patients that it was fitted to."""
    cohort = survival_cohort(read_table(tables / FAILURE), "time (followed)", "DEATH_EVENT", ())
    found = FitCox(bootstraps=20, penalty=0.0)(cohort)
    assert found.apparent == pytest.approx(0.741, abs=0.001)
    assert 0.68 < found.corrected.value < found.apparent
    unseen = np.mean([FitCox(seed=seed).unseen(cohort, 115.0)[1] for seed in range(2)])
    assert unseen > 0.70


def test_follow_up_is_not_a_feature(tables: Path) -> None:
    with pytest.raises(InvalidInput, match="follow-up time"):
        classified_cohort(read_table(tables / FAILURE), "DEATH_EVENT", ())


def test_remodelling(tables: Path) -> None:
    """0.950 is published for logistic regression."""
    cohort = classified_cohort(read_table(tables / "lv_indices_2291.csv"), "Group", ())
    assert cohort.classes.names == ("ASYMP", "MI")
    found = FitClasses((SQUARES,), bootstraps=10)(cohort)
    assert found.area.value > 0.95
    assert 0.8 < found.calibration.slope < 1.2
