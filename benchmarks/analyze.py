"""How long `marey analyze` takes from a DICOM folder to the written report, and how much memory.

    python benchmarks/analyze.py [--phases 30] [--matrix 256] [--repeats 3]

Each repeat is a fresh process (imports included) on an exam simulated for the purpose.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

CHILD = """
import json, resource, sys, time
began = time.perf_counter()
from pathlib import Path
from marey.workflows.cine import analyze
stages = [("imports", time.perf_counter() - began)]

def told(fraction, doing):
    now = time.perf_counter() - began
    if doing != stages[-1][0]:
        stages.append((doing, now))

analyze([Path(sys.argv[1])], Path(sys.argv[2]), progress=told)
total = time.perf_counter() - began
starts = [0.0] + [moment for _, moment in stages[1:]]
ends = starts[1:] + [total]
spent = {}
for (name, _), start, end in zip(stages, starts, ends):
    spent[name] = spent.get(name, 0.0) + end - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"stages": spent, "total": total, "peak": peak}))
"""


def measure(exam: Path, out: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", CHILD, exam, out], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {**found["stages"], "whole [s]": found["total"], "peak memory [MB]": found["peak"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    for name, default in (("phases", 30), ("matrix", 256), ("repeats", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        exam = Path(folder) / "exam"
        size = ["--set", f"cine.phases={chosen.phases}", "--set", f"cine.slices.matrix={chosen.matrix}"]
        subprocess.run([sys.executable, "-m", "marey", "simulate", "study", "-q", "-o", exam, *size], check=True)
        slices = len(list(exam.glob("01_*/*.dcm"))) // chosen.phases
        runs = [measure(exam, Path(folder) / f"report{i}") for i in range(chosen.repeats)]
    size_text = f"{slices} slices x {chosen.phases} phases x {chosen.matrix}x{chosen.matrix}"
    print(f"{size_text}, {platform.machine()}, {os.cpu_count()} cores, median and worst of {chosen.repeats}")
    for name in runs[0]:
        values = sorted(run.get(name, 0.0) for run in runs)
        print(f"{name:<24} {values[len(values) // 2]:8.2f} {values[-1]:8.2f}")


if __name__ == "__main__":
    main()
