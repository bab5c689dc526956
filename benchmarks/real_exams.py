"""Two real exams from the scanner's files: views and ejection fractions of a person, contours of a pig.

    python benchmarks/real_exams.py [--weights FILE.onnx]

The person (3 T, 11 series) has a published mesh fit: LV EF 59.8 %, RV EF 50.4 %. The pig (1.5 T) has automatic
contours on every image, noisy away from mid-ventricle: the middle third of the slices that hold a ventricle is
compared, at end-diastole. No weights were trained on either.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, Level
from marey.io.read import read_study
from marey.measure import SegmentedCine
from marey.measure.followed_wall import TrackedCine
from marey.measure.strain import MeasureStrain
from marey.motion import LabelledCine, TrackCine
from marey.nets.cine_net import CineNet
from marey.report.exam import Exam
from marey.workflows.cine import AnalyzeCine

DATA = Path(os.environ.get("MAREY_DATA", Path(__file__).parents[2] / "shared" / "data"))
MESH_STRAIN = -29.7
MESH_READING = {"lv_ef": 59.8, "rv_ef": 50.4}
EXPECTED_VIEWS = {
    "short axis": 1,
    "2-chamber": 1,
    "2-chamber (RV)": 1,
    "3-chamber": 1,
    "4-chamber": 1,
    "RV outflow tract": 1,
}


def analysed(folder: Path, net: CineNet) -> Exam:
    """The exam in a folder."""
    workflow = AnalyzeCine()
    workflow = replace(
        workflow, find_heart=replace(workflow.find_heart, net=net), segment=replace(workflow.segment, net=net)
    )
    return workflow(read_study([folder]))


def person(exam: Exam) -> list[str]:
    """Rows of the table for the person."""
    rows = []
    for key, expected in MESH_READING.items():
        value = exam.report.finding(key).value
        if not isinstance(value, float):
            raise TypeError(f"{key} has no value: {value}")
        rows.append(f"| person, {key} | {value:.1f} % | mesh {expected} % | {value - expected:+.1f} points |")
    found = {view: len(exam.study.of_view(view)) for view in EXPECTED_VIEWS}
    series = sum(found[view] for view in EXPECTED_VIEWS if view != "short axis") + exam.image.grid.shape[0]
    rows.append(f"| person, series with the right view | {series if found == EXPECTED_VIEWS else found} | 11 | |")
    return rows


def strains(exam: Exam) -> list[str]:
    """Rows: the person's strain; a mesh fitted by others reads that of the endocardium at half height."""
    ed = exam.phases.end_diastole
    motion = TrackCine()(LabelledCine(exam.image, exam.labels, ed))
    cine = SegmentedCine(exam.labels, exam.phases, exam.levels, exam.study.facts, exam.image.rr_interval)
    found = {finding.key: finding.value for finding in MeasureStrain()(TrackedCine(cine, motion)).findings}
    expected = {"lv_gcs_endo": f"mesh {MESH_STRAIN} %", "lv_gcs": "", "lv_gcs_epi": "", "lv_grs": ""}
    return [f"| person, {key} | {found[key]:.1f} % | {reading} | |" for key, reading in expected.items()]


def distances(exam: Exam) -> list[str]:
    """Rows: how far the person's published short-axis contours lie outside (+) or inside (-) our outlines."""
    from scipy.ndimage import distance_transform_edt

    rows = []
    for name, t in (("ED", exam.phases.end_diastole), ("ES", exam.phases.end_systole)):
        text = (DATA / "human_cine_3t" / "guidepoints" / f"GPFile_{t:03d}.txt").read_text().splitlines()[1:]
        lines = [line.split("\t") for line in text if line.count("\t") > 3]
        for kind, structures in (("ENDO", (LV_CAVITY,)), ("EPI", (LV_CAVITY, LV_MYOCARDIUM))):
            points = np.array([line[:3] for line in lines if line[3] == f"SAX_LV_{kind}CARDIAL"], np.float64)
            mask, means = exam.labels.mask(*structures)[t], []
            z, y, x = exam.image.grid.index(points).round().astype(int).T
            for k in range(len(mask)):
                if mask[k].any() and (z == k).sum() >= 5:
                    away = distance_transform_edt(~mask[k]) - distance_transform_edt(mask[k])
                    away = (away - 0.5 * np.sign(away)) * exam.image.grid.spacing[1]
                    means.append(float(away[y[z == k], x[z == k]].mean()))
            listed = ", ".join(f"{mean:+.1f}" for mean in means)
            rows.append(
                f"| person, published {kind.lower()}cardial contour outside ours, {name}, per slice | {listed} mm | | |"
            )
    return rows


def pig(exam: Exam) -> list[str]:
    """Rows of the table for the pig: Dice of endocardium and epicardium on mid slices at end-diastole."""
    t = exam.phases.end_diastole
    cavity, wall = exam.labels.mask(LV_CAVITY)[t], exam.labels.mask(LV_CAVITY, LV_MYOCARDIUM)[t]
    dice: dict[str, list[float]] = {"icontour": [], "ocontour": []}
    for z, level in enumerate(exam.levels):
        if level is not Level.MID:
            continue
        number = int(exam.image.sources[t][z].path.stem.lstrip("I"))
        for kind, answer in (("icontour", cavity[z]), ("ocontour", wall[z])):
            truth = _filled(DATA / "pig_cine" / "lv_contours" / f"IM-0001-{number:04d}-{kind}-auto.txt", answer.shape)
            dice[kind].append(float(2 * (truth & answer).sum() / (truth.sum() + answer.sum())))
    mid = f"{len(dice['icontour'])} mid slices at ED"
    return [
        f"| pig, {name}, {mid} | {np.mean(dice[kind]):.3f} | 0.85 | worst {min(dice[kind]):.3f} |"
        for name, kind in (("endocardium Dice", "icontour"), ("epicardium Dice", "ocontour"))
    ]


def _filled(path: Path, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    points = np.loadtxt(path)
    picture = Picture.new("1", (shape[1], shape[0]))
    ImageDraw.Draw(picture).polygon([tuple(point) for point in points], fill=1)
    return np.asarray(picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path)
    net = CineNet(path=parser.parse_args().weights)
    one = analysed(DATA / "human_cine_3t" / "dicom", net)
    rows = person(one) + strains(one) + distances(one) + pig(analysed(DATA / "pig_cine" / "short_axis", net))
    print("\n".join(["| what | Marey | reference | difference |", "|---|---|---|---|", *rows]))


if __name__ == "__main__":
    main()
