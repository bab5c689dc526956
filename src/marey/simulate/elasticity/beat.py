"""One beat of a finite-element heart: activation in, motion, pressures and volumes out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.simulate.elasticity.assembly import Assembly
from marey.simulate.elasticity.blood import Blood
from marey.simulate.elasticity.contraction import Contraction
from marey.simulate.elasticity.law import Law
from marey.simulate.elasticity.load import Chambers, Load, State
from marey.simulate.elasticity.solver import DEFAULT, NoEquilibrium, Solver, equilibrium

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tissue:
    """How a heart resists and contracts.

    Args:
        passive: law.
        contraction: law of tension after activation.
        activation: (m,) depolarisation of the cells, ms after the R wave; infinite where there is none.
        contractility: (m,) factor of the tension, 0 in scar.
    """

    passive: Law
    contraction: Contraction
    activation: FloatArray
    contractility: FloatArray | None = None

    def at(self, time: float, period: float) -> Law:
        """Passive and active law at an instant, ms."""
        active = self.contraction.at(time, np.repeat(self.activation, 8), period)
        if self.contractility is not None:
            active = active * np.repeat(self.contractility, 8)
        return self.passive + active


@dataclass(frozen=True, eq=False)
class ElasticBeat:
    """What `elastic_beat` found, times from 0 to the period, both included.

    Args:
        times: (t,) ms since the R wave.
        positions: (t, n, 3) mm.
        pressures: (t, k) kPa in the cavities, transmural.
        tensions: (t, m) kPa, hydrostatic, of the cells.
        volumes: (t, k) mm3.
        dilatation: (t, 2) least and greatest volume ratio of a cell.
        blood: the circulation at the end.
        iterations: of Newton, all together.
    """

    times: FloatArray
    positions: FloatArray
    pressures: FloatArray
    tensions: FloatArray
    volumes: FloatArray
    dilatation: FloatArray
    blood: Blood
    iterations: int

    def state(self, moment: int) -> State:
        """At one of the times; the next beat can start from the last."""
        return State(self.positions[moment], self.pressures[moment], self.tensions[moment])


def elastic_beat(
    assembly: Assembly,
    start: State,
    tissue: Tissue,
    blood: Blood,
    *,
    period: float = 900.0,
    steps: int = 120,
    solver: Solver = DEFAULT,
) -> ElasticBeat:
    """Simulate one cycle, implicit in the motion and in its coupling to the circulation.

    A step that fails is halved, up to 6 times, before the run ends with an error.

    Args:
        assembly: the unloaded body with its cavities.
        start: end-diastole, in equilibrium with its cavity pressures.
        tissue: laws and activation.
        blood: the circulation at end-diastole.
        period: ms.
        steps: of equal length.
        solver: limits of the iterations.

    Raises:
        InvalidInput: no cavity, or activation that does not fit the mesh.
        NoEquilibrium: no state was found even with the smallest step; the message says when.
    """
    _check(assembly, tissue, period, steps)
    times = np.linspace(0.0, period, steps + 1)
    run = _Run(assembly, tissue, period, solver)
    now = _Moment(0.0, start, blood, None)
    states, iterations = [start], 0
    for end in times[1:]:
        now, used = run.to(now, end)
        states.append(now.state)
        iterations += used
    ratios = [assembly.jacobians(state.positions) for state in states]
    return ElasticBeat(
        times,
        np.array([state.positions for state in states]),
        np.array([state.pressures for state in states]),
        np.array([state.tensions for state in states]),
        np.array([assembly.volumes(state.positions) for state in states]),
        np.array([[r.min(), r.max()] for r in ratios]),
        now.blood,
        iterations,
    )


@dataclass(frozen=True, eq=False)
class _Moment:
    """An instant, and the positions one step before with that step's length, for prediction."""

    time: float
    state: State
    blood: Blood
    trend: tuple[State, float] | None


@dataclass(frozen=True, eq=False)
class _Run:
    assembly: Assembly
    tissue: Tissue
    period: float
    solver: Solver

    def to(self, now: _Moment, end: float) -> tuple[_Moment, int]:
        """The moment at the end, in one step or in several smaller ones, and the iterations it took."""
        shortest = (end - now.time) / 64
        step, iterations = end - now.time, 0
        while now.time < end - 1e-9:
            step = min(step, end - now.time)
            try:
                now, used = self._step(now, step)
                iterations += used
            except NoEquilibrium as failure:
                iterations += self.solver.iterations
                step, now = step / 2, replace(now, trend=None)
                if step < shortest:
                    raise NoEquilibrium(
                        f"The beat stopped {now.time:.0f} ms after the R wave, where steps down to {2 * step:.2g} ms "
                        f"were tried ({failure.found.rstrip('.').lower()}).",
                        "A state of equilibrium at every instant is needed.",
                        "Use more steps, less tension, stiffer tissue or a finer mesh, or raise the filling pressure.",
                    ) from None
        return now, iterations

    def _step(self, now: _Moment, step: float) -> tuple[_Moment, int]:
        time = now.time + step
        law = self.tissue.at(time, self.period)
        load = Load(law, chambers=_chambers(now.blood, now.time, step), step=step)
        guess = _ahead(now, step)
        state, iterations = equilibrium(self.assembly, guess, load, now.state.positions, self.solver)
        blood, _, _ = now.blood.after(now.time, step, state.pressures)
        return _Moment(time, state, blood, (now.state, step)), iterations


def _chambers(blood: Blood, time: float, step: float) -> Chambers:
    return lambda pressures: blood.after(time, step, pressures)[1:]


def _ahead(now: _Moment, step: float) -> State:
    """The state if it went on as in the step before."""
    if now.trend is None:
        return now.state
    before, length = now.trend
    further = 1 + step / length
    return State(
        before.positions + further * (now.state.positions - before.positions),
        before.pressures + further * (now.state.pressures - before.pressures),
        before.tensions + further * (now.state.tensions - before.tensions),
    )


def _check(assembly: Assembly, tissue: Tissue, period: float, steps: int) -> None:
    m = len(assembly.body.mesh.cells)
    if not assembly.cavities:
        raise InvalidInput(
            "The body has no cavity.", "A beat needs blood to pump.", "Name its endocardial surfaces in 'cavities'."
        )
    if tissue.activation.shape != (m,) or np.isnan(tissue.activation).any():
        raise InvalidInput(
            f"The activation has the shape {tissue.activation.shape} or holds values that are not numbers.",
            f"One time for each of the {m} cells is needed; infinity where tissue is not activated.",
            "Compute it on the same mesh.",
        )
    if not 200 <= period <= 2500 or not 20 <= steps <= 5000:
        raise InvalidInput(
            f"A beat of {period:g} ms in {steps} steps was asked for.",
            "A period between 200 and 2500 ms in 20 to 5000 steps is needed.",
            "Check the heart rate and its unit: 65 beats a minute are 65 / minute.",
        )
    lasting = tissue.contraction.delay + tissue.contraction.rise + tissue.contraction.fall
    if lasting > period:
        raise InvalidInput(
            f"The contraction lasts {lasting:.0f} ms in a beat of {period:.0f} ms.",
            "Tissue that has relaxed before it is activated again is needed.",
            "Shorten 'rise' and 'fall' of the contraction, or lower the heart rate.",
        )


__all__ = ["ElasticBeat", "Tissue", "elastic_beat"]
