"""Closed-loop circulation: time for ten beats and to the periodic beat, beside the package `circulation`.

    python benchmarks/closed_loop.py [--peer PYTHON] [--repeats 5]

PYTHON is an interpreter of a throw-away environment in which ``pip install circulation`` was run; without it only our
own rows are printed. CPU time of one core, compiled code warm, median of the repeats. The error column is the energy
balance of the last beat, which the peer does not report.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from marey.core.units import mL, mmHg
from marey.simulate.circulation import Circulation, balance, haemodynamics, periodic, transient
from marey.simulate.mechanics import ElastanceVentricles, SphereVentricles, Ventricles

PEER = """
import logging, statistics, sys, time, warnings
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import numpy as np
from circulation.regazzoni2020 import Regazzoni2020
beats, repeats, used = int(sys.argv[1]), int(sys.argv[2]), []
import os, tempfile
os.chdir(tempfile.mkdtemp())
for _ in range(repeats + 1):
    model = Regazzoni2020()
    began = time.process_time()
    found = model.solve(num_beats=beats, dt=1e-3, dt_eval=1e-2)
    used.append(time.process_time() - began)
volumes = np.array(found["V_LV"])[-80:]
pressures = np.array(found["p_AR_SYS"])[-80:]
print(statistics.median(used[1:]), volumes.max(), volumes.min(), pressures.max(), pressures.min())
"""


def cpu(work: Callable[[], object], repeats: int) -> float:
    work()
    used = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        used.append(time.process_time() - began)
    return statistics.median(used)


def row(name: str, seconds: float, volumes: tuple[float, float], pressures: tuple[float, float], error: str) -> None:
    high, low = volumes
    print(
        f"{name:44s} {1000 * seconds:9.1f} {high:7.1f} {low:7.1f} {100 * (1 - low / high):6.1f}"
        f" {pressures[0]:5.0f}/{pressures[1]:<4.0f} {error:>9s}"
    )


def ours(name: str, ventricles: Ventricles, repeats: int) -> None:
    model = Circulation()
    ten, settled = transient(model, ventricles, 10)[-1], periodic(model, ventricles)
    for label, loop, seconds in (
        (f"{name}, 10 beats, 0.5 ms", ten, cpu(lambda: transient(model, ventricles, 10), repeats)),
        (
            f"{name}, to periodic 1e-5 ({settled.beats} beats)",
            settled,
            cpu(lambda: periodic(model, ventricles), repeats),
        ),
    ):
        found = haemodynamics(loop)
        pressures = found.systolic_pressure / mmHg, found.diastolic_pressure / mmHg
        row(label, seconds, (found.edv / mL, found.esv / mL), pressures, f"{balance(loop).energy:.0e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--peer", help="python of an environment with the package circulation")
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    print(f"{'':44s} {'CPU [ms]':>9s} {'EDV':>7s} {'ESV':>7s} {'EF':>6s} {'AoP':>10s} {'energy':>9s}")
    ours("marey, elastance", ElastanceVentricles(), chosen.repeats)
    ours("marey, sphere and sarcomere", SphereVentricles(), chosen.repeats)
    if chosen.peer:
        command = [chosen.peer, "-c", PEER, "10", str(chosen.repeats)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, high, low, systolic, diastolic = map(float, done.stdout.split("\n")[-2].split())
        row("circulation, Regazzoni2020, 10 beats, 1 ms", seconds, (high, low), (systolic, diastolic), "-")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
