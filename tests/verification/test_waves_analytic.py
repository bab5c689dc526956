"""Waves in arteries against closed forms; the derivations are in flow.md."""

import itertools

import numpy as np
import pytest

from marey.simulate.flow.waves import (
    Arteries,
    Artery,
    Blood,
    Windkessel,
    carotid_inflow,
    common_carotid,
    periodic_waves,
    propagate,
)

INVISCID = Blood(viscosity=0.0)


def artery_speed(radius: float, stiffness: float, density: float = 1.06) -> float:
    return float(np.sqrt(2 / 3 * stiffness / (density * radius)))


def matched(radius: float, stiffness: float, pressure: float) -> Windkessel:
    """A Windkessel that reflects nothing at first: its R1 is the characteristic impedance."""
    return Windkessel(1.06 * artery_speed(radius, stiffness) / (np.pi * radius**2), 1e6, 1e6, pressure)


def tube(**changes: object) -> Arteries:
    settings = {
        "name": "a",
        "length": 400.0,
        "inlet_radius": 6.0,
        "outlet_radius": 6.0,
        "stiffness": (300.0, 300.0),
    } | changes
    settings.setdefault("outlet", matched(6.0, 300.0, Blood().reference_pressure))
    return Arteries((Artery(**settings),), INVISCID)  # type: ignore[arg-type]


def pulse(
    amplitude: float, samples: int = 4000, period: float = 400.0, width: float = 8.0, at: float = 40.0
) -> np.ndarray:
    t = np.arange(samples) * period / samples
    return amplitude * np.exp(-(((t - at) / width) ** 2))


def test_pulses_travel_at_the_speed_of_moens_and_korteweg() -> None:
    """The peak of a small pulse, over 300 mm; what is left over is the grid's dispersion, of second order."""
    errors = []
    for spacing in (4.0, 2.0, 1.0):
        waves = propagate(tube(), pulse(0.01), 400.0, spacing=spacing, samples=1600)
        p = waves.pressure["a"]
        far = 3 * (p.shape[1] - 1) // 4
        errors.append(
            300.0 / (peak(waves.times, p[:, far]) - peak(waves.times, p[:, 0])) / artery_speed(6.0, 300.0) - 1
        )
    assert abs(errors[-1]) < 5e-4
    assert np.log2(errors[0] / errors[2]) / 2 == pytest.approx(2.0, abs=0.3)


def peak(times: np.ndarray, p: np.ndarray) -> float:
    """Time of the largest value, by a parabola through its neighbours."""
    i = int(p.argmax())
    a, b, c = p[i - 1 : i + 2]
    return float(times[i] + 0.5 * (a - c) / (a - 2 * b + c) * (times[1] - times[0]))


def test_pressure_of_a_forward_wave_is_flow_times_characteristic_impedance() -> None:
    waves = propagate(tube(), pulse(0.01), 400.0, spacing=2.0)
    p, q = waves.pressure["a"] - Blood().reference_pressure, waves.flow["a"]
    impedance = 1.06 * artery_speed(6.0, 300.0) / (np.pi * 36)
    np.testing.assert_allclose(p[:, 0], impedance * q[:, 0], atol=2e-3 * p.max())


@pytest.mark.parametrize("daughter", [3.0, 4.5, 6.0])
def test_linear_reflection_at_a_bifurcation(daughter: float) -> None:
    """Rf = (Y0 - Y1 - Y2) / (Y0 + Y1 + Y2), Y = A / (rho c)."""
    stiffness = (300.0, 300.0)
    ends = matched(daughter, 300.0, Blood().reference_pressure)
    network = Arteries((
        Artery("parent", 300.0, 6.0, 6.0, stiffness),
        Artery("left", 300.0, daughter, daughter, stiffness, "parent", ends),
        Artery("right", 300.0, daughter, daughter, stiffness, "parent", ends),
    ), INVISCID)  # fmt: skip
    waves = propagate(network, pulse(0.01), 200.0 * 2, spacing=2.0, samples=800)
    p = waves.pressure["parent"][:, 75] - Blood().reference_pressure  # halfway
    c = artery_speed(6.0, 300.0)
    there, back = waves.times < 40 + 300 / c, (waves.times > 40 + 300 / c) & (waves.times < 40 + 600 / c)
    Y0, Y1 = (np.pi * r**2 / (1.06 * artery_speed(r, 300.0)) for r in (6.0, daughter))
    reflected = p[back][np.abs(p[back]).argmax()] / p[there].max()
    assert reflected == pytest.approx((Y0 - 2 * Y1) / (Y0 + 2 * Y1), abs=5e-3)
    assert abs(waves.imbalance) < 1e-8  # rounding: the pulse is a millionth of what the arteries hold


def test_windkessel_at_an_end_has_its_impedance() -> None:
    """Z = R1 + R2 / (1 + i w R2 C) at the outlet's face, for every strong harmonic."""
    end = Windkessel(2.4875e-1, 1.8697, 175.29)  # kPa ms/mm3, kPa ms/mm3, mm3/kPa: the carotid benchmark's
    waves = periodic_waves(common_carotid(), carotid_inflow(), 1100.0, spacing=4.0, within=1e-6)
    p, q = (np.fft.rfft(x["common carotid"][:-1, -1])[:6] for x in (waves.pressure, waves.flow))
    w = 2 * np.pi * np.arange(6) / 1100.0
    np.testing.assert_allclose(p / q, end.R1 + end.R2 / (1 + 1j * w * end.R2 * end.C), rtol=2e-3)


def test_second_order_convergence() -> None:
    """A smooth pulse after some distance: the error against the finest grid falls with the square of the cell."""

    def arrived(spacing: float) -> np.ndarray:
        return propagate(tube(), pulse(2.0, width=12.0), 400.0, spacing=spacing, samples=200).pressure["a"][:, -1]

    p = [arrived(s) for s in (8.0, 4.0, 2.0, 1.0)]
    steps = [np.abs(a - b).max() for a, b in itertools.pairwise(p)]
    assert np.log2(steps[1] / steps[2]) == pytest.approx(2.0, abs=0.25)


def test_volume_is_conserved_and_a_tapered_tube_at_rest_stays_at_rest() -> None:
    tapered = tube(outlet_radius=3.0, stiffness=(300.0, 200.0))
    rest = propagate(tapered, np.zeros(10), 400.0)
    assert np.abs(rest.flow["a"]).max() < 1e-12
    waves = propagate(tapered, pulse(5.0), 400.0)
    assert abs(waves.imbalance) < 1e-12


def test_mean_pressure_of_the_carotid_benchmark() -> None:
    """Mean pressure at the outlet is mean flow times R1 + R2; the benchmark's codes reach 16.563 kPa halfway along."""
    waves = periodic_waves(common_carotid(), carotid_inflow(), 1100.0, spacing=4.0, within=1e-6)
    p = waves.pressure["common carotid"][:-1]
    assert p[:, -1].mean() == pytest.approx(6.5 * (2.4875e-1 + 1.8697), rel=1e-5)
    assert p[:, p.shape[1] // 2].max() == pytest.approx(16.563, abs=0.02)
