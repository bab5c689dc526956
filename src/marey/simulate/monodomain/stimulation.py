"""Programmed stimulation S1-S2-S3: is re-entry inducible in this heart, and along which circuit?

A train S1 is followed by an extra stimulus S2 whose coupling interval is shortened until it no longer captures; then,
after the shortest S2 that does, by S3, likewise. The search ends with the first sustained re-entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from marey.core import units
from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.parameter import Parameters, parameter
from marey.simulate.monodomain.reentry import Reentry, describe
from marey.simulate.monodomain.solve import Monodomain, State, Stimulus, advance, rest

_LOOK = 20.0
"""ms between two looks at whether the tissue still is active."""


@dataclass(frozen=True)
class Programme(Parameters):
    """Settings of programmed stimulation."""

    train: float = parameter(4, 1, 20, "1", "textbook value: 8; fewer bring this cell model to its steady state")
    train_cycle: float = parameter(500 * units.ms, 200 * units.ms, 1500 * units.ms, "ms", "textbook value")
    longest_coupling: float = parameter(350 * units.ms, 100 * units.ms, 1000 * units.ms, "ms", "textbook value")
    shortest_coupling: float = parameter(150 * units.ms, 50 * units.ms, 1000 * units.ms, "ms", "textbook value")
    decrement: float = parameter(10 * units.ms, 1 * units.ms, 100 * units.ms, "ms", "textbook value")
    extras: float = parameter(2, 1, 3, "1", "textbook value: S2 and S3")
    cycles: float = parameter(4, 2, 50, "1", "re-activations after the last stimulus that count as sustained")
    duration: float = parameter(2 * units.ms, 0.5 * units.ms, 10 * units.ms, "ms", "textbook value")
    strength: float = parameter(40 * units.mV / units.ms, 5, 200, "mV/ms", "about twice the threshold of a small site")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shortest_coupling > self.longest_coupling:
            raise InvalidInput(
                f"The parameter 'shortest_coupling' is {self.shortest_coupling:g} ms.",
                f"It must not exceed 'longest_coupling', {self.longest_coupling:g} ms.",
                "Exchange the two.",
            )


class Outcome(Enum):
    """What an extra stimulus did."""

    BLOCKED = "blocked"
    CAPTURED = "captured"
    REENTRY = "re-entry"


@dataclass(frozen=True)
class Trial:
    """One extra stimulus.

    Args:
        site: name of the pacing site.
        couplings: ms, S1-S2 (and S2-S3).
        outcome: what came of it.
    """

    site: str
    couplings: tuple[float, ...]
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Inducibility:
    """The verdict.

    Args:
        trials: every extra stimulus in the order in which they were tried.
        reentry: the sustained re-entry; None where none could be induced.
    """

    trials: tuple[Trial, ...]
    reentry: Reentry | None

    @property
    def inducible(self) -> bool:
        """Whether a sustained re-entry was induced."""
        return self.reentry is not None


def programmed_stimulation(
    model: Monodomain, sites: Mapping[str, NDArray[np.bool_]], programme: Programme | None = None
) -> Inducibility:
    """Try to induce re-entry from each site in turn, until one succeeds.

    Args:
        model: tissue and cells.
        sites: regions (z, y, x) by name.
        programme: settings.

    Raises:
        InvalidInput: no site, or one outside the tissue.
        NotAnalysable: a train that does not capture, or a longest coupling interval that already finds it refractory.
    """
    chosen = programme or Programme()
    if not sites:
        raise InvalidInput("There is no pacing site.", "At least one region is needed.", "Name a site in the tissue.")
    trials: list[Trial] = []
    for name, region in sites.items():
        found = _from_site(model, name, region, chosen, trials)
        if found is not None:
            return Inducibility(tuple(trials), found)
    return Inducibility(tuple(trials), None)


def _from_site(
    model: Monodomain, name: str, region: NDArray[np.bool_], programme: Programme, trials: list[Trial]
) -> Reentry | None:
    """Try all extra stimuli from one site; the trials are added to the list."""
    state = _train(model, name, region, programme)
    base: tuple[float, ...] = ()
    for _ in range(round(programme.extras)):
        shortest = None
        for coupling, before in _snapshots(model, state, programme, base):
            outcome, after = _extra(model, before, region, programme)
            trials.append(Trial(name, (*base, coupling), outcome))
            if outcome is Outcome.REENTRY:
                return describe(model, after, _now(model, before) + programme.duration)
            if outcome is Outcome.BLOCKED:
                _check_first(name, coupling, refractory=shortest is None and not base)
                break
            shortest = coupling, before
        if shortest is None:
            return None
        base = (*base, shortest[0])
        pulse = _pulse(model, shortest[1], region, programme)
        state, _ = advance(model, shortest[1], pulse.start + pulse.duration, [pulse])
    return None


def _check_first(name: str, coupling: float, *, refractory: bool) -> None:
    if refractory:
        raise NotAnalysable(
            f"From the site '{name}' the first extra stimulus, {coupling:g} ms after the train, already was blocked.",
            "The longest coupling interval must capture, so that the search begins above the refractory period.",
            "Raise 'longest_coupling', or take a smaller site.",
        )


def _now(model: Monodomain, state: State) -> float:
    return state.step * model.dt


def _pulse(model: Monodomain, state: State, region: NDArray[np.bool_], programme: Programme) -> Stimulus:
    return Stimulus(region, _now(model, state), programme.duration, programme.strength)


def _train(model: Monodomain, name: str, region: NDArray[np.bool_], programme: Programme) -> State:
    """The tissue just after the last stimulus of the train."""
    beats = round(programme.train)
    starts = [beat * programme.train_cycle for beat in range(beats)]
    pulses = [Stimulus(region, start, programme.duration, programme.strength) for start in starts]
    state, _ = advance(model, rest(model), starts[-1] + programme.duration, pulses)
    inside = region[model.tissue.mask]
    reached = state.count[~inside].max(initial=0)
    if beats > 1 and reached < beats - 1:
        raise NotAnalysable(
            f"The tissue round the site '{name}' followed {reached} of the {beats - 1} stimuli before the last.",
            "A train that captures is needed before extra stimuli mean anything.",
            "Use a larger site, a stronger stimulus or a longer cycle of the train.",
        )
    return state


def _snapshots(
    model: Monodomain, state: State, programme: Programme, base: tuple[float, ...]
) -> Iterator[tuple[float, State]]:
    """The tissue at every coupling interval after the stimulus that has just ended, the longest interval first."""
    began = _now(model, state) - programme.duration
    longest = min([programme.longest_coupling, *base])
    couplings = np.arange(longest, programme.shortest_coupling - 1e-9, -programme.decrement)
    kept = []
    for coupling in couplings[::-1]:
        state, _ = advance(model, state, began + coupling)
        kept.append((float(coupling), state))
    yield from reversed(kept)


def _extra(model: Monodomain, before: State, region: NDArray[np.bool_], programme: Programme) -> tuple[Outcome, State]:
    """Stimulate and wait until the tissue is quiet or has come back often enough."""
    pulse = _pulse(model, before, region, programme)
    state, count = before, before.count
    while True:
        state, _ = advance(model, state, _now(model, state) + _LOOK, [pulse])
        beats = state.count - count
        if beats.max() > programme.cycles:
            return Outcome.REENTRY, state
        if state.potential.max() < model.cells.recovery:
            spread = (beats > 0).sum() > 3 * (region[model.tissue.mask]).sum()
            return (Outcome.CAPTURED if spread else Outcome.BLOCKED), state


__all__ = ["Inducibility", "Outcome", "Programme", "Trial", "programmed_stimulation"]
