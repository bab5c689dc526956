"""Geometry of three caps over one circle, and the sarcomere."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from marey.core.errors import InvalidInput
from marey.core.mesh import FloatArray
from marey.core.units import g, mL
from marey.simulate.mechanics.sarcomere_lumens import SarcomereLumens, fibre_stress, passive_stress, sarcomere_rates
from marey.simulate.mechanics.triseg import (
    WallGeometry,
    cap,
    cap_derivatives,
    cap_height,
    reference_shape,
    thickness_strain,
)

CAPS = [(40e3, 25.0), (-120e3, 28.0), (5e2, 28.0), (0.0, 30.0)]
LAW = SarcomereLumens()


@pytest.mark.parametrize(("volume", "y"), CAPS)
def test_a_cap_has_its_volume_area_and_curvature(volume: float, y: float) -> None:
    x, area, curvature = cap(volume, y)
    assert math.pi / 6 * x * (x * x + 3 * y * y) == pytest.approx(volume, rel=1e-12, abs=1e-9)
    assert area == pytest.approx(math.pi * (x * x + y * y))
    if volume:
        radius = 1 / abs(curvature)
        assert radius**2 == pytest.approx(y * y + (radius - abs(x)) ** 2)  # Pythagoras below the cap
        assert math.copysign(1, curvature) == math.copysign(1, volume)


def test_two_caps_over_one_circle_make_the_sphere() -> None:
    x = 12.0
    radius = (x * x + 20.0**2) / (2 * x)
    upper, lower = math.pi / 6 * x * (x * x + 3 * 400), 4 / 3 * math.pi * radius**3
    small, large = cap(upper, 20.0), cap(upper - lower, 20.0)
    assert small[1] + large[1] == pytest.approx(4 * math.pi * radius**2)
    assert small[2] == pytest.approx(-large[2])


@pytest.mark.parametrize(("volume", "y"), CAPS)
def test_derivatives_of_a_cap_are_those_of_its_area_and_curvature(volume: float, y: float) -> None:
    def slopes(volume: float, y: float) -> FloatArray:
        x, _, curvature = cap(volume, y)
        a_y, c_v, c_y, *_ = cap_derivatives(x, y)
        return np.array([2 * curvature, a_y, c_v, c_y])

    def change(of: Callable[[float, float], Any], dv: float, dy: float) -> FloatArray:
        return np.asarray((np.array(of(volume + dv, y + dy)) - np.array(of(volume - dv, y - dy))) / (2 * (dv + dy)))

    a_y, c_v, c_y, a_yy, c_vv, c_vy, c_yy = cap_derivatives(cap_height(volume, y), y)
    _, a_v_fd, c_v_fd = change(cap, 1.0, 0.0)
    _, a_y_fd, c_y_fd = change(cap, 0.0, 1e-3)
    assert [a_v_fd, a_y_fd] == pytest.approx([2 * cap(volume, y)[2], a_y], rel=1e-6, abs=1e-9)
    assert [c_v_fd, c_y_fd] == pytest.approx([c_v, c_y], rel=1e-6, abs=1e-14)
    assert change(slopes, 1.0, 0.0) == pytest.approx([2 * c_v, 2 * c_y, c_vv, c_vy], rel=1e-5, abs=1e-13)
    assert change(slopes, 0.0, 1e-3) == pytest.approx([2 * c_y, a_yy, c_vy, c_yy], rel=1e-5, abs=1e-10)


@pytest.mark.parametrize("z", [1e-4, 0.1, 0.1499, 0.1501, 0.4, 0.9])
def test_strain_of_thickness_is_the_mean_over_the_wall(z: float) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(60)
    mean = weights @ np.log1p(z * nodes) / 6  # a third of the mean of ln(r^3/r_m^3), which is uniform in volume
    first = weights @ (nodes / (1 + z * nodes)) / 6
    second = -weights @ (nodes**2 / (1 + z * nodes) ** 2) / 6
    assert thickness_strain(z) == pytest.approx((mean, first, second), rel=1e-9, abs=1e-14)
    assert thickness_strain(-z)[0] == thickness_strain(z)[0]


def test_beyond_the_sphere_the_strain_goes_on_smoothly_then_ends() -> None:
    below, above = np.array(thickness_strain(0.9 - 1e-9)), np.array(thickness_strain(0.9 + 1e-9))
    assert above == pytest.approx(below, rel=1e-7)
    value, first, _ = (np.array([thickness_strain(1.1 + h)[k] for h in (-1e-5, 0.0, 1e-5)]) for k in range(3))
    assert (value[2] - value[0]) / 2e-5 == pytest.approx(first[1], rel=1e-8)
    assert math.isnan(thickness_strain(1.6)[0])
    assert math.isnan(thickness_strain(math.nan)[0])


def test_the_reference_shape_holds_the_reference_volumes() -> None:
    walls = WallGeometry()
    shape = reference_shape(walls)
    left = cap(
        shape.septal_volume - walls.lv_reference_volume - (shape.volumes[0] + shape.volumes[1]) / 2, shape.circle_radius
    )
    right = cap(
        shape.septal_volume + walls.rv_reference_volume + (shape.volumes[2] + shape.volumes[1]) / 2, shape.circle_radius
    )
    assert left[1:] == pytest.approx((shape.areas[0], shape.curvatures[0]))
    assert right[1:] == pytest.approx((shape.areas[2], shape.curvatures[2]))
    assert shape.areas[1] / (shape.areas[0] + shape.areas[1]) == pytest.approx(walls.septal_fraction)
    assert shape.curvatures[1] == pytest.approx(-shape.curvatures[0])


def test_walls_too_thick_for_their_cavity_are_refused() -> None:
    with pytest.raises(InvalidInput, match="thinner than the radius"):
        reference_shape(WallGeometry(lv_mass=600 * g, lv_reference_volume=15 * mL))


def test_stress_is_the_derivative_that_it_says() -> None:
    for strain in (-0.1, 0.0, 0.12):
        h = 1e-6
        args = (2.0, 0.7, 0.8, 1.5, LAW.packed())
        slope = (fibre_stress(strain + h, *args)[0] - fibre_stress(strain - h, *args)[0]) / (2 * h)
        assert fibre_stress(strain, *args)[1] == pytest.approx(slope, rel=1e-7)


def test_muscle_at_its_slack_length_and_inactive_bears_no_stress() -> None:
    slack = math.log(LAW.passive_slack_length / LAW.reference_length)
    assert passive_stress(slack, 1.0, LAW.packed())[0] == pytest.approx(0, abs=1e-12)
    resting = LAW.passive_slack_length - LAW.series_length
    assert fibre_stress(slack, resting, 0.0, 1.0, 1.0, LAW.packed())[0] == pytest.approx(0, abs=1e-10)


def test_isometric_stress_is_the_published_product() -> None:
    length = LAW.reference_length - LAW.series_length
    active = fibre_stress(0.0, length, 0.8, 1.0, 1.0, LAW.packed())[0] - passive_stress(0.0, 1.0, LAW.packed())[0]
    assert active == pytest.approx(LAW.active_stress * 0.8 * (length - LAW.contractile_slack_length))
    assert sarcomere_rates(0.0, length, 0.8, 100.0, LAW.packed())[0] == pytest.approx(0, abs=1e-12)


def test_unloaded_shortening_has_the_greatest_velocity() -> None:
    assert sarcomere_rates(0.0, LAW.reference_length, 1.0, 100.0, LAW.packed())[0] == -LAW.shortening_velocity


def test_a_twitch_rises_after_activation_and_is_over_within_the_cycle() -> None:
    level, levels = 0.0, []
    for t in range(900):
        level += sarcomere_rates(0.0, 1.96, level, float(t), LAW.packed())[1]
        levels.append(level)
    assert levels[0] == 0.0
    assert 150 < int(np.argmax(levels)) < 350
    assert max(levels) > 1.0
    assert levels[-1] < 1e-3
