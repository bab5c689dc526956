"""How long scenes take, and how well they hold the beat's volumes and flows: python benchmarks/mr_scene.py.

On one core; processor time, so that other programs do not count. The first scene compiles and is not timed.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from marey.anatomy.chambers import STRUCTURES
from marey.core import Beat, Grid
from marey.scan.body.pose import default_pose
from marey.scan.scene import HeartInMotion, Trabeculation, label_slices
from marey.simulate.beat import SimulateBeat
from marey.simulate.presets import preset
from scanned_heart import box, short_axis

PHASES = 25


def main() -> None:
    it = SimulateBeat(resolution="medium", medium="endless")(preset("healthy"))
    start = process_time()
    heart = HeartInMotion(it, default_pose(), trabeculation=Trabeculation())
    print(f"a heart in motion from its beat         {process_time() - start:7.3f} s")
    _speed(heart, it)
    _volumes(heart)


def _speed(heart: HeartInMotion, it: Beat) -> None:
    stack, volume = short_axis(12, 10.0, 256, 1.4), box(72, 2.5)
    heart.scene(stack, 0.0, reference=True, velocity=True)
    times = np.arange(PHASES) / PHASES * it.period
    known: dict[str, bool] = {"reference": True, "velocity": True}
    rows: tuple[tuple[str, Callable[[float], object], int], ...] = (
        ("cine: 12 x 256 x 256, 3 samples, 25 phases", lambda time: heart.scene(stack, time), PHASES),
        ("one slice of it", lambda time: heart.scene(_one(stack), time), PHASES),
        ("the same with positions", lambda time: heart.scene(stack, time, reference=True), 5),
        ("the same with positions and velocities", lambda time: heart.scene(stack, time, **known), 5),
        ("72^3 voxels of 2.5 mm with velocities", lambda time: heart.scene(volume, time, 0.0, 1, velocity=True), 5),
        ("labels of a scene of the stack", lambda _: label_slices(scene, short_axis=True), 5),
    )  # fmt: skip
    scene = heart.scene(stack, 0.0)
    print(f"{'':48} {'all':>8} {'one':>9}")
    for name, make, count in rows:
        start = process_time()
        for time in times[:count]:
            make(float(time))
        taken = process_time() - start
        print(f"{name:48} {taken:6.2f} s {1e3 * taken / count:6.1f} ms")


def _one(stack: Grid) -> Grid:
    affine = stack.affine.copy()
    affine[:3, 3] = stack.world([5.0, 0.0, 0.0])
    return Grid((1, *stack.shape[1:]), affine, slice_thickness=stack.slice_thickness)


def _volumes(heart: HeartInMotion) -> None:
    inside = {"LV cavity": "papillary muscles", "RV cavity": "moderator band"}
    print(f"{'volume of the labels against the surface':48} " + " ".join(f"{step:>7g} mm" for step in (2.5, 1.25)))
    scenes = [heart.scene(box(int(180 / step), step), 100.0, samples=1) for step in (2.5, 1.25)]
    numbers = {structure.name: number for number, structure in enumerate(STRUCTURES, start=1)}
    for structure, volume in heart.volumes(100.0).items():
        chosen = [numbers[name] for name in (structure.name, inside.get(structure.name, structure.name))]
        found = [np.isin(scene.structure, chosen).sum() * np.prod(scene.grid.spacing) for scene in scenes]
        print(f"{structure.name:48} " + " ".join(f"{100 * (one / volume - 1):+8.2f} %" for one in found))


if __name__ == "__main__":
    main()
