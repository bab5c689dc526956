"""Motion and strain against what is true in simulated exams, beside other registrations.

    python benchmarks/registration.py --exams FOLDER --hearts 10

Exams without noise are made in FOLDER when they are not there (a minute each). Labels are those of the network, so that
the figures hold for what users get. Measured at end-systole in the slice at half height and the one between it and the
apex, in the plane, on the left ventricle's muscle. SimpleITK and antspyx are compared when they are installed.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, View
from marey.anatomy.axes import base_end
from marey.core import Grid, Image, Labels, Motion
from marey.detect.short_axis import FindShortAxis
from marey.io.read import read_study
from marey.measure.followed_wall import FollowedWall, follow
from marey.measure.outlines import RAYS, find_outlines
from marey.measure.strain import slice_strains
from marey.motion import LabelledCine, TrackCine, displacement
from marey.motion._kernels import warped
from marey.scan.mr.series.material import true_displacement
from marey.simulate.beat import SimulateBeat
from marey.simulate.prior import GROUPS, random_heart
from marey.workflows.cine import AnalyzeCine
from marey.workflows.output_folder import without_results
from marey.workflows.simulated_exam import draw_patient
from simulated import FIRST_SEED, exam_of

Array = NDArray[np.float64]
Errors = dict[str, Array]  # points, by strain
# Way back from the picture at end-systole to that at end-diastole, (z, y, x, 2) pixels, from both.
Registration = Callable[[Array, Array, tuple[float, float, float]], Array]


def segmented(folder: Path) -> tuple[Image, Labels, int]:
    """The heart's box of the short axis, the network's labels, and the phase of the smallest cavity."""
    workflow = AnalyzeCine()
    image = FindShortAxis()(read_study(without_results([folder]))).of_view(View.SHORT_AXIS)[0]
    box = workflow.find_heart(image)
    image = image.crop(box.rows, box.columns)
    labels = workflow.segment(image)
    return image, labels, int(labels.mask(LV_CAVITY).sum(axis=(1, 2, 3)).argmin())


def truth(number: int, grid: Grid, times: Array, slices: list[int], es: int) -> dict[int, tuple[Array, Array]]:
    """Of each slice: pixels (n, 2) of LV muscle at end-systole, and their displacement (n, 2) mm since the R wave."""
    name = list(GROUPS)[number % len(GROUPS)]
    heart, _ = random_heart(np.random.default_rng(FIRST_SEED + number), name)
    beat = SimulateBeat(resolution="medium", moments=30, medium="endless")(heart)
    _, it = draw_patient(np.random.default_rng(FIRST_SEED + number), heart, beat, name=name, seed=FIRST_SEED + number)
    found = {}
    for row in slices:
        affine = grid.affine.copy()
        affine[:3, 3] = grid.world([row, 0, 0])
        one = Grid((1, *grid.shape[1:]), affine, slice_thickness=grid.slice_thickness)
        labels, moved = true_displacement(it, one, [float(times[es])], 0.0, short_axis=True)
        muscle = np.isfinite(moved[0, ..., 0]) & (labels.reshape(moved.shape[1:3]) == 1)
        found[row] = np.argwhere(muscle).astype(float), moved[0][muscle] @ grid.directions[:, 1:]
    return found


def rows_of(labels: Labels) -> list[int]:
    """Half the height of the ventricle, and a quarter."""
    seen = np.flatnonzero(labels.mask(LV_CAVITY)[0].any(axis=(1, 2)))
    apex, base = (seen[0], seen[-1]) if base_end(labels, 0) > 0 else (seen[-1], seen[0])
    return [round(apex + share * (base - apex)) for share in (0.5, 0.25)]


def strain_errors(motion: Motion, labels: Labels, row: int, es: int, known: tuple[Array, Array]) -> Errors:
    """Points by which each strain differs from that of the same lines carried by the truth; empty without a wall."""
    outlines = find_outlines(labels, motion.reference, row)
    if outlines is None or len(known[0]) == 0:
        return {}
    pixels, moved = known
    spacing = np.array(motion.grid.spacing[1:])
    true = RBFInterpolator(pixels * spacing - moved, moved, neighbors=40, smoothing=0.1)
    field = motion.displacement.copy()
    index = np.stack(np.meshgrid(*map(np.arange, motion.grid.shape[1:]), indexing="ij"), axis=-1)
    field[es, row] = true(index.reshape(-1, 2) * spacing).reshape(index.shape)
    walls = (follow(replace(motion, displacement=one), row, outlines) for one in (motion.displacement, field))
    answer, right = (strains_at(wall, es) for wall in walls)
    return {key: answer[key] - right[key] for key in answer}


def strains_at(wall: FollowedWall, phase: int) -> dict[str, Array]:
    """Percent: the global strains as (1,), and those of six sectors as (6,)."""
    sectors = [np.arange(RAYS) // (RAYS // 6) == k for k in range(6)]
    around = np.array([wall.circumferential("mid-wall", rays)[phase] for rays in sectors])
    across = np.array([wall.radial(rays)[phase] for rays in sectors])
    whole = {key: 100 * strain[[phase]] for key, strain in slice_strains(wall).items()}
    return {**whole, "circumferential, a sixth": 100 * around, "radial, a sixth": 100 * across}


def dice(labels: Labels, es: int, back: Array) -> list[float]:
    """Of cavity and muscle at end-diastole, carried to end-systole, with those found there."""
    first = np.stack([labels.mask(one)[0] for one in (LV_CAVITY, LV_MYOCARDIUM)], axis=-1).astype(np.float32)
    carried = warped(first, np.ascontiguousarray(back, dtype=np.float32)) > 0.5
    there = np.stack([labels.mask(one)[es] for one in (LV_CAVITY, LV_MYOCARDIUM)], axis=-1)
    return [2 * (carried & there)[..., k].sum() / (carried[..., k].sum() + there[..., k].sum()) for k in range(2)]


def end_point_error(back: Array, known: dict[int, tuple[Array, Array]], spacing: Array) -> float:
    """Mean over pixels of both slices, mm."""
    errors = []
    for row, (pixels, moved) in known.items():
        at = back[row][tuple(pixels.astype(int).T)] * spacing
        errors.append(np.linalg.norm(at + moved, axis=1))
    return float(np.concatenate(errors).mean())


def row_of(back: Array, image: Image, labels: Labels, es: int, known: dict[int, tuple[Array, Array]]) -> list[float]:
    """Dice of cavity and muscle, end-point error in mm, and pixels whose order is turned around."""
    spacing = np.array(image.grid.spacing[1:])
    motion = Motion((back * spacing)[None].astype(np.float32), image.grid, image.times[:1], 0)
    folds = int((motion.area_ratio() <= 0).sum())
    return [*dice(labels, es, back), end_point_error(back, known, spacing), folds]


def demons(first: Array, second: Array, spacing: tuple[float, float, float]) -> Array:
    """SimpleITK's diffeomorphic demons."""
    itk = importlib.import_module("SimpleITK")
    fixed, moving = (itk.GetImageFromArray(one.astype(np.float32)) for one in (second, first))
    for one in (fixed, moving):
        one.SetSpacing(spacing[::-1])
    method = itk.DiffeomorphicDemonsRegistrationFilter()
    method.SetNumberOfIterations(100)
    method.SetStandardDeviations(1.5)
    field = itk.GetArrayFromImage(method.Execute(fixed, moving))
    return np.asarray(field[..., 1::-1] / np.array(spacing[1:]), np.float64)


