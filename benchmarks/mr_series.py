"""CPU seconds of each MR series of the healthy heart.

Usage: python benchmarks/mr_series.py [series ...]
"""

import sys
import time

import numpy as np

from marey.core import Grid
from marey.scan.mr.protocol import series_settings
from marey.scan.mr.series import SCANS, ScannedSlice, Scanner, Subject, planned, slice_by_slice, subject
from marey.simulate.beat import SimulateBeat
from marey.simulate.presets import preset

MOST = {"tagging": 3, "dense": 3, "perfusion": 3, "t1": 3, "t2": 3, "mrf": 3, "flow4d": 1000}
"""Slices of a usual stack, where the planned one has more; a whole stack of the others."""


def series(it: Subject, name: str) -> None:
    """Print one row."""
    scan, most = SCANS[name], MOST.get(name, 12)
    settings, scanner = series_settings(name), Scanner()
    wall, cpu, done = time.perf_counter(), time.process_time(), 0
    for plane, grid in planned(it, settings, scanner, np.random.default_rng(0)).items():
        across = plane == "short axis"

        def measure(one: Grid, rng: np.random.Generator, short_axis: bool = across) -> ScannedSlice:
            return scan(it, one, settings, scanner, rng, short_axis=short_axis)

        done += len(slice_by_slice(grid, np.random.default_rng(0), measure))
    count = min(most, done)
    cpu, wall = (count / done * (now - then) for now, then in ((time.process_time(), cpu), (time.perf_counter(), wall)))
    print(f"{name:10} {count:3} slices {cpu:7.1f} s CPU {wall:7.1f} s")


if __name__ == "__main__":
    heart = preset("healthy")
    patient = subject(SimulateBeat(resolution="coarse", moments=25, medium="endless")(heart), heart)
    patient.field_map(1.5)
    for wanted in sys.argv[1:] or list(SCANS):
        series(patient, wanted)
