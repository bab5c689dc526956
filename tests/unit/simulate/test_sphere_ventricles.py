"""The sphere against closed forms: passive energy, Laplace, thick wall, power of stress; the held sarcomere."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from marey.core.units import kPa, mL, ms
from marey.simulate.mechanics import SphereVentricles
from marey.simulate.mechanics.interface import START_VOLUMES, Array
from marey.simulate.mechanics.sarcomere_bestel import BestelSarcomere, activation, fibre_stress, overlap
from marey.simulate.mechanics.sphere import SphereWall, passive_stress

WALL = SphereWall()
LAW = (WALL.isotropic, WALL.isotropic_exponent, WALL.fibre, WALL.fibre_exponent)


def energy(squared: float, iso: float, b: float, fibre: float, c: float) -> float:
    first, fourth = 2 * squared + squared**-2 - 3, max(squared - 1, 0.0)
    return float(iso * np.exp(b * first**2) + fibre * np.exp(c * fourth**2))


def passive_pressure(volume: float, wall: float, rest_cavity: float, *law: float) -> float:
    """Of a sphere at rest, through the model itself."""
    sphere = SphereVentricles().but({
        "left_wall.wall_volume": wall, "left_wall.unloaded_volume": rest_cavity, "left_wall.isotropic": law[0],
        "left_wall.isotropic_exponent": law[1], "left_wall.fibre": law[2], "left_wall.fibre_exponent": law[3],
    })  # fmt: skip
    state, out = sphere.initial_state(), np.zeros(7)
    half = 0.5 * wall
    state[0] = 0.5 * (((volume + half) / (rest_cavity + half)) ** (2 / 3) - 1)
    volumes = np.array([volume, 150 * mL])
    sphere.pressure(0.0, volumes, state, sphere.memory(), sphere.parameters(), np.zeros(7), out)
    return float(out[0])


@pytest.mark.parametrize("volume", [40 * mL, 56 * mL, 90 * mL, 140 * mL])
def test_passive_pressure_is_the_slope_of_the_energy(volume: float) -> None:
    def stored(v: float) -> float:
        half = 0.5 * WALL.wall_volume
        return WALL.wall_volume * energy(((v + half) / (WALL.unloaded_volume + half)) ** (2 / 3), *LAW)

    slope = (stored(volume + 1.0) - stored(volume - 1.0)) / 2.0
    found = passive_pressure(volume, WALL.wall_volume, WALL.unloaded_volume, *LAW)
    assert found == pytest.approx(slope, rel=1e-6, abs=1e-5)


def test_a_thin_wall_obeys_laplace() -> None:
    volume, wall, rest = 140 * mL, 20 * mL, 60 * mL
    middle = volume + 0.5 * wall
    radius = (3 * middle / (4 * np.pi)) ** (1 / 3)
    squared = (middle / (rest + 0.5 * wall)) ** (2 / 3)
    cauchy = squared * passive_stress(squared, *LAW) / 2  # two tangential directions share the stress
    thickness = wall / (4 * np.pi * radius**2)
    assert passive_pressure(volume, wall, rest, *LAW) == pytest.approx(2 * cauchy * thickness / radius, rel=1e-9)


def test_midwall_pressure_approaches_the_thick_sphere_quadratically_in_the_wall() -> None:
    """Exact for an incompressible sphere: p = integral of W'(l) / (l^3 - 1) from the outer to the inner stretch."""
    law, rest, volume = (2.2 * kPa, 0.5, 2.2 * kPa, 0.5), 100 * mL, 150 * mL

    def slope(stretch: float) -> float:
        return 2 * stretch * passive_stress(stretch**2, *law) / 2

    errors, walls = [], np.array([20.0, 40.0, 80.0]) * mL
    for wall in walls:
        inner, outer = (volume / rest) ** (1 / 3), ((volume + wall) / (rest + wall)) ** (1 / 3)
        exact = quad(lambda stretch: slope(stretch) / (stretch**3 - 1), outer, inner, epsabs=1e-13)[0]
        errors.append(abs(passive_pressure(volume, wall, rest, *law) / exact - 1))
    assert errors[0] < 0.02
    assert np.polyfit(np.log(walls / volume), np.log(errors), 1)[0] == pytest.approx(2.0, abs=0.4)


