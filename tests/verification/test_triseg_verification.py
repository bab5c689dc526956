"""TriSeg against closed forms, its own energy, and the physiology it was made for; derivations in triseg.md."""

import dataclasses
import math
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq

from marey.core.mesh import FloatArray
from marey.core.units import g, litre, mL, mmHg
from marey.simulate.circulation import Circulation, Haemodynamics, Loop, haemodynamics, periodic
from marey.simulate.mechanics._kernels_triseg import patch_forces
from marey.simulate.mechanics.patches import Patch, PatchedVentricles, Wall
from marey.simulate.mechanics.sarcomere_lumens import fibre_stress
from marey.simulate.mechanics.segment_curves import (
    SegmentCurves,
    dyssynchrony,
    engineering_strain,
    segment_curves,
    septal_flash,
    work_density,
)
from marey.simulate.mechanics.triseg import WallGeometry, cap, reference_shape, thickness_strain

HEALTHY = PatchedVentricles()
PLAIN = PatchedVentricles(
    patches=tuple(Patch(wall.name, wall, contractility=0.7 if wall is Wall.RIGHT else 1.0) for wall in Wall)
)
LAD = ["basal anterior", "mid anterior", "mid anteroseptal", "apical anterior", "apical septal", "apex"]
STEP = 1.0


def bundle_block() -> PatchedVentricles:
    """Left bundle branch block: right ventricle, septum, anterior and inferior wall, then the lateral wall."""

    def time(patch: Patch) -> float:
        if patch.wall is Wall.RIGHT:
            return 15.0
        return 30.0 if patch.wall is Wall.SEPTUM else 110.0 if "lateral" in patch.name else 80.0

    return HEALTHY.activated(np.array([time(patch) for patch in HEALTHY.patches]))


HEARTS = {
    "healthy": HEALTHY,
    "LBBB": bundle_block(),
    "infarct": HEALTHY.with_patches(LAD, contractility=0.0, stiffness=20.0),
}


@cache
def beat(name: str, step: float = STEP) -> Loop:
    return periodic(Circulation(), HEARTS[name], step=step)


def numbers(name: str) -> tuple[Haemodynamics, SegmentCurves]:
    loop = beat(name)
    return haemodynamics(loop), segment_curves(HEARTS[name], loop.ventricular)


def closure(name: str) -> float:
    """When the aortic valve closes, ms."""
    flow = beat(name).flows["aortic"]
    return float(beat(name).times[flow > 0.02 * flow.max()][-1])


def evaluate(
    ventricles: PatchedVentricles, volumes: FloatArray, level: float = 0.0, length: float = 1.9
) -> tuple[FloatArray, FloatArray]:
    """Outputs and shape (V_s, y, ...) for contractile elements of one length and contractility."""
    n = len(ventricles.patches)
    state = np.concatenate([np.full(n, length), np.full(n, level)])
    out, memory = np.empty(2 + len(ventricles.names)), ventricles.memory()
    ventricles.pressure(0.0, volumes, state, memory, ventricles.parameters(), np.empty(2 * n), out)
    return out, memory[: 2 + n]


def pump_power_gap(ventricles: PatchedVentricles, volumes: FloatArray, change: FloatArray, level: float) -> float:
    """Work of the fibres less that of the pump over a small change of volume, relative to the fibres'."""
    n = len(ventricles.patches)
    before, after = (evaluate(ventricles, volumes + sign * change, level)[0] for sign in (-1, 1))
    middle = evaluate(ventricles, volumes, level)[0]
    fibres = ventricles.wall_volumes() @ (middle[2 + n : 2 + 2 * n] * (after[2 : 2 + n] - before[2 : 2 + n]))
    return float(middle[:2] @ (2 * change) / fibres - 1)


