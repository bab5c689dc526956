"""Ventricles of patches: names, parameters, refusals, what the law writes."""

import dataclasses

import numpy as np
import pytest

from marey.core.errors import InvalidInput
from marey.core.mesh import FloatArray
from marey.core.signal import Signal
from marey.core.units import g, mL
from marey.simulate.mechanics._kernels_triseg import COLUMNS, HEADER, SARCOMERE, patch_forces
from marey.simulate.mechanics.patches import Patch, PatchedVentricles, Wall, healthy_patches
from marey.simulate.mechanics.segment_curves import (
    SegmentCurves,
    dyssynchrony,
    engineering_strain,
    segment_curves,
    septal_flash,
    septal_position,
    work_density,
)
from marey.simulate.mechanics.triseg import reference_shape

HEALTHY = PatchedVentricles()
ENDDIASTOLE = np.array([130 * mL, 140 * mL])


def evaluate(ventricles: PatchedVentricles, t: float, volumes: FloatArray) -> tuple[FloatArray, FloatArray]:
    state, out = ventricles.initial_state(), np.empty(2 + len(ventricles.names))
    rates = np.empty_like(state)
    ventricles.pressure(t, volumes, state, ventricles.memory(), ventricles.parameters(), rates, out)
    return out, rates


def test_patches_are_the_seventeen_segments_and_the_right_free_wall() -> None:
    patches = healthy_patches()
    assert [k + 1 for k, patch in enumerate(patches) if patch.wall is Wall.SEPTUM] == [2, 3, 8, 9, 14]
    assert [patch.name for patch in patches[17:]] == ["right basal", "right mid", "right apical"]
    assert patches[16].name == "apex"
    assert patches[16].wall is Wall.LEFT


def test_outputs_have_the_names_they_say() -> None:
    out, _ = evaluate(HEALTHY, 0.0, ENDDIASTOLE)
    found = dict(zip(HEALTHY.names, out[2:], strict=True))
    areas = sum(found[f"area {patch.name}"] for patch in HEALTHY.patches if patch.wall is Wall.SEPTUM)
    radius, curvature = found["circle radius"], found["septal curvature"]
    height = (1 - np.sqrt(1 - (curvature * radius) ** 2)) / curvature
    assert areas == pytest.approx(np.pi * (radius**2 + height**2), rel=1e-9)
    assert np.isfinite(out).all()


def test_wall_volumes_sum_to_the_mass() -> None:
    left = [patch.wall is not Wall.RIGHT for patch in HEALTHY.patches]
    assert HEALTHY.wall_volumes()[left].sum() * 1.05e-3 * 1e3 == pytest.approx(HEALTHY.walls.lv_mass)


def test_at_the_reference_shape_all_strains_are_zero() -> None:
    thick = HEALTHY.with_patches(["apex"], thickness=0.6)
    numbers, law = thick.parameters(), thick.sarcomere.packed()
    rows, curvatures = numbers[HEADER + SARCOMERE :].reshape(-1, COLUMNS), reference_shape(thick.walls).curvatures
    for u, row in zip(thick.memory()[2:22], rows, strict=True):
        assert patch_forces(u, curvatures[int(row[0])], row, 1.96, 0.0, law)[7] == pytest.approx(0.0, abs=1e-14)


def test_activation_raises_the_contractility_of_its_patch_alone() -> None:
    times = np.full(20, 200.0)
    times[5] = 20.0
    _, rates = evaluate(HEALTHY.activated(times), 120.0, ENDDIASTOLE)
    assert rates[20 + 5] > 1e-3
    assert np.delete(rates[20:], 5).max() == 0.0


def test_activation_before_the_r_wave_wraps_round_the_cycle() -> None:
    early = HEALTHY.activated(np.full(20, -50.0))
    late = HEALTHY.activated(np.full(20, 50.0))
    before = evaluate(early, 0.0, ENDDIASTOLE)[1]
    assert before == pytest.approx(evaluate(late, 100.0, ENDDIASTOLE)[1], rel=1e-12)
    assert before == pytest.approx(evaluate(early, early.cycle_length, ENDDIASTOLE)[1], rel=1e-9)


def test_changes_of_patches_are_made_by_name() -> None:
    scar = HEALTHY.with_patches(["apex", "mid anterior"], contractility=0.0, stiffness=5.0)
    assert [patch.name for patch in scar.patches if patch.contractility == 0.0] == ["mid anterior", "apex"]
    with pytest.raises(InvalidInput, match="no patch 'apx'"):
        HEALTHY.with_patches(["apx"], contractility=0.0)
    with pytest.raises(InvalidInput, match="'contractility' is -1"):
        HEALTHY.with_patches(["apex"], contractility=-1.0)
    with pytest.raises(InvalidInput, match="no parameter 'colour'"):
        HEALTHY.with_patches(["apex"], colour=1.0)


