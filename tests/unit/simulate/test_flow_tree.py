"""What a user calls for waves in the systemic arteries, and what it refuses."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from marey.core import Beat, InvalidInput
from marey.core.mesh import Mesh
from marey.core.signal import Signal
from marey.core.units import kPa, litre, minute, mL, mmHg
from marey.simulate.flow.waves import (
    RADIAL,
    ROOT,
    SystemicTree,
    Waves,
    adan56_inflow,
    arterial_waves,
    at,
    path,
    pulse_wave_velocity,
)

FLOW = adan56_inflow(200)


def signal(values: np.ndarray, name: str = "aortic", unit: str = "mL/s") -> Signal:
    return Signal(np.atleast_2d([*values, values[0]]), np.linspace(0.0, 1000.0, values.size + 1), (name,), unit)


def beat() -> Beat:
    mesh = Mesh(np.zeros((4, 3)), np.arange(4)[None])
    times = np.linspace(0.0, 1000.0, 201)
    pressures = np.array([95 * mmHg + 20 * mmHg * np.sin(times * 2 * np.pi / 1000.0), np.full(201, 5 * mmHg)])
    names = ("systemic arteries", "systemic veins")
    nothing = signal(np.zeros(200), "volume", "mL")
    strain = signal(np.zeros(200), "wall", "%")
    return Beat(
        mesh, np.zeros(1), np.zeros((1, 4, 3)), 1000.0, nothing, Signal(pressures, times, names, "mmHg"),
        signal(0.8 * FLOW), strain,
    )  # fmt: skip


@cache
def of_flow() -> Waves:
    return arterial_waves(signal(FLOW), spacing=30.0)


def test_a_beat_feeds_the_tree_at_its_own_mean_pressure() -> None:
    found = arterial_waves(beat(), spacing=30.0)
    pressure, flow = (values[:-1].mean() for values in at(found, ROOT))
    assert flow == pytest.approx(0.8 * FLOW.mean(), rel=1e-3)
    assert pressure == pytest.approx(95 * mmHg, rel=0.02)
    for artery in found.network.arteries:
        assert artery.outlet is None or artery.outlet.venous_pressure == pytest.approx(5 * mmHg)


def test_the_tree_is_the_published_one_where_nothing_is_changed() -> None:
    arteries = SystemicTree().arteries().arteries
    assert len(arteries) == 77
    conductance = sum(1 / (a.outlet.R1 + a.outlet.R2) for a in arteries if a.outlet)
    assert 1 / conductance == pytest.approx(0.8919 * mmHg * 1000 / mL, rel=1e-3)  # mmHg s/mL
    assert path(of_flow(), ("femoral R I", 0.0)) == pytest.approx(603.0, abs=1.0)


@pytest.mark.parametrize("size", [0.8, 1.2])
def test_a_larger_tree_has_longer_and_wider_arteries_of_the_same_wave_speed(size: float) -> None:
    here, there = (SystemicTree(size=s).arteries().arteries[0] for s in (1.0, size))
    assert there.length == pytest.approx(size * here.length)
    assert there.stiffness[0] / there.inlet_radius == pytest.approx(here.stiffness[0] / here.inlet_radius)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: arterial_waves(signal(FLOW, "mitral")), "aortic"),
        (lambda: arterial_waves(signal(-FLOW)), "mean flow into the arteries"),
        (lambda: SystemicTree(young_modulus=2 * kPa), "young_modulus"),
        (lambda: SystemicTree().carrying(5 * litre / minute, 20 * mmHg, 5 * mmHg), "mean pressure of 20 mmHg"),
        (lambda: SystemicTree().carrying(-1.0, 90 * mmHg, 5 * mmHg), "Factors"),
        (lambda: at(of_flow(), ("aorta", 0.0)), "'aorta'"),
        (lambda: at(of_flow(), ("brachial R", 1.5)), "position 1.5"),
        (lambda: pulse_wave_velocity(of_flow(), RADIAL, RADIAL), "later"),
    ],
)
def test_faults_are_refused(call: Callable[[], Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        call()
