"""How long a heart takes from its clinical numbers to voxels, and how near it comes to what was asked.

    python benchmarks/ventricles.py [--hearts 100]

Times are processor seconds on one core after compilation, the best of three; the last lines say how many hearts drawn
over half of, and over, every parameter's whole range are valid (all others are refused with a sentence).
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from marey.anatomy.ventricles import (
    COARSE,
    FINE,
    MEDIUM,
    VentricleShape,
    cavity_volume,
    topology,
    ventricles,
    voxelise,
    wall_volume,
    with_coordinates,
    with_fibres,
)
from marey.core import InvalidInput


def seconds(work: Callable[[], object]) -> float:
    work()
    spent = []
    for _ in range(3):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def drawn(random: np.random.Generator, share: float) -> VentricleShape:
    default = VentricleShape()
    rows: dict[str, list[float]] = {"wall_thickness": [], "waves": []}
    found: dict[str, float] = {}
    for known in default.table():
        low, high = (known.value + share * (end - known.value) for end in (known.low, known.high))
        value = float(random.uniform(low, high))
        if "." in known.path:
            rows[known.path.split(".")[0]].append(value)
        else:
            found[known.path] = value
    found["rv_length"] = float(np.clip(found["rv_length"], 0.35 * found["lv_length"], 0.93 * found["lv_length"]))
    return default.but({**found, **{name: tuple(row) for name, row in rows.items()}})


def valid(hearts: int, share: float) -> int:
    random, count = np.random.default_rng(1), 0
    for _ in range(hearts):
        try:
            ventricles(drawn(random, share))
        except InvalidInput:
            continue
        count += 1
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hearts", type=int, default=100)
    hearts = parser.parse_args().hearts
    print(f"{'':8}{'points':>8}{'cells':>8}{'mesh s':>9}{'coord. s':>9}{'fibres s':>9}{'1 mm s':>9}{'2 mm s':>9}"
          f"{'LV error':>11}{'RV error':>11}{'1 mm wall':>11}")  # fmt: skip
    shape = VentricleShape()
    for name, resolution in (("COARSE", COARSE), ("MEDIUM", MEDIUM), ("FINE", FINE)):
        known = topology(resolution)
        mesh = ventricles(shape, resolution)
        full = with_fibres(with_coordinates(mesh, known), known)
        times = [
            seconds(partial(ventricles, shape, resolution)),
            seconds(partial(with_coordinates, mesh, known)),
            seconds(partial(with_fibres, mesh, known)),
            seconds(partial(voxelise, full, 1.0)),
            seconds(partial(voxelise, full, 2.0)),
        ]
        errors = [
            float(cavity_volume(mesh.points, known.cavities[side])) / asked - 1
            for side, asked in (("lv", shape.lv_volume), ("rv", shape.rv_volume))
        ]
        wall = voxelise(mesh, 1.0).inside.sum() / wall_volume(mesh) - 1
        row = "".join(f"{value:9.3f}" for value in times) + "".join(f"{error:11.1e}" for error in (*errors, wall))
        print(f"{name:8}{known.points:8}{len(known.cells):8}{row}")
    for share in (0.5, 1.0):
        print(f"valid over {share:.0%} of every range: {valid(hearts, share)} of {hearts}")


if __name__ == "__main__":
    main()
