"""The 12-lead ECG: time, accuracy against closed forms, and the simulated normal among recorded normals.

    python benchmarks/ecg.py speed [--spacing 1]     # the ECG of a biventricle and what has to be prepared for it
    python benchmarks/ecg.py accuracy                # a dipole in a conducting sphere, three grids and more
    python benchmarks/ecg.py normals DATA            # DATA holds the folder ecg/ptbxl
    python benchmarks/ecg.py signs [--spacing 1] [--endless]  # blocks and pacing, of every preset with muscle disease

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
    from ecg_template import template_heart
    from marey.simulate.ecg import (
        ActionPotential,
        DurationGradients,
        Pose,
        Tissue,
        Torso,
        durations,
        electrocardiogram,
        enclosed_points,
        infinite_lead_field,
        torso_lead_field,
        transmembrane_potential,
        trunk_conductor,
        twelve_leads,
    )

    torso, pose, heart, law = Torso(), Pose(), template_heart(spacing, torso=False), ActionPotential()
    voxels, active = heart.at.voxels, heart.beat().active.times
    deep, high = (np.clip(voxels.fields[name], 0, 1).astype(float) for name in ("transmural", "apicobasal"))
    turn, right = np.asarray(voxels.fields["rotational"], float), np.asarray(voxels.fields["side"]) > 0
    duration = durations(DurationGradients(), deep, high, turn, right)
    wall = Tissue(voxels.inside, np.asarray(voxels.fields["fibre"], float), spacing, voxels.origin)
    body = trunk_conductor(torso, pose, wall.points, enclosed_points(voxels.inside, spacing, voxels.origin))
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
    from ecg_template import template_heart
    from marey.simulate.ecg import LEADS, measure_beat
    from marey.simulate.eikonal import Block
    from recorded_ecg import average_beat, normal_ids, ptbxl

    folder = data / "ecg"
    recorded = [measure_beat(average_beat(ptbxl(folder, number), 100.0)) for number in normal_ids(folder)]
    heart = template_heart(1.5)
    own = [heart.beat(blocks).measured for blocks in ((), [Block.LEFT_BUNDLE])]
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


def signs(spacing: float, endless: bool) -> None:
    from ecg_template import template_heart
    from marey.simulate.ecg import LEADS
    from marey.simulate.eikonal import RV_APEX, Block, Lead, biventricular_pacing

    blocks = {"normal": [], "LBBB": [Block.LEFT_BUNDLE], "RBBB": [Block.RIGHT_BUNDLE]}
    blocks |= {"LAFB": [Block.LEFT_ANTERIOR_FASCICLE], "LPFB": [Block.LEFT_POSTERIOR_FASCICLE]}
    pacing: dict[str, list[Lead]] = {"RV apex": [RV_APEX], "both": biventricular_pacing(0.0)}
    print(
        "| heart | activation | QRS, ms | axis, degrees | from | R; S in V1 | R; S in V5 | R; S in V6 | segments, ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in ("healthy", "dcm", "hcm", "infarct", "rv-overload"):
        heart = template_heart(spacing, name, torso=not endless)
        beats = {k: heart.beat(b) for k, b in blocks.items()} | {k: heart.beat(leads=a) for k, a in pacing.items()}
        for kind, beat in beats.items():
            own, segments = beat.measured, beat.active.patches[:17]
            waves = [f"{own.r[k]:.2f}; {own.s[k]:.2f}" for k in (LEADS.index(lead) for lead in ("V1", "V5", "V6"))]
            numbers = [f"{own.qrs_duration:.0f}", f"{own.qrs_axis:.0f}", own.transition or "-", *waves]
            print(f"| {name} | {kind} | {' | '.join(numbers)} | {segments.min():.0f} to {segments.max():.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "accuracy", "normals", "signs"])
    parser.add_argument("data", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--spacing", type=float, default=1.0, help="mm")
    parser.add_argument("--endless", action="store_true", help="signs in an endless medium")
    options = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    if options.what == "speed":
        speed(options.spacing)
    elif options.what == "accuracy":
        accuracy()
    elif options.what == "signs":
        signs(options.spacing, options.endless)
    else:
        normals(options.data)


if __name__ == "__main__":
    main()
