"""The monodomain equation on voxels: explicit steps of diffusion and of the cells' reaction, in turn (Godunov)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.signal import Signal
from marey.simulate.monodomain._kernels import diffuse, record
from marey.simulate.monodomain.cells import Cells
from marey.simulate.monodomain.diffusion import Stencil, make_stencil
from marey.simulate.monodomain.tissue import Tissue, at_nodes

_CHECK = 10
"""Steps between two looks at whether potentials are still physical."""


@dataclass(frozen=True, eq=False)
class Stimulus:
    """A current into the cells of a region.

    Args:
        region: (z, y, x) voxels; those outside the tissue are ignored.
        start, duration: ms.
        strength: mV/ms.
    """

    region: NDArray[np.bool_]
    start: float = 0.0
    duration: float = 2.0
    strength: float = 35.7


@dataclass(frozen=True, eq=False)
class State:
    """Cells at one moment, and what they have done since the start; (node,) arrays in raster order of the mask.

    Args:
        step: steps done since time 0.
        potential: in the cell model's unit.
        gates: (variable, node).
        first, previous, last: ms, the first and the two latest activations; inf or -inf where there was none.
        repolarised: ms, the latest repolarisation; -inf where there was none.
        count: number of activations.
    """

    step: int
    potential: NDArray[Any]
    gates: NDArray[Any]
    first: NDArray[np.float64]
    previous: NDArray[np.float64]
    last: NDArray[np.float64]
    repolarised: NDArray[np.float64]
    count: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Monodomain:
    """Tissue with cells, ready to be advanced.

    Args:
        tissue: where and how fast.
        cells: the cell model; one set of parameters per zone of the tissue.
        dt: ms.

    Raises:
        InvalidInput: a step that would be unstable, a zone for which the cells have no parameters, bad diffusivities.
    """

    tissue: Tissue
    cells: Cells
    dt: float

    def __post_init__(self) -> None:
        if self.zone.max() >= self.cells.zones:
            raise InvalidInput(
                f"The tissue has the zone {self.zone.max()}.",
                f"The cells have sets of parameters for zones 0 to {self.cells.zones - 1}.",
                "Give the cells one set of parameters for each zone.",
            )
        largest = largest_step(self.stencil, self.cells)
        if not 0 < self.dt <= largest:
            raise InvalidInput(
                f"The time step 'dt' is {self.dt:g} ms.",
                f"On this grid and with these cells it must be positive and at most {largest:.4g} ms to be stable.",
                "Choose a shorter step or a coarser grid.",
            )

    @cached_property
    def stencil(self) -> Stencil:
        """The diffusion operator."""
        tissue = self.tissue
        return make_stencil(tissue.mask, tissue.spacing, tissue.diffusivity, self.cells.dtype)

    @cached_property
    def zone(self) -> NDArray[np.uint8]:
        """(node,) zone of every node."""
        return at_nodes(self.tissue.mask, 0 if self.tissue.zone is None else self.tissue.zone, "zone").astype(np.uint8)


def largest_step(stencil: Stencil, cells: Cells) -> float:
    """The longest stable time step, ms."""
    return min(stencil.largest_step, cells.largest_step)


def rest(model: Monodomain) -> State:
    """Resting tissue at time 0."""
    nodes = model.tissue.nodes
    potential, gates = model.cells.rest(nodes)
    never = np.full(nodes, np.inf)
    return State(0, potential, gates, never, -never, -never, -never, np.zeros(nodes, np.int32))


def advance(
    model: Monodomain,
    state: State,
    until: float,
    stimuli: Sequence[Stimulus] = (),
    *,
    probes: Sequence[int] = (),
    sample: float = 1.0,
) -> tuple[State, NDArray[np.float64]]:
    """Follow the tissue until a time; the state that was given stays as it is.

    Args:
        model: tissue and cells.
        state: where to begin.
        until: ms since time 0.
        stimuli: currents; their times count from time 0.
        probes: nodes whose potential is sampled.
        sample: ms between samples.

    Returns:
        The new state, and the samples (probe, sample) in mV, the first one at the first multiple of `sample`.

    Raises:
        InvalidInput: a stimulus or a probe that lies outside the tissue.
        NotAnalysable: potentials left the physical range.
    """
    cells, stencil, dt = model.cells, model.stencil, model.dt
    places = [_stimulated(model.tissue, stimulus) for stimulus in stimuli]
    now = replace(state, **{name: getattr(state, name).copy() for name in _ARRAYS})
    before, after = now.potential, np.empty_like(now.potential)
    current, running = np.zeros_like(before), [False] * len(places)
    every, sites, samples = max(1, round(sample / dt)), np.asarray(probes, np.intp), []
    up, down, step_size = (before.dtype.type(value) for value in (cells.upstroke, cells.recovery, dt))
    end = round(until / dt)
    for step in range(state.step, end):
        if sites.size and step % every == 0:
            samples.append(cells.offset + cells.scale * before[sites].astype(float))
        due = [s.start - 1e-9 <= step * dt < s.start + s.duration - 1e-9 for s in stimuli]
        if due != running:
            running = due
            current[:] = 0
            for place, stimulus, on in zip(places, stimuli, due, strict=True):
                current[place] += stimulus.strength * on
        diffuse(before, after, stencil.starts, stencil.neighbours, stencil.weights, step_size)
        cells.react(after, now.gates, model.zone, current, dt)
        record(before, after, up, down, step * dt, dt, now.first, now.previous, now.last, now.repolarised, now.count)
        before, after = after, before
        if step % _CHECK == 0 or step == end - 1:
            _check(cells, before, step * dt)
    return replace(now, step=max(end, state.step), potential=before), np.array(samples, np.float64).T


_ARRAYS = ("potential", "gates", "first", "previous", "last", "repolarised", "count")


def _stimulated(tissue: Tissue, stimulus: Stimulus) -> NDArray[np.intp]:
    if stimulus.region.shape != tissue.mask.shape or not (stimulus.region & tissue.mask).any():
        raise InvalidInput(
            f"A stimulus region of shape {stimulus.region.shape} holds no tissue.",
            f"A region (z, y, x) of shape {tissue.mask.shape} that meets the tissue is needed.",
            "Move the stimulus or the pacing site into conducting tissue.",
        )
    return np.flatnonzero(stimulus.region[tissue.mask])


def _check(cells: Cells, potential: NDArray[Any], time: float) -> None:
    low, high = (cells.offset + cells.scale * float(value) for value in (potential.min(), potential.max()))
    if not (low > -200 and high < 200):
        raise NotAnalysable(
            f"At {time:.1f} ms the membrane potential spans {low:.4g} to {high:.4g} mV.",
            "It must stay within -200 and 200 mV.",
            "Choose a shorter time step or a weaker stimulus.",
        )


@dataclass(frozen=True, eq=False)
class Solution:
    """What one simulation found.

    Args:
        activation: (z, y, x) ms, the first activation; inf where there was none, nan outside the tissue.
        repolarisation: (z, y, x) ms, the last repolarisation; inf and nan likewise.
        probes: mV over time.
        state: at the end, to go on from.
    """

    activation: NDArray[np.float64]
    repolarisation: NDArray[np.float64]
    probes: Signal
    state: State


def solve(
    model: Monodomain,
    stimuli: Sequence[Stimulus],
    duration: float,
    probes: Mapping[str, tuple[int, int, int]] | None = None,
    sample: float = 1.0,
) -> Solution:
    """Simulate resting tissue from time 0.

    Args:
        model: tissue, cells and time step.
        stimuli: currents.
        duration: ms.
        probes: names of voxels (z, y, x) whose potential is wanted.
        sample: ms between its samples.

    Raises:
        InvalidInput: a stimulus or a probe outside the tissue.
        NotAnalysable: potentials left the physical range.
    """
    named, tissue = probes or {}, model.tissue
    nodes = [_node(tissue, name, voxel) for name, voxel in named.items()]
    state, samples = advance(model, rest(model), duration, stimuli, probes=nodes, sample=sample)
    every = max(1, round(sample / model.dt)) * model.dt
    count = samples.shape[1] if nodes else 0
    signal = Signal(samples.reshape(len(nodes), count), np.arange(count, dtype=np.float64) * every, tuple(named), "mV")
    ended = np.where(state.repolarised > state.last, state.repolarised, np.inf)
    return Solution(tissue.on_grid(state.first), tissue.on_grid(ended), signal, state)


def _node(tissue: Tissue, name: str, voxel: tuple[int, int, int]) -> int:
    inside = all(0 <= at < size for at, size in zip(voxel, tissue.mask.shape, strict=True))
    if not inside or not tissue.mask[voxel]:
        raise InvalidInput(
            f"The probe '{name}' is at the voxel {voxel}.",
            "A voxel (z, y, x) of conducting tissue is needed.",
            "Move the probe into the tissue.",
        )
    return int(tissue.mask.ravel()[: np.ravel_multi_index(voxel, tissue.mask.shape)].sum())


__all__ = ["Monodomain", "Solution", "State", "Stimulus", "advance", "largest_step", "rest", "solve"]
