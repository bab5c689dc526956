"""4D flow: velocity in three directions over a box of thin partitions, gated by the ECG and by a navigator.

Every partition is measured as a slice with all coils and the acceleration that the settings say; the phase encoding
across the partitions, and what it blurs, is left out. The navigator accepts one position of the breath.
"""

from dataclasses import replace

import numpy as np

from marey.core import Grid
from marey.scan.mr.acquisition import BreathHold
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.phase_contrast import random_eddy_currents
from marey.scan.mr.series.flow import FlowSlice, VelocityEncoding, scan_velocities
from marey.scan.mr.series.scanned import ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.subject import Subject

CONTENTS = ("velocity left", "velocity back", "velocity head")
EXCITED = 40.0
"""Mm within which blood sees the pulses before it is renewed, chosen: usually agent in it keeps it bright."""


def scan_flow4d(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool = False, encoding: VelocityEncoding | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one partition.

    Its frames are the "magnitude" and "velocity left", "velocity back" and "velocity head" (LPS) in mm/ms, wrapped into
    plus or minus venc; truth has the "velocity" (t, row, column, 3) in mm/ms LPS. Of the raw data the reference's are
    kept, as all of a box would fill the memory.
    """
    encoding = encoding or VelocityEncoding(excited=EXCITED)
    eddies = random_eddy_currents(rng, 3, encoding.eddy_currents)
    flow = FlowSlice(grid, np.eye(3), CONTENTS, encoding, eddies, BreathHold(), short_axis, samples=1)
    done = scan_velocities(it, flow, settings, scanner, rng)
    return replace(done, measured=done.measured[:1])


__all__ = ["CONTENTS", "scan_flow4d"]
