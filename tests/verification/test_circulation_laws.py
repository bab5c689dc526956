"""Closed loop: conservation, orders of convergence, closed forms, another solver. Derivations in circulation.md."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from marey.core.units import mL, mmHg, s
from marey.simulate.circulation import Circulation, balance, integrate_beat, periodic, transient
from marey.simulate.circulation.closed_loop import initial_state, rates
from marey.simulate.mechanics import ElastanceVentricles, SphereVentricles, Ventricles
from marey.simulate.mechanics.interface import Array


@pytest.fixture(params=["elastance", "sphere"])
def ventricles(request: pytest.FixtureRequest) -> Ventricles:
    models: dict[str, Ventricles] = {"elastance": ElastanceVentricles(), "sphere": SphereVentricles()}
    return models[str(request.param)]


def test_blood_is_conserved_to_rounding(ventricles: Ventricles) -> None:
    for loop in transient(Circulation().but({"mitral.leak_area": 30.0}), ventricles, 10):
        total = loop.volumes.values.sum(axis=0)
        assert np.abs(total / loop.circulation.blood_volume - 1.0).max() < 1e-12
    settled = periodic(Circulation(), ventricles).volumes.values.sum(axis=0)
    assert np.abs(settled / Circulation().blood_volume - 1.0).max() < 1e-12


def test_both_sides_of_the_heart_pump_the_same(ventricles: Ventricles) -> None:
    assert balance(periodic(Circulation(), ventricles, tolerance=1e-8)).strokes < 1e-7


def test_energy_balances_and_its_error_falls_with_the_step_squared(ventricles: Ventricles) -> None:
    errors = [
        balance(periodic(Circulation(), ventricles, tolerance=1e-8, step=step)).energy for step in (0.5, 0.25, 0.125)
    ]
    assert errors[0] < 2e-5
    assert np.polyfit(np.log([0.5, 0.25, 0.125]), np.log(errors), 1)[0] == pytest.approx(2.0, abs=0.2)


def test_energy_balances_in_a_beat_that_is_not_periodic(ventricles: Ventricles) -> None:
    sick = Circulation().but({"mitral.leak_area": 30.0, "aortic.area": 80.0})
    assert balance(transient(sick, ventricles, 2, step=0.25)[1]).energy < 1e-5


def test_the_accelerated_beat_is_the_one_that_patience_finds(ventricles: Ventricles) -> None:
    quick = periodic(Circulation(), ventricles, tolerance=1e-9)
    patient = transient(Circulation(), ventricles, 130)[-1]
    assert quick.beats < 25
    assert np.abs(quick.volumes.values / patient.volumes.values - 1.0).max() < 1e-6


def test_arterial_pressure_decays_as_a_windkessel() -> None:
    circulation = Circulation().but({"systemic_arteries.inertance": 2e-4 * mmHg * s**2 / mL})
    loop = periodic(circulation, ElastanceVentricles())
    late = (loop.times > 550) & (loop.times < 900)
    times, arterial = loop.times[late], loop.pressures["systemic arteries"][late]
    ours = arterial[0] - arterial[-1]
    driving = float(np.trapezoid(arterial - loop.pressures["systemic veins"][late], times))
    arteries = circulation.systemic_arteries
    assert ours == pytest.approx(driving / (arteries.resistance * arteries.compliance), rel=2e-3)


def test_another_integrator_finds_the_same_beat(ventricles: Ventricles) -> None:
    circulation = Circulation()
    start = periodic(circulation, ventricles).trace.states[0]
    ours = integrate_beat(circulation, ventricles, start, ventricles.memory())
    other = solve_ivp(
        rates(circulation, ventricles), (0, circulation.period), start, "LSODA", ours.times, rtol=1e-9, atol=1e-9,
        max_step=2.0,
    )  # fmt: skip
    volumes = other.y.T[:, :8]
    assert np.abs(ours.states[:, :8] / volumes - 1.0).max() < 2e-5


def test_the_beat_converges_with_the_step(ventricles: Ventricles) -> None:
    """Fourth order between the kinks of activation and leaflets; these limit the whole beat to two, unevenly."""
    circulation = Circulation()
    start = initial_state(circulation, ventricles)

    def end(step: float) -> Array:
        return integrate_beat(circulation, ventricles, start, ventricles.memory(), step).states[-1, :8]

    fine = end(0.015625)
    for step in (1.0, 0.5, 0.25, 0.125, 0.0625):
        assert np.abs(end(step) - fine).max() < 1e-3 * mL * step**2
