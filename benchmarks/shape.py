"""Fit of the template mesh against the truth of simulated hearts, and against a real person's guide points.

    python benchmarks/shape.py --hearts 20 --phases 8

The hearts' seeds are apart from those of the shape model. Each is fitted twice: from the true labels, whose slices are
shifted at random in their plane (standard deviation 2.5 mm), and from the network's labels of pictures shifted alike.
Surface errors are mean distances of dense points both ways, after no alignment; volumes in percent of the truth.
"""

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.ventricles import COARSE, Topology, cavity_volume, topology
from marey.core import Image, Labels
from marey.core.hexahedra import cell_volumes
from marey.io.read import read_study
from marey.scan.body import breathing_pose
from marey.scan.fast.cines import BREATH, PictureCine
from marey.scan.fast.people import random_subject
from marey.scan.scene import LABELS, label_slices
from marey.shape import FitShape, FittedHeart, LabelledHeart
from marey.workflows.cine import AnalyzeCine

Array = NDArray[np.float64]
DATA = Path(os.environ.get("MAREY_DATA", Path(__file__).parents[2] / "shared" / "data"))
FIRST_SEED, SHIFT_SD = 2_000_000, 2.5
NAMES = ("LV endocardium, mm", "LV epicardium, mm", "RV endocardium, mm", "LV volume, %", "RV volume, %", "LV mass, %")
GUIDES = {"endo": ("LV_ENDOCARDIAL",), "epi": ("LV_EPICARDIAL",), "rv": ("RV_FREEWALL", "RV_SEPTUM")}


def dense(points: Array, quads: NDArray[np.int64], count: int) -> Array:
    """Points (m, 3) on quads, `count` along each side."""
    a, b = (one.ravel() for one in np.meshgrid(*[(np.arange(count) + 0.5) / count] * 2, indexing="ij"))
    weights = np.stack([(1 - a) * (1 - b), a * (1 - b), a * b, (1 - a) * b], axis=-1)
    return np.asarray(np.einsum("wk,fkc->fwc", weights, points[quads]).reshape(-1, 3))


def surfaces(known: Topology) -> dict[str, NDArray[np.int64]]:
    """Quads of the surfaces that are compared."""
    epicardium = known.surfaces["epicardium"]
    left = np.isin(epicardium, known.outer[..., -1][~known.open]).all(axis=1)
    return {"endo": known.surfaces["lv_endocardium"], "epi": epicardium[left], "rv": known.surfaces["rv_endocardium"]}


def errors(fitted: FittedHeart, truth: Array) -> Array:
    """(t, 6) as in `NAMES`, volumes with their sign."""
    old, new = topology(COARSE), topology(fitted.resolution)
    rows = []
    for true, found in zip(truth, fitted.points, strict=True):
        clouds = [(dense(true, surfaces(old)[k], 8), dense(found, surfaces(new)[k], 4)) for k in GUIDES]
        row = [float(np.mean(cKDTree(a).query(b)[0]) + np.mean(cKDTree(b).query(a)[0])) / 2 for a, b in clouds]
        row += [
            100 * float(cavity_volume(found, new.cavities[k]) / cavity_volume(true, old.cavities[k]) - 1)
            for k in ("lv", "rv")
        ]
        wall = [
            cell_volumes(points, known.cells)[known.side == 0].sum() for points, known in ((found, new), (true, old))
        ]
        rows.append([*row, 100 * (wall[0] / wall[1] - 1)])
    return np.array(rows)


def shift_error(fitted: FittedHeart, image: Image, shifts: Array) -> float:
    """Root mean square error of the shifts, mm, without their mean and trend, which short axes do not show."""
    held = np.isfinite(fitted.slice_shifts[:, 0])
    matrix = np.stack([np.ones(held.sum()), image.grid.slice_positions[held]], axis=-1)
    off = fitted.slice_shifts[held] - shifts[held]
    off -= matrix @ np.linalg.lstsq(matrix, off, rcond=None)[0]
    return float(np.sqrt((off**2).mean()))


