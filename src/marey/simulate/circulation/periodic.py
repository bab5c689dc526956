"""Beat after beat until nothing changes from one beat to the next."""

import numpy as np

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.units import mL, s
from marey.simulate.circulation._kernels import OPENING, OWN
from marey.simulate.circulation.closed_loop import STEP, Trace, initial_state, integrate_beat
from marey.simulate.circulation.loop import Loop, as_loop
from marey.simulate.circulation.parameters import Circulation
from marey.simulate.mechanics.interface import Array, Ventricles

TOLERANCE = 1e-4
BEATS = 100


def periodic(
    circulation: Circulation,
    ventricles: Ventricles,
    *,
    tolerance: float = TOLERANCE,
    beats: int = BEATS,
    step: float = STEP,
) -> Loop:
    """Simulate until the beat is periodic, and return the last one.

    Args:
        circulation, ventricles: the model.
        tolerance: largest change of any state over a beat, relative to its largest size during the beat.
        beats: how many beats it may take.
        step: largest time step, ms.

    Raises:
        NotAnalysable: the beat is not periodic by then, or there is no solution.
        InvalidInput: settings that cannot be right.
    """
    if not (tolerance > 0.0 and beats >= 1):
        raise InvalidInput(
            f"The tolerance is {tolerance} and {beats} beats are allowed.",
            "A positive tolerance and at least one beat are needed.",
            "The defaults are 1e-4 and 100.",
        )
    state, memory = initial_state(circulation, ventricles), ventricles.memory()
    change = np.inf
    for beat in range(1, beats + 1):
        trace = integrate_beat(circulation, ventricles, state, memory, step)
        state, memory = trace.states[-1], trace.memory
        change = relative_change(trace)
        if change < tolerance:
            return as_loop(circulation, ventricles, trace, beat, change)
    raise NotAnalysable(
        f"After {beats} beats the state of the circulation still changes by {change:.1e} from beat to beat.",
        f"A periodic beat (change below {tolerance:.1e}) is needed.",
        "Allow more beats; if that does not help, the heart alternates: check heart rate and contraction times.",
    )


def transient(circulation: Circulation, ventricles: Ventricles, beats: int, *, step: float = STEP) -> list[Loop]:
    """The first beats after the start from rest, periodic or not.

    Raises:
        NotAnalysable, InvalidInput: as `periodic`, but for periodicity.
    """
    state, memory, loops = initial_state(circulation, ventricles), ventricles.memory(), []
    for beat in range(1, beats + 1):
        trace = integrate_beat(circulation, ventricles, state, memory, step)
        state, memory = trace.states[-1], trace.memory
        loops.append(as_loop(circulation, ventricles, trace, beat, relative_change(trace)))
    return loops


def relative_change(trace: Trace) -> float:
    """Largest change of a state over the beat, relative to its size in the beat (at least 1 mL, 1 mL/s, 0.01)."""
    least: Array = np.full(trace.states.shape[1], 0.01)
    least[:8], least[8:OPENING], least[OPENING:OWN] = mL, mL / s, 1.0
    size = np.maximum(np.abs(trace.states).max(axis=0), least)
    return float((np.abs(trace.states[-1] - trace.states[0]) / size).max())


__all__ = ["BEATS", "TOLERANCE", "periodic", "relative_change", "transient"]