def syn(first: Array, second: Array, spacing: tuple[float, float, float]) -> Array:
    """ANTs' symmetric normalisation."""
    ants = importlib.import_module("ants")
    fixed, moving = (ants.from_numpy(one.T.astype(np.float32), spacing=spacing[::-1]) for one in (second, first))
    made = ants.registration(
        fixed, moving, type_of_transform="SyNOnly", initial_transform="Identity", syn_metric="meansquares",
        reg_iterations=(40, 20, 10),
    )  # fmt: skip
    warp = next(name for name in made["fwdtransforms"] if name.endswith(".nii.gz"))
    field = ants.image_read(warp).numpy()  # (x, y, z, 3)
    return np.asarray(field.transpose(2, 1, 0, 3)[..., 1::-1] / np.array(spacing[1:]), np.float64)


PEERS: dict[str, tuple[str, Registration]] = {
    "SimpleITK diffeomorphic demons": ("SimpleITK", demons),
    "ANTs SyN": ("ants", syn),
}


def heart(number: int, exams: Path, others: dict[str, Registration]) -> tuple[dict[str, list[float]], Errors]:
    """Of each method: Dice of cavity and muscle, end-point error, folds, seconds; and the errors of strain."""
    group, folder = exam_of(number, "perfect", exams)
    image, labels, es = segmented(folder)
    spacing = np.array(image.grid.spacing[1:])
    rows = rows_of(labels)
    known = truth(number, image.grid, image.times, rows, es)
    table, errors = {}, Errors()
    for name, guide in (("Marey, pictures", None), ("Marey, pictures and labels", labels)):
        began = time.perf_counter()
        velocity = TrackCine().velocity(LabelledCine(image, guide))
        seconds = time.perf_counter() - began
        back = displacement(-velocity[es : es + 1])[0].astype(np.float64)
        table[name] = [*row_of(back, image, labels, es, known), seconds]
        if guide is not None:
            moved = (displacement(velocity) * spacing).astype(np.float32)
            motion = Motion(moved, image.grid, image.times, 0)
            errors = strain_errors(motion, labels, rows[0], es, known[rows[0]])
    for name, method in others.items():
        began = time.perf_counter()
        back = method(image.values[0].astype(np.float64), image.values[es].astype(np.float64), image.grid.spacing)
        seconds = time.perf_counter() - began
        table[name] = [*row_of(back, image, labels, es, known), seconds]
    print(f"{group}: " + "; ".join(f"{name} {np.round(row, 2).tolist()}" for name, row in table.items()), flush=True)
    return table, errors


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exams", type=Path, required=True)
    parser.add_argument("--hearts", type=int, default=10)
    asked = parser.parse_args()
    tables, strains = [], []
    others = {name: method for name, (module, method) in PEERS.items() if importlib.util.find_spec(module)}
    for number in range(asked.hearts):
        table, errors = heart(number, asked.exams, others)
        tables.append(table)
        strains += [errors] if errors else []
    print("\n| method | Dice LV cavity | Dice LV muscle | end-point error, mm | folds | seconds |")
    print("|---|---|---|---|---|---|")
    for name in tables[0]:
        rows = np.array([table[name] for table in tables])
        mean = rows.mean(axis=0)
        print(f"| {name} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.2f} | {rows[:, 3].sum():.0f} | {mean[4]:.1f} |")
    print("\nMarey follows all phases in its seconds, the others two phases in theirs.")
    print("\n| strain at half height | bias, points | mean absolute error | standard deviation |\n|---|---|---|---|")
    for key in strains[0]:
        column = np.concatenate([errors[key] for errors in strains])
        print(f"| {key} | {column.mean():+.1f} | {np.abs(column).mean():.1f} | {column.std(ddof=1):.1f} |")


if __name__ == "__main__":
    main()
