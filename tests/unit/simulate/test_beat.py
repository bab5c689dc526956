"""Whole beats: the parts agree with each other, and each disease shows its signs."""

from functools import cache

import numpy as np
import pytest

from marey.anatomy.chambers import enclosed_volume
from marey.anatomy.ventricles import COARSE, cavity_volume, topology
from marey.core import Beat, InvalidInput, NotAnalysable
from marey.core.units import litre, mL, mmHg, ms
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.heart import Heart
from marey.simulate.presets import PRESETS, preset

STEP = SimulateBeat(resolution="coarse", moments=16, medium="endless")


@cache
def beat(name: str) -> Beat:
    return STEP(preset(name))


@pytest.mark.parametrize("name", PRESETS)
def test_the_mesh_holds_the_blood_that_the_circulation_says(name: str) -> None:
    it = beat(name)
    for chamber, cavity in (("left ventricle", "lv"), ("right ventricle", "rv")):
        points = it.mesh.points + it.displacement
        mesh = cavity_volume(points, topology(COARSE).cavities[cavity])
        loop = np.interp(it.times, it.volumes.times, it.volumes[chamber])
        assert np.abs((mesh - mesh[0]) - (loop - loop[0])).max() < 0.01 * mesh[0]


@pytest.mark.parametrize("name", PRESETS)
def test_every_biomarker_is_there_with_a_unit(name: str) -> None:
    it = beat(name)
    assert set(it.biomarkers) == set(UNITS)
    assert np.isfinite(list(it.biomarkers.values())).all()


@pytest.mark.parametrize("name", PRESETS)
def test_the_beat_closes_on_itself(name: str) -> None:
    """The last moment lies about one step before the first: no drift over the cycle."""
    it = beat(name)
    assert np.abs(it.displacement[-1]).max() < 6
    assert np.abs(it.displacement[0]).max() == 0


@pytest.mark.parametrize("name", PRESETS)
def test_atria_hold_the_blood_that_the_circulation_says(name: str) -> None:
    it = beat(name)
    for side in ("left atrium", "right atrium"):
        loop = np.interp(it.times, it.volumes.times, it.volumes[side])
        mesh = [enclosed_volume(surfaces[side]) for surfaces in it.chambers]
        assert np.allclose(mesh, loop, rtol=1e-6)


def test_a_healthy_heart_is_healthy() -> None:
    it = beat("healthy").biomarkers
    assert 120 * mL < it["edv"] < 170 * mL
    assert 0.53 < it["ef"] < 0.68
    assert 4 * mmHg < it["lv_end_diastolic_pressure"] < 13 * mmHg
    assert 110 * mmHg < it["systolic_pressure"] < 140 * mmHg
    assert 70 * ms < it["qrs_duration"] < 110 * ms
    assert 8 < it["base_descent"] < 20
    assert -0.24 < it["fibre_strain"] < -0.14


def test_left_bundle_branch_block_is_late_wide_and_wasteful() -> None:
    healthy, block = beat("healthy").biomarkers, beat("lbbb").biomarkers
    assert block["qrs_duration"] > 130 * ms
    assert block["septal_flash"] > 2 * healthy["septal_flash"]
    assert block["wasted_work"] > healthy["wasted_work"]
    assert block["lateral_minus_septal_work"] > healthy["lateral_minus_septal_work"]


def test_a_dilated_heart_is_large_and_weak() -> None:
    it = beat("dcm").biomarkers
    assert it["edv"] > 220 * mL
    assert it["ef"] < 0.35


def test_a_hypertrophic_heart_is_thick_small_and_empties() -> None:
    healthy, it = beat("healthy").biomarkers, beat("hcm").biomarkers
    assert it["lv_mass"] > 1.4 * healthy["lv_mass"]
    assert it["esv"] < healthy["esv"]
    assert it["ef"] > 0.6


def test_an_infarct_hardly_shortens_where_it_is_and_the_rest_does() -> None:
    """The default scar lies in the anteroseptal and apical wall; stiff scar is still pulled along a little."""
    strain = beat("infarct").strain
    remote = strain["basal inferolateral"].min()
    assert remote < -0.12
    for dead in ("apical anterior", "apical septal", "mid anteroseptal"):
        assert strain[dead].min() > 0.4 * remote


def test_an_infarct_is_compensated() -> None:
    """A low ejection fraction, but a pressure on which one can live."""
    it = beat("infarct").biomarkers
    assert it["ef"] < 0.42
    assert 105 * mmHg < it["systolic_pressure"] < 130 * mmHg


@pytest.mark.parametrize("name", PRESETS)
def test_the_right_atrium_is_under_the_pressure_of_a_resting_adult(name: str) -> None:
    assert 1.9 * mmHg < beat(name).biomarkers["right_atrial_pressure"] < 8 * mmHg


def test_pulmonary_hypertension_overloads_the_right_ventricle() -> None:
    healthy, it = beat("healthy").biomarkers, beat("rv-overload").biomarkers
    assert it["mean_pulmonary_pressure"] > 25 * mmHg > healthy["mean_pulmonary_pressure"]
    assert it["rv_edv"] > 1.3 * healthy["rv_edv"]
    assert it["rv_ef"] < 0.4


def test_a_stiff_heart_fills_at_high_pressure_and_empties_well() -> None:
    it = beat("hfpef").biomarkers
    assert it["lv_end_diastolic_pressure"] > 16 * mmHg
    assert it["ef"] > 0.5


def test_a_narrow_aortic_valve_costs_pressure_and_a_leaking_mitral_valve_blood() -> None:
    assert beat("aortic-stenosis").biomarkers["aortic_gradient"] > 40 * mmHg
    leak = beat("mitral-regurgitation").biomarkers
    assert 0.25 < leak["mitral_regurgitation"] < 0.6
    assert leak["total_stroke_volume"] > 1.3 * leak["stroke_volume"]


def test_the_same_heart_gives_the_same_beat() -> None:
    again = STEP(preset("healthy"))
    assert np.array_equal(again.displacement, beat("healthy").displacement)
    assert dict(again.biomarkers) == dict(beat("healthy").biomarkers)


def test_a_heart_without_enough_blood_is_refused() -> None:
    with pytest.raises((InvalidInput, NotAnalysable), match=r"blood_volume|blood volume"):
        STEP(Heart().but({"circulation.blood_volume": 2.5 * litre}))


@pytest.mark.parametrize(
    "wrong", [{"resolution": "superb"}, {"medium": "water"}, {"moments": 1}, {"voxel": 0.01}, {"voxel": 3.0}]
)
def test_unknown_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        SimulateBeat(**wrong)(Heart())  # type: ignore[arg-type]


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(InvalidInput, match="There is no preset 'broken'"):
        preset("broken")


def test_a_displacement_of_another_mesh_is_refused() -> None:
    it = beat("healthy")
    with pytest.raises(InvalidInput, match="displacement has the shape"):
        Beat(it.mesh, it.times, it.displacement[:, :-1], it.period, it.volumes, it.pressures, it.flows, it.strain)
