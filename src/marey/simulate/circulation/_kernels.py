"""Derivatives of the closed loop and its time steps.

The blood runs in a ring of eight compartments, `COMPARTMENTS`; connection k leads from compartment k to compartment
k + 1. So dV[k]/dt = q[k - 1] - q[k], and no blood is lost whatever the pressures do.

State: 8 volumes, 8 flows, 4 openings of the valves (0 closed, 1 open), then the states of the ventricles.
Seen: 8 pressures, then the extra outputs of the ventricles.
"""

import math
from typing import NamedTuple

import numpy as np

from marey.core.jit import jit
from marey.simulate.mechanics.activation import raised_cosine
from marey.simulate.mechanics.interface import Array, PressureFunction

COMPARTMENTS = (
    "left atrium", "left ventricle", "systemic arteries", "systemic veins",
    "right atrium", "right ventricle", "pulmonary arteries", "pulmonary veins",
)  # fmt: skip
CONNECTIONS = (
    "mitral", "aortic", "systemic capillaries", "venae cavae",
    "tricuspid", "pulmonary", "pulmonary capillaries", "pulmonary veins",
)  # fmt: skip
CHAMBERS = (0, 1, 4, 5)
VALVES = (0, 1, 4, 5)
OPENING = 16
OWN = 20
TIGHT = 1e-4  # mm2; a closed valve keeps this area, so that its inertance stays finite


class Model(NamedTuple):
    """Everything that does not change during a beat.

    Args:
        pressure, ventricles: law and numbers of the ventricles.
        pericardium: (3,) pressure, volume, stretch.
        atria: (2, 7) largest and smallest elastance, unstressed volume, lead, rise, fall, period.
        vessels: (8, 3) impedance, compliance, unstressed volume; zero for chambers.
        connections: (8, 6) area, leak, length, opening, closing, fastest of a valve; resistance, inertance of a bed.
        density: of blood.
    """

    pressure: PressureFunction
    ventricles: Array
    pericardium: Array
    atria: Array
    vessels: Array
    connections: Array
    density: float


@jit
def _pressures(t: float, y: Array, seen: Array, work: Array, model: Model) -> None:
    around = 0.0
    if model.pericardium[0] > 0.0:
        blood = y[0] + y[1] + y[4] + y[5]
        around = model.pericardium[0] * math.exp((blood - model.pericardium[1]) / model.pericardium[2])
    for side in range(2):
        stiff, soft, rest, lead, rise, fall, period = model.atria[side]
        active = raised_cosine((t + lead) % period, rise, fall)
        seen[4 * side] = around + (soft + (stiff - soft) * active) * (y[4 * side] - rest)
        seen[4 * side + 1] = around + work[side]
    for k in (2, 3, 6, 7):
        impedance, compliance, unstressed = model.vessels[k]
        seen[k] = (y[k] - unstressed) / compliance + impedance * y[8 + k - 1]


@jit
def _flows(y: Array, dy: Array, seen: Array, model: Model) -> None:
    for k in range(8):
        drop = seen[k] - model.vessels[k, 0] * y[8 + (k + 7) % 8] - seen[(k + 1) % 8]
        q = y[8 + k]
        if k % 4 < 2:
            area, leak, length, opening, closing, fastest = model.connections[k]
            i = OPENING + k - 2 * (k // 4)
            rate = (opening if drop > 0.0 else closing) * drop
            rate /= 1.0 + abs(rate) / fastest
            dy[i] = rate * (1.0 - y[i]) if drop > 0.0 else rate * y[i]
            now = max(leak + (area - leak) * y[i], TIGHT)
            dy[8 + k] = now / (model.density * length) * drop - 0.5 * q * abs(q) / (now * length)
        else:
            dy[8 + k] = (drop - model.connections[k, 0] * q) / model.connections[k, 1]


@jit
def ventricular_pressures(t: float, y: Array, memory: Array, model: Model, out: Array) -> None:
    """Write the pressures of the two ventricles in one state of the loop, then their extra outputs."""
    volumes, change = np.empty(2), np.empty(y.size - OWN)
    volumes[0], volumes[1] = y[1], y[5]
    model.pressure(t, volumes, y[OWN:], memory, model.ventricles, change, out)


@jit
def derivative(  # noqa: PLR0917
    t: float, y: Array, dy: Array, seen: Array, memory: Array, model: Model, volumes: Array
) -> None:
    """Write the time derivatives of the state and the pressures that go with it."""
    volumes[0], volumes[1] = y[1], y[5]
    extra = seen[6:]  # two pressures, overwritten below by those of the pulmonary vessels; the extra outputs stay
    model.pressure(t, volumes, y[OWN:], memory, model.ventricles, dy[OWN:], extra)
    _pressures(t, y, seen, extra, model)
    for k in range(8):
        dy[k] = y[8 + (k + 7) % 8] - y[8 + k]
    _flows(y, dy, seen, model)


@jit
def runge_kutta(  # noqa: PLR0917
    states: Array, seen: Array, begin: float, duration: float, memory: Array, model: Model
) -> tuple[int, int]:
    """Integrate in equal steps by the classical Runge-Kutta scheme.

    Args:
        states: (time, state); row 0 is the start, the other rows are written.
        seen: (time, seen) written.
        begin, duration: ms.
        memory: scratch of the ventricles, written.
        model: the loop.

    Returns:
        The step that failed, and the compartment that ran empty or -1 where numbers ceased to be finite; (-1, -1)
        where nothing failed.
    """
    steps, n = states.shape[0] - 1, states.shape[1]
    h = duration / steps
    k1, k2, k3, k4, y = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    scratch, volumes = np.empty(seen.shape[1]), np.empty(2)
    for i in range(steps):
        t, x = begin + i * h, states[i]
        derivative(t, x, k1, seen[i], memory, model, volumes)
        y[:] = x + 0.5 * h * k1
        derivative(t + 0.5 * h, y, k2, scratch, memory, model, volumes)
        y[:] = x + 0.5 * h * k2
        derivative(t + 0.5 * h, y, k3, scratch, memory, model, volumes)
        y[:] = x + h * k3
        derivative(t + h, y, k4, scratch, memory, model, volumes)
        states[i + 1] = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        for k in range(n):
            if not math.isfinite(states[i + 1, k]):
                return i, -1
        for k in range(8):
            if states[i + 1, k] <= 0.0:
                return i, k
    derivative(begin + duration, states[steps], k1, seen[steps], memory, model, volumes)
    return -1, -1


__all__ = [
    "CHAMBERS", "COMPARTMENTS", "CONNECTIONS", "OPENING", "OWN", "TIGHT", "VALVES", "Model", "derivative",
    "runge_kutta", "ventricular_pressures",
]  # fmt: skip