def heart(number: int, phases: int) -> dict[str, Array]:
    """Of each kind of labels: the mean errors, their bias, the shifts' error and the seconds."""
    it, person = random_subject(np.random.default_rng(FIRST_SEED + number))
    image = PictureCine(phases)(it, np.random.default_rng(3_000_000 + number))
    scenes = (it.motion.scene(image.grid, float(moment), BREATH, 3) for moment in image.times)
    values = np.stack([label_slices(scene, short_axis=True) for scene in scenes])
    kept = {key: one for key, one in LABELS.items() if one in {LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY}}
    values = np.where(np.isin(values, list(kept)), values, 0).astype(np.uint8)
    pixels = np.round(np.random.default_rng(number).normal(0, SHIFT_SD, (values.shape[1], 2)) / image.grid.spacing[1:])
    pixels = pixels.astype(int)
    pictures = image.values.copy()
    for row, step in enumerate(pixels):
        values[:, row] = np.roll(values[:, row], step, axis=(1, 2))
        pictures[:, row] = np.roll(pictures[:, row], step, axis=(1, 2))
    pose = breathing_pose(it.motion.pose, BREATH, it.motion.breathing)
    moments = np.round(image.times / it.beat.period * len(it.beat.times)).astype(int) % len(it.beat.times)
    truth = np.stack([pose.to_patient(it.beat.points(moment)) for moment in moments])
    workflow = AnalyzeCine()
    moved = replace(image, values=pictures)
    box = workflow.find_heart(moved)
    network = workflow.segment(moved.crop(box.rows, box.columns)).on(image.grid, box.rows, box.columns)
    found = {}
    for name, labels in (("true labels", Labels(values, image.grid, image.times, kept)), ("network", network)):
        began = time.perf_counter()
        fitted = FitShape()(LabelledHeart(labels))
        seconds = time.perf_counter() - began
        off = errors(fitted, truth)
        shift = shift_error(fitted, image, pixels * np.array(image.grid.spacing[1:]))
        found[name] = np.concatenate([np.abs(off).mean(axis=0), off.mean(axis=0)[3:], [shift, seconds]])
        print(f"{number} {person.group}, {name}: {np.round(found[name], 2).tolist()}", flush=True)
    return found


def person() -> list[str]:
    """Rows: distance of the published guide points to the fitted surfaces at end-diastole and end-systole."""
    exam = AnalyzeCine()(read_study([DATA / "human_cine_3t" / "dicom"]))
    rows = []
    for kind, along in (("short axis", ()), ("with long axes", tuple(exam.long_axes.values()))):
        began = time.perf_counter()
        fitted = FitShape()(LabelledHeart(exam.labels, exam.phases.end_diastole, along))
        seconds = time.perf_counter() - began
        for name, phase in (("ED", exam.phases.end_diastole), ("ES", exam.phases.end_systole)):
            points, names = guide_points(phase)
            for key, ends in GUIDES.items():
                tree = cKDTree(dense(fitted.points[phase], surfaces(topology(fitted.resolution))[key], 8))
                found = [f"SAX_{end}" for end in ends] + [f"LAX_{end}" for end in ends]
                away = np.asarray(tree.query(points[np.isin(names, found)])[0])
                rows.append(
                    f"| person, {kind}, {name}, {key} | {np.median(away):.2f} | {away.mean():.2f} | {seconds:.1f} |"
                )
    return rows


def guide_points(phase: int) -> tuple[Array, NDArray[np.str_]]:
    """Points (n, 3) mm LPS and their kinds."""
    text = (DATA / "human_cine_3t" / "guidepoints" / f"GPFile_{phase:03d}.txt").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines()[1:] if line.count("\t") > 3]
    return np.array([line[:3] for line in lines], np.float64), np.array([line[3] for line in lines])


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hearts", type=int, default=20)
    parser.add_argument("--phases", type=int, default=8)
    asked = parser.parse_args()
    all_found = [heart(number, asked.phases) for number in range(asked.hearts)]
    columns = (*NAMES, "LV volume bias, %", "RV volume bias, %", "LV mass bias, %", "shifts, mm", "seconds")
    print("\n| labels | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name in all_found[0]:
        mean = np.mean([found[name] for found in all_found], axis=0)
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in mean) + " |")
    if (DATA / "human_cine_3t").exists():
        print("\n| guide points | median, mm | mean, mm | seconds of the fit |\n|---|---|---|---|")
        print("\n".join(person()))


if __name__ == "__main__":
    main()
