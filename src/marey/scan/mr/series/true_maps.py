"""True relaxation times and shares of tissue in every pixel of a slice."""

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.body import Tissue
from marey.scan.mr.series.measure import LABEL_SAMPLES
from marey.scan.mr.series.subject import Subject
from marey.scan.scene import with_body

SCARS = (Tissue.SCAR_CORE, Tissue.BORDER_ZONE)


def true_map(
    it: Subject, grid: Grid, of_tissue: NDArray[np.float64], time: float, breath: float
) -> NDArray[np.float32]:
    """``(1, row, column)`` mean over the thickness of a property of tissues ``(64,)``; 0 in air."""
    codes = _codes(it, grid, time, breath)
    values = np.where(codes == Tissue.AIR, 0.0, of_tissue[codes])
    return np.asarray(values.mean(axis=0)[None], np.float32)


def scar_share(it: Subject, grid: Grid, time: float, breath: float) -> NDArray[np.float32]:
    """``(1, row, column)`` share of each pixel that is scar or its border zone."""
    return np.asarray(np.isin(_codes(it, grid, time, breath), SCARS).mean(axis=0)[None], np.float32)


def _codes(it: Subject, grid: Grid, time: float, breath: float) -> NDArray[np.uint8]:
    """(sample, row, column)."""
    around = it.around(grid, LABEL_SAMPLES, breath)
    return np.asarray(with_body(it.motion.scene(grid, time, breath, LABEL_SAMPLES), around).tissue[0])


__all__ = ["scar_share", "true_map"]
