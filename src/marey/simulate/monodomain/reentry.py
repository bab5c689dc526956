"""The circuit of a re-entrant wave, from the latest activation times of the tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.simulate.monodomain.diffusion import Stencil
from marey.simulate.monodomain.solve import Monodomain, State

_STARTS = 50


@dataclass(frozen=True, eq=False)
class Reentry:
    """A wave that keeps coming back.

    Args:
        cycle_length: ms, median over the tissue that it activates again and again.
        circuit: (step, 3) voxels z, y, x in the order of activation, a closed path; empty where none was found, as
            when a focus or a drifting spiral drives the tissue.
        times: (step,) ms since the first voxel of the circuit.
        driven: (z, y, x) voxels activated at least twice since the last stimulus.
        state: of the tissue at the end.
    """

    cycle_length: float
    circuit: NDArray[np.int64]
    times: NDArray[np.float64]
    driven: NDArray[np.bool_]
    state: State


def isthmus(reentry: Reentry, border: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(step, 3) the circuit's voxels in the border zone (z, y, x), in the order of activation: where to ablate."""
    return np.asarray(reentry.circuit[border[tuple(reentry.circuit.T)]])


def describe(model: Monodomain, state: State, since: float) -> Reentry:
    """Describe what the tissue does in a state of sustained activity.

    Args:
        model: tissue and cells.
        state: its latest two activations are used.
        since: ms, the last stimulus.
    """
    again = state.previous > since
    cycle = float(np.median((state.last - state.previous)[again]))
    path = _circuit(model.stencil, state.last, again, cycle)
    driven = np.zeros(model.tissue.mask.shape, np.bool_)
    driven[model.tissue.mask] = again
    lags = np.diff(state.last[path], prepend=state.last[path[:1]]) % cycle
    return Reentry(cycle, model.stencil.voxels[path], np.cumsum(lags), driven, state)


def _circuit(stencil: Stencil, last: NDArray[np.float64], again: NDArray[np.bool_], cycle: float) -> NDArray[np.int64]:
    """Nodes of the closed path to which tracing the wave back to where it came from leads."""
    starts = np.flatnonzero(again)
    starts = starts[np.argsort(-last[starts], kind="stable")]
    for start in starts[:: max(1, len(starts) // _STARTS)]:
        seen: dict[int, int] = {}
        node: int | None = int(start)
        while node is not None and node not in seen:
            seen[node] = len(seen)
            node = _origin(stencil, last, again, cycle, node)
        if node is not None:
            return np.array(list(seen)[seen[node] :][::-1], np.int64)
    return np.zeros(0, np.int64)


def _origin(
    stencil: Stencil, last: NDArray[np.float64], again: NDArray[np.bool_], cycle: float, node: int
) -> int | None:
    """The neighbour from which the wave came: up the steepest rise of phase, but not across a line of block."""
    near = stencil.neighbours[stencil.starts[node] : stencil.starts[node + 1]]
    near = near[again[near]]
    lag = (last[node] - last[near]) % cycle
    slope = lag / np.linalg.norm(stencil.voxels[near] - stencil.voxels[node], axis=1)
    slope[(lag <= 0) | (lag > cycle / 4)] = -1
    return int(near[slope.argmax()]) if slope.max(initial=-1) > 0 else None


__all__ = ["Reentry", "describe", "isthmus"]
