"""Tubes (vessels, airways, leads) as capsules that taper, found fast through a grid of cells."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit, jit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CodeArray = NDArray[np.uint8]
CELL = 10.0
NOWHERE = 255
ANYWHERE = 255


class Tubes(NamedTuple):
    """Capsules in the patient frame, those of a lower number win; with a grid that says which reach into which cell.

    Args:
        near, far: (n, 3) mm.
        near_radius, far_radius: (n,) mm of the lumen.
        coat: (n,) mm of wall around it.
        lumen, shell: (n,) tissues.
        within: (n,) the tissue that it is drawn into, or ANYWHERE.
        origin: (3,) mm, the corner of the grid.
        cells: (3,) how many.
        first: (cells + 1,), where each cell's numbers begin in `numbers`.
        numbers: of capsules.
    """

    near: FloatArray
    far: FloatArray
    near_radius: FloatArray
    far_radius: FloatArray
    coat: FloatArray
    lumen: CodeArray
    shell: CodeArray
    within: CodeArray
    origin: FloatArray
    cells: IntArray
    first: IntArray
    numbers: IntArray


@jit
def cell_lists(low: IntArray, high: IntArray, cells: IntArray) -> tuple[IntArray, IntArray]:
    """Which boxes (n, 3), from `low` to `high`, reach into which cell: first (cells + 1,) and numbers."""
    first = np.zeros(cells[0] * cells[1] * cells[2] + 1, np.int64)
    for again in range(2):
        if again:
            total = 0
            for c in range(len(first)):
                total, first[c] = total + first[c], total
            numbers = np.empty(total, np.int64)
            at = first.copy()
        for n in range(len(low)):
            for i in range(low[n, 0], high[n, 0] + 1):
                for j in range(low[n, 1], high[n, 1] + 1):
                    for k in range(low[n, 2], high[n, 2] + 1):
                        c = (i * cells[1] + j) * cells[2] + k
                        if again:
                            numbers[at[c]] = n
                            at[c] += 1
                        else:
                            first[c] += 1
    return first, numbers


@fast_jit
def tube_at(x: float, y: float, z: float, tubes: Tubes, base: int) -> int:
    """The tissue of a tube that is drawn into `base` or ANYWHERE at a point, or NOWHERE; lumens win over walls."""
    i = math.floor((x - tubes.origin[0]) / CELL)
    j = math.floor((y - tubes.origin[1]) / CELL)
    k = math.floor((z - tubes.origin[2]) / CELL)
    if min(i, j, k) < 0 or i >= tubes.cells[0] or j >= tubes.cells[1] or k >= tubes.cells[2]:
        return NOWHERE
    cell = (i * tubes.cells[1] + j) * tubes.cells[2] + k
    found = NOWHERE
    for at in range(tubes.first[cell], tubes.first[cell + 1]):
        n = tubes.numbers[at]
        if tubes.within[n] != base:
            continue
        ax, ay, az = tubes.near[n, 0], tubes.near[n, 1], tubes.near[n, 2]
        ux, uy, uz = tubes.far[n, 0] - ax, tubes.far[n, 1] - ay, tubes.far[n, 2] - az
        wx, wy, wz = x - ax, y - ay, z - az
        t = min(max((ux * wx + uy * wy + uz * wz) / (ux * ux + uy * uy + uz * uz + 1e-9), 0.0), 1.0)
        dx, dy, dz = wx - t * ux, wy - t * uy, wz - t * uz
        radius = tubes.near_radius[n] + t * (tubes.far_radius[n] - tubes.near_radius[n])
        square = dx * dx + dy * dy + dz * dz
        if square < radius * radius:
            return int(tubes.lumen[n])
        outer = radius + tubes.coat[n]
        if found == NOWHERE and square < outer * outer:
            found = int(tubes.shell[n])
    return found


def gridded(
    near: FloatArray, far: FloatArray, radii: FloatArray, coat: FloatArray, codes: CodeArray,
) -> Tubes:  # fmt: skip
    """Tubes with their grid.

    Args:
        near, far: (n, 3) mm.
        radii: (n, 2) mm.
        coat: (n,) mm.
        codes: (n, 3): lumen, shell, within.
    """
    reach = (radii.max(axis=1) + coat)[:, None]
    low, high = np.minimum(near, far) - reach, np.maximum(near, far) + reach
    origin = low.min(axis=0) - 1.0 if len(near) else np.zeros(3)
    cells = (np.floor((high.max(axis=0) - origin) / CELL).astype(np.int64) + 1) if len(near) else np.ones(3, np.int64)
    boxes = [np.floor((corner - origin) / CELL).astype(np.int64) for corner in (low, high)]
    first, numbers = cell_lists(boxes[0], boxes[1], cells)
    lumen, shell, within = (np.ascontiguousarray(codes[:, column]) for column in range(3))
    first_radius, last_radius = (np.ascontiguousarray(radii[:, column]) for column in range(2))
    return Tubes(near, far, first_radius, last_radius, coat, lumen, shell, within, origin, cells, first, numbers)


__all__ = ["ANYWHERE", "NOWHERE", "Tubes", "gridded", "tube_at"]
