"""CPU seconds of each MR series of the healthy heart.

Usage: python benchmarks/mr_series.py [series ...]
"""

import sys
import time

import numpy as np

from marey.scan.mr.protocol import series_settings
from marey.scan.mr.series import Scanner, Subject, planned, slice_by_slice, subject
from marey.scan.mr.series.dense import scan_dense
from marey.scan.mr.series.flow2d import scan_flow2d
from marey.scan.mr.series.flow4d import scan_flow4d
from marey.scan.mr.series.perfusion import scan_perfusion
from marey.scan.mr.series.scanned import ScanSlice
from marey.scan.mr.series.tagging import scan_tagging
from marey.simulate.beat import SimulateBeat
from marey.simulate.presets import preset

SCANS: dict[str, tuple[ScanSlice, int]] = {
    "tagging": (scan_tagging, 3), "dense": (scan_dense, 3), "flow2d": (scan_flow2d, 1),
    "perfusion": (scan_perfusion, 3), "flow4d": (scan_flow4d, 1000),
}  # fmt: skip
"""With the slices of a usual stack."""


def series(it: Subject, name: str) -> None:
    """Print one row."""
    scan, most = SCANS[name]
    settings, scanner = series_settings(name), Scanner()
    ((plane, grid),) = planned(it, settings, scanner, np.random.default_rng(0)).items()
    wall, cpu = time.perf_counter(), time.process_time()
    done = slice_by_slice(
        grid, np.random.default_rng(0), lambda one, rng: scan(
            it, one, settings, scanner, rng, short_axis=plane == "short axis")
    )  # fmt: skip
    share = min(most, len(done)) / len(done)
    cpu, wall = (share * (now - then) for now, then in ((time.process_time(), cpu), (time.perf_counter(), wall)))
    print(f"{name:10} {min(most, len(done)):3} slices {cpu:7.1f} s CPU {wall:7.1f} s")


if __name__ == "__main__":
    heart = preset("healthy")
    patient = subject(SimulateBeat(resolution="coarse", moments=25, medium="endless")(heart), heart)
    patient.field_map(1.5)
    for wanted in sys.argv[1:] or list(SCANS):
        series(patient, wanted)
