"""The 12-lead ECG: time, accuracy against closed forms, and the simulated normal among recorded normals.

    python benchmarks/ecg.py speed [--spacing 1]     # the ECG of a biventricle and what has to be prepared for it
    python benchmarks/ecg.py accuracy                # a dipole in a conducting sphere, three grids and more
    python benchmarks/ecg.py normals DATA            # DATA holds the folder ecg/ptbxl

No Python package that pip-installs offers a lead field or a bounded torso; the peer is the direct sum over the voxels,
which is what the prototypes of the field do.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TESTS = Path(__file__).parents[1] / "tests"
TIMES = np.arange(-60.0, 560.0)


def seconds(work: Callable[[], Any], repeats: int = 5) -> float:
    """The best of several runs, after one that compiles."""
    work()
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return float(best)


def speed(spacing: float) -> None:
    from ecg_template import template_beat
    from marey.simulate.ecg import (
        ActionPotential,
        Pose,
        Torso,
        electrocardiogram,
        infinite_lead_field,
        torso_lead_field,
        transmembrane_potential,
        trunk_conductor,
        twelve_leads,
    )

    torso, pose, beat, law = Torso(), Pose(), template_beat(spacing), ActionPotential()
    wall, active, duration = beat.tissue, beat.activation, beat.duration
    body = trunk_conductor(torso, pose, wall.points, beat.blood)
    field = torso_lead_field(wall, torso, pose, body)

    def direct(times: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        columns = [
            field.weights @ transmembrane_potential(law, np.asarray(t - active), duration, spacing) for t in times
        ]
        return twelve_leads(np.stack(columns, axis=1))

    few = TIMES[::20]
    exact, fast = direct(few), electrocardiogram(field, active, duration, few).values
    every = seconds(lambda: direct(few), 1) * TIMES.size / few.size
    ours = seconds(lambda: electrocardiogram(field, active, duration, TIMES))
    print(f"| {active.size} voxels of {spacing:g} mm, {TIMES.size} times, 12 leads | s |\n|---|---|")
    print(f"| ECG, sorted by time | {ours:.3f} |")
    print(f"| ECG, direct sum (peer) | {every:.1f} |")
    print(f"| lead field, infinite medium | {seconds(lambda: infinite_lead_field(wall, torso, pose), 2):.2f} |")
    cells = body.level.total.size
    print(f"| trunk of {cells} cells | {seconds(lambda: trunk_conductor(torso, pose, wall.points), 2):.2f} |")
    print(f"| lead field, trunk | {seconds(lambda: torso_lead_field(wall, torso, pose, body), 1):.2f} |")
    error = np.abs(fast - exact).max() / np.abs(exact).max()
    print(f"\nlargest difference to the direct sum: {error:.1e} of the largest wave")


def accuracy() -> None:
    sys.path.insert(0, str(TESTS / "verification"))
    from test_ecg_physics import sphere_error

    steps = np.array([10.0, 5.0, 2.5, 1.5])
    errors = np.array([sphere_error(step) for step in steps])
    print("| cells, mm | relative error of the lead field of a sphere | order |\n|---|---|---|")
    for k, (step, error) in enumerate(zip(steps, errors, strict=True)):
        order = "" if k == 0 else f"{np.log(errors[k - 1] / error) / np.log(steps[k - 1] / step):.2f}"
        print(f"| {step:g} | {100 * error:.2f} % | {order} |")


def normals(data: Path) -> None:
    from ecg_template import RIGHT, template_beat
    from marey.simulate.ecg import (
        LEADS,
        Pose,
        Torso,
        electrocardiogram,
        measure_beat,
        torso_lead_field,
        trunk_conductor,
    )
    from recorded_ecg import average_beat, normal_ids, ptbxl

    folder = data / "ecg"
    recorded = [measure_beat(average_beat(ptbxl(folder, number), 100.0)) for number in normal_ids(folder)]
    own = []
    for beat in (template_beat(1.5), template_beat(1.5, RIGHT)):
        torso, pose = Torso(), Pose()
        body = trunk_conductor(torso, pose, beat.tissue.points, beat.blood)
        field = torso_lead_field(beat.tissue, torso, pose, body)
        own.append(measure_beat(electrocardiogram(field, beat.activation, beat.duration, TIMES)))
    print(
        f"| | {len(recorded)} normals: lowest, median, highest | simulated normal | simulated LBBB |\n|---|---|---|---|"
    )
    for name in ("qrs_duration", "qt", "qrs_axis"):
        low, middle, high = np.quantile([getattr(beat, name) for beat in recorded], [0, 0.5, 1])
        values = " | ".join(f"{getattr(beat, name):.0f}" for beat in own)
        print(f"| {name} | {low:.0f}, {middle:.0f}, {high:.0f} | {values} |")
    places = ", ".join(sorted({beat.transition for beat in recorded}))
    print(f"| transition | {places} | {own[0].transition} | {own[1].transition} |")
    for kind in ("r", "s", "t"):
        for k, lead in enumerate(LEADS):
            low, middle, high = np.quantile([getattr(beat, kind)[k] for beat in recorded], [0, 0.5, 1])
            values = " | ".join(f"{getattr(beat, kind)[k]:.2f}" for beat in own)
            print(f"| {kind.upper()} {lead}, mV | {low:.2f}, {middle:.2f}, {high:.2f} | {values} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "accuracy", "normals"])
    parser.add_argument("data", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--spacing", type=float, default=1.0, help="mm")
    options = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    if options.what == "speed":
        speed(options.spacing)
    elif options.what == "accuracy":
        accuracy()
    else:
        normals(options.data)


if __name__ == "__main__":
    main()
