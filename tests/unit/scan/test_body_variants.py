"""Effusions, hernia, implants, and how people differ."""

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.core.units import cm, kg
from marey.scan.body import Thorax, Tissue, breathing_pose, implant_off_resonance, random_thorax, thorax_tissue
from marey.scan.body.heart_space import usual_heart_space
from marey.scan.body.implants import dipoles

AXES = np.arange(-160, 161, 4.0), np.arange(-130, 131, 4.0), np.arange(-180, 131, 4.0)
POINTS = np.stack(np.meshgrid(*AXES, indexing="ij"), axis=-1)
METAL = Thorax().but({"implants.pacemaker": True, "implants.sternal_wires": True, "implants.stent": True})


def test_pleural_fluid_lies_at_the_back_on_its_side() -> None:
    found = thorax_tissue(Thorax().but({"effusions.left_pleural": 400e3}), POINTS)
    fluid, lung = POINTS[found == Tissue.PLEURAL_FLUID], POINTS[found == Tissue.LUNG]
    assert fluid[:, 0].min() > 0
    assert fluid[:, 1].mean() > lung[:, 1].mean() + 30


def test_a_hernia_lies_above_the_diaphragm_before_the_spine() -> None:
    found = thorax_tissue(Thorax().but({"organs.hiatal_hernia": 30.0}), POINTS)
    usual = thorax_tissue(Thorax(), POINTS)
    food = (Tissue.STOMACH_WALL, Tissue.STOMACH_CONTENT, Tissue.GAS)
    new = POINTS[np.isin(found, food) & ~np.isin(usual, food)]
    assert 20 < len(new) * 0.064 < 150  # mL
    assert np.abs(new[:, 0]).mean() < 35
    assert new[:, 1].mean() > 0


def test_breasts_stand_out_and_hold_glands() -> None:
    woman = Thorax().but({"wall.breast_height": 40.0, "wall.glandular_share": 0.6})
    found, flat = (thorax_tissue(one, POINTS) for one in (woman, Thorax()))
    assert (found == Tissue.BREAST).sum() > 200
    assert POINTS[found != Tissue.AIR][:, 1].min() < POINTS[flat != Tissue.AIR][:, 1].min() - 8


def test_metal_is_where_it_is_implanted_and_only_in_the_body() -> None:
    found, usual = thorax_tissue(METAL, POINTS), thorax_tissue(Thorax(), POINTS)
    metal = POINTS[found == Tissue.METAL]
    assert len(metal) > 300
    assert not (usual[found == Tissue.METAL] == Tissue.AIR).any()
    space = usual_heart_space()
    apex = space.pose.to_patient([-30.0, 0.0, 20.0])
    assert np.linalg.norm(metal - apex, axis=1).min() < 5
    generator = metal[(metal[:, 0] > 55) & (metal[:, 2] > 40)]
    assert generator[:, 1].mean() < -60
    wires = metal[(np.abs(metal[:, 0]) < 10) & (metal[:, 1] < -70) & (metal[:, 2] < 60)]
    assert np.ptp(wires[:, 2]) > 60


def test_leads_and_stent_go_with_the_heart() -> None:
    space = usual_heart_space()
    for breath in (0.0, 20.0):
        pose = breathing_pose(space.pose, breath, METAL.breathing.heart)
        tips = pose.to_patient([[-30.0, 0.0, 20.0], [-17.0, -42.0, 66.0]])
        assert (thorax_tissue(METAL, tips, breath) == Tissue.METAL).all()
        other = breathing_pose(space.pose, 20.0 - breath, METAL.breathing.heart)
        assert not (thorax_tissue(METAL, other.to_patient([-30.0, 0.0, 20.0]), breath) == Tissue.METAL).any()
    lower, higher = (dipoles(METAL, at, usual_heart_space())[-1][0][2] for at in (20.0, 0.0))
    assert higher - lower == pytest.approx(12, abs=4)


def test_nothing_implanted_disturbs_nothing() -> None:
    assert not implant_off_resonance(Thorax(), POINTS[::9, ::9, ::9], 1.5).any()


@pytest.mark.parametrize("strength", [0.0, -1.5, np.nan, 100.0])
def test_impossible_field_strengths_are_refused(strength: float) -> None:
    with pytest.raises(InvalidInput, match="field strength"):
        implant_off_resonance(METAL, np.zeros(3), strength)


def test_people_differ_as_their_size_says() -> None:
    rng = np.random.default_rng(5)
    slim = [random_thorax(rng, 175 * cm, 62 * kg, "M") for _ in range(40)]
    stout = [random_thorax(rng, 175 * cm, 110 * kg, "M") for _ in range(40)]
    women = [random_thorax(rng, 160 * cm, 62 * kg, "F") for _ in range(40)]
    fat = [np.mean([one.wall.lateral_fat for one in some]) for some in (slim, stout)]
    assert 5 < fat[0] < 14
    assert fat[1] > fat[0] + 15
    width = [np.mean([one.wall.cage_half_width for one in some]) for some in (slim, women)]
    assert width[1] < width[0] - 5
    assert np.mean([one.wall.breast_height for one in women]) > 10
    assert all(one.wall.breast_height == 0 for one in slim)
    assert len({one.variant for one in slim}) == 40
    factors = [one.breathing.heart.foot_head for one in slim + stout]
    assert np.mean(factors) == pytest.approx(0.6, abs=0.06)


def test_a_drawn_person_has_a_body() -> None:
    rng = np.random.default_rng(2)
    for height, weight, sex in ((150, 42, "F"), (198, 140, "M")):
        found = thorax_tissue(random_thorax(rng, height * cm, weight * kg, sex), POINTS)
        litres = np.isin(found, (Tissue.LUNG, Tissue.LUNG_VESSEL)).sum() * 64e-6
        assert 1.2 < litres < 6.5


def test_the_same_generator_gives_the_same_person() -> None:
    one, other = (random_thorax(np.random.default_rng(7), 170 * cm, 70 * kg, "F") for _ in range(2))
    assert one == other


@pytest.mark.parametrize(("height", "weight", "sex"), [(1.75, 70e6, "M"), (1750.0, 70.0, "F"), (1750.0, 70e6, "x")])
def test_bodies_of_nobody_are_refused(height: float, weight: float, sex: str) -> None:
    with pytest.raises(InvalidInput):
        random_thorax(np.random.default_rng(0), height, weight, sex)