def test_power_of_the_pressure_is_power_of_the_stress() -> None:
    """Over a closed cycle the passive wall and the septum's spring return what they took."""
    sphere, period = SphereVentricles(), 900 * ms
    half = np.array([[20.0], [25.0]]) * mL
    phase = 2 * np.pi / period

    def volumes(t: Any) -> Array:
        return np.asarray(np.array(START_VOLUMES)[:, None] - half * (1 - np.cos(phase * np.atleast_1d(t))))

    def change(t: float, state: Array) -> Array:
        derivative, out = np.zeros(7), np.zeros(7)
        sphere.pressure(t % period, volumes(t)[:, 0], state, sphere.memory(), sphere.parameters(), derivative, out)
        return np.append(derivative, 0.0)[:7]

    times = np.linspace(3 * period, 4 * period, 9001)
    run = solve_ivp(change, (0, 4 * period), sphere.initial_state(), "LSODA", times, rtol=1e-9, atol=1e-9, max_step=2)
    told, slopes = np.zeros((7, times.size)), np.zeros((7, times.size))
    for i, t in enumerate(times):
        out, derivative, state = np.zeros(7), np.zeros(7), run.y[:, i].copy()
        sphere.pressure(t % period, volumes(t)[:, 0], state, sphere.memory(), sphere.parameters(), derivative, out)
        told[:, i], slopes[:, i] = out, derivative
    v = volumes(times)
    walls = sphere.left_wall.wall_volume, sphere.right_wall.wall_volume
    external = sum(float(np.trapezoid(told[side], v[side])) for side in (0, 1))
    stress = sum(wall * float(np.trapezoid(told[3 + 2 * i], told[2 + 2 * i])) for i, wall in enumerate(walls))
    septum = sphere.septal_viscosity * float(np.trapezoid(slopes[6] ** 2, times))
    assert external < -1e5  # the muscle works on the blood
    assert external == pytest.approx(stress + septum, rel=1e-4)
    # the series spring returns its energy: what the fibre does is what the sarcomere does
    sarcomere = sphere.left_sarcomere
    bridges = float(np.trapezoid((run.y[2] + sarcomere.viscosity * slopes[0]) * slopes[0], times))
    assert float(np.trapezoid(told[3], told[2])) == pytest.approx(bridges, rel=1e-3)


def test_held_sarcomere_reaches_its_closed_form_tension() -> None:
    """At constant activation and strain tau = n0 sigma0 and k = n0 k0, whatever the rate."""
    sarcomere, strain, u = BestelSarcomere(), 0.2, 0.02
    numbers = np.array([known.value for known in sarcomere.table()])

    def change(_: float, state: Array) -> Array:
        derivative = np.zeros(3)
        fibre_stress(strain, u, state, numbers, derivative)
        return derivative

    state = solve_ivp(change, (0, 3000), [strain, 0, 0], "LSODA", rtol=1e-10, atol=1e-10).y[:, -1]
    share = overlap(state[0], sarcomere.best_strain, sarcomere.strain_width)
    assert state[2] == pytest.approx(share * sarcomere.contractility, rel=1e-6)
    assert state[1] == pytest.approx(share * sarcomere.bridge_stiffness, rel=1e-6)
    spring = fibre_stress(strain, u, state, numbers, np.zeros(3))
    assert spring * (1 + 2 * strain) / (1 + 2 * state[0]) == pytest.approx(state[2], rel=1e-6)


def test_activation_goes_from_detachment_to_attachment_and_back() -> None:
    rates = [activation(t, 20.0, 280.0, 0.012, 0.03) for t in (-100.0, 160.0, 600.0)]
    assert rates == pytest.approx([-0.03, 0.012, -0.03], abs=1e-6)


def test_overlap_grows_up_to_the_best_strain() -> None:
    shares = [overlap(strain, 0.5, 0.65) for strain in (-0.3, 0.0, 0.3, 0.5, 0.7)]
    assert shares[0] == 0.0
    assert shares[0] < shares[1] < shares[2] < shares[3] == shares[4] == 1.0
