"""Which disease `marey analyze` sees: simulated exams of the whole scanner, and real patients of known groups.

    python benchmarks/diagnosis.py [--exams FOLDER --hearts 40]

Real: 30 Sunnybrook patients (heart failure after infarction HF-I, without HF-NI, hypertrophy HYP, normal N), of whom
only the labelled slices at end-diastole and end-systole exist, without spacing (1.37 mm is taken for all) and without
the size of the body. Simulated: exams of `marey simulate study` whose group is one of the five classes, kept in FOLDER.
No patient of either was in the training.
"""

import argparse
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from marey.core import Finding, Grid, Image, Labels, MareyError
from marey.detect.levels import LabelledPhases
from marey.diagnose.five_classes import KEY, NAMES, ClassifyHeart
from marey.io.read import read_study
from marey.measure import SegmentedCine
from marey.simulate.prior import GROUPS
from marey.workflows.cine import AnalyzeCine
from marey.workflows.output_folder import without_results
from simulated import exam_of
from sunnybrook import SPACING, THICKNESS, patients

REAL = {"HF-I": "MINF", "HF-NI": "DCM", "HYP": "HCM", "N": "NOR"}
SIMULATED = {"healthy": "NOR", "dcm": "DCM", "dcm-lbbb": "DCM", "hcm": "HCM", "infarct": "MINF", "rv-overload": "RV"}


def real_findings(phases: Mapping[int, list[tuple[int, Path]]], workflow: AnalyzeCine) -> tuple[Finding, ...]:
    """Of a patient's slices at two phases; a slice without a picture at end-systole holds no ventricle there."""
    rows = sorted({row for slices in phases.values() for row, _ in slices})
    stacks = []
    for slices in phases.values():
        stack = np.stack([np.array(Picture.open(path).convert("L")) for _, path in sorted(slices)])
        grid = Grid(stack.shape, np.diag([THICKNESS, SPACING, SPACING, 1.0]))
        image = Image(stack[None], grid, np.zeros(1))
        labels = workflow.segmented(image)
        values = np.zeros((len(rows), *stack.shape[1:]), np.uint8)
        values[[rows.index(row) for row, _ in sorted(slices)]] = labels.values[0]
        stacks.append(values)
    grid = Grid(stacks[0].shape, np.diag([THICKNESS, SPACING, SPACING, 1.0]))
    both = Labels(np.stack(stacks), grid, np.array([0.0, 0.4]), labels.structures)
    key = workflow.find_phases(both)
    cine = SegmentedCine(both, key, workflow.find_levels(LabelledPhases(both, key)))
    return workflow.measured_shape(cine)


def table(name: str, answers: Mapping[str, list[tuple[Finding, str]]]) -> None:
    """Rows: true class; columns: the most likely class; then accuracy of all and of those with an answer."""
    classes = list(NAMES)
    print(f"\n{name}\n| group | class | {' | '.join(classes)} | cannot say |\n|---|---|{'---|' * (len(classes) + 1)}")
    right = answered = right_answered = count = 0
    for group, found in answers.items():
        best = [max(finding.evidence.items(), key=lambda item: float(item[1]))[0] for finding, _ in found]
        sure = [finding.confidence >= ClassifyHeart().least for finding, _ in found]
        truth = found[0][1]
        counts = [best.count(one) for one in classes]
        print(f"| {group} | {truth} | {' | '.join(map(str, counts))} | {sure.count(False)} |")
        hits = [one == truth for one in best]
        right, count, answered = right + sum(hits), count + len(hits), answered + sum(sure)
        right_answered += sum(hit for hit, one in zip(hits, sure, strict=True) if one)
    answers_right = right_answered / max(answered, 1)
    print(f"accuracy {right / count:.3f} of {count}; {answers_right:.3f} of {answered} with an answer")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exams", type=Path)
    parser.add_argument("--hearts", type=int, default=40)
    asked = parser.parse_args()
    workflow = AnalyzeCine()
    real: dict[str, list[tuple[Finding, str]]] = defaultdict(list)
    for patient, phases in patients().items():
        group = patient.split("-", 1)[1].rsplit("-", 1)[0]
        findings = real_findings(phases, workflow)
        answer = ClassifyHeart()(findings)[0]
        real[group].append((answer, REAL[group]))
        print(f"{patient}: {answer.value} {dict(answer.evidence)} {answer.message}")
    table("Sunnybrook", dict(sorted(real.items())))
    if asked.exams is None:
        return
    simulated: dict[str, list[tuple[Finding, str]]] = defaultdict(list)
    for number in range(asked.hearts):
        group = list(GROUPS)[number % len(GROUPS)]
        if group not in SIMULATED:
            continue
        _, folder = exam_of(number, "clinical", asked.exams)
        try:
            report = workflow(read_study(without_results([folder]))).report
        except MareyError as error:
            print(f"{folder.name} refused: {error}")
            continue
        simulated[group].append((report.finding(KEY), SIMULATED[group]))
    table("Simulated scanner", simulated)


if __name__ == "__main__":
    main()
