"""Physiology as laws: what the closed loop does when one thing changes."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from marey.core.units import litre, minute, mL, mmHg, s
from marey.simulate.circulation import Circulation, Haemodynamics, Loop, haemodynamics, periodic
from marey.simulate.mechanics import ElastanceVentricles, SphereVentricles, Ventricles

MODELS: dict[str, Ventricles] = {"elastance": ElastanceVentricles(), "sphere": SphereVentricles()}
WOOD = mmHg * s / mL


@cache
def beat(model: str, *changes: tuple[str, Any]) -> Loop:
    return periodic(Circulation().but(dict(changes)), MODELS[model])


def read(model: str, *changes: tuple[str, Any]) -> Haemodynamics:
    return haemodynamics(beat(model, *changes))


@pytest.fixture(params=list(MODELS))
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_defaults_are_a_healthy_adult(model: str) -> None:
    found = read(model)
    assert 120 * mL < found.edv < 170 * mL
    assert 0.55 < found.ef < 0.65
    assert 110 * mmHg < found.systolic_pressure < 130 * mmHg
    assert 70 * mmHg < found.diastolic_pressure < 85 * mmHg
    assert 4 * mmHg < found.lv_end_diastolic_pressure < 12 * mmHg
    assert 10 * mmHg < found.mean_pulmonary_pressure < 20 * mmHg
    assert 4 < found.cardiac_output / (litre / minute) < 8
    assert 15 * mmHg < found.rv_peak_pressure < 35 * mmHg
    assert 800 < found.dpdt_max / (mmHg / s) < 2500
    assert max(found.aortic_regurgitation, found.mitral_regurgitation) < 0.01


def test_afterload_raises_end_systolic_volume_and_lowers_stroke_volume(model: str) -> None:
    before, after = read(model), read(model, ("systemic_arteries.resistance", 1.6 * WOOD))
    assert after.esv > 1.05 * before.esv
    assert after.stroke_volume < 0.95 * before.stroke_volume
    assert after.systolic_pressure > before.systolic_pressure


def test_preload_raises_stroke_volume(model: str) -> None:
    strokes = [read(model, ("blood_volume", volume * litre)).stroke_volume for volume in (4.7, 5.0, 5.4)]
    assert strokes[1] > 1.05 * strokes[0]
    assert strokes[2] > 1.05 * strokes[1]


@pytest.mark.parametrize("area", [1.0, 0.7, 0.5])
def test_aortic_stenosis_follows_bernoulli(model: str, area: float) -> None:
    loop = beat(model, ("aortic.area", area * 100.0))
    found, flow = haemodynamics(loop), loop.flows["aortic"]
    ejecting = flow > 0.02 * flow.max()
    expected = (0.5 * 1.06 * (flow[ejecting] / (area * 100.0)) ** 2).mean()
    assert found.aortic_gradient == pytest.approx(expected, rel=0.05)
    assert found.aortic_gradient > 2 * read(model).aortic_gradient


def test_gorlin_area_of_a_severe_stenosis(model: str) -> None:
    loop = beat(model, ("aortic.area", 80.0))
    flow, drop = loop.flows["aortic"], loop.pressures["left ventricle"] - loop.pressures["systemic arteries"]
    ejecting = flow > 0.02 * flow.max()
    gradient, rate = drop[ejecting].mean() / mmHg, flow[ejecting].mean() / (mL / s)
    gorlin = rate / (51.6 * np.sqrt(gradient))  # cm2, cm/s per root mmHg: sqrt(2 mmHg / density), no contraction
    assert 0.87 * 0.8 < gorlin < 0.8  # below the true area (Jensen): mean flow over root of mean gradient


def test_mitral_regurgitation_grows_with_its_orifice(model: str) -> None:
    fractions = [read(model, ("mitral.leak_area", area)).mitral_regurgitation for area in (10.0, 20.0, 40.0)]
    assert 0.03 < fractions[0] < fractions[1] < fractions[2] < 0.8
    severe = read(model, ("mitral.leak_area", 40.0))
    assert severe.total_stroke_volume > 1.2 * severe.stroke_volume
    assert severe.edv > read(model).edv
    assert severe.left_atrial_pressure > read(model).left_atrial_pressure


def test_aortic_regurgitation_lowers_diastolic_pressure(model: str) -> None:
    leaky = read(model, ("aortic.leak_area", 30.0))
    assert 0.1 < leaky.aortic_regurgitation < 0.8
    assert leaky.diastolic_pressure < 0.9 * read(model).diastolic_pressure
    assert leaky.edv > read(model).edv


@pytest.mark.parametrize("ventricles", [ElastanceVentricles(), SphereVentricles()])
def test_a_higher_rate_raises_output_and_lowers_stroke_volume(
    ventricles: ElastanceVentricles | SphereVentricles,
) -> None:
    fast = Circulation(heart_rate=100 / minute)
    rest = haemodynamics(periodic(Circulation(), ventricles))
    found = haemodynamics(periodic(fast, ventricles.paced(fast.period)))
    assert found.stroke_volume < rest.stroke_volume
    assert found.cardiac_output > rest.cardiac_output


def test_pulmonary_vascular_resistance_loads_the_right_ventricle(model: str) -> None:
    sick = read(model, ("pulmonary_arteries.resistance", 0.3 * WOOD))
    assert sick.mean_pulmonary_pressure > 20 * mmHg
    assert sick.rv_esv > read(model).rv_esv
    assert sick.rv_peak_pressure > 1.2 * read(model).rv_peak_pressure
    bulge = [
        beat(model, *c).ventricular["septal bulge"].max()
        for c in ((), (("pulmonary_arteries.resistance", 0.3 * WOOD),))
    ]
    assert bulge[1] < bulge[0]


def test_a_tight_pericardium_raises_filling_pressures(model: str) -> None:
    tight = read(model, ("pericardium.pressure", 10 * mmHg))
    assert tight.edv < read(model).edv
    assert tight.right_atrial_pressure > read(model).right_atrial_pressure


def test_a_weak_ventricle_empties_less() -> None:
    weak = periodic(Circulation(), SphereVentricles().but({"left_sarcomere.contractility": 60.0}))
    assert haemodynamics(weak).ef < 0.8 * read("sphere").ef


def test_the_baroreflex_is_off_and_defends_the_pressure_when_on() -> None:
    bleeding = ("blood_volume", 4.6 * litre)
    off, on = beat("elastance", bleeding), beat("elastance", bleeding, ("baroreflex.strength", 1.0))
    assert off.circulation.heart_rate == Circulation().heart_rate
    assert on.circulation.heart_rate > 1.1 * off.circulation.heart_rate
    assert on.circulation.systemic_arteries.resistance > 1.05 * off.circulation.systemic_arteries.resistance
    assert haemodynamics(on).mean_arterial_pressure > 1.1 * haemodynamics(off).mean_arterial_pressure
