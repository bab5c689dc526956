"""Programmed stimulation of sheets with a scar."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.simulate.monodomain import MitchellSchaeffer, Monodomain, even_fibre
from marey.simulate.monodomain.reentry import isthmus
from marey.simulate.monodomain.scar import Conduction, scarred_heart
from marey.simulate.monodomain.stimulation import Inducibility, Outcome, Programme, programmed_stimulation

MASK = np.ones((1, 50, 60), np.bool_)
CHANNEL = np.zeros_like(MASK)
CHANNEL[:, 22:28, 20:42] = True
SITE = np.zeros_like(MASK)
SITE[:, 22:28, 2:6] = True
PROGRAMME = Programme(train=3, longest_coupling=250, shortest_coupling=190)


def sheet(open_channel: NDArray[np.bool_]) -> Monodomain:
    """A scar of 34 x 22 mm with a slow channel through its middle, open where the argument says."""
    scar = np.zeros_like(MASK)
    scar[:, 8:42, 20:42] = True
    conduction = Conduction(
        along=0.6, across=0.5, border_speed=0.25, border_duration=1.5, cells=MitchellSchaeffer(closing=100.0)
    )
    fibre = even_fibre(MASK, (1, 0, 0))
    return scarred_heart(MASK, 1.0, fibre, scar=scar & ~open_channel, border=open_channel, conduction=conduction)


@cache
def with_channel() -> Inducibility:
    return programmed_stimulation(sheet(CHANNEL), {"left": SITE}, PROGRAMME)


def test_a_slow_channel_makes_reentry_inducible() -> None:
    found = with_channel()
    assert found.inducible
    assert found.trials[-1].outcome is Outcome.REENTRY
    assert len(found.trials[-1].couplings) == 2
    first = [trial.couplings[0] for trial in found.trials if len(trial.couplings) == 1]
    assert first == sorted(first, reverse=True)


def test_the_circuit_passes_through_the_channel_and_round_half_the_scar() -> None:
    reentry = with_channel().reentry
    assert reentry is not None
    closed = np.concatenate([reentry.circuit, reentry.circuit[:1]])
    assert np.abs(np.diff(closed, axis=0)).max() <= 2
    through = isthmus(reentry, CHANNEL)
    columns = through[:, 2]
    assert set(range(22, 40)) <= set(columns)
    assert np.ptp(reentry.circuit[:, 1]) >= 13
    assert 250 < reentry.cycle_length < 400
    last_lag = reentry.cycle_length - reentry.times[-1]
    assert 0 < last_lag < 20
    assert reentry.driven.mean() > 0.5


def test_a_scar_without_a_channel_does_not() -> None:
    found = programmed_stimulation(sheet(np.zeros_like(MASK)), {"left": SITE}, PROGRAMME)
    assert not found.inducible
    assert {trial.outcome for trial in found.trials} <= {Outcome.CAPTURED, Outcome.BLOCKED}
    assert len(found.trials) > 5


def test_ablating_the_isthmus_makes_it_not_inducible() -> None:
    reentry = with_channel().reentry
    assert reentry is not None
    open_channel = CHANNEL.copy()
    middle = isthmus(reentry, CHANNEL)[8:11]
    open_channel[0, :, middle[:, 2]] = False
    found = programmed_stimulation(sheet(open_channel), {"left": SITE}, PROGRAMME)
    assert not found.inducible


def test_a_train_that_does_not_capture_is_an_error() -> None:
    with pytest.raises(NotAnalysable, match="site 'left' followed 0 of the 2"):
        programmed_stimulation(sheet(CHANNEL), {"left": SITE}, Programme(train=3, strength=5.0, duration=0.5))


def test_sites_in_the_scar_and_settings_out_of_range_are_refused() -> None:
    inside = np.zeros_like(MASK)
    inside[0, 15, 30] = True
    with pytest.raises(InvalidInput, match="holds no tissue"):
        programmed_stimulation(sheet(CHANNEL), {"scar": inside}, PROGRAMME)
    with pytest.raises(InvalidInput, match="no pacing site"):
        programmed_stimulation(sheet(CHANNEL), {}, PROGRAMME)
    with pytest.raises(InvalidInput, match="train_cycle"):
        Programme(train_cycle=50)
    with pytest.raises(InvalidInput, match="must not exceed 'longest_coupling', 200 ms"):
        Programme(shortest_coupling=250, longest_coupling=200)


def test_a_search_that_begins_in_refractory_tissue_is_an_error() -> None:
    with pytest.raises(NotAnalysable, match="150 ms after the train, already was blocked"):
        programmed_stimulation(sheet(CHANNEL), {"left": SITE}, Programme(train=1, longest_coupling=150))