def test_a_closed_sphere_has_the_pressure_of_the_thick_walled_sphere() -> None:
    radius, wall, law = 30.0, 95e3, HEALTHY.sarcomere.packed()
    area, curvature = 4 * math.pi * radius**2, 1 / radius
    row = np.array([0.0, area, wall, 0.0, 1.0, 1.0])
    _, tension, *_, moment, _, _, strain, stress = patch_forces(0.0, curvature, row, 1.9, 0.7, law)
    pressure = (tension * 8 * math.pi * radius - moment / radius**2) / (4 * math.pi * radius**2)
    cavity = 4 / 3 * math.pi * radius**3 - wall / 2
    assert pressure == pytest.approx(stress / 3 * math.log(1 + wall / cavity), rel=1e-12)
    inner, outer = cavity, cavity + wall  # mean of ln r over the wall, from the antiderivative of ln v
    mean = (outer * math.log(outer) - inner * math.log(inner) - wall) / wall / 3
    assert strain == pytest.approx(mean - math.log(4 / 3 * math.pi * radius**3) / 3, rel=1e-10)


def test_two_equal_ventricles_have_a_flat_septum_and_equal_pressures() -> None:
    def walls(rv: float) -> WallGeometry:
        return WallGeometry(rv_mass=(1 - 5 / 17) * 100 * g, rv_reference_volume=rv)

    def gap(rv: float) -> float:
        areas = reference_shape(walls(rv)).areas
        return areas[2] - areas[0]

    rv = float(brentq(gap, 20 * mL, 90 * mL, xtol=1e-9))
    twins = dataclasses.replace(PLAIN.with_patches(["RIGHT"], contractility=1.0), walls=walls(rv))
    out, shape = evaluate(twins, np.array([90 * mL, 90 * mL]), 0.8)
    assert out[0] == pytest.approx(out[1], rel=1e-9)
    assert out[-2] == pytest.approx(0.0, abs=1e-9)
    assert shape[0] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("ventricles", [PLAIN, HEALTHY, HEARTS["infarct"]], ids=["plain", "healthy", "infarct"])
@pytest.mark.parametrize(("level", "lv"), [(0.0, 130.0), (1.2, 90.0), (1.2, 60.0)])
def test_fibres_do_the_work_that_the_pump_receives(ventricles: PatchedVentricles, level: float, lv: float) -> None:
    volumes = np.array([lv * mL, lv * mL])
    for change in (np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([1.0, -2.0])):
        gaps = [abs(pump_power_gap(ventricles, volumes, scale * mL * change, level)) for scale in (0.08, 0.02)]
        assert gaps[1] < 2e-5
        assert gaps[1] < gaps[0] / 8 or gaps[1] < 1e-6  # second order in the change: only the difference quotient


def test_the_tensions_balance_at_the_circle() -> None:
    """Residual of virtual work to y and V_s, from the geometry alone, for one patch per wall."""
    volumes = np.array([120 * mL, 110 * mL])
    out, (septal, y, *_) = evaluate(PLAIN, volumes, 1.0)
    w = np.array(reference_shape(PLAIN.walls).volumes)
    rows = PLAIN.parameters()[18:].reshape(3, 6)

    def strains(septal: float, y: float) -> FloatArray:
        caps = (septal - volumes[0] - (w[0] + w[1]) / 2, septal, septal + volumes[1] + (w[2] + w[1]) / 2)
        shapes = [cap(volume, y) for volume in caps]
        return np.array([
            math.log(area / row[1]) / 2 + thickness_strain(1.5 * curvature * row[2] / area)[0]
            for (_, area, curvature), row in zip(shapes, rows, strict=True)
        ])  # fmt: skip

    assert out[2:5] == pytest.approx(strains(septal, y), rel=1e-9)
    for step in (np.array([20.0, 0.0]), np.array([0.0, 0.02])):
        work = w * out[5:8] * (strains(*(septal + step[0], y + step[1])) - strains(septal - step[0], y - step[1]))
        assert abs(work.sum()) < 1e-6 * np.abs(work).sum()


