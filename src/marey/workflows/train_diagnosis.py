"""Train the classifier of five classes: simulated patients, their pictures, what the network and the measures make of
them, and a model of that.
"""

import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Facts, Finding, MareyError, NotAnalysable
from marey.core.files import write_text
from marey.core.threads import one_thread_each
from marey.detect.levels import LabelledPhases
from marey.diagnose.additive import Additive
from marey.diagnose.fit_additive import FitAdditive
from marey.diagnose.five_classes import MODEL
from marey.diagnose.heart_features import heart_features
from marey.measure import SegmentedCine
from marey.scan.fast.cines import PictureCine
from marey.scan.fast.people import random_subject
from marey.simulate.prior import CLASSES
from marey.workflows.cine import AnalyzeCine

PATIENTS = "patients"
WITHOUT_BODY = 7  # every seventh patient's height and weight are not known
TESTED = 0.25
BINS = 10
Task = tuple[Path, int, int]  # folder, seed, number


@dataclass(frozen=True)
class Trained:
    """A model and how well it does on the patients that were kept apart.

    Args:
        path: of the model.
        accuracy: share of the most likely classes that are right.
        calibration_error: expected calibration error of the most likely class's probability, ten bins.
        patients: how many were kept apart.
        confusion: ``(true class, most likely class)`` counts, in the model's order.
    """

    path: Path
    accuracy: float
    calibration_error: float
    patients: int
    confusion: NDArray[np.int64]


def train_diagnosis(
    out: Path,
    *,
    patients: int = 960,
    seed: int = 20_000_000,
    processes: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Trained:
    """Make the patients that are missing in `out`, fit the model to the first three quarters, test it on the rest.

    A run that was stopped goes on. Patient k is drawn from (seed, k), whatever their number.

    Raises:
        NotAnalysable: too few patients of a class could be analysed.
    """
    folder = out / PATIENTS
    missing = [number for number in range(patients) if not _file(folder, number).exists()]
    if missing:
        _make([(folder, seed, number) for number in missing], processes, progress or (lambda _fraction, _text: None))
    rows, classes, numbers = read_patients(folder, patients)
    learnt = [i for i, number in enumerate(numbers) if number < (1 - TESTED) * patients]
    tested = [i for i, number in enumerate(numbers) if number >= (1 - TESTED) * patients]
    if set(classes) != set(CLASSES) or not tested:
        raise NotAnalysable(
            f"Only patients of the classes {sorted(set(classes))} could be analysed.",
            "Patients of all five are needed, in both parts.",
            "Train with more patients.",
        )
    model = FitAdditive()([rows[i] for i in learnt], [classes[i] for i in learnt])
    write_text(out / MODEL, model.to_json())
    return _tested(out / MODEL, model, [rows[i] for i in tested], [classes[i] for i in tested])


def _make(tasks: list[Task], processes: int | None, told: Callable[[float, str], None]) -> None:
    with one_thread_each(), multiprocessing.get_context("spawn").Pool(processes or os.cpu_count()) as pool:
        for done, _ in enumerate(pool.imap_unordered(make_patient, tasks), start=1):
            told(done / len(tasks), f"{done} of {len(tasks)} patients")


def make_patient(task: Task) -> None:
    """Simulate, picture, segment and measure one patient; one who cannot be analysed is written with the reason."""
    folder, seed, number = task
    name = list(CLASSES)[number % len(CLASSES)]
    record: dict[str, Any] = {"class": name}
    try:
        findings = _findings(np.random.default_rng([seed, number]), name, body=number % WITHOUT_BODY != 0)
        record["findings"] = {f.key: f.value for f in findings if isinstance(f.value, int | float)}
    except MareyError as error:
        record["failure"] = str(error)
    write_text(_file(folder, number), json.dumps(record) + "\n")


def _findings(rng: np.random.Generator, name: str, *, body: bool) -> tuple[Finding, ...]:
    it, person = random_subject(rng, name)
    image = PictureCine()(it, rng)
    workflow = AnalyzeCine()
    labels = workflow.segmented(image)
    phases = workflow.find_phases(labels)
    levels = workflow.find_levels(LabelledPhases(labels, phases))
    facts = Facts(sex=person.sex, age=person.age)
    if body:
        facts = Facts(sex=person.sex, age=person.age, height=person.height, weight=person.weight)
    return workflow.measured_shape(SegmentedCine(labels, phases, levels, facts, image.rr_interval))


def read_patients(folder: Path, count: int) -> tuple[list[dict[str, float]], list[str], list[int]]:
    """Features, class and number of every patient who could be analysed."""
    rows, classes, numbers = [], [], []
    for number in range(count):
        record = json.loads(_file(folder, number).read_text(encoding="utf-8"))
        if "failure" not in record:
            rows.append(heart_features(Finding(key, key, value) for key, value in record["findings"].items()))
            classes.append(str(record["class"]))
            numbers.append(number)
    return rows, classes, numbers


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.json"


def _tested(path: Path, model: Additive, rows: Sequence[dict[str, float]], classes: Sequence[str]) -> Trained:
    chances = np.array([model.probabilities(row) for row in rows])
    truth = np.array([model.classes.index(name) for name in classes])
    best, sure = chances.argmax(axis=1), chances.max(axis=1)
    confusion = np.zeros((len(model.classes), len(model.classes)), np.int64)
    np.add.at(confusion, (truth, best), 1)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(float(((best == truth)[bins == k] - sure[bins == k]).sum())) for k in range(BINS)]
    return Trained(path, float((best == truth).mean()), sum(gaps) / len(rows), len(rows), confusion)


__all__ = ["Trained", "make_patient", "read_patients", "train_diagnosis"]
