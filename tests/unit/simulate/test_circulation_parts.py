"""The parts of the loop on their own: acceleration, baroreflex, activation."""

import numpy as np
import pytest

from marey.core.units import mL, mmHg, ms, s
from marey.simulate.circulation import Baroreflex, Circulation, periodic
from marey.simulate.circulation._acceleration import Anderson
from marey.simulate.circulation.baroreflex import targets, update
from marey.simulate.mechanics import ElastanceVentricles
from marey.simulate.mechanics.activation import raised_cosine
from marey.simulate.mechanics.interface import Array


def _linear_beats(start: Array, matrix: Array, rest: Array, beats: int) -> tuple[Anderson, Array]:
    past, state = Anderson(), start
    for _ in range(beats):
        state = past.propose(state, rest + matrix @ (state - rest), np.ones(start.size))
    return past, state


def test_acceleration_solves_a_linear_map_with_few_modes_exactly() -> None:
    """Three modes need four beats; plain iteration would have left 0.95^4 of the slowest."""
    rest = np.full(20, 100.0)
    rest[16:] = 0.5
    matrix = np.zeros((20, 20))
    for (i, j), decay in (((0, 1), 0.95), ((2, 3), 0.7), ((4, 5), -0.4)):
        matrix[[i, i, j, j], [i, j, i, j]] = 0.5 * decay, -0.5 * decay, -0.5 * decay, 0.5 * decay
    start = rest.copy()
    start[:6] += [9.0, -9.0, -5.0, 5.0, 4.0, -4.0]
    _, state = _linear_beats(start, matrix, rest, 5)
    assert np.abs(state - rest).max() < 1e-6
    assert state[:8].sum() == pytest.approx(start[:8].sum(), rel=1e-14)


def test_acceleration_never_empties_a_compartment() -> None:
    """Two beats that lose 1 % each extrapolate to nothing: the plain end is kept."""
    first, second = np.full(20, 100.0), np.full(20, 100.0)
    first[0], second[0] = 80.0, 79.0
    past = Anderson()
    past.propose(first, second, np.ones(20))
    third = second.copy()
    third[0] = 78.01
    assert past.propose(second, third, np.ones(20))[0] == 78.01


def test_an_extrapolation_that_fails_falls_back_to_the_plain_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def empty_once(_: Anderson, start: Array, end: Array, scale: Array) -> Array:  # noqa: ARG001
        calls.append(end)
        bad = end.copy()
        bad[9] = 1e7
        return bad if len(calls) == 3 else end

    expected = periodic(Circulation(), ElastanceVentricles(), tolerance=1e-6)
    monkeypatch.setattr(Anderson, "propose", empty_once)
    found = periodic(Circulation(), ElastanceVentricles(), tolerance=1e-6)
    assert len(calls) > 3
    assert np.abs(found.volumes.values / expected.volumes.values - 1).max() < 1e-5


def test_the_reflex_rests_at_its_set_point_and_without_strength() -> None:
    on = Baroreflex(strength=1.0)
    assert targets(on, on.set_point) == pytest.approx([0, 0, 0], abs=1e-12)
    assert targets(Baroreflex(), 60 * mmHg) == pytest.approx([0, 0, 0], abs=1e-12)


def test_low_pressure_constricts_and_quickens_high_pressure_the_reverse() -> None:
    on = Baroreflex(strength=1.0)
    low, high = targets(on, 70 * mmHg), targets(on, 115 * mmHg)
    assert low[0] > 0 > high[0]
    assert low[1] < 0 < high[1]
    assert low[2] < 0 < high[2]
    assert -600 * ms < low[2]


def test_effects_approach_their_targets_with_their_delays() -> None:
    on, effects = Baroreflex(strength=1.0), np.zeros(3)
    after = update(on, effects, 70 * mmHg, 1 * s)
    share = after / targets(on, 70 * mmHg)
    assert share == pytest.approx(1 - np.exp([-1 / 6, -1 / 20, -1 / 2]))
    assert abs(after[1]) < 200 * mL


def test_raised_cosine_goes_up_and_down_once() -> None:
    values = [raised_cosine(t, 300.0, 150.0) for t in (-1.0, 0.0, 150.0, 300.0, 375.0, 450.0, 500.0)]
    assert values == pytest.approx([0, 0, 0.5, 1, 0.5, 0, 0], abs=1e-12)
