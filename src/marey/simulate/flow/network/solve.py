"""Time courses of a network: generalised-alpha integration over beats, periodic state, balance of volume.

Source: Jansen et al. 2000, doi:10.1016/S0045-7825(00)00203-6.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.simulate.flow.network._system import System, groups
from marey.simulate.flow.network.network import Network

Reals = NDArray[np.float64]
STEADY_STEPS = 31


@dataclass(frozen=True, eq=False)
class Course:
    """What flowed.

    Args:
        times: (time,) since the first beat kept began.
        values, rates: (time, variable) the unknowns and their derivatives.
        variables: their names, "flow:a:b", "pressure:a:b", "Vc:a".
        change: largest difference between the last beat and the one before, relative to the largest pressure, flow or
            own variable; NaN after a single beat.
        beats: how many were run.
    """

    times: Reals
    values: Reals
    rates: Reals
    variables: tuple[str, ...]
    change: float
    beats: int

    def __getitem__(self, name: str) -> Reals:
        """(time,) values of one variable."""
        if name not in self.variables:
            raise KeyError(f"no variable '{name}': there are {', '.join(self.variables)}")
        return np.asarray(self.values[:, self.variables.index(name)])


def simulate(network: Network, beats: int, steps: int, *, rho: float = 0.5, tolerance: float = 1e-8,
             steady_start: bool = True, initial: dict[str, float] | None = None, keep: int = 1) -> Course:  # fmt: skip
    """Run a number of beats.

    Args:
        network: what to run.
        beats, steps: number of beats, and of time steps in each.
        rho: spectral radius of the integrator at infinite time step; 1 keeps, 0 damps what is faster than a step.
        tolerance: largest residual of an equation, in the network's units of pressure or flow.
        steady_start: begin from the state under the mean of all inputs instead of from `initial` alone.
        initial: variables that do not begin at zero.
        keep: how many of the last beats to return.

    Returns:
        the last `keep` beats, with both ends: ``keep * steps + 1`` times.

    Raises:
        InvalidInput: numbers out of range, names of variables that do not exist.
        NotAnalysable: equations that have no unique solution, or that Newton's method could not solve.
    """
    _check(beats, steps, rho)
    every = list(_beats(network, beats, steps, (rho, tolerance), steady=steady_start, initial=initial))
    return _course(network, every, keep, beats, steps)


def periodic(network: Network, steps: int, *, within: float = 1e-6, most: int = 200, rho: float = 0.5,
             tolerance: float = 1e-8, steady_start: bool = True,
             initial: dict[str, float] | None = None) -> Course:  # fmt: skip
    """Run until two beats agree; returns the last one.

    Args:
        network, steps, rho, tolerance, steady_start, initial: as in `simulate`.
        within: largest `Course.change` that counts as periodic.
        most: number of beats after which it is given up.

    Raises:
        InvalidInput, NotAnalysable: as in `simulate`.
        NotAnalysable: the network did not become periodic.
    """
    _check(most, steps, rho)
    before: tuple[Reals, Reals] | None = None
    change = np.inf
    for number, beat in enumerate(
        _beats(network, most, steps, (rho, tolerance), steady=steady_start, initial=initial), 1
    ):
        if before is not None:
            change = _change(network, before[0], beat[0])
            if change <= within:
                return _course(network, [before, beat], 1, number, steps)
        before = beat
    raise NotAnalysable(
        f"The network is not periodic after {most} beats: the last two differ by {change:.2g} of the largest value.",
        f"They should agree within {within:g}.",
        "Allow more beats, start nearer the periodic state, or look for an input that does not repeat.",
    )


def check_periodic(course: Course, within: float = 1e-3) -> None:
    """Refuse a course whose last two beats differ.

    Raises:
        NotAnalysable: it is not periodic, or a single beat cannot tell.
    """
    if not course.change <= within:
        raise NotAnalysable(
            f"After {course.beats} beats the last two differ by {course.change:.2g} of the largest value.",
            f"They should agree within {within:g} before anything is read from them.",
            "Run more beats, or use 'periodic'.",
        )


def _check(beats: int, steps: int, rho: float) -> None:
    if beats < 1 or steps < 2 or not 0 <= rho <= 1:
        raise InvalidInput(
            f"{beats} beats of {steps} steps with a spectral radius of {rho} were asked for.",
            "At least 1 beat of 2 steps, and a radius between 0 and 1, are needed.",
            "Correct the settings of the simulation.",
        )


def _beats(
    network: Network,
    beats: int,
    steps: int,
    scheme: tuple[float, float],
    *,
    steady: bool,
    initial: dict[str, float] | None,
) -> Iterator[tuple[Reals, Reals]]:
    """(states, rates) of one beat after the other, each (step + 1, variable)."""
    system = System(network)
    first = system.start(initial or {})
    states, rates = first[None], np.zeros_like(first)[None]
    if steady:
        states, rates = system.advance(states[-1], rates[-1], STEADY_STEPS, 10, scheme, steady=True)
    system.remember(states[-1], rates[-1])
    for _ in range(beats):
        states, rates = system.advance(states[-1], rates[-1], steps, steps, scheme)
        yield states, rates


def _course(network: Network, every: list[tuple[Reals, Reals]], keep: int, beats: int, steps: int) -> Course:
    kept = every[-keep:]
    change = _change(network, every[-2][0], every[-1][0]) if len(every) > 1 else np.nan
    values, rates = (np.concatenate([kept[0][i][:1], *(beat[i][1:] for beat in kept)]) for i in (0, 1))
    times = np.arange(len(values), dtype=np.float64) * (network.period / steps)
    return Course(times, values, rates, network.variables, change, beats)


def _change(network: Network, before: Reals, after: Reals) -> float:
    group = groups(network)
    difference, size = (np.zeros(group.max() + 1) for _ in range(2))
    np.maximum.at(difference, group, np.abs(after - before).max(axis=0))
    np.maximum.at(size, group, np.abs(after).max(axis=0))
    return float((difference / np.where(size > 0, size, 1.0)).max())


__all__ = ["Course", "check_periodic", "periodic", "simulate"]
