"""How long a thorax takes, and which volumes its organs have.

    python benchmarks/mr_body.py [--people 20]

Times are processor seconds on one core after compilation, the best of three. Volumes are counted on a lattice of 5 mm
at end-expiration; people have normal heights and body mass indices of 20 to 34 kg/m2.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from marey.core.units import cm, kg, mL
from marey.scan.body import Thorax, Tissue, random_thorax, thorax_tissue, usual_heart_space

STEP = 5.0
KINDS = {
    "lungs": (Tissue.LUNG, Tissue.LUNG_VESSEL),
    "liver": (Tissue.LIVER,),
    "spleen": (Tissue.SPLEEN,),
    "fat": (Tissue.FAT,),
    "muscle": (Tissue.SKELETAL_MUSCLE,),
}


def seconds(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(3):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def stack(slices: int = 12, matrix: int = 256, view: float = 350.0) -> NDArray[np.float32]:
    """Points of a short-axis stack (slices, matrix, matrix, 3)."""
    pose = usual_heart_space().pose
    x = (np.arange(matrix) - matrix / 2) * view / matrix
    heights = np.linspace(-10, 100, slices)
    grid = np.stack(np.meshgrid(heights, x, x, indexing="ij"), axis=-1)[..., ::-1]
    return pose.to_patient(grid).astype(np.float32)


def volumes(thorax: Thorax, breath: float = 0.0) -> list[float]:
    axes = np.arange(-250, 251, STEP), np.arange(-200, 181, STEP), np.arange(-210, 151, STEP)
    found = thorax_tissue(thorax, np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1), breath)
    count = np.bincount(found.ravel(), minlength=64) * STEP**3 / mL
    return [float(count[list(kinds)].sum()) for kinds in KINDS.values()]


def people(number: int, sex: str) -> NDArray[np.float64]:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(number):
        height = rng.normal(176 if sex == "M" else 163, 6.5)
        weight = rng.uniform(20, 34) * (height / 100) ** 2
        found.append(volumes(random_thorax(rng, height * cm, weight * kg, sex)))
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20)
    number = parser.parse_args().people
    points, thorax = stack(), Thorax()
    thorax_tissue(thorax, points[:, :8, :8])
    fresh = iter(range(1, 99))
    breaths = iter(np.linspace(1, 20, 99))
    rows = {
        "12 slices of 256 x 256": lambda: thorax_tissue(thorax, points),
        "the same, each at a new breath": lambda: thorax_tissue(thorax, points, float(next(breaths))),
        "a new person (no slices)": lambda: thorax_tissue(replace(thorax, variant=next(fresh)), np.zeros(3)),
    }
    print(f"{'work':34s}{'seconds':>8s}")
    for name, work in rows.items():
        print(f"{name:34s}{seconds(work):8.3f}")
    print("\n" + f"{'volume, mL':26s}" + "".join(f"{name:>15s}" for name in KINDS))
    for breath in (0.0, 20.0):
        print(f"{f'usual person, breath {breath:.0f}':26s}" + "".join(f"{v:15.0f}" for v in volumes(thorax, breath)))
    for sex, name in (("M", "men"), ("F", "women")):
        found = people(number, sex)
        cells = (f"{mean:.0f} +- {spread:.0f}" for mean, spread in zip(found.mean(0), found.std(0), strict=True))
        print(f"{f'{number} {name}':26s}" + "".join(f"{cell:>15s}" for cell in cells))


if __name__ == "__main__":
    main()
