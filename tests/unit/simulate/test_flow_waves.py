from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from marey.core import InvalidInput, NotAnalysable
from marey.simulate.flow.waves import (
    Arteries,
    Artery,
    Windkessel,
    carotid_inflow,
    common_carotid,
    periodic_waves,
    propagate,
)

END = Windkessel(0.2, 2.0, 100.0)


def artery(name: str = "a", parent: str | None = None, outlet: Windkessel | None = END, **changes: float) -> Artery:
    numbers = {"length": 100.0, "inlet_radius": 4.0, "outlet_radius": 4.0} | changes
    return Artery(name, **numbers, stiffness=(200.0, 200.0), parent=parent, outlet=outlet)


def test_the_carotid_beats_periodically() -> None:
    waves = periodic_waves(common_carotid(), carotid_inflow(), 1100.0, spacing=10.0)
    assert waves.change <= 1e-3
    assert waves.beats < 10
    assert waves.pressure["common carotid"].shape == (201, 14)
    np.testing.assert_allclose(
        waves.flow["common carotid"][::2, 0],
        np.interp(np.linspace(0, 400, 101), np.arange(401), [*carotid_inflow(), carotid_inflow()[0]]),
        rtol=1e-9,
    )


def test_flow_is_shared_at_a_junction() -> None:
    network = Arteries(
        (artery("p", outlet=None), artery("l", "p"), artery("r", "p", inlet_radius=3.0, outlet_radius=2.0))
    )
    waves = propagate(network, carotid_inflow(100), 1000.0, beats=2)
    np.testing.assert_allclose(waves.flow["p"][:, -1], waves.flow["l"][:, 0] + waves.flow["r"][:, 0], rtol=1e-9)
    total = [
        waves.pressure[n][:, i] + 0.53 * (waves.flow[n][:, i] / area(waves.pressure[n][:, i], r)) ** 2
        for n, i, r in (("p", -1, 4.0), ("l", 0, 4.0), ("r", 0, 3.0))
    ]
    np.testing.assert_allclose(total[0], total[1], rtol=1e-9)
    np.testing.assert_allclose(total[0], total[2], rtol=1e-9)


def area(pressure: np.ndarray, radius: float) -> np.ndarray:
    A0 = np.pi * radius**2
    k = 4 / 3 * np.sqrt(np.pi) * 200.0 / A0
    return np.asarray((np.sqrt(A0) + (pressure - 80 * 0.133322387415) / k) ** 2)


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: Windkessel(0.1, 0.0, 1.0), "R2"),
        (lambda: artery(length=0.1), "length"),
        (lambda: artery(inlet_radius=-1.0), "inlet radius"),
        (lambda: artery(outlet_radius=400.0), "outlet radius"),
        (lambda: Artery("a", 100.0, 4.0, 4.0, (0.0, 1.0)), "stiffness"),
        (lambda: Arteries(()), "none"),
        (lambda: Arteries((artery("a", outlet=None), artery("a", "a"))), "unique"),
        (lambda: Arteries((artery("a", "b"), artery("b", "a"))), "The first alone"),
        (lambda: Arteries((artery("a", outlet=None), artery("b", "c"), artery("c", "a"))), "later parent"),
        (lambda: Arteries((artery("a"), artery("b", "a"))), "branches and has an outlet"),
        (lambda: Arteries((artery("a", outlet=None),)), "neither"),
        (lambda: propagate(common_carotid(), np.array([1.0, np.nan]), 1000.0), "inflow"),
        (lambda: propagate(common_carotid(), carotid_inflow(), 1.1), "1.1 ms"),
        (lambda: periodic_waves(common_carotid(), carotid_inflow(), 1100.0, spacing=0.0), "cells of 0 mm"),
    ],
)
def test_faults_are_refused(build: Callable[[], Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        build()


def test_impossible_flows_are_told() -> None:
    with pytest.raises(NotAnalysable, match="broke down"):
        propagate(common_carotid(), np.full(10, -400.0), 1100.0)
    with pytest.raises(NotAnalysable, match="not periodic after 2 beats"):
        periodic_waves(common_carotid(), carotid_inflow(), 1100.0, spacing=20.0, within=1e-9, most=2)
