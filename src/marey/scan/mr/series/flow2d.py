"""2D flow: velocity through a plane across the ascending aorta by phase contrast, one breath-hold."""

import numpy as np

from marey.core import Grid
from marey.scan.mr.protocol import SeriesSettings
from marey.scan.mr.sequences.phase_contrast import random_eddy_currents
from marey.scan.mr.series.flow import FlowSlice, VelocityEncoding, scan_velocities
from marey.scan.mr.series.scanned import ScannedSlice
from marey.scan.mr.series.scanner import Scanner
from marey.scan.mr.series.subject import Subject


def scan_flow2d(
    it: Subject, grid: Grid, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator, *,
    short_axis: bool = False, encoding: VelocityEncoding | None = None
) -> ScannedSlice:  # fmt: skip
    """Measure one slice.

    Its frames are the "magnitude" and the "velocity" along the grid's normal in mm/ms, wrapped into plus or minus venc;
    truth has the "velocity" (t, row, column, 3) in mm/ms LPS, of which `true_flow` makes a curve.
    """
    encoding = encoding or VelocityEncoding()
    eddies = random_eddy_currents(rng, 1, encoding.eddy_currents)
    breathing = scanner.breath_holds.draw(rng)
    flow = FlowSlice(grid, grid.normal[:, None], ("velocity",), encoding, eddies, breathing, short_axis)
    return scan_velocities(it, flow, settings, scanner, rng)


__all__ = ["scan_flow2d"]