def test_the_published_series_gives_pressures_within_one_percent() -> None:
    """Lumens's tension, T_m = W stress/(2 A) (1 + z^2/3 + z^4/5), and pressure 2 T_x/y at the strain we find."""
    for volumes, level in ((np.array([130 * mL, 130 * mL]), 0.0), (np.array([60 * mL, 55 * mL]), 1.0)):
        out, (septal, y, *_) = evaluate(PLAIN, volumes, level, 1.75)
        w = reference_shape(PLAIN.walls).volumes
        x, area, curvature = cap(septal - volumes[0] - (w[0] + w[1]) / 2, y)
        z = 1.5 * curvature * w[0] / area
        published = -w[0] * out[5] / (2 * area) * (1 + z**2 / 3 + z**4 / 5) * 4 * x / (x * x + y * y)
        assert out[0] == pytest.approx(published, rel=0.01)


def test_a_wall_cut_into_equal_patches_is_the_same_wall() -> None:
    cut = tuple(
        dataclasses.replace(patch, name=f"{patch.name} {k}", area=area, thickness=1.0)
        for patch in PLAIN.patches
        for k, area in enumerate((1.0, 1.0, 1.0, 1.0))
    )
    pieces = dataclasses.replace(PLAIN, patches=cut)
    unequal = dataclasses.replace(PLAIN, patches=tuple(patch.but(area=1.0 + k % 4) for k, patch in enumerate(cut)))
    for volumes, level in ((np.array([130 * mL, 130 * mL]), 0.0), (np.array([70 * mL, 60 * mL]), 1.2)):
        one, shape = evaluate(PLAIN, volumes, level)
        for other in (pieces, unequal, HEALTHY):
            many, other_shape = evaluate(other, volumes, level)
            assert many[:2] == pytest.approx(one[:2], rel=1e-9)
            assert other_shape[:2] == pytest.approx(shape[:2], rel=1e-9)


def test_right_ventricular_pressure_flattens_and_inverts_the_septum() -> None:
    """The septum bulges away from the higher pressure: its cap carries just the pressure across it."""
    weak = PLAIN.with_patches(["LEFT", "SEPTUM"], contractility=0.02)
    found = [
        evaluate(weak.with_patches(["RIGHT"], contractility=factor), np.array([90 * mL, 150 * mL]), 1.2)[0]
        for factor in (0.02, 0.3, 1.0, 3.0)
    ]
    across = np.array([out[0] - out[1] for out in found])
    curvature = np.array([out[-2] for out in found])
    assert np.all(np.diff(curvature) < 0)
    assert across[0] > 0 > across[-1]
    assert np.array_equal(np.sign(curvature), np.sign(across))


def test_the_healthy_beat_is_that_of_a_resting_adult() -> None:
    found, curves = numbers("healthy")
    assert 120 < found.edv / mL < 170
    assert 0.55 < found.ef < 0.65
    assert 110 < found.lv_peak_pressure / mmHg < 135
    assert 4 < found.lv_end_diastolic_pressure / mmHg < 12
    assert 20 < found.rv_peak_pressure / mmHg < 30
    assert 1000 < found.dpdt_max / (mmHg / 1000) < 2500
    shortening = engineering_strain(curves).min(axis=1)
    assert (shortening > -0.24).all()
    assert (shortening[:17] < -0.15).all()


def test_over_a_beat_fibre_work_is_stroke_work() -> None:
    gaps = []
    for step in (1.0, 0.5):
        loop = beat("LBBB", step)
        curves = segment_curves(HEARTS["LBBB"], loop.ventricular)
        out = loop.pressures
        around = out["left ventricle"] - transmural(loop)
        fibres = work_density(curves) @ curves.muscle
        pump = sum(
            -np.trapezoid(out[name] - around, loop.volumes[name]) for name in ("left ventricle", "right ventricle")
        )
        gaps.append(abs(fibres / pump - 1))
    assert gaps[1] < 2e-3
    assert gaps[1] < gaps[0] / 2.5  # trapezoidal rule: second order


