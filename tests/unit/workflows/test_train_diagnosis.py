"""Training the five classes: one real patient, a run that goes on, and a cohort whose classes are known."""

import json
from pathlib import Path

import numpy as np
import pytest

from marey.core import NotAnalysable
from marey.diagnose.additive import Additive
from marey.diagnose.heart_features import LABELS
from marey.simulate.prior import CLASSES
from marey.workflows.train_diagnosis import PATIENTS, make_patient, read_patients, train_diagnosis

USUAL = {
    "lv_ef": 60.0, "rv_ef": 55.0, "lv_edv": 150.0, "rv_edv": 160.0, "lv_mass": 100.0, "bsa": 1.9,
    "rv_lv_area_ratio": 1.0,
    "wall_thickness_ed_max": 10.0, "rv_fractional_area_change": 40.0, "lv_eccentricity_ed": 1.0,
    "lv_eccentricity_es": 1.0,
}  # fmt: skip
SIGNS = {
    "NOR": {}, "DCM": {"lv_ef": 20.0, "lv_edv": 300.0}, "HCM": {"wall_thickness_ed_max": 22.0, "lv_mass": 240.0},
    "MINF": {"lv_ef": 32.0, "lv_edv": 190.0}, "RV": {"rv_edv": 300.0, "rv_ef": 30.0, "rv_lv_area_ratio": 2.0},
}  # fmt: skip


def write(folder: Path, count: int, classes: tuple[str, ...] = tuple(CLASSES)) -> None:
    """Patients whose signs are far apart, and in every eleventh a failure."""
    rng = np.random.default_rng(2)
    (folder / PATIENTS).mkdir(parents=True)
    for number in range(count):
        name = classes[number % len(classes)]
        known = {**USUAL, **SIGNS[name]}
        for family, mean in (("wall_excursion", 30), ("wall_motion_thickening", 3), ("wall_thickness_ed", 8)):
            known |= {f"{family}_aha_{n}": mean for n in range(1, 17)}
        findings = {key: float(value * rng.normal(1, 0.03)) for key, value in known.items()}
        record = {"class": name, "failure": "No heart."} if number % 11 == 10 else {"class": name, "findings": findings}
        (folder / PATIENTS / f"{number:05d}.json").write_text(json.dumps(record))


def test_classes_that_are_far_apart_are_learnt(tmp_path: Path) -> None:
    write(tmp_path, 120)
    made = train_diagnosis(tmp_path, patients=120)
    assert made.accuracy == 1
    assert made.calibration_error < 0.1
    assert made.patients == 28
    assert np.array_equal(made.confusion, np.diag(np.diag(made.confusion)))
    model = Additive.from_json(made.path.read_text("utf-8"))
    assert set(model.features) <= set(LABELS)
    assert set(model.classes) == set(CLASSES)


def test_a_class_without_patients_is_said(tmp_path: Path) -> None:
    write(tmp_path, 40, tuple(CLASSES)[:4])
    with pytest.raises(NotAnalysable, match="Only patients of the classes"):
        train_diagnosis(tmp_path, patients=40)


def test_a_patient_is_simulated_pictured_and_measured(tmp_path: Path) -> None:
    make_patient((tmp_path, 3, 1))
    rows, classes, numbers = read_patients_of(tmp_path)
    assert classes == ["DCM"]
    assert numbers == [1]
    assert rows[0]["lv_ef"] < 45
    assert np.isfinite(list(rows[0].values())).mean() > 0.8


def read_patients_of(folder: Path) -> tuple[list[dict[str, float]], list[str], list[int]]:
    """Of number 1 alone; number 0 could not be analysed."""
    (folder / "00000.json").write_text(json.dumps({"class": "NOR", "failure": "No heart."}))
    return read_patients(folder, 2)
