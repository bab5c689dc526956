"""Newton's method with a line search, and load steps that shrink where it fails and grow where it is easy."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import SuperLU

from marey.core import NotAnalysable
from marey.simulate.elasticity._sparse import factorise
from marey.simulate.elasticity.assembly import Assembly, Balance
from marey.simulate.elasticity.load import Load, State

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Solver:
    """Limits of the iterations; nothing here runs without end.

    Args:
        tolerance: of forces, relative to the forces that cancel, and of volumes, relative to the volumes.
        iterations: of Newton in one step before the step is cut.
        shortenings: of one Newton update in the line search.
        first_step, smallest_step: fractions of the whole load.
        steps: tried, good and bad ones together, before giving up.
    """

    tolerance: float = 1e-6
    iterations: int = 16
    shortenings: int = 6
    first_step: float = 0.25
    smallest_step: float = 1e-4
    steps: int = 400


DEFAULT = Solver()
REUSE = 0.1  # factors are kept while each iteration leaves less than this share of the error


class NoEquilibrium(NotAnalysable):
    """The iterations found no state in which forces balance."""


def follow(assembly: Assembly, start: State, load_at: Callable[[float], Load], solver: Solver = DEFAULT) -> State:
    """The state under load_at(1), reached from a state in equilibrium under load_at(0) in steps of the load.

    Args:
        assembly: the body.
        start: equilibrium under load_at(0).
        load_at: the load at a fraction from 0 to 1.
        solver: limits.

    Raises:
        NoEquilibrium: the smallest step failed, or too many steps were needed.
    """
    done, step = 0.0, solver.first_step
    state, slope, reason = start, None, ""
    for _ in range(solver.steps):
        step = min(step, 1.0 - done)
        guess = state if slope is None else _moved(assembly, state, step * slope)
        try:
            reached, iterations = equilibrium(assembly, guess, load_at(done + step), state.positions, solver)
        except NoEquilibrium as failure:
            reason, slope = failure.found, None
            step /= 2
            if step < solver.smallest_step:
                break
            continue
        slope = _difference(assembly, state, reached) / step
        done, state = done + step, reached
        if done >= 1.0 - 1e-12:
            return state
        step *= 2.0 if iterations <= 5 else 1.3 if iterations <= 8 else 1.0
    raise NoEquilibrium(
        f"The body was brought to {100 * done:.3g} % of its load; beyond that the steps were cut down to "
        f"{100 * step:.2g} % without success ({reason.rstrip('.').lower()}).",
        f"Equilibrium within {solver.steps} steps is needed.",
        "Apply less pressure or tension, stiffen the law or its supports, refine the mesh, or lower the bulk modulus.",
    )


def equilibrium(
    assembly: Assembly, guess: State, load: Load, before: FloatArray, solver: Solver = DEFAULT
) -> tuple[State, int]:
    """The state in which forces balance, and the number of iterations that it took.

    Args:
        assembly: the body.
        guess: a state nearby, with its prescribed displacements in place.
        load: what acts.
        before: (n, 3) positions one step ago, for damping.
        solver: limits.

    Raises:
        NoEquilibrium: it was not found within the limits.
    """
    state = guess if load.chambers else replace(guess, pressures=assembly.given_pressures(load))
    task = _Task(assembly, load, before, solver)
    balance = assembly.balance(state, load, before)
    if balance is None:
        raise _no_equilibrium("a cell turned inside out")
    factors, previous = None, np.inf
    for iteration in range(solver.iterations):
        error = _error(assembly, balance)
        if error <= solver.tolerance:
            return state, iteration
        if factors is None or error > REUSE * previous:
            factors = _factors(task, state)
        change = _newton_step(task, state, balance, factors)
        state, balance = _line_search(task, state, balance, change)
        previous = error
    raise _no_equilibrium(f"Newton's method did not converge in {solver.iterations} iterations")


@dataclass(frozen=True, eq=False)
class _Task:
    """What stays the same during the iterations of one step."""

    assembly: Assembly
    load: Load
    before: FloatArray
    solver: Solver


def _factors(task: _Task, state: State) -> SuperLU:
    try:
        return factorise(task.assembly.stiffness(state, task.load))
    except RuntimeError:
        raise _no_equilibrium("the stiffness is singular") from None


def _newton_step(task: _Task, state: State, balance: Balance, factors: SuperLU) -> FloatArray:
    """Changes of the unknowns, the cavity pressures and the tensions of the cells, one after the other.

    The stiffness is that of the mixed form, in which the tensions are unknowns of their own: in it, a large rotation
    does not excite the bulk modulus, and far fewer iterations are needed than with tensions taken from the
    displacements.
    """
    assembly = task.assembly
    dp: FloatArray = np.zeros(state.pressures.size)
    change = np.asarray(factors.solve(-balance.forces), np.float64)
    if task.load.chambers is not None:
        per_pressure = np.asarray(factors.solve(balance.gradients), np.float64)
        compliance = balance.gradients.T @ per_pressure - balance.compliance
        try:
            dp = np.asarray(np.linalg.solve(compliance, -balance.volumes - balance.gradients.T @ change), np.float64)
        except np.linalg.LinAlgError:
            raise _no_equilibrium("the pressures do not determine the volumes") from None
        change = np.asarray(change + per_pressure @ dp, np.float64)
    swelling = np.sum(balance.swelling * assembly.in_cells(change), axis=1) / assembly.cell_volumes
    tensions = assembly.body.bulk * (balance.dilatation + swelling) - state.tensions
    return np.concatenate([change, dp, tensions])


def _line_search(task: _Task, state: State, balance: Balance, change: FloatArray) -> tuple[State, Balance]:
    """The update, shortened until the unbalanced forces do less work along it than before, or are smaller."""
    direction, length = change[: task.assembly.pattern.size], 1.0
    work_before, error_before = abs(float(balance.mixed @ direction)), _error(task.assembly, balance)
    trials = []
    for shortening in range(task.solver.shortenings + 1):
        trial = _moved(task.assembly, state, length * change)
        found = task.assembly.balance(trial, task.load, task.before)
        if found is None:
            length *= 0.25
            continue
        work = abs(float(found.mixed @ direction))
        trials.append((work, shortening, trial, found))
        if work <= work_before or _error(task.assembly, found) < error_before:
            break
        length *= float(np.clip(work_before / (work_before + work), 0.1, 0.5))
    if not trials:
        raise _no_equilibrium("a cell turned inside out")
    _, _, state, balance = min(trials)
    return state, balance


def _error(assembly: Assembly, balance: Balance) -> float:
    """Imbalance of forces and volumes, each relative to its size."""
    forces = float(np.linalg.norm(balance.forces))
    relative = forces / balance.scale if balance.scale > 0 else forces
    if not balance.volumes.size:
        return relative
    return max(relative, float(np.max(np.abs(balance.volumes) / assembly.reference_volumes)))


def _moved(assembly: Assembly, state: State, change: FloatArray) -> State:
    u, k = assembly.pattern.size, state.pressures.size
    free = assembly.pattern.number >= 0
    x = state.positions.copy()
    x[free] += change[assembly.pattern.number[free]]
    return State(x, state.pressures + change[u : u + k], state.tensions + change[u + k :])


def _difference(assembly: Assembly, before: State, after: State) -> FloatArray:
    free = assembly.pattern.number >= 0
    change = np.zeros(assembly.pattern.size)
    change[assembly.pattern.number[free]] = (after.positions - before.positions)[free]
    return np.concatenate([change, after.pressures - before.pressures, after.tensions - before.tensions])


def _no_equilibrium(why: str) -> NoEquilibrium:
    return NoEquilibrium(
        f"{why[0].upper()}{why[1:]}.", "A state in which all forces balance is needed.", "Take smaller steps."
    )


__all__ = ["NoEquilibrium", "Solver", "equilibrium", "follow"]
