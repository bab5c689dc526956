"""A closed loop of four chambers, four valves and four vascular beds, integrated beat by beat.

Chambers and beds as in Regazzoni 2022 (doi:10.1016/j.jcp.2022.111083); valves with Bernoulli loss, inertance and
moving leaflets as in Mynard 2012 (doi:10.1002/cnm.1466); the pericardium surrounds the four chambers. The leaflets'
rate is bounded, which keeps the equations free of stiffness: steps of 0.5 ms are enough.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.units import mL, mmHg, ms
from marey.simulate.circulation._kernels import (
    CHAMBERS,
    COMPARTMENTS,
    OWN,
    VALVES,
    Model,
    derivative,
    runge_kutta,
    ventricular_pressures,
)
from marey.simulate.circulation.parameters import Circulation, Valve, Vessels
from marey.simulate.mechanics.interface import START_VOLUMES, Array, Ventricles

STEP = 0.5 * ms
LARGEST_STEP = 2 * ms
LEAST_SHARE = 0.1
FILLED = {
    "left atrium": 60 * mL,
    "left ventricle": START_VOLUMES[0],
    "right atrium": 60 * mL,
    "right ventricle": START_VOLUMES[1],
}
STRESSED = {
    "systemic arteries": 85 * mmHg,
    "systemic veins": 6 * mmHg,
    "pulmonary arteries": 14 * mmHg,
    "pulmonary veins": 9 * mmHg,
}


@dataclass(frozen=True, eq=False)
class Trace:
    """One integrated stretch of time, most often a cycle.

    Args:
        times: (time,) ms from the R wave, both ends included.
        states: (time, state), laid out as in `_kernels`.
        seen: (time, 8 + extra outputs) pressures of the compartments in kPa, then the ventricles' extra outputs.
        memory: the ventricles' scratch at the end.
    """

    times: Array
    states: Array
    seen: Array
    memory: Array


def beds(circulation: Circulation) -> dict[str, Vessels]:
    """The four vascular beds by the names of their compartments."""
    return {
        "systemic arteries": circulation.systemic_arteries,
        "systemic veins": circulation.systemic_veins,
        "pulmonary arteries": circulation.pulmonary_arteries,
        "pulmonary veins": circulation.pulmonary_veins,
    }


def valves(circulation: Circulation) -> tuple[Valve, Valve, Valve, Valve]:
    """Mitral, aortic, tricuspid, pulmonary: in the order of the blood."""
    return circulation.mitral, circulation.aortic, circulation.tricuspid, circulation.pulmonary


def initial_state(circulation: Circulation, ventricles: Ventricles) -> Array:
    """(20 + n,) chambers filled as in a resting adult; the vessels share the rest of the blood.

    Raises:
        InvalidInput: there is too little blood for that.
    """
    own = ventricles.initial_state()
    state = np.zeros(OWN + own.size)
    state[OWN:] = own
    vascular = beds(circulation)
    least = sum(FILLED.values()) + sum(bed.unstressed for bed in vascular.values())
    stressed = sum(vascular[name].compliance * STRESSED[name] for name in vascular)
    share = (circulation.blood_volume - least) / stressed
    if share <= LEAST_SHARE:
        raise InvalidInput(
            f"The parameter 'blood_volume' is {circulation.blood_volume / mL:.0f} mL.",
            f"More than {(least + LEAST_SHARE * stressed) / mL:.0f} mL are needed to fill the heart, and the vessels "
            "beyond their unstressed volumes.",
            "Raise it, or lower the unstressed volumes of the vessels.",
        )
    for k, name in enumerate(COMPARTMENTS):
        if name in FILLED:
            state[k] = FILLED[name]
        else:
            state[k] = vascular[name].unstressed + share * vascular[name].compliance * STRESSED[name]
    return state


def integrate_beat(
    circulation: Circulation, ventricles: Ventricles, start: Array, memory: Array, step: float = STEP
) -> Trace:
    """Integrate one cycle from a state.

    Args:
        circulation, ventricles: the model.
        start: (20 + n,) state at the R wave.
        memory: the ventricles' scratch; copied.
        step: largest time step, ms.

    Raises:
        InvalidInput: a step that is no positive number, a start that does not hold the blood, a ventricle that is
            still active when the next cycle begins.
        NotAnalysable: a compartment ran empty, or the model of the ventricles found no solution.
    """
    _check_start(circulation, start)
    _check_wrap(_packed(circulation, ventricles), start, memory, 2 + len(ventricles.names), circulation.period)
    return integrate(circulation, ventricles, start, memory, (0.0, circulation.period), step)


def integrate(  # noqa: PLR0917
    circulation: Circulation,
    ventricles: Ventricles,
    start: Array,
    memory: Array,
    between: tuple[float, float],
    step: float = STEP,
) -> Trace:
    """Integrate from one time to another: what a heart needs that is computed elsewhere and coupled to the loop.

    Args:
        circulation, ventricles, memory, step: as in `integrate_beat`.
        start: (20 + n,) state at the first time; it may hold another volume of blood than `blood_volume`.
        between: first and last time, ms from the R wave.

    Raises:
        InvalidInput: a step that is no positive number, times that are not in order.
        NotAnalysable: as in `integrate_beat`.
    """
    duration = between[1] - between[0]
    if not (0.0 < step <= LARGEST_STEP and 0.0 < duration < math.inf):
        raise InvalidInput(
            f"The time step is {step} ms, from {between[0]} to {between[1]} ms.",
            f"A step above 0 and up to {LARGEST_STEP:.0f} ms, and a later end than start, are needed.",
            "The default is 0.5 ms.",
        )
    steps = math.ceil(duration / step)
    states = np.empty((steps + 1, start.size))
    states[0] = start
    seen = np.empty((steps + 1, 8 + len(ventricles.names)))
    memory = memory.copy()
    failed, where = runge_kutta(states, seen, between[0], duration, memory, _packed(circulation, ventricles))
    times = np.linspace(*between, steps + 1)
    if failed >= 0:
        raise _failure(times[failed + 1], where)
    return Trace(times, states, seen, memory)


def rates(circulation: Circulation, ventricles: Ventricles) -> Callable[[float, Array], Array]:
    """The equations themselves, dy/dt = f(t, y) with t in ms from the R wave, for any integrator."""
    model = _packed(circulation, ventricles)
    memory, seen = ventricles.memory(), np.empty(8 + len(ventricles.names))

    def change(t: float, y: Array) -> Array:
        out = np.empty(y.size)
        derivative(t, y, out, seen, memory, model, np.empty(2))
        return out

    return change


def _check_start(circulation: Circulation, start: Array) -> None:
    held = float(start[:8].sum())
    if not ((start[:8] > 0.0).all() and abs(held / circulation.blood_volume - 1.0) < 1e-9):
        raise InvalidInput(
            f"The start of the beat holds {held / mL:.6g} mL, its emptiest part {start[:8].min() / mL:.3g} mL.",
            f"'blood_volume' is {circulation.blood_volume / mL:.6g} mL, and every compartment must hold some.",
            "Start from the end of a beat of the same circulation, or from its initial state.",
        )


def _packed(circulation: Circulation, ventricles: Ventricles) -> Model:
    c = circulation
    around = np.array([c.pericardium.pressure, c.pericardium.volume, c.pericardium.stretch])
    atria = np.array([
        [a.end_systolic, a.diastolic, a.unstressed, c.pr_interval, a.rise, a.fall, c.period]
        for a in (c.left_atrium, c.right_atrium)
    ])  # fmt: skip
    vessels, connections = np.zeros((8, 3)), np.zeros((8, 6))
    for name, bed in beds(c).items():
        k = COMPARTMENTS.index(name)
        vessels[k] = bed.impedance, bed.compliance, bed.unstressed
        connections[k, :2] = bed.resistance, bed.inertance
    for k, valve in zip(VALVES, valves(circulation), strict=True):
        connections[k] = [known.value for known in valve.table()]
    law: Any = ventricles.pressure
    return Model(_compiled(law), ventricles.parameters(), around, atria, vessels, connections, c.blood_density)


@lru_cache(maxsize=64)
def _compiled(pressure: Any) -> Any:
    """The law as a C function: the time stepper is then compiled once for all models of the ventricles."""
    from numba import cfunc, float64, void

    array = float64[::1]
    python = getattr(pressure, "py_func", pressure)
    return cfunc(void(float64, array, array, array, array, array, array), cache=True, error_model="numpy")(python)


def _check_wrap(model: Model, start: Array, memory: Array, outputs: int, period: float) -> None:
    """The pressures at the two ends of a cycle agree when nothing else has changed."""
    ends = np.empty((2, outputs))
    for t, out in zip((0.0, period), ends, strict=True):
        ventricular_pressures(t, start, memory.copy(), model, out)
    if not np.allclose(ends[0, :2], ends[1, :2], rtol=0.05, atol=0.5 * mmHg, equal_nan=True):
        raise InvalidInput(
            f"The ventricles are still active {period:.0f} ms after the R wave, when the next cycle begins.",
            "A contraction that ends within the cycle is needed.",
            "Lower the heart rate, or shorten the contraction and relaxation of the ventricles.",
        )


def _failure(time: float, where: int) -> NotAnalysable:
    if where < 0:
        return NotAnalysable(
            f"The circulation has no finite solution {time:.1f} ms after the R wave.",
            "Ventricles that find a pressure for every volume they meet are needed.",
            "Check stiffness, contractility and resistances; a smaller time step may help.",
        )
    kind = "chamber" if where in CHAMBERS else "vessel"
    return NotAnalysable(
        f"The volume of the {COMPARTMENTS[where]} becomes negative {time:.1f} ms after the R wave.",
        f"Every {kind} must hold blood all the time.",
        "Raise 'blood_volume', lower unstressed volumes, check valves and stiffnesses, or take a smaller time step.",
    )


__all__ = [
    "COMPARTMENTS", "OWN", "STEP", "Trace", "beds", "initial_state", "integrate", "integrate_beat", "rates", "valves",
]  # fmt: skip
