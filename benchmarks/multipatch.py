"""Time and error of the multi-patch beat in the closed loop per time step, and what sick hearts do in it.

    python benchmarks/multipatch.py

Errors are those of ejection fraction and peak pressure against a run with steps of 0.125 ms, and the gap between the
fibres' work and the ventricles' pump work over the beat (without a pericardium). CircAdapt, where the model comes from,
is not on PyPI, so no peer runs here.
"""

import time
from collections.abc import Iterator

import numpy as np

from marey.core.units import mL, mmHg
from marey.simulate.circulation import Circulation, Loop, haemodynamics, periodic
from marey.simulate.mechanics.patches import PatchedVentricles, Wall
from marey.simulate.mechanics.segment_curves import segment_curves, septal_flash, work_density

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
        for step in (1.0, 0.5, 0.25):
            seconds, loop = timed(ventricles, step)
            found = haemodynamics(loop)
            evaluations = 4 * (len(loop.times) - 1) * loop.beats
            yield (
                f"{name:8s} {step:7.3f} {loop.beats:6d} {seconds:8.2f} {1e6 * seconds / evaluations:9.1f} "
                f"{abs(found.ef - exact.ef):9.1e} {abs(found.lv_peak_pressure / exact.lv_peak_pressure - 1):9.1e} "
                f"{abs(work_gap(ventricles, loop)):9.1e}"
            )


def physiology() -> Iterator[str]:
    """Clinical numbers, work density per wall (kPa) and septal flash of four hearts."""
    plain, healthy = Circulation(), PatchedVentricles()
    scar = ("basal anterior", "mid anterior", "mid anteroseptal", "apical anterior", "apical septal", "apex")
    pulmonary = plain.but({"pulmonary_arteries.resistance": 6 * plain.pulmonary_arteries.resistance})
    for name, circulation, ventricles in (
        ("healthy", plain, healthy),
        ("LBBB", plain, blocked()),
        ("infarct", plain, healthy.with_patches(scar, contractility=0.0, stiffness=20.0)),
        ("pulm. 6R", pulmonary, healthy),
    ):
        loop = periodic(circulation, ventricles, step=1.0)
        found, curves, flow = haemodynamics(loop), segment_curves(ventricles, loop.ventricular), loop.flows["aortic"]
        flash = septal_flash(curves, float(loop.times[flow > 0.02 * flow.max()][-1]))
        work = [np.average(work_density(curves)[curves.of(w)], weights=curves.muscle[curves.of(w)]) for w in Wall]
        systole = loop.volumes["left ventricle"].argmin()
        yield (
            f"{name:9s} {found.edv / mL:5.0f} {100 * found.ef:5.1f} {found.lv_peak_pressure / mmHg:5.0f} "
            f"{found.lv_end_diastolic_pressure / mmHg:6.1f} {found.rv_peak_pressure / mmHg:5.0f} "
            f"{work[0]:7.1f} {work[1]:7.1f} {work[2]:7.1f} {flash.excursion:8.1f} {100 * flash.rebound:8.1f} "
            f"{10 * curves.septal_curvature[0]:8.3f} {10 * curves.septal_curvature[systole]:8.3f}"
        )


def main() -> None:
    print(
        "heart    step/ms  beats  time/s  us/stage    EF err   peak err  work gap   (20 patches, to the periodic beat)"
    )
    for row in rows():
        print(row)
    print("\n            EDV    EF  LVSP  LVEDP  RVSP    left  septum   right flash/mm rebound%  C_ED/cm  C_ES/cm")
    for row in physiology():
        print(row)


if __name__ == "__main__":
    main()
