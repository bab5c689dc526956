"""The raw data of scanned slices, as files of them hold it."""

import numpy as np

from marey.core import RawSlice
from marey.scan.mr.series.measure import Measured


def raw_slice(measured: Measured, *, slice_number: int = 0, encoding: int = 0) -> RawSlice:
    """Readouts of one slice with its geometry and timing.

    Args:
        measured: of the slice.
        slice_number: in its stack.
        encoding: its number among the velocity encodings or contrasts of the slice.
    """
    scan, schedule = measured.scan, measured.schedule
    straight = not np.ptp(measured.raw.trajectory[..., 0], axis=-1).any()
    return RawSlice(
        measured.raw, schedule.line, schedule.frame, schedule.time, schedule.rr, scan.grid,
        "row" if scan.transposed else "column", scan.encoding.matrix, scan.encoding.encoded_field,
        slice_number, encoding, "cartesian" if straight else "radial",
    )  # fmt: skip


__all__ = ["raw_slice"]
