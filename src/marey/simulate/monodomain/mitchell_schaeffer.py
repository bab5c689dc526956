"""The two-variable cell of Mitchell and Schaeffer 2003, doi:10.1016/S0092-8240(03)00041-7.

dv/dt = h v^2 (1 - v) / tau_in - v / tau_out;   dh/dt = (1 - h) / tau_open for v < v_gate, else -h / tau_close.

Its closed forms (h_min = 4 tau_in / tau_out): a beat after the diastolic interval DI lasts
tau_close ln((1 - (1 - h_min) exp(-DI / tau_open)) / h_min); a planar front in rested tissue travels with
sqrt(D / (2 tau_in)) (v+ - 2 v-), v+- = (1 +- sqrt(1 - h_min)) / 2 (the cubic front between three roots).
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import units
from marey.core.errors import InvalidInput
from marey.core.jit import fast_jit
from marey.core.parameter import Parameters, parameter

_PAPER = "doi:10.1016/S0092-8240(03)00041-7; range: those that keep a front and a plateau"
_POTENTIAL = "textbook value of ventricular myocytes"


@dataclass(frozen=True)
class MitchellSchaeffer(Parameters):
    """Time constants of the cell."""

    inward: float = parameter(0.3 * units.ms, 0.05 * units.ms, 2 * units.ms, "ms", _PAPER)
    outward: float = parameter(6 * units.ms, 1 * units.ms, 40 * units.ms, "ms", _PAPER)
    opening: float = parameter(120 * units.ms, 20 * units.ms, 500 * units.ms, "ms", _PAPER)
    closing: float = parameter(150 * units.ms, 20 * units.ms, 500 * units.ms, "ms", _PAPER)
    gate: float = parameter(0.13, 0.02, 0.4, "1", _PAPER)
    resting_potential: float = parameter(-85 * units.mV, -100 * units.mV, -60 * units.mV, "mV", _POTENTIAL)
    amplitude: float = parameter(110 * units.mV, 50 * units.mV, 150 * units.mV, "mV", _POTENTIAL)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.smallest_gate >= 8 / 9:
            raise InvalidInput(
                f"The parameter 'inward' is {self.inward:g} ms beside an 'outward' of {self.outward:g} ms.",
                "Tissue conducts only where inward / outward is below 2/9.",
                "Lower 'inward' or raise 'outward'.",
            )

    @property
    def smallest_gate(self) -> float:
        """The openness h_min at which the plateau ends."""
        return 4 * self.inward / self.outward


def front_speed(parameters: MitchellSchaeffer, diffusivity: float) -> float:
    """Speed (mm/ms) of a planar front in rested continuous tissue of a diffusivity in mm2/ms."""
    higher = (1 + math.sqrt(1 - parameters.smallest_gate)) / 2
    return math.sqrt(diffusivity / (2 * parameters.inward)) * (3 * higher - 2)


def duration(parameters: MitchellSchaeffer, diastolic_interval: float) -> float:
    """Duration (ms) of the plateau after a diastolic interval (ms): the restitution curve; 0 where there is none."""
    smallest = parameters.smallest_gate
    opened = 1 - (1 - smallest) * math.exp(-diastolic_interval / parameters.opening)
    return max(0.0, parameters.closing * math.log(opened / smallest))


def paced_duration(parameters: MitchellSchaeffer, cycle_length: float) -> float:
    """Duration (ms) of the plateau where duration and interval fill the cycle (ms): the fixed point of restitution."""
    low, high = 0.0, cycle_length
    for _ in range(60):
        middle = (low + high) / 2
        if duration(parameters, cycle_length - middle) > middle:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@fast_jit
def _react(
    potential: NDArray[Any], gates: NDArray[Any], zone: NDArray[np.uint8], stimulus: NDArray[Any], rates: NDArray[Any]
) -> None:  # pragma: no cover - compiled
    one = rates.dtype.type(1)
    for i in range(potential.size):
        known = rates[zone[i]]
        v, h = potential[i], gates[0, i]
        potential[i] = v + (h * v * v * (one - v) * known[0] - v * known[1] + stimulus[i] * known[2])
        gates[0, i] = h + (one - h) * known[3] if v < known[5] else h - h * known[4]


@fast_jit
def _trace(
    potential: NDArray[Any], gates: NDArray[Any], stimulus: NDArray[Any], rates: NDArray[Any], values: NDArray[Any]
) -> None:  # pragma: no cover - compiled
    zone = np.zeros(1, np.uint8)
    for step in range(stimulus.size):
        values[step] = potential[0]
        _react(potential, gates, zone, stimulus[step : step + 1], rates)


@dataclass(frozen=True, eq=False)
class MitchellSchaefferCells:
    """Cells of a tissue (see `marey.simulate.monodomain.cells.Cells`), one set of parameters per zone."""

    sets: tuple[MitchellSchaeffer, ...] = (MitchellSchaeffer(),)
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float32))
    upstroke: float = 0.5

    @property
    def zones(self) -> int:
        """Number of sets of parameters."""
        return len(self.sets)

    @property
    def scale(self) -> float:
        """The amplitude in mV."""
        return self.sets[0].amplitude

    @property
    def offset(self) -> float:
        """The resting potential in mV."""
        return self.sets[0].resting_potential

    @property
    def recovery(self) -> float:
        """The potential at which the gate begins to open again."""
        return self.sets[0].gate

    @cached_property
    def largest_step(self) -> float:
        """Half the fastest time constant, ms."""
        return min(known.inward for known in self.sets) / 2

    def rest(self, count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Potential (count,) 0 and gate (1, count) 1."""
        return np.zeros(count, self.dtype), np.ones((1, count), self.dtype)

    def react(
        self, potential: NDArray[Any], gates: NDArray[Any], zone: NDArray[np.uint8], stimulus: NDArray[Any], dt: float
    ) -> None:
        """Advance cells in place by dt ms without diffusion; stimulus (count,) in mV/ms."""
        _react(potential, gates, zone, stimulus, self._rates(dt))

    def trace(
        self, potential: NDArray[Any], gates: NDArray[Any], stimulus: NDArray[np.float64], dt: float
    ) -> NDArray[np.float64]:
        """Advance one cell of the first zone in place; its potential (step,) before each step of the stimulus."""
        values = np.empty(stimulus.size)
        _trace(potential, gates, stimulus.astype(self.dtype), self._rates(dt), values)
        return values

    def _rates(self, dt: float) -> NDArray[Any]:
        rows = [
            (dt / p.inward, dt / p.outward, dt / p.amplitude, -math.expm1(-dt / p.opening),
             -math.expm1(-dt / p.closing), p.gate)
            for p in self.sets
        ]  # fmt: skip
        return np.array(rows, self.dtype)


__all__ = ["MitchellSchaeffer", "MitchellSchaefferCells", "duration", "front_speed", "paced_duration"]
