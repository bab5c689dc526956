"""The circuit of a re-entrant wave, from the latest activation times of the tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.simulate.monodomain.solve import Monodomain, State, advance

_STARTS = 50
_TURNS = 3
"""Cycles over which the wave is traced back, so that the path has settled on the circuit."""
_CLOSED = 2
"""Voxels between the ends of a path that counts as closed."""
_SLOWEST = 30.0
"""ms/mm of the slowest propagation."""


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
    """(step, 3) the circuit's longest way through the border zone (z, y, x), in the order of activation.

    Where to ablate: the wave leaves it by its last voxel, the exit, having come in by its first.
    """
    inside = border[tuple(reentry.circuit.T)]
    if inside.all() or not inside.any():
        return np.asarray(reentry.circuit[inside])
    start = int(np.argmin(inside))  # in healthy tissue, so that no run is cut in two
    path, inside = np.roll(reentry.circuit, -start, axis=0), np.roll(inside, -start)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    begin, end = max(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[1] - run[0])
    return np.asarray(path[begin:end])


def describe(model: Monodomain, state: State, since: float) -> Reentry:
    """Describe what the tissue does in a state of sustained activity, following it for a few more cycles.

    Args:
        model: tissue and cells.
        state: its latest two activations are used.
        since: ms, the last stimulus.
    """
    again = state.previous > since
    cycle = float(np.median((state.last - state.previous)[again]))
    history, after = _history(model, state, cycle)
    path, times = _circuit(model, history, cycle)
    driven = np.zeros(model.tissue.mask.shape, np.bool_)
    driven[model.tissue.mask] = again
    return Reentry(cycle, model.stencil.voxels[path], times - times.min(initial=np.inf), driven, after)


def _history(model: Monodomain, state: State, cycle: float) -> tuple[NDArray[np.float64], State]:
    """Activations (moment, node), looked at every half cycle, and the tissue at the end."""
    found = [state.previous, state.last]
    for _ in range(2 * _TURNS):
        state, _ = advance(model, state, state.step * model.dt + cycle / 2)
        found.append(state.last)
    return np.stack(found), state


def _circuit(
    model: Monodomain, history: NDArray[np.float64], cycle: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nodes and times of the closed path to which tracing the wave back to where it came from leads."""
    latest = np.argsort(-history[-1], kind="stable")
    for start in latest[:: max(1, len(latest) // _STARTS)]:
        nodes, times = _trace(model, history, int(start))
        voxels = model.stencil.voxels[nodes]
        turn = (times[:, None] - times) / cycle
        off = np.abs(voxels[:, None] - voxels).max(axis=2)
        off[(turn < 0.5) | (turn > 1.5)] = _CLOSED + 1
        if off.min() <= _CLOSED:
            begin, end = np.unravel_index(off.argmin(), off.shape)
            return nodes[begin + 1 : end + 1][::-1], times[begin + 1 : end + 1][::-1]
    return np.zeros(0, np.int64), np.zeros(0)


def _trace(model: Monodomain, history: NDArray[np.float64], node: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where the latest wave at a node came from, step by step back to the beginning of the history."""
    stencil, time = model.stencil, float(history[-1, node])
    path = [(node, time)]
    while True:
        near = stencil.neighbours[stencil.starts[node] : stencil.starts[node + 1]]
        before = np.where(history[:, near] < time, history[:, near], -np.inf).max(axis=0)
        away = model.tissue.spacing * np.linalg.norm(stencil.voxels[near] - stencil.voxels[node], axis=1)
        slope = (time - before) / away
        slope[slope > _SLOWEST] = -1  # across a line of block
        if slope.max(initial=-1) <= 0:
            nodes, times = zip(*path, strict=True)
            return np.array(nodes, np.int64), np.array(times, np.float64)
        chosen = int(slope.argmax())
        node, time = int(near[chosen]), float(before[chosen])
        path.append((node, time))


__all__ = ["Reentry", "describe", "isthmus"]
