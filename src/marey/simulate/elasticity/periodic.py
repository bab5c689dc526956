"""A finite-element heart in the closed loop, beat after beat until nothing changes from one beat to the next.

Between two beats the loop is brought to its periodic state with the last beat linearised (`linearised`), and the
unloaded shape is found anew for the filling pressure of that state. So a few beats of the body are enough; what is
checked is a whole beat of it.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, NotAnalysable
from marey.core.units import mL, mmHg
from marey.simulate.circulation import Circulation, Loop, periodic
from marey.simulate.circulation.closed_loop import COMPARTMENTS, OWN
from marey.simulate.elasticity.assembly import Assembly
from marey.simulate.elasticity.beat import ElasticBeat, Tissue, elastic_beat
from marey.simulate.elasticity.body import Body
from marey.simulate.elasticity.closed_loop import LEFT, RIGHT, ClosedLoop, joined
from marey.simulate.elasticity.linearised import LinearisedVentricles, linearised
from marey.simulate.elasticity.solver import DEFAULT, Solver
from marey.simulate.elasticity.unload import Unloaded, unload

FloatArray = NDArray[np.float64]
BEATS = 8
TOLERANCE = 0.01
STEPS = 120
LEAST_STEPS = 20
FILLED = 1e-4
SECANT = (-1.5, 0.7)
VOLUMES = len(COMPARTMENTS)
OPENINGS = slice(2 + 2 * VOLUMES, 2 + OWN)
SYSTEMIC = slice(COMPARTMENTS.index("systemic arteries"), RIGHT + 1)
TRIALS = 12
LARGEST_RISE = 3 * mmHg
LEAST_PRESSURE = 0.3 * mmHg


@dataclass(frozen=True, eq=False)
class PeriodicBeat:
    """What `periodic_beat` found.

    Args:
        assembly: the unloaded body.
        beat: its last beat; it starts at the shape that the body was given in.
        loop: the circulation during it, with `LinearisedVentricles`.
        blood: the circulation at its start.
        filling: (2,) kPa, transmural, at which the body was given.
        strokes: (2,) mm3 net out of the left and the right ventricle.
        change: the largest of what `periodic_beat` keeps below its tolerance.
        beats: how many were simulated.
    """

    assembly: Assembly
    beat: ElasticBeat
    loop: Loop
    blood: ClosedLoop
    filling: FloatArray
    strokes: FloatArray
    change: float
    beats: int


def periodic_beat(
    body: Body,
    tissue: Tissue,
    start: Loop,
    filling: FloatArray,
    *,
    tolerance: float = TOLERANCE,
    beats: int = BEATS,
    steps: int = STEPS,
    solver: Solver = DEFAULT,
) -> PeriodicBeat:
    """The periodic beat of a heart that has a known shape at end-diastole.

    Args:
        body: both ventricles at end-diastole; its cavities are the left and the right one.
        tissue: laws and activation.
        start: a periodic beat of the circulation with other ventricles; the nearer, the fewer beats are needed.
        filling: (2,) kPa, a guess of the transmural pressures at end-diastole.
        tolerance: largest change of the volume of any compartment over the beat, largest difference between what both
            ventricles eject, and largest difference from the state that the linearised beat predicts; all relative to
            the stroke volume.
        beats: how many may be simulated.
        steps: of a beat; the first, which only serves to linearise, has half as many.
        solver: limits of the iterations.

    Raises:
        InvalidInput: a tolerance or number of beats that cannot be.
        NoEquilibrium: a beat could not be simulated.
        NotAnalysable: no unloaded shape, or no periodic beat within the limits.
    """
    if not (0 < tolerance < 1 and beats >= 2):
        raise InvalidInput(
            f"The tolerance is {tolerance} and {beats} beats are allowed.",
            "A tolerance between 0 and 1 and at least two beats are needed.",
            f"The defaults are {TOLERANCE} and {BEATS}.",
        )
    circulation = start.circulation.but({"baroreflex.strength": 0.0})  # it has acted on the beat before
    where, change, strokes = np.concatenate([filling, start.trace.states[0, :OWN]]), np.inf, np.zeros(2)
    unloaded: Unloaded | None = None
    past: list[tuple[FloatArray, FloatArray]] = []
    for count in range(1, beats + 1):
        pressures = dict(zip(body.cavities, where[:2].tolist(), strict=True))
        unloaded = unload(body, tissue.passive, pressures, solver=solver, near=unloaded)
        assembly, first = unloaded.assembly, unloaded.loaded
        blood = joined(circulation, where[2:], assembly.volumes(first.positions), first.pressures)
        parts = steps if count > 1 else max(steps // 2, LEAST_STEPS)
        beat = elastic_beat(assembly, first, tissue, blood, period=circulation.period, steps=parts, solver=solver)
        linear = linearised(assembly, beat, lambda time: tissue.at(time, circulation.period))
        loop, rise = _refilled(linear, circulation, beat.volumes[0])
        predicted = np.concatenate([where[:2] + rise, loop.trace.states[0]])
        drift = cast(ClosedLoop, beat.blood).state[:VOLUMES] - blood.state[:VOLUMES]
        ahead = loop.trace.states[0, :VOLUMES] - blood.state[:VOLUMES]
        strokes = _ejected(loop, drift)
        change = float(max(np.abs(drift).max(), np.abs(ahead).max(), abs(np.ptp(strokes))) / strokes.max())
        if change < tolerance and count > 1:
            return PeriodicBeat(assembly, beat, loop, blood, where[:2], strokes, change, count)
        past = [*past[-1:], (predicted, np.concatenate([rise / mmHg, ahead / mL]))]
        where = _next(past)
    left, right = strokes / mL
    raise NotAnalysable(
        f"After {beats} beats of the finite elements the heart still changes by {100 * change:.2g} % of its stroke "
        f"volume from beat to beat; the ventricles eject {left:.1f} and {right:.1f} mL.",
        f"A periodic beat is needed: a change below {100 * tolerance:.2g} %.",
        "Allow more beats; if that does not help, check the contraction's times against the heart rate.",
    )


def _ejected(loop: Loop, drift: FloatArray) -> FloatArray:
    """(2,) mm3 net out of both ventricles: what enters the systemic half of the loop and does not stay leaves it."""
    left = float(np.trapezoid(loop.flows["aortic"], loop.times))
    return np.array([left, left - drift[SYSTEMIC].sum()])


def _next(past: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Where the next beat starts: what the last predicts, by the secant through the last two where it leads there.

    Args:
        past: filling pressures and state of the loop that beats predict, and how far from them the beats started.
    """
    predicted, off = past[-1]
    if len(past) == 2:
        before, off_before = past[0]
        step = off - off_before
        share = float(np.clip(off @ step / (step @ step), *SECANT))
        predicted = predicted - share * (predicted - before)
    predicted[:2] = np.maximum(predicted[:2], LEAST_PRESSURE)
    predicted[OPENINGS] = np.clip(predicted[OPENINGS], 0.0, 1.0)
    return predicted


