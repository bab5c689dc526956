"""The body against closed forms and asked-for volumes; see mr_body.md."""

import numpy as np
import pytest

from marey.core.units import mL
from marey.scan.body import Thorax, Tissue, breathing_pose, implant_off_resonance, thorax_tissue
from marey.scan.body.heart_space import usual_heart_space
from marey.scan.body.implants import dipoles

STEP = 4.0
AXES = np.arange(-150, 151, STEP), np.arange(-110, 121, STEP), np.arange(-220, 131, STEP)
POINTS = np.stack(np.meshgrid(*AXES, indexing="ij"), axis=-1).astype(np.float32)


def volume(thorax: Thorax, *kinds: Tissue) -> float:
    return float(np.isin(thorax_tissue(thorax, POINTS), kinds).sum() * STEP**3 / mL)


@pytest.mark.parametrize("asked", [150.0, 300.0, 700.0])
def test_pericardial_effusion_has_the_volume_asked_for(asked: float) -> None:
    thorax = Thorax().but({"effusions.pericardial": asked * mL})
    assert volume(thorax, Tissue.PERICARDIAL_FLUID) == pytest.approx(asked, rel=0.03)


def test_pleural_effusions_have_the_volumes_asked_for() -> None:
    thorax = Thorax().but({"effusions.left_pleural": 600 * mL, "effusions.right_pleural": 250 * mL})
    found = thorax_tissue(thorax, POINTS) == Tissue.PLEURAL_FLUID
    left = POINTS[..., 0] >= 0
    assert (found & left).sum() * STEP**3 / mL == pytest.approx(600, rel=0.04)
    assert (found & ~left).sum() * STEP**3 / mL == pytest.approx(250, rel=0.04)


@pytest.mark.parametrize("asked", [1000.0, 1400.0, 2000.0])
def test_the_liver_with_its_vessels_has_the_volume_asked_for(asked: float) -> None:
    thorax = Thorax().but({"organs.liver_volume": asked * mL})
    with_vessels = volume(thorax, Tissue.LIVER) / asked
    assert 0.93 < with_vessels < 1.01  # hepatic and portal veins take 2 to 6 %


@pytest.mark.parametrize("asked", [100.0, 195.0, 350.0])
def test_the_spleen_has_the_volume_asked_for(asked: float) -> None:
    thorax = Thorax().but({"organs.spleen_volume": asked * mL})
    assert volume(thorax, Tissue.SPLEEN) == pytest.approx(asked, rel=0.06)


def test_lung_volumes_are_those_of_expiration() -> None:
    assert 2000 < volume(Thorax(), Tissue.LUNG, Tissue.LUNG_VESSEL) < 4000


def test_the_field_of_one_implant_is_the_dipole_s() -> None:
    thorax = Thorax().but({"implants.pacemaker": True})
    ((place, moment),) = dipoles(thorax, 0.0, usual_heart_space())
    along, across = place + np.array([0, 0, 80.0]), place + np.array([80.0, 0, 0])
    expected = 42577.478 * 1.5 * moment / (4 * np.pi * 80.0**3)
    assert implant_off_resonance(thorax, along, 1.5) == pytest.approx(2 * expected, rel=1e-5)
    assert implant_off_resonance(thorax, across, 1.5) == pytest.approx(-expected, rel=1e-5)
    assert implant_off_resonance(thorax, along, 3.0) == pytest.approx(4 * expected, rel=1e-5)
    assert 0.3 < 2 * expected < 1.2


def test_the_field_of_one_implant_vanishes_over_a_sphere() -> None:
    thorax = Thorax().but({"implants.pacemaker": True})
    ((place, _),) = dipoles(thorax, 0.0, usual_heart_space())
    cosine, weight = np.polynomial.legendre.leggauss(8)
    turn = 2 * np.pi * np.arange(16) / 16
    sine = np.sqrt(1 - cosine**2)[:, None]
    ball = np.stack([sine * np.cos(turn), sine * np.sin(turn), np.repeat(cosine[:, None], 16, 1)], axis=-1)
    field = implant_off_resonance(thorax, place + 60 * ball, 1.5)
    assert abs((field * weight[:, None]).mean()) < 1e-4 * np.abs(field).max()


@pytest.mark.parametrize("breath", [8.0, 20.0])
def test_what_touches_the_heart_moves_with_it(breath: float) -> None:
    space = usual_heart_space()
    rng = np.random.default_rng(0)
    inside = rng.uniform([-70, -40, 0], [30, 40, 110], (4000, 3))
    kinds = []
    for at in (0.0, breath):
        pose = breathing_pose(space.pose, at)
        kinds.append(thorax_tissue(Thorax(), pose.to_patient(inside), at))
    heart = kinds[0] == Tissue.EPICARDIAL_FAT
    assert heart.sum() > 1500
    assert (kinds[1][heart] == Tissue.EPICARDIAL_FAT).mean() > 0.97
