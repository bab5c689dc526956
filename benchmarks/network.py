"""Lumped networks against svZeroDSolver's reference results: error and time of every case, beside scipy's BDF for one.

Run: python benchmarks/network.py FOLDER, where FOLDER holds the cases and results/ (circulation_0d of the real data).
"""

import dataclasses
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from marey.simulate.flow.network import Block, Course, Network, Wave, periodic, read_svzerod

STRAY = ("flow:Rpul_artery:J0b", "flow:Lpul_artery:J0b", "flow:pul_vein:J3")
BEATS = {"pulsatileFlow_R_coronary_cycle_error": 31}


def column(course: Course, network: Network, name: str, key: str) -> np.ndarray:
    variable = name
    if key not in {"y", "ydot"}:
        ends = network.inlets(name) if key.endswith("in") else network.outlets(name)
        variable = f"{'flow' if 'flow' in key else 'pressure'}:{':'.join(ends[0])}"
    values = course.rates if key == "ydot" or key.startswith("d_") else course.values
    return np.asarray(values[:, course.variables.index(variable)])


def compare(path: Path) -> tuple[float, float, float]:
    """(worst relative error, seconds, change between the last two beats)."""
    content = json.loads(path.read_text())
    for stray in STRAY:
        content.get("initial_condition", {}).pop(stray, None)
    case = read_svzerod(content)
    case = dataclasses.replace(case, beats=BEATS.get(path.stem, case.beats))
    settings = content["simulation_parameters"]
    start = time.perf_counter()
    course = case.run(case.beats if settings.get("output_all_cycles", False) else 1)
    seconds = time.perf_counter() - start
    stored = json.loads((path.parent / "results" / f"result_{path.name}").read_text())
    reference = {key: np.array(list(values.values())) for key, values in stored.items()}
    worst = 0.0
    for name in np.unique(reference["name"]):
        rows = reference["name"] == name
        for key in set(reference) - {"name", "time"} if not name.startswith("valve_status") else set():
            ours = column(course, case.network, str(name), key)
            ours = ours.mean(keepdims=True) if settings.get("output_mean_only", False) else ours
            expected = reference[key][rows]
            worst = max(worst, float(np.abs(ours - expected).max() / max(np.abs(expected).max(), 1e-9)))
    return worst, seconds, course.change


def against_bdf() -> None:
    """A Windkessel for 100 beats, by the network and by scipy's BDF at its default tolerance."""
    Rp, C, Rd = 0.1, 1.5, 1.0
    times = np.linspace(0, 1, 201)
    inflow = 80 + 200 * np.maximum(np.sin(2 * np.pi * times), 0)
    network = Network(
        (Block("in", "FLOW", {"Q": Wave(times, inflow)}), Block("out", "RCR", {"Rp": Rp, "C": C, "Rd": Rd})),
        (("in", "out"),),
        1.0,
    )
    periodic(network, 200, within=1e-10)
    start = time.perf_counter()
    course = periodic(network, 200, within=1e-10)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    found = solve_ivp(
        lambda t, p: (np.interp(t % 1, times, inflow) - p / Rd) / C, (0, course.beats), [0.0], "BDF", max_step=0.01
    )
    theirs = time.perf_counter() - start
    print(f"\nWindkessel, {course.beats} beats: network {ours * 1e3:.1f} ms, scipy BDF {theirs * 1e3:.0f} ms,", end=" ")
    print(f"end pressures {course['pressure_c:out'][-1]:.3f} and {found.y[0, -1]:.3f}")


def main() -> None:
    folder = Path(sys.argv[1])
    print("| case | worst relative error | s | change of last beat |\n|---|---|---|---|")
    for path in sorted(folder.glob("*.json")):
        if (folder / "results" / f"result_{path.name}").exists():
            worst, seconds, change = compare(path)
            print(f"| {path.stem} | {worst:.1e} | {seconds:.3f} | {change:.1e} |")
    against_bdf()


if __name__ == "__main__":
    main()
