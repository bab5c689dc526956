"""The whole chain on hearts that are known: beat, scanner, DICOM files, analysis, against the beat's own volumes.

    python benchmarks/simulated.py --exams FOLDER [--hearts 30] [--scan clinical|perfect] [--weights FILE.onnx]

Hearts of all disease groups are drawn from seeds far from those of the training stream. Exams are kept in FOLDER, and
scanned only once; a run that was stopped goes on.
"""

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.core import MareyError
from marey.io.read import read_study
from marey.nets.cine_net import CineNet
from marey.scan.mr.series import perfect_scanner
from marey.simulate.prior.groups import GROUPS
from marey.simulate.prior.sampling import random_heart
from marey.workflows.cine import AnalyzeCine
from marey.workflows.output_folder import without_results
from marey.workflows.simulated_exam import TRUTH, Exam, simulate_study

FIRST_SEED = 5_000_000
KEYS = ("lv_edv", "lv_esv", "lv_ef", "lv_mass", "rv_edv", "rv_esv", "rv_ef")


def exam_of(number: int, scan: str, exams: Path) -> tuple[str, Path]:
    """Group and folder of one exam; scanned when it is not there."""
    group = list(GROUPS)[number % len(GROUPS)]
    folder = exams / f"{scan}_{number:03d}_{group}"
    if not (folder / TRUTH).exists():
        shutil.rmtree(folder, ignore_errors=True)
        heart, _ = random_heart(np.random.default_rng(FIRST_SEED + number), group)
        asked = Exam(scanner=perfect_scanner() if scan == "perfect" else None)
        simulate_study(folder, heart=heart, name=group, exam=asked, seed=FIRST_SEED + number)
    return group, folder


def measured(folder: Path, workflow: AnalyzeCine) -> NDArray[np.float64]:
    """The values of `KEYS`; NaN where the exam was refused or the value could not be made."""
    try:
        report = workflow(read_study(without_results([folder]))).report
    except MareyError as error:
        print(f"{folder.name} refused: {error}")
        return np.full(len(KEYS), np.nan)
    values = (report.finding(key).value for key in KEYS)
    return np.array([value if isinstance(value, int | float) else np.nan for value in values], np.float64)


def row(name: str, truth: NDArray[np.float64], answer: NDArray[np.float64]) -> str:
    """Bias of volumes in percent of the mean truth, mean absolute error of ejection fractions in points."""
    cells = []
    for k, key in enumerate(KEYS):
        error = answer[:, k] - truth[:, k]
        if key.endswith("ef"):
            cells.append(
                f"{np.nanmean(np.abs(error)):.1f} ({np.nanmean(error):+.1f}, worst {np.nanmax(np.abs(error)):.0f})"
            )
        else:
            cells.append(f"{100 * np.nanmean(error) / truth[:, k].mean():+.1f} %")
    return f"| {name} | {len(truth)} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exams", type=Path, required=True)
    parser.add_argument("--hearts", type=int, default=30)
    parser.add_argument("--scan", choices=("clinical", "perfect"), default="clinical")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--only-scan", action="store_true", help="make the exams, analyse nothing")
    asked = parser.parse_args()
    net = CineNet(path=asked.weights)
    workflow = AnalyzeCine()
    workflow = replace(
        workflow, find_heart=replace(workflow.find_heart, net=net), segment=replace(workflow.segment, net=net)
    )
    groups, truth, answer = [], [], []
    for number in range(asked.hearts):
        try:
            group, folder = exam_of(number, asked.scan, asked.exams)
        except MareyError as error:
            print(f"heart {number} was not scanned: {error}")
            continue
        if asked.only_scan:
            continue
        record = json.loads((folder / TRUTH).read_text())
        groups.append(group)
        truth.append([record[key] for key in KEYS])
        answer.append(measured(folder, workflow))
    if groups:
        table(groups, np.array(truth), np.array(answer))


def table(groups: list[str], truth: NDArray[np.float64], answer: NDArray[np.float64]) -> None:
    """All hearts, then each group."""
    print(f"| hearts | n | {' | '.join(KEYS)} |\n|{'---|' * (2 + len(KEYS))}")
    print(row("all", truth, answer))
    for group in dict.fromkeys(groups):
        chosen = np.array([known == group for known in groups])
        print(row(group, truth[chosen], answer[chosen]))


if __name__ == "__main__":
    main()
