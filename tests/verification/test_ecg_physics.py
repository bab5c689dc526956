"""The ECG's lead fields against closed forms; derivations in ecg.md."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from ecg_heart import Heart, biventricle
from marey.simulate.ecg import (
    ELECTRODES,
    LEADS,
    Conductivities,
    Pose,
    Tissue,
    Torso,
    electrocardiogram,
    electrogram_field,
    infinite_lead_field,
    reciprocal_potential,
    torso_lead_field,
    trunk_conductor,
    voxel_conductor,
)
from marey.simulate.ecg.conductor import Conductor
from marey.simulate.ecg.lead_field import conductor_sensitivity, infinite_sensitivity
from marey.simulate.ecg.tissue import IntracellularConductivity, source_weights

FloatArray = NDArray[np.float64]
RADIUS, SIGMA = 60.0, 0.3


@pytest.fixture(scope="module")
def heart() -> Heart:
    return biventricle(3.0)


def sphere(spacing: float) -> Conductor:
    half = int(np.ceil(RADIUS / spacing)) + 2
    axis = spacing * (np.arange(2 * half + 1) - half)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    distance = np.sqrt(x**2 + y**2 + z**2) - RADIUS
    return voxel_conductor(np.full(distance.shape, SIGMA), distance, spacing, np.full(3, axis[0]))


def dipole_on_sphere(moment: FloatArray, place: FloatArray, surface: FloatArray) -> FloatArray:
    """Potential on the surface of an insulated conducting sphere of a dipole inside it (Wilson and Bayley 1950)."""
    out = surface / np.linalg.norm(surface)
    arm = RADIUS * out - place
    d = float(np.linalg.norm(arm))
    reflected = (arm / d + out) / (d + arm @ out)  # its r-derivative integrates the image's monopole line
    return np.asarray(moment @ (2 * arm / d**3 + reflected / RADIUS) / (4 * np.pi * SIGMA))


@pytest.mark.parametrize("field_of", ["infinite", "torso"])
def test_fully_depolarised_tissue_gives_no_potential(heart: Heart, field_of: str) -> None:
    torso, pose = Torso(), Pose()
    if field_of == "infinite":
        field = infinite_lead_field(heart.tissue, torso, pose)
    else:
        field = torso_lead_field(heart.tissue, torso, pose, trunk_conductor(torso, pose, spacing=10.0))
    sums = field.weights @ np.full(field.weights.shape[1], 105.0)
    assert np.abs(sums).max() < 1e-12 * np.abs(field.weights).sum() * 105.0


def shell(spacing: float) -> Tissue:
    """A thick spherical shell, isotropic."""
    half = int(np.ceil(32 / spacing)) + 1
    axis = spacing * (np.arange(2 * half + 1) - half)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    r = np.sqrt(x**2 + y**2 + z**2)
    mask = (r > 18) & (r < 32)
    return Tissue(mask, np.tile([1.0, 0.0, 0.0], (int(mask.sum()), 1)), spacing, np.full(3, axis[0]))


def test_closed_front_is_silent_outside_and_has_its_step_inside() -> None:
    same = IntracellularConductivity(along=0.1, across=0.1)
    tissue = shell(1.5)
    points = np.array([[70.0, 20.0, 10.0], [0.0, -60.0, 30.0], [0.0, 0.0, 0.0]])
    field = electrogram_field(tissue, points, ("a", "b", "centre"), medium=0.2, conductivity=same)
    depth = np.linalg.norm(tissue.points, axis=1)
    potential = field.weights @ (100 * 0.5 * (1 - np.tanh((depth - 25) / 2.5)))
    step = 100 * 0.1 / 0.2
    assert np.abs(potential[:2]).max() < 0.002 * step
    assert potential[2] == pytest.approx(-step, rel=0.01)


def test_point_dipole_in_an_infinite_medium() -> None:
    moment, place, electrode = np.array([2.0, -1.0, 0.5]), np.array([3.0, 1.0, -2.0]), np.array([[40.0, 25.0, 10.0]])
    arm = electrode[0] - place
    expected = moment @ arm / (4 * np.pi * SIGMA * np.linalg.norm(arm) ** 3)
    lead = infinite_sensitivity(place[None], electrode, SIGMA)
    assert moment @ lead[0, 0] == pytest.approx(expected, rel=1e-12)


def sphere_error(spacing: float) -> float:
    body = sphere(spacing)
    source, sink = np.array([RADIUS, 0.0, 0.0]), np.array([0.0, -RADIUS, 0.0])
    places = np.array([[0, 0, 0], [15.0, 5, -8], [-20, 10, 5], [5, -25, 10], [10, 10, 20]], dtype=float)
    lead = conductor_sensitivity(body, places, source, sink)
    moments = np.eye(3)
    exact = np.array(
        [[dipole_on_sphere(m, place, source) - dipole_on_sphere(m, place, sink) for m in moments] for place in places]
    )
    return float(np.linalg.norm(lead - exact) / np.linalg.norm(exact))


def test_dipole_in_a_conducting_sphere_converges() -> None:
    steps = np.array([10.0, 5.0, 2.5])
    errors = np.array([sphere_error(step) for step in steps])
    order = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert errors[-1] < 0.006
    assert order > 1.7


def at(body: Conductor, potential: FloatArray, point: FloatArray) -> float:
    position = (point - body.origin)[::-1] / body.spacing
    return float(map_coordinates(potential, position[:, None], order=1)[0])


def test_reciprocity() -> None:
    """The current of one pair drives between two other points what that of the others drives between the first two."""
    body = trunk_conductor(Torso(), spacing=10.0)
    a, b = np.array([60.0, -70.0, 20.0]), np.array([-80.0, 40.0, -90.0])
    c, d = np.array([20.0, -30.0, -10.0]), np.array([40.0, -20.0, 20.0])
    there, back = reciprocal_potential(body, a, b), reciprocal_potential(body, c, d)
    forward = at(body, there, c) - at(body, there, d)
    assert abs(forward) > 1e-3
    assert forward == pytest.approx(at(body, back, a) - at(body, back, b), rel=1e-6)


def test_lead_identities_hold_to_rounding(heart: Heart) -> None:
    field = infinite_lead_field(heart.tissue, Torso(), Pose())
    activation = np.linalg.norm(heart.tissue.points, axis=1)
    ecg = electrocardiogram(field, activation, np.full(activation.size, 280.0), np.arange(0.0, 400.0))
    assert ecg.names == LEADS
    assert np.abs(ecg["I"] + ecg["III"] - ecg["II"]).max() < 1e-12
    assert np.abs(ecg["aVR"] + ecg["aVL"] + ecg["aVF"]).max() < 1e-12
    assert len(ELECTRODES) == 9


def test_homogeneous_isotropic_source_is_its_dipole_far_away(heart: Heart) -> None:
    """Far away a heart is a dipole: minus the sum of sigma_i grad V."""
    tissue, law = heart.tissue, IntracellularConductivity()
    uniform = np.broadcast_to(np.eye(3)[:, None], (3, len(tissue.points), 3)).copy()
    v = 100 * (tissue.points[:, 2] < 40)
    moment = source_weights(tissue, law.along, law.across, uniform) @ v
    far = np.array([[4000.0, 2000.0, -3000.0]])
    centre = tissue.points[np.abs(tissue.points[:, 2] - 40) < 3].mean(axis=0)
    arm = far[0] - centre
    field = electrogram_field(tissue, far, ("far",), medium=0.2)
    expected = moment @ arm / (4 * np.pi * 0.2 * np.linalg.norm(arm) ** 3)
    assert (field.weights @ v)[0] == pytest.approx(expected, rel=0.02)


def test_a_body_of_one_tissue_does_not_see_its_painting() -> None:
    """Lungs, ribs and blood of the trunk's own conductivity change nothing."""
    same = Conductivities(trunk=0.22, lung=0.22, blood=0.22, heart=0.22, rib_cage=0.22)
    torso, pose = Torso(conductivities=same), Pose()
    points = biventricle(6.0).tissue.points
    with_heart = trunk_conductor(torso, pose, points, points[:50], spacing=10.0)
    without = trunk_conductor(torso, spacing=10.0)
    for a, b in zip(with_heart.level.faces, without.level.faces, strict=True):
        assert np.array_equal(a, b)