def transmural(loop: Loop) -> FloatArray:
    blood = sum(loop.volumes[name] for name in ("left atrium", "left ventricle", "right atrium", "right ventricle"))
    around = loop.circulation.pericardium
    return np.asarray(
        loop.pressures["left ventricle"] - around.pressure * np.exp((blood - around.volume) / around.stretch)
    )


def test_bundle_branch_block_makes_the_septum_flash_and_the_lateral_wall_work() -> None:
    healthy, synchronous = numbers("healthy")
    blocked, curves = numbers("LBBB")
    flash = septal_flash(curves, closure("LBBB"))
    assert flash.excursion > 3.0
    assert 80 < flash.time < 180  # before ejection
    assert flash.rebound > 0.03
    none = septal_flash(synchronous, closure("healthy"))
    assert none.excursion < 0.7
    assert none.rebound < 0.01
    work, before = dyssynchrony(curves), dyssynchrony(synchronous)
    assert work.lateral_minus_septal > before.lateral_minus_septal + 5.0
    density = work_density(curves)
    assert density[curves.of(Wall.SEPTUM)].max() < 2.0
    assert density[[4, 5]].min() > work_density(synchronous)[[4, 5]].max()
    assert work.wasted_work > 3 * before.wasted_work
    assert work.uniformity < before.uniformity - 0.05
    assert blocked.dpdt_max < healthy.dpdt_max
    assert blocked.ef < healthy.ef


def test_an_infarct_stops_its_territory_and_lowers_the_ejection_fraction() -> None:
    healthy, _ = numbers("healthy")
    infarct, curves = numbers("infarct")
    scar = np.array([name in LAD for name in curves.names])
    assert infarct.ef < healthy.ef - 0.04
    assert infarct.lv_end_diastolic_pressure > healthy.lv_end_diastolic_pressure
    assert np.abs(work_density(curves)[scar]).max() < 0.1  # elastic: it gives back what it stored
    strain = engineering_strain(curves)
    assert strain[scar].min() > -0.05
    assert 0 < strain[scar].max() < 0.13  # stretched by the others
    assert (engineering_strain(curves)[:17][~scar[:17]].min(axis=1) < -0.12).all()


def test_more_blood_gives_more_stroke_volume() -> None:
    strokes = [
        haemodynamics(periodic(Circulation(blood_volume=volume * litre), HEALTHY, step=STEP)).stroke_volume
        for volume in (4.8, 5.0, 5.2)
    ]
    assert np.all(np.diff(strokes) > 1 * mL)


def test_pulmonary_hypertension_flattens_the_septum_in_systole() -> None:
    high = Circulation()
    high = high.but({"pulmonary_arteries.resistance": 6 * high.pulmonary_arteries.resistance})
    loop, reference = periodic(high, HEALTHY, step=STEP), beat("healthy")
    systole = int(loop.volumes["left ventricle"].argmin())
    before = int(reference.volumes["left ventricle"].argmin())
    assert haemodynamics(loop).rv_peak_pressure > 40 * mmHg
    assert loop.ventricular["septal curvature"][systole] < 0.85 * reference.ventricular["septal curvature"][before]


def test_the_beat_does_not_depend_on_the_time_step() -> None:
    coarse, fine = haemodynamics(beat("healthy", 2.0)), haemodynamics(beat("healthy", 1.0))
    assert coarse.ef == pytest.approx(fine.ef, abs=2e-3)
    assert coarse.lv_peak_pressure == pytest.approx(fine.lv_peak_pressure, rel=2e-3)


def test_a_fast_heart_still_fills() -> None:
    fast = Circulation(heart_rate=120 / 60000)
    found = haemodynamics(periodic(fast, HEALTHY.paced(fast.period), step=STEP))
    assert 0.35 < found.ef < 0.7


def test_stress_of_a_stiff_scar_is_that_of_its_factor() -> None:
    law = HEALTHY.sarcomere.packed()
    soft, stiff = (fibre_stress(0.1, 1.9, 0.5, 0.0, factor, law) for factor in (1.0, 5.0))
    assert stiff == pytest.approx((5 * soft[0], 5 * soft[1]))
