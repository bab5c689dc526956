"""Volumes and ejection fraction of simulated patients whose hearts are known, all disease shapes.

    python benchmarks/simulated.py [--patients 50] [--weights FILE.onnx]

The exams are made from seeds far from those of the training stream. Truth is the heart's own volume, not that of its
slices.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.core import MareyError, Study
from marey.core.units import g, mL, percent
from marey.nets.short_axis import ShortAxisNet
from marey.scan.cine import PRESETS, CineExam, SimulatedExam
from marey.workflows.cine import AnalyzeCine

FIRST_SEED = 5_000_000
KEYS = ("lv_edv", "lv_esv", "lv_ef", "lv_mass", "rv_edv", "rv_esv", "rv_ef")


def truth_of(exam: SimulatedExam) -> NDArray[np.float64]:
    """The values of `KEYS` in mL, % and g."""
    t = exam.truth
    volumes = (
        t.lv_edv / mL,
        t.lv_esv / mL,
        t.lv_ef / percent,
        t.lv_mass / g,
        t.rv_edv / mL,
        t.rv_esv / mL,
        t.rv_ef / percent,
    )
    return np.array(volumes)


def measured(exam: SimulatedExam, workflow: AnalyzeCine) -> NDArray[np.float64]:
    """The values of `KEYS`; NaN where the exam was refused or the value could not be made."""
    try:
        report = workflow(Study((exam.image,))).report
    except MareyError as error:
        print(f"refused: {error}")
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
    parser.add_argument("--patients", type=int, default=50)
    parser.add_argument("--weights", type=Path)
    arguments = parser.parse_args()
    net = ShortAxisNet(path=arguments.weights)
    workflow = AnalyzeCine()
    workflow = replace(
        workflow, find_heart=replace(workflow.find_heart, net=net), segment=replace(workflow.segment, net=net)
    )
    presets, truth, answer = [], [], []
    for k in range(arguments.patients):
        presets.append(PRESETS[k % len(PRESETS)])
        exam = CineExam(slices=11, phases=12, matrix=192, field_of_view=300)(
            np.random.default_rng(FIRST_SEED + k), presets[-1]
        )
        truth.append(truth_of(exam))
        answer.append(measured(exam, workflow))
    truths, answers = np.array(truth), np.array(answer)
    print(f"| hearts | n | {' | '.join(KEYS)} |\n|{'---|' * (2 + len(KEYS))}")
    print(row("all", truths, answers))
    for preset in PRESETS:
        chosen = np.array([p == preset for p in presets])
        print(row(preset, truths[chosen], answers[chosen]))


if __name__ == "__main__":
    main()
