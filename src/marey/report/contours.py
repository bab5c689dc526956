"""Borders of label masks as smooth closed curves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOP, RIGHT, BOTTOM, LEFT = range(4)
# Cells by which of their corners (1 top left, 2 top right, 4 bottom right, 8 bottom left) are inside; from edge to
# edge with the inside on the right of the walk. The two saddles (5 and 10) keep diagonal pixels apart.
_WALKS = {
    1: ((LEFT, TOP),), 2: ((TOP, RIGHT),), 3: ((LEFT, RIGHT),), 4: ((RIGHT, BOTTOM),),
    5: ((LEFT, TOP), (RIGHT, BOTTOM)), 6: ((TOP, BOTTOM),), 7: ((LEFT, BOTTOM),), 8: ((BOTTOM, LEFT),),
    9: ((BOTTOM, TOP),), 10: ((TOP, RIGHT), (BOTTOM, LEFT)), 11: ((BOTTOM, RIGHT),), 12: ((RIGHT, LEFT),),
    13: ((RIGHT, TOP),), 14: ((TOP, LEFT),),
}  # fmt: skip
_SHRINK, _GROW = 0.5, -0.53


@dataclass(frozen=True, eq=False)
class Contours:
    """Closed curves of a stack of masks.

    Args:
        points: (n, 2) of (x, y) in pixels, pixel centres at whole numbers.
        starts: (c + 1,) offsets: curve i is ``points[starts[i]:starts[i + 1]]``.
        frames: (c,) which mask of the stack each curve belongs to, ascending.
    """

    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    frames: NDArray[np.int64]

    def of(self, frame: int) -> list[NDArray[np.float64]]:
        """The curves, each (n, 2), of one mask."""
        first, last = np.searchsorted(self.frames, [frame, frame + 1])
        return [self.points[self.starts[i] : self.starts[i + 1]] for i in range(first, last)]


def trace(masks: NDArray[np.bool_], smoothing: int = 10) -> Contours:
    """Marching squares through all masks at once, then Taubin smoothing, which keeps the area.

    G. Taubin, "Curve and surface smoothing without shrinkage", ICCV 1995, doi:10.1109/ICCV.1995.466848.

    Args:
        masks: ``(frame, y, x)``.
        smoothing: number of shrink-and-grow passes; 0 gives the borders half-way between pixel centres.
    """
    padded = np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    begin, end = _segments(padded)
    if begin.size == 0:
        return Contours(np.empty((0, 2)), np.zeros(1, np.int64), np.empty(0, np.int64))
    order = np.argsort(begin)
    edges, after = begin[order], np.searchsorted(begin[order], end[order])
    points = _middles(edges, padded.shape)
    before = np.empty_like(after)
    before[after] = np.arange(after.size)
    for weight in (_SHRINK, _GROW) * smoothing:
        points = points + weight * ((points[before] + points[after]) / 2 - points)
    walk, starts = _cycles(after)
    frames = edges[walk[starts[:-1]]] // (2 * padded.shape[1] * padded.shape[2])
    return Contours(points[walk], starts, frames)


def _segments(padded: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each step of the walk begins and ends; an edge is 2 * its first pixel, + 1 when it runs down."""
    inside = padded.view(np.uint8)
    cells = inside[:, :-1, :-1] | inside[:, :-1, 1:] << 1 | inside[:, 1:, 1:] << 2 | inside[:, 1:, :-1] << 3
    frame, row, column = np.nonzero((cells != 0) & (cells != 15))
    case = cells[frame, row, column]
    width = padded.shape[2]
    corner = 2 * ((frame * padded.shape[1] + row) * width + column)
    offset = np.array([0, 3, 2 * width, 1])  # of the top, right, bottom and left edge
    walks = [(corner[case == key], walk) for key, steps in _WALKS.items() for walk in steps]
    begin = np.concatenate([here + offset[start] for here, (start, _) in walks])
    end = np.concatenate([here + offset[stop] for here, (_, stop) in walks])
    return begin, end


def _middles(edges: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    pixel, down = np.divmod(edges, 2)
    x, y = pixel % shape[2], pixel // shape[2] % shape[1]
    return np.stack([x + 0.5 * (1 - down), y + 0.5 * down], axis=1) - 1


def _cycles(after: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The permutation as cycles: indices in walking order, and where each cycle starts."""
    following = after.tolist()
    seen = bytearray(len(following))
    walk: list[int] = []
    starts = []
    for first in range(len(following)):
        if not seen[first]:
            starts.append(len(walk))
            here = first
            while not seen[here]:
                seen[here] = 1
                walk.append(here)
                here = following[here]
    return np.array(walk), np.array([*starts, len(walk)])


def thin(curve: NDArray[np.float64], step: int) -> NDArray[np.float64]:
    """Every `step`-th point, but never fewer than six of them when there are six."""
    return curve[:: max(1, min(step, len(curve) // 6))]


__all__ = ["Contours", "thin", "trace"]