def _refilled(linear: LinearisedVentricles, circulation: Circulation, wanted: FloatArray) -> tuple[Loop, FloatArray]:
    """The periodic loop whose ventricles fill to (2,) mm3, and by how much (2,) kPa the filling pressures rise."""
    rise, loop = np.zeros(2), None
    slope = -np.linalg.inv(linear.elastance[0])
    off = change = np.zeros(2)
    for _ in range(TRIALS):
        loop = periodic(circulation, linear.filled_at(rise), start=loop)
        last, off = off, loop.trace.states[0, [LEFT, RIGHT]] - wanted
        if np.abs(off / wanted).max() < FILLED:
            return loop, rise
        if change.any():  # Broyden's update, doi:10.1090/S0025-5718-1965-0198670-6
            slope += np.outer(off - last - slope @ change, change) / (change @ change)
        change = np.clip(-np.linalg.solve(slope, off), -LARGEST_RISE, LARGEST_RISE)
        rise = rise + change
    found = (wanted + off) / mL
    raise NotAnalysable(
        f"The ventricles fill to {found[0]:.0f} and {found[1]:.0f} mL, whatever their filling pressure.",
        f"The shape asks for {wanted[0] / mL:.0f} and {wanted[1] / mL:.0f} mL at end-diastole.",
        "Change the blood volume, or the volumes of the shape.",
    )


__all__ = ["BEATS", "STEPS", "TOLERANCE", "PeriodicBeat", "periodic_beat"]
