"""Time and error of the multi-patch beat in the closed loop, per time step and number of patches.

    python benchmarks/multipatch.py

Errors are those of ejection fraction and peak pressure against a run with steps of 0.125 ms, and the gap between the
fibres' work and the ventricles' pump work over the beat (without a pericardium). CircAdapt, where the model comes from,
is not on PyPI, so no peer runs here.
"""

import time
from collections.abc import Iterator

import numpy as np

from marey.simulate.circulation import Circulation, Loop, haemodynamics, periodic
from marey.simulate.mechanics.patches import PatchedVentricles
from marey.simulate.mechanics.segment_curves import segment_curves, work_density

BARE = Circulation().but({"pericardium.pressure": 0.0})


def blocked() -> PatchedVentricles:
    """Left bundle branch block: the lateral wall 80 ms after the septum."""
    hearts = PatchedVentricles()
    late = {"lateral": 110.0, "sept": 30.0, "right": 15.0}
    times = [next((t for word, t in late.items() if word in patch.name), 80.0) for patch in hearts.patches]
    return hearts.activated(np.array(times))


def work_gap(ventricles: PatchedVentricles, loop: Loop) -> float:
    """Relative difference of the works of fibres and pump."""
    curves, found = segment_curves(ventricles, loop.ventricular), haemodynamics(loop)
    return float(work_density(curves) @ curves.muscle / (found.stroke_work + found.rv_stroke_work) - 1)


def timed(ventricles: PatchedVentricles, step: float) -> tuple[float, Loop]:
    """Shortest of three runs to the periodic beat, s."""
    runs = []
    for _ in range(3):
        start = time.perf_counter()
        loop = periodic(BARE, ventricles, step=step)
        runs.append(time.perf_counter() - start)
    return min(runs), loop


def rows() -> Iterator[str]:
    for name, ventricles in (("healthy", PatchedVentricles()), ("LBBB", blocked())):
        exact = haemodynamics(periodic(BARE, ventricles, step=0.125))
        for step in (2.0, 1.0, 0.5):
            seconds, loop = timed(ventricles, step)
            found = haemodynamics(loop)
            evaluations = 4 * (len(loop.times) - 1) * loop.beats
            yield (
                f"{name:8s} {step:7.3f} {loop.beats:6d} {seconds:8.2f} {1e6 * seconds / evaluations:9.1f} "
                f"{abs(found.ef - exact.ef):9.1e} {abs(found.lv_peak_pressure / exact.lv_peak_pressure - 1):9.1e} "
                f"{abs(work_gap(ventricles, loop)):9.1e}"
            )


def main() -> None:
    print(
        "heart    step/ms  beats  time/s  us/stage    EF err   peak err  work gap   (20 patches, to the periodic beat)"
    )
    for row in rows():
        print(row)


if __name__ == "__main__":
    main()
