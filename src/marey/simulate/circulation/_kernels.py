"""Derivatives of the closed loop and its time steps.

The blood runs in a ring of eight compartments, `COMPARTMENTS`; connection k leads from compartment k to compartment
k + 1. So dV[k]/dt = q[k - 1] - q[k], and no blood is lost whatever the pressures do.

State: 8 volumes, 8 flows, 4 openings of the valves (0 closed, 1 open), then the states of the ventricles.
Seen: 8 pressures, then the extra outputs of the ventricles.
"""

import math

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


@jit
def _pressures(t: float, y: Array, seen: Array, work: Array, pericardium: Array, atria: Array, vessels: Array) -> None:
    around = 0.0
    if pericardium[0] > 0.0:
        blood = y[0] + y[1] + y[4] + y[5]
        around = pericardium[0] * math.exp((blood - pericardium[1]) / pericardium[2])
    for side in range(2):
        stiff, soft, rest, lead, rise, fall, period = atria[side]
        active = raised_cosine((t + lead) % period, rise, fall)
        seen[4 * side] = around + (soft + (stiff - soft) * active) * (y[4 * side] - rest)
        seen[4 * side + 1] = around + work[side]
    for k in (2, 3, 6, 7):
        impedance, compliance, unstressed = vessels[k]
        seen[k] = (y[k] - unstressed) / compliance + impedance * y[8 + k - 1]


@jit
def _flows(y: Array, dy: Array, seen: Array, vessels: Array, connections: Array, density: float) -> None:
    for k in range(8):
        drop = seen[k] - vessels[k, 0] * y[8 + (k + 7) % 8] - seen[(k + 1) % 8]
        q = y[8 + k]
        if k % 4 < 2:
            area, leak, length, opening, closing, fastest = connections[k]
            i = OPENING + k - 2 * (k // 4)
            rate = (opening if drop > 0.0 else closing) * drop
            rate /= 1.0 + abs(rate) / fastest
            dy[i] = rate * (1.0 - y[i]) if drop > 0.0 else rate * y[i]
            now = max(leak + (area - leak) * y[i], TIGHT)
            dy[8 + k] = now / (density * length) * drop - 0.5 * q * abs(q) / (now * length)
        else:
            dy[8 + k] = (drop - connections[k, 0] * q) / connections[k, 1]


@jit
def derivative(
    t: float, y: Array, dy: Array, seen: Array, work: Array, memory: Array, pressure: PressureFunction,
    ventricles: Array, pericardium: Array, atria: Array, vessels: Array, connections: Array, density: float,
) -> None:  # fmt: skip
    """Write the time derivatives of the state and the pressures that go with it."""
    volumes = np.empty(2)
    volumes[0], volumes[1] = y[1], y[5]
    pressure(t, volumes, y[OWN:], memory, ventricles, dy[OWN:], work)
    _pressures(t, y, seen, work, pericardium, atria, vessels)
    seen[8:] = work[2:]
    for k in range(8):
        dy[k] = y[8 + (k + 7) % 8] - y[8 + k]
    _flows(y, dy, seen, vessels, connections, density)


@jit
def ventricular_pressures(
    t: float, y: Array, memory: Array, pressure: PressureFunction, ventricles: Array, extra: int
) -> Array:
    """(2,) transmural pressures of the left and right ventricle in one state of the loop."""
    volumes, out, change = np.empty(2), np.empty(2 + extra), np.empty(y.size - OWN)
    volumes[0], volumes[1] = y[1], y[5]
    pressure(t, volumes, y[OWN:], memory, ventricles, change, out)
    return out[:2]


@jit
def one_beat(
    states: Array, seen: Array, period: float, memory: Array, pressure: PressureFunction,
    ventricles: Array, pericardium: Array, atria: Array, vessels: Array, connections: Array, density: float,
) -> tuple[int, int]:  # fmt: skip
    """Integrate one cycle by the classical Runge-Kutta scheme.

    Args:
        states: (time, state); row 0 is the start, the other rows are written.
        seen: (time, seen) written.
        period: ms.
        memory, pressure, ventricles: of the model of the ventricles.
        pericardium, atria, vessels, connections, density: as `marey.simulate.circulation.closed_loop` packs them.

    Returns:
        The step that failed, and the compartment that ran empty or -1 where numbers ceased to be finite; (-1, -1)
        where nothing failed.
    """
    steps = states.shape[0] - 1
    n = states.shape[1]
    h = period / steps
    k1, k2, k3, k4, y = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    work = np.empty(seen.shape[1] - 6)
    scratch = np.empty(seen.shape[1])
    rest = (memory, pressure, ventricles, pericardium, atria, vessels, connections, density)
    for i in range(steps):
        t = i * h
        x = states[i]
        derivative(t, x, k1, seen[i], work, *rest)
        y[:] = x + 0.5 * h * k1
        derivative(t + 0.5 * h, y, k2, scratch, work, *rest)
        y[:] = x + 0.5 * h * k2
        derivative(t + 0.5 * h, y, k3, scratch, work, *rest)
        y[:] = x + h * k3
        derivative(t + h, y, k4, scratch, work, *rest)
        states[i + 1] = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        for k in range(n):
            if not math.isfinite(states[i + 1, k]):
                return i, -1
        for k in range(8):
            if states[i + 1, k] <= 0.0:
                return i, k
    derivative(period, states[steps], k1, seen[steps], work, *rest)
    return -1, -1


__all__ = [
    "CHAMBERS",
    "COMPARTMENTS",
    "CONNECTIONS",
    "OPENING",
    "OWN",
    "VALVES",
    "derivative",
    "one_beat",
    "ventricular_pressures",
]
