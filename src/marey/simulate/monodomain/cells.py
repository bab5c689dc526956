"""What a cell model gives the tissue: one small interface, and a cell paced on its own."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.signal import Signal


class Cells(Protocol):
    """A cell model with one set of parameters per zone of a tissue; potentials inside are in the model's own unit.

    Attributes:
        zones: how many sets of parameters there are.
        dtype: of potentials and gates.
        scale, offset: membrane potential in mV = offset + scale * potential.
        upstroke, recovery: potentials (model's unit) whose crossing is activation and repolarisation.
        largest_step: ms, the longest step for which the model's own scheme is trusted.
    """

    @property
    def zones(self) -> int: ...  # noqa: D102
    @property
    def dtype(self) -> np.dtype[Any]: ...  # noqa: D102
    @property
    def scale(self) -> float: ...  # noqa: D102
    @property
    def offset(self) -> float: ...  # noqa: D102
    @property
    def upstroke(self) -> float: ...  # noqa: D102
    @property
    def recovery(self) -> float: ...  # noqa: D102
    @property
    def largest_step(self) -> float: ...  # noqa: D102

    def rest(self, count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Potential (count,) and gates (variable, count) of resting cells."""

    def react(
        self,
        potential: NDArray[Any],
        gates: NDArray[Any],
        zone: NDArray[np.uint8],
        stimulus: NDArray[Any],
        dt: float,
    ) -> None:
        """Advance cells in place by dt ms without diffusion; stimulus (count,) in mV/ms."""

    def trace(
        self, potential: NDArray[Any], gates: NDArray[Any], stimulus: NDArray[np.float64], dt: float
    ) -> NDArray[np.float64]:
        """Advance one cell of zone 0 in place; its potential (step,) before each step of stimulus (step,), mV/ms."""


@dataclass(frozen=True)
class ActionPotential:
    """The last beat of a paced cell.

    Args:
        rest, peak: mV, just before the stimulus and highest.
        upstroke: mV/ms, the fastest rise.
        duration: ms from the fastest rise until 90 % repolarised.
        gate_duration: ms between the rise and the fall through the model's recovery potential.
        curve: one lead "cell", mV, from the stimulus on.
    """

    rest: float
    peak: float
    upstroke: float
    duration: float
    gate_duration: float
    curve: Signal


def pace(
    cells: Cells, cycle_length: float = 1000.0, beats: int = 20, dt: float = 0.02, strength: float = 52.0
) -> ActionPotential:
    """Pace one cell of zone 0 from rest with stimuli of 1 ms.

    Args:
        cells: the model.
        cycle_length: ms between stimuli.
        beats: number of stimuli; the last one is described.
        dt: ms.
        strength: mV/ms.

    Raises:
        InvalidInput: a cycle or step that cannot be simulated.
        NotAnalysable: the last stimulus evoked no action potential, or it did not end within the cycle.
    """
    if not (0 < dt <= cells.largest_step and cycle_length > 10 and beats >= 1):
        raise InvalidInput(
            f"{beats} beats of {cycle_length:g} ms in steps of {dt:g} ms cannot be simulated.",
            f"At least one beat, cycles over 10 ms and steps up to {cells.largest_step:g} ms are needed.",
            "Choose a shorter step or a longer cycle.",
        )
    times = np.arange(round(cycle_length / dt), dtype=np.float64) * dt
    stimulus = np.where(times < 1.0, strength, 0.0)
    potential, gates = cells.rest(1)
    for _ in range(beats):
        found = cells.trace(potential, gates, stimulus, dt)
    return _describe(Signal((cells.offset + cells.scale * found)[None], times, ("cell",), "mV"), cells)


def _describe(curve: Signal, cells: Cells) -> ActionPotential:
    values, times = curve["cell"], curve.times
    slope = np.diff(values) / np.diff(times)
    rest, peak, top = values[0], values.max(), int(values.argmax())
    gate = cells.offset + cells.scale * cells.recovery
    level = rest + 0.1 * (peak - rest)
    if peak < cells.offset + cells.scale * cells.upstroke or values[top:].min() > min(level, gate) or rest > gate:
        raise NotAnalysable(
            f"The cell rested at {rest:.0f} mV, rose to {peak:.0f} mV and ended at {values[-1]:.0f} mV.",
            "A whole action potential is needed in the last cycle.",
            "Pace more slowly, or with a stronger stimulus.",
        )
    start, end = times[slope.argmax()], _crossing(curve, level, top)
    risen = int(np.argmax(values >= gate))
    rise = np.interp(gate, values[risen - 1 : risen + 1], times[risen - 1 : risen + 1])
    return ActionPotential(
        float(rest),
        float(peak),
        float(slope.max()),
        float(end - start),
        float(_crossing(curve, gate, top) - rise),
        curve,
    )


def _crossing(curve: Signal, level: float, after: int) -> float:
    values, times = curve["cell"], curve.times
    fallen = after + int(np.argmax(values[after:] <= level))
    return float(np.interp(-level, -values[fallen - 1 : fallen + 1], times[fallen - 1 : fallen + 1]))


__all__ = ["ActionPotential", "Cells", "pace"]
