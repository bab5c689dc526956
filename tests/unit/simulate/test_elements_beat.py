"""Ventricles of finite elements in the closed loop: periodic, linearised rightly, and the same beat as from patches."""

from functools import cache

import numpy as np
import pytest

from marey.anatomy.ventricles import Resolution, cavity_volume, topology
from marey.core import InvalidInput, NotAnalysable
from marey.core.units import mL, mmHg
from marey.simulate.beat import UNITS, SimulateBeat, elements, step
from marey.simulate.beat.body import Body, body
from marey.simulate.beat.electrics import Activation, activate
from marey.simulate.beat.elements import elastic_body, patch_curves, tissue_of
from marey.simulate.beat.pump import pump
from marey.simulate.circulation import Loop
from marey.simulate.elasticity import Load, PeriodicBeat, Springs, Tissue, equilibrium, filled, periodic_beat
from marey.simulate.elasticity.linearised import linearised
from marey.simulate.heart import Heart

SMALL = Resolution(4, 8, 1, 1, 6, 2)
HEART = Heart()
FILLING = np.array([8.5, 3.5]) * mmHg


@cache
def parts() -> tuple[Body, Activation, Loop]:
    at = body(HEART, SMALL, 2.5)
    active = activate(HEART, at)
    return at, active, pump(HEART, at, active.patches)


@cache
def tissue() -> Tissue:
    at, active, _ = parts()
    return tissue_of(HEART, at, active)


@cache
def found() -> PeriodicBeat:
    at, _, loop = parts()
    return periodic_beat(elastic_body(HEART, at), tissue(), loop, FILLING, steps=48)


def test_the_beat_is_periodic_and_fills_to_the_shape() -> None:
    it, at = found(), parts()[0]
    assert it.change < 0.01
    assert abs(it.strokes[0] - it.strokes[1]) < 0.01 * it.strokes[0]
    np.testing.assert_allclose(it.beat.positions[0], at.mesh.points, atol=0.02)
    np.testing.assert_allclose(it.beat.volumes[-1], it.beat.volumes[0], atol=0.01 * it.strokes[0])
    assert np.abs(it.beat.dilatation - 1).max() < 0.03


def test_the_loop_holds_what_the_cavities_hold() -> None:
    it = found()
    for side, name in enumerate(("left ventricle", "right ventricle")):
        volume = np.interp(it.beat.times, it.loop.times, it.loop.volumes[name])
        assert np.abs(volume - it.beat.volumes[:, side]).max() < 0.02 * it.strokes[0]


def test_a_healthy_heart_ejects_and_presses_as_healthy_hearts_do() -> None:
    it = found()
    left, right = 1 - it.beat.volumes.min(axis=0) / it.beat.volumes[0]
    assert 0.5 < left < 0.68
    assert 0.4 < right < 0.68
    assert 110 * mmHg < it.beat.pressures[:, 0].max() < 160 * mmHg
    assert 18 * mmHg < it.beat.pressures[:, 1].max() < 45 * mmHg


def test_the_linearised_beat_has_the_stiffness_of_the_body() -> None:
    it, period = found(), HEART.circulation.period
    linear = linearised(it.assembly, it.beat, lambda time: tissue().at(time, period))
    moment = 12
    state, law = it.beat.state(moment), tissue().at(it.beat.times[moment], period)
    loads = [filled(it.beat.volumes[moment] + sign * np.array([0.5 * mL, 0])) for sign in (-1, 1)]
    pressures = [
        equilibrium(it.assembly, state, Load(law, chambers=load), state.positions)[0].pressures for load in loads
    ]
    slope = (pressures[1] - pressures[0]) / (1 * mL)
    np.testing.assert_allclose(linear.elastance[moment][:, 0], slope, rtol=0.02, atol=0.02 * slope[0])
    out = np.zeros(2)
    nothing = np.zeros(0)
    linear.pressure(it.beat.times[moment], it.beat.volumes[moment], nothing, nothing, linear.parameters(), nothing, out)
    np.testing.assert_allclose(out, it.beat.pressures[moment], rtol=1e-9)
    raised = linear.filled_at(np.array([1.0, 0.5]))
    raised.pressure(0.0, linear.volumes[0], nothing, nothing, raised.parameters(), nothing, out)
    np.testing.assert_allclose(out, linear.pressures[0] + [1.0, 0.5], rtol=1e-9)


def test_patches_shorten_work_and_keep_their_place() -> None:
    at, _, _ = parts()
    curves = patch_curves(at, tissue(), found())
    shortening = np.exp(curves.strain.min(axis=1) - curves.strain[:, 0]) - 1
    assert ((shortening > -0.4) & (shortening < -0.03)).all()
    assert (curves.stress.max(axis=1) > 5).all()
    assert (curves.area.min(axis=1) < 0.95 * curves.area[:, 0]).all()
    assert (curves.septal_curvature > 0).all()
    assert curves.circle_radius.min() < 0.95 * curves.circle_radius[0]


def test_a_beat_that_does_not_become_periodic_is_no_beat() -> None:
    at, _, loop = parts()
    with pytest.raises(NotAnalysable, match=r"After 2 beats .* still changes by") as caught:
        periodic_beat(elastic_body(HEART, at), tissue(), loop, FILLING, tolerance=1e-5, beats=2, steps=20)
    assert "mL" in caught.value.found


@pytest.mark.parametrize("wrong", [{"tolerance": 0.0}, {"tolerance": 2.0}, {"beats": 1}])
def test_limits_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    at, _, loop = parts()
    with pytest.raises(InvalidInput, match="beats are allowed"):
        periodic_beat(elastic_body(HEART, at), tissue(), loop, FILLING, **wrong)  # type: ignore[arg-type]


def test_springs_take_shares_from_0_to_1() -> None:
    with pytest.raises(InvalidInput, match="shares from"):
        Springs("epicardium", normal=1.0, share=np.array([0.0, 1.5]))


def test_the_step_gives_the_same_kind_of_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(step.RESOLUTIONS, "coarse", SMALL)
    monkeypatch.setattr(elements, "periodic_beat", lambda *_, **__: found())
    beat = SimulateBeat(resolution="coarse", moments=12, medium="endless", voxel=2.5, fidelity="elements")(HEART)
    assert set(beat.biomarkers) == set(UNITS)
    assert np.isfinite(list(beat.biomarkers.values())).all()
    assert np.abs(beat.displacement[0]).max() < 0.02
    assert np.abs(beat.displacement[-1]).max() < 6
    for chamber, cavity in (("left ventricle", "lv"), ("right ventricle", "rv")):
        mesh = cavity_volume(beat.mesh.points + beat.displacement, topology(SMALL).cavities[cavity])
        loop = np.interp(beat.times, beat.volumes.times, beat.volumes[chamber])
        assert np.abs((mesh - mesh[0]) - (loop - loop[0])).max() < 0.015 * mesh[0]
    assert len(beat.chambers) == 12


def test_an_unknown_fidelity_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"patches, elements"):
        SimulateBeat(fidelity="molecules")  # type: ignore[arg-type]
