"""Beat after beat until nothing changes from one beat to the next."""

from dataclasses import dataclass

import numpy as np

from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.units import mL, s
from marey.simulate.circulation._acceleration import Anderson
from marey.simulate.circulation._kernels import COMPARTMENTS, OPENING, OWN
from marey.simulate.circulation.balance import balance
from marey.simulate.circulation.baroreflex import update
from marey.simulate.circulation.closed_loop import STEP, Trace, initial_state, integrate_beat
from marey.simulate.circulation.loop import Loop, as_loop
from marey.simulate.circulation.parameters import Circulation
from marey.simulate.mechanics.interface import Array, Ventricles

TOLERANCE = 1e-5
BEATS = 100
IMBALANCE = 1e-3
ARTERIES = COMPARTMENTS.index("systemic arteries")
EFFECTS = np.array([0.1, 100 * mL, 0.1 * s])


@dataclass(frozen=True, eq=False)
class _Beat:
    """One beat: where it starts and ends (loop and reflex), how large its states are, and its curves."""

    start: Array
    end: Array
    scale: Array
    trace: Trace
    circulation: Circulation

    @property
    def change(self) -> float:
        return float((np.abs(self.end - self.start) / self.scale).max())


def periodic(
    circulation: Circulation,
    ventricles: Ventricles,
    *,
    tolerance: float = TOLERANCE,
    beats: int = BEATS,
    step: float = STEP,
    start: Loop | None = None,
) -> Loop:
    """Simulate until the beat is periodic, and return the last one.

    Between beats the state is extrapolated, which changes how soon the beat is periodic, not which beat it is: what is
    checked is a whole integrated cycle.

    Args:
        circulation, ventricles: the model.
        tolerance: largest change of any state over a beat, relative to its size during the beat.
        beats: how many beats it may take.
        step: largest time step, ms.
        start: a beat of a similar heart with as much blood, at whose end to start; from rest when not given.

    Raises:
        NotAnalysable: the beat is not periodic by then, its energy does not balance, or there is no solution.
        InvalidInput: settings that cannot be right.
    """
    if not (tolerance > 0.0 and beats >= 1):
        raise InvalidInput(
            f"The tolerance is {tolerance} and {beats} beats are allowed.",
            "A positive tolerance and at least one beat are needed.",
            f"The defaults are {TOLERANCE} and {BEATS}.",
        )
    state, memory = _start(circulation, ventricles), ventricles.memory()
    if start is not None:
        state[: -EFFECTS.size] = start.trace.states[-1]
    past, plain, change = Anderson(), state, np.inf
    for count in range(1, beats + 1):
        try:
            beat = _beat(circulation, ventricles, state, memory, step)
        except NotAnalysable:
            if state is plain:
                raise
            past.forget()
            beat = _beat(circulation, ventricles, plain, memory, step)
        change, memory, plain = beat.change, beat.trace.memory, beat.end
        if change < tolerance:
            return _balanced(as_loop(beat.circulation, ventricles, beat.trace, count, change))
        state = past.propose(beat.start, beat.end, beat.scale)
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
    state, memory, loops = _start(circulation, ventricles), ventricles.memory(), []
    for count in range(1, beats + 1):
        beat = _beat(circulation, ventricles, state, memory, step)
        state, memory = beat.end, beat.trace.memory
        loops.append(as_loop(beat.circulation, ventricles, beat.trace, count, beat.change))
    return loops


def _balanced(loop: Loop) -> Loop:
    error = balance(loop).energy
    if not error < IMBALANCE:
        raise NotAnalysable(
            f"The energy of the periodic beat is out of balance by {error:.2g} of the work of the heart.",
            f"Less than {IMBALANCE} is expected of a time step that is small enough.",
            "Take a smaller time step; the default is 0.5 ms.",
        )
    return loop


def _start(circulation: Circulation, ventricles: Ventricles) -> Array:
    return np.concatenate([initial_state(circulation, ventricles), np.zeros(EFFECTS.size)])


def _beat(circulation: Circulation, ventricles: Ventricles, start: Array, memory: Array, step: float) -> _Beat:
    """Integrate one beat; the last three numbers of a state are the effects of the baroreflex."""
    loop, effects = start[: -EFFECTS.size], start[-EFFECTS.size :]
    acting = _with_reflex(circulation, effects)
    trace = integrate_beat(acting, ventricles, loop, memory, step)
    pressure = float(np.trapezoid(trace.seen[:, ARTERIES], trace.times)) / acting.period
    end = np.concatenate([trace.states[-1], update(circulation.baroreflex, effects, pressure, acting.period)])
    return _Beat(start, end, np.concatenate([_scale(trace), EFFECTS]), trace, acting)


def _with_reflex(circulation: Circulation, effects: Array) -> Circulation:
    if circulation.baroreflex.strength == 0:
        return circulation
    return circulation.but({
        "systemic_arteries.resistance": circulation.systemic_arteries.resistance * float(np.exp(effects[0])),
        "systemic_veins.unstressed": circulation.systemic_veins.unstressed + float(effects[1]),
        "heart_rate": 1.0 / (circulation.period + float(effects[2])),
    })  # fmt: skip


def _scale(trace: Trace) -> Array:
    """(state,) size of each state in a beat: its largest value, at least 1 mL, 1 mL/s, an open valve, 0.01."""
    least: Array = np.full(trace.states.shape[1], 0.01)
    least[:8], least[8:OPENING], least[OPENING:OWN] = mL, mL / s, 1.0
    return np.asarray(np.maximum(np.abs(trace.states).max(axis=0), least), np.float64)


__all__ = ["BEATS", "TOLERANCE", "periodic", "transient"]
