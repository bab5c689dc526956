"""Programmed stimulation S1-S2-S3: is re-entry inducible in this heart, and along which circuit?

A train S1 is followed by an extra stimulus S2 whose coupling interval is shortened until it no longer captures; then,
after an S2 a margin above that, by S3, likewise. The search ends with the first sustained re-entry. The train is
simulated once a site, and the tissue is kept at each coupling interval.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import nan

import numpy as np
from numpy.typing import NDArray

from marey.core import units
from marey.core.errors import InvalidInput, NotAnalysable
from marey.core.parameter import Parameters, parameter
from marey.simulate.monodomain.reentry import Reentry, describe
from marey.simulate.monodomain.solve import Monodomain, State, Stimulus, advance, rest

_LOOK = 20.0
"""ms between two looks at whether the tissue still is active."""
_SILENCE = 100.0
"""ms without any activation after which none can come: the longest that a front lingers in a strand of border zone."""
_RETURNS = 2
"""Re-activations without which activity is no re-entry, however long it lasts."""


@dataclass(frozen=True)
class Programme(Parameters):
    """Settings of programmed stimulation."""

    train: float = parameter(4, 1, 20, "1", "textbook value: 8; fewer bring this cell model to its steady state")
    train_cycle: float = parameter(500 * units.ms, 200 * units.ms, 1500 * units.ms, "ms", "textbook value")
    longest_coupling: float = parameter(350 * units.ms, 100 * units.ms, 1000 * units.ms, "ms", "textbook value")
    shortest_coupling: float = parameter(150 * units.ms, 50 * units.ms, 1000 * units.ms, "ms", "textbook value")
    decrement: float = parameter(10 * units.ms, 1 * units.ms, 100 * units.ms, "ms", "textbook value")
    margin: float = parameter(20 * units.ms, 0, 100 * units.ms, "ms", "textbook value: 10 to 20")
    extras: float = parameter(2, 1, 3, "1", "textbook value: S2 and S3; S4 in clinical protocols")
    observation: float = parameter(
        2000 * units.ms, 500 * units.ms, 30000 * units.ms, "ms", "re-entry that lasts as long counts as sustained"
    )
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
    NONSUSTAINED = "non-sustained re-entry"
    REENTRY = "sustained re-entry"


@dataclass(frozen=True)
class Trial:
    """One extra stimulus.

    Args:
        site: name of the pacing site.
        couplings: ms, S1-S2 (and S2-S3, S3-S4).
        outcome: what came of it.
        cycles: how often tissue was activated again after the stimulus' own wave, at most.
    """

    site: str
    couplings: tuple[float, ...]
    outcome: Outcome
    cycles: int = 0


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

    def refractory_period(self, site: str) -> float:
        """Effective refractory period of a site after the train: the longest S1-S2 interval that did not capture, ms.

        NaN where each S2 captured, as when re-entry ended the search.
        """
        blocked = [
            trial.couplings[0]
            for trial in self.trials
            if trial.site == site and len(trial.couplings) == 1 and trial.outcome is Outcome.BLOCKED
        ]
        return max(blocked, default=nan)


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
    without = _settled(model, state, programme)
    base: tuple[float, ...] = ()
    for _ in range(round(programme.extras)):
        captured: list[tuple[float, State, State]] = []
        for coupling, before in _snapshots(model, state, programme, base):
            outcome, cycles, after = _extra(model, before, without, region, programme)
            trials.append(Trial(name, (*base, coupling), outcome, cycles))
            if outcome is Outcome.REENTRY:
                return describe(model, after, _now(model, before) + programme.duration)
            if outcome is Outcome.BLOCKED:
                _check_first(name, coupling, refractory=not captured and not base)
                break
            captured.append((coupling, before, after))
        if not captured:
            return None
        above = round(programme.margin / programme.decrement)
        coupling, before, without = captured[max(0, len(captured) - 1 - above)]
        base = (*base, coupling)
        pulse = _pulse(model, before, region, programme)
        state, _ = advance(model, before, pulse.start + pulse.duration, [pulse])
    return None


def _settled(model: Monodomain, state: State, programme: Programme) -> State:
    """The tissue once the last wave of the train has passed everywhere."""
    start = _now(model, state)
    while not _silent(model, state, start) and _now(model, state) < start + programme.observation:
        state, _ = advance(model, state, _now(model, state) + _LOOK)
    return state


def _silent(model: Monodomain, state: State, since: float) -> bool:
    """Whether no wave can be left of a stimulus given at a time."""
    return bool(max(state.last.max(), since) < _now(model, state) - _SILENCE)


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


def _extra(
    model: Monodomain, before: State, without: State, region: NDArray[np.bool_], programme: Programme
) -> tuple[Outcome, int, State]:
    """Stimulate and wait until the tissue is quiet or has been active for long enough.

    What the tissue does without the stimulus, such as a wave that is still on its way, is not counted.
    """
    pulse = _pulse(model, before, region, programme)
    outside = ~region[model.tissue.mask]
    state, end = before, pulse.start + programme.observation
    while True:
        state, _ = advance(model, state, _now(model, state) + _LOOK, [pulse])
        beats = (state.count - without.count)[outside]
        cycles = max(0, int(beats.max(initial=0)) - 1)
        if cycles >= _RETURNS and _now(model, state) >= end:
            return Outcome.REENTRY, cycles, state
        if _silent(model, state, pulse.start):
            if (beats > 0).sum() <= 2 * (~outside).sum():
                return Outcome.BLOCKED, 0, state
            return (Outcome.NONSUSTAINED if cycles else Outcome.CAPTURED), cycles, state


__all__ = ["Inducibility", "Outcome", "Programme", "Trial", "programmed_stimulation"]