def test_impossible_ventricles_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no patch in the wall 'septum'"):
        PatchedVentricles(patches=tuple(patch for patch in healthy_patches() if patch.wall is not Wall.SEPTUM))
    with pytest.raises(InvalidInput, match="share a name"):
        PatchedVentricles(patches=(*healthy_patches(), Patch("apex", Wall.LEFT)))
    with pytest.raises(InvalidInput, match="3 activation times for 20 patches"):
        HEALTHY.activated(np.zeros(3))
    with pytest.raises(InvalidInput, match=r"'apex' is .* times as thick"):
        HEALTHY.with_patches(["apex"], thickness=10.0)
    with pytest.raises(InvalidInput, match="thinner than the radius"):
        HEALTHY.but({"walls.lv_mass": 600 * g, "walls.lv_reference_volume": 15 * mL})
    with pytest.raises(InvalidInput, match="'cycle_length'"):
        PatchedVentricles(cycle_length=65.0)


def test_at_a_higher_rate_twitches_are_shorter() -> None:
    fast = HEALTHY.paced(HEALTHY.cycle_length / 2.25)
    assert fast.cycle_length == HEALTHY.cycle_length / 2.25
    assert fast.sarcomere.contraction_time == pytest.approx(HEALTHY.sarcomere.contraction_time / 1.5)


@pytest.mark.parametrize(
    ("t", "volumes"), [(2000.0, ENDDIASTOLE), (0.0, np.array([np.nan, 1e5])), (0.0, np.array([-90 * mL, 1e5]))]
)
def test_without_a_solution_the_law_writes_no_number(t: float, volumes: FloatArray) -> None:
    out, rates = evaluate(HEALTHY, t, volumes)
    assert np.isnan(out).all()
    assert np.isnan(rates).all()


def test_a_bad_warm_start_is_recovered_from() -> None:
    good, _ = evaluate(HEALTHY, 0.0, ENDDIASTOLE)
    memory, state = HEALTHY.memory(), HEALTHY.initial_state()
    memory[:22] = np.nan
    out = np.empty_like(good)
    HEALTHY.pressure(0.0, ENDDIASTOLE, state, memory, HEALTHY.parameters(), np.empty_like(state), out)
    assert out == pytest.approx(good, rel=1e-9)


def curves(strain: FloatArray, stress: FloatArray, walls: tuple[Wall, ...]) -> SegmentCurves:
    times = np.linspace(0.0, 900.0, strain.shape[1])
    flat = np.zeros_like(times)
    return SegmentCurves(tuple("abc"), walls, times, strain, stress, strain, np.ones(3), flat, flat)


def test_work_is_the_area_of_the_loop() -> None:
    angle = np.linspace(0, 2 * np.pi, 2001)
    strain = np.array([0.1 * np.cos(angle), 0.1 * np.cos(angle), 0.2 * np.ones_like(angle)])
    stress = np.array([10 + 10 * np.sin(angle), 10 - 10 * np.sin(angle), 5 + angle])
    made = curves(strain, stress, (Wall.LEFT, Wall.SEPTUM, Wall.RIGHT))
    assert work_density(made) == pytest.approx([np.pi, -np.pi, 0.0], rel=1e-5)
    assert engineering_strain(made)[0].min() == pytest.approx(np.exp(-0.2) - 1)
    assert dyssynchrony(made).lateral_minus_septal == pytest.approx(2 * np.pi, rel=1e-5)


def test_flash_is_the_move_to_the_left_and_the_rebound_in_systole() -> None:
    t = np.linspace(0.0, 900.0, 901)
    septum = np.log1p(np.interp(t, [0, 60, 200, 350, 600, 900], [0, -0.06, -0.02, -0.10, 0.0, 0.0]))
    made = curves(np.array([septum, septum, 0 * t]), np.ones((3, 901)), (Wall.SEPTUM, Wall.SEPTUM, Wall.LEFT))
    height = np.interp(t, [0, 100, 200, 900], [9.0, 4.0, 10.0, 1.0])
    made = dataclasses.replace(made, septal_curvature=2 * height / (height**2 + 900), circle_radius=30 + 0 * t)
    assert septal_position(made) == pytest.approx(height)
    flash = septal_flash(made, end_systole=360.0)
    assert (flash.excursion, flash.time, flash.rebound) == pytest.approx((5.0, 100.0, 0.04))
    for wrong in (-5.0, 900.0):
        with pytest.raises(InvalidInput, match="end of systole"):
            septal_flash(made, end_systole=wrong)


def test_segments_that_move_alike_are_synchronous() -> None:
    angle = np.linspace(0, 2 * np.pi, 901)
    one = -0.1 * (1 - np.cos(angle))
    walls = (Wall.LEFT, Wall.SEPTUM, Wall.RIGHT)
    together = dyssynchrony(curves(np.array([one, one, one]), np.ones((3, 901)) + one, walls))
    assert (together.onset_spread, together.peak_spread, together.uniformity) == pytest.approx((0.0, 0.0, 1.0))
    apart = dyssynchrony(curves(np.array([one, np.roll(one, 200), one]), np.ones((3, 901)) + one, walls))
    assert apart.uniformity < 0.9
    assert apart.peak_spread > 50.0


def test_curves_of_other_ventricles_are_refused() -> None:
    values = np.zeros((62, 3))
    beat = Signal(values, np.arange(3.0), HEALTHY.names, "1")
    assert segment_curves(HEALTHY, beat).strain.shape == (20, 3)
    other = dataclasses.replace(HEALTHY, patches=(*HEALTHY.patches, Patch("outflow", Wall.RIGHT)))
    with pytest.raises(InvalidInput, match="21 patches"):
        segment_curves(other, beat)
