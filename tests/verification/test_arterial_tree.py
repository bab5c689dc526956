"""The systemic arterial tree: conservation, published shapes of the pulse, velocities, reflections; see flow.md."""

from functools import cache

import numpy as np
import pytest

from marey.core.signal import Signal
from marey.core.units import kPa, litre, minute, mmHg
from marey.simulate.flow.waves import (
    BRACHIAL,
    FEMORAL,
    RADIAL,
    ROOT,
    Arteries,
    Artery,
    Blood,
    SystemicTree,
    Waves,
    Windkessel,
    adan56_inflow,
    amplification,
    arterial_waves,
    at,
    carotid_inflow,
    common_carotid,
    foot,
    periodic_waves,
    propagate,
    pulse_wave_velocity,
    separated,
)
from marey.simulate.flow.waves.indices import speed_at

ABDOMEN = ("abdominal aorta V", 1.0)
# kPa and mL/s of the finite-volume code of Boileau et al. 2015 halfway along the carotid, at s after its beat begins
CAROTID_BENCHMARK = (
    (0.19, 13.859, 12.078), (0.20, 14.157, 12.139), (0.25, 15.444, 11.859), (0.30, 16.300, 10.808),
    (0.351, 16.563, 8.921), (0.40, 16.396, 7.377), (0.43, 16.170, 6.596),
)  # fmt: skip


def benchmark_flow() -> Signal:
    flow = adan56_inflow(500)
    return Signal(np.array([[*flow, flow[0]]]), np.linspace(0.0, 1000.0, 501), ("aortic",), "mL/s")


@cache
def waves(young_modulus: float = 225 * kPa) -> Waves:
    return arterial_waves(benchmark_flow(), SystemicTree(young_modulus=young_modulus), spacing=20.0)


def mean(values: np.ndarray) -> float:
    return float(values[:-1].mean())


def test_the_carotid_follows_the_benchmark_curve_by_curve() -> None:
    found = periodic_waves(common_carotid(), carotid_inflow(1100), 1100.0, spacing=2.0, samples=1100, within=1e-6)
    middle = (found.pressure["common carotid"].shape[1] - 1) // 2
    for time, pressure, flow in CAROTID_BENCHMARK:
        here = round(time * 1000)
        assert found.pressure["common carotid"][here, middle] == pytest.approx(pressure, rel=3e-3)
        assert found.flow["common carotid"][here, middle] == pytest.approx(flow, rel=5e-3)


def test_blood_is_conserved_and_the_beat_repeats() -> None:
    found = waves()
    assert found.change <= 1e-3
    assert abs(found.imbalance) < 1e-12
    ends = [artery.name for artery in found.network.arteries if artery.outlet]
    assert len(ends) == 31
    out = sum(mean(at(found, (name, 1.0))[1]) for name in ends)
    assert out == pytest.approx(mean(at(found, ROOT)[1]), rel=5e-3)  # what is left is a change of 1e-3 a beat


def test_mean_pressure_is_flow_times_the_input_resistance() -> None:
    pressure, flow = at(waves(), ROOT)
    assert mean(pressure) == pytest.approx(mean(flow) * SystemicTree().input_resistance(), rel=0.02)


def test_tree_carries_a_flow_at_a_pressure() -> None:
    flow, pressure, venous = 5 * litre / minute, 95 * mmHg, 4 * mmHg
    tree = SystemicTree().carrying(flow, pressure, venous)
    assert tree.input_resistance() * flow + venous == pytest.approx(pressure, rel=1e-9)


def test_pulse_grows_towards_the_periphery_while_the_mean_falls() -> None:
    """Brachial over aortic pulse pressure: 1.1 to 1.7, falls with age (McEniery 2008, Hypertension 51:1476)."""
    assert 1.05 < amplification(waves(), BRACHIAL) < 1.7
    assert 1.05 < amplification(waves(), RADIAL) < 1.8
    assert amplification(waves(), FEMORAL) > amplification(waves(), ABDOMEN) > 1.1
    means = [mean(at(waves(), place)[0]) for place in (ROOT, BRACHIAL, RADIAL)]
    assert means[0] > means[1] > means[2]


def test_stiffer_arteries_have_a_wider_pulse_that_travels_faster() -> None:
    """Published range of the carotid-femoral velocity under 30 years: 4.7 to 7.6 m/s (doi:10.1093/eurheartj/ehq165)."""
    soft, stiff = pulse_wave_velocity(waves()), pulse_wave_velocity(waves(400 * kPa))
    assert 4.3 < soft < 5.0  # the published tree's wall is as soft as a wall can be in health
    assert 4.7 < stiff < 7.6
    assert stiff / soft == pytest.approx((400 / 225) ** 0.5, rel=0.12)  # feet ride on reflections
    assert np.ptp(at(waves(400 * kPa), ROOT)[0]) > 1.2 * np.ptp(at(waves(), ROOT)[0])


def test_foot_to_foot_velocity_is_that_of_moens_and_korteweg() -> None:
    """Down the aorta the foot travels with c + U of the diastolic state; the mean is over the time that it takes."""
    found = waves()
    time = 0.0
    names = [artery for artery in found.network.arteries if "aort" in artery.name]
    for artery in names:
        for position in (np.arange(10) + 0.5) / 10:
            least = float(at(found, (artery.name, position))[0].min())
            time += artery.length / 10 / speed_at(found, artery.name, position, least)
    assert foot(found, ABDOMEN) - foot(found, ROOT) == pytest.approx(time, rel=0.08)


@pytest.mark.parametrize("harmonic", [1, 2, 4])
def test_reflection_magnitude_is_that_of_the_load(harmonic: int) -> None:
    """A short tube with a Windkessel: the waves' ratio is abs((Z - Zc) / (Z + Zc)) at the frequency of the inflow."""
    tube = Artery("a", 20.0, 6.0, 6.0, (300.0, 300.0), outlet=Windkessel(0.01, 0.2, 100.0, 10.0))
    network = Arteries((tube,), Blood(viscosity=0.0, reference_pressure=10.0))
    period, count = 1000.0, 800
    inflow = 0.2 * np.sin(2 * np.pi * harmonic * np.arange(count) / count)
    found = propagate(network, inflow, period, spacing=2.0, beats=4, samples=400)
    omega = 2 * np.pi * harmonic / period
    split = separated(found, ("a", 1.0))
    load = 0.01 + 0.2 / (1 + 1j * omega * 0.2 * 100.0)
    expected = abs((load - split.impedance) / (load + split.impedance))
    assert split.impedance == pytest.approx(1.06 * np.sqrt(2 / 3 * 300 / (1.06 * 6.0)) / (np.pi * 36.0), rel=1e-3)
    assert split.reflection == pytest.approx(expected, abs=5e-3)


def test_reflections_at_the_root_are_as_in_people() -> None:
    """Backward over forward pressure: 0.3 to 0.8, a wide bound; the two add up to the pulse."""
    split = separated(waves(), ROOT)
    pressure = at(waves(), ROOT)[0]
    np.testing.assert_allclose(split.forward + split.backward, pressure - np.trapezoid(pressure, dx=2.5) / 1000.0)
    assert 0.3 < split.reflection < 0.8
