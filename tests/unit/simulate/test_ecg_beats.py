"""Whole beats of a simple biventricle: 12 leads, electrograms, and what is measured in them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ecg_heart import Heart, activation, biventricle
from marey.core import InvalidInput, NotAnalysable, Signal
from marey.simulate.ecg import (
    LEADS,
    ActionPotential,
    DurationGradients,
    LeadField,
    Pose,
    Torso,
    durations,
    electrocardiogram,
    electrode_positions,
    electrogram_field,
    electrograms,
    ground_position,
    infinite_lead_field,
    measure_beat,
    surface_lead_field,
    torso_lead_field,
    transmembrane_potential,
    trunk_conductor,
    twelve_leads,
)

FloatArray = NDArray[np.float64]
TIMES = np.arange(-40.0, 560.0)


@pytest.fixture(scope="module")
def heart() -> Heart:
    return biventricle(2.0)


@pytest.fixture(scope="module")
def field(heart: Heart) -> LeadField:
    torso, pose = Torso(), Pose()
    body = trunk_conductor(torso, pose, heart.tissue.points, heart.blood)
    return torso_lead_field(heart.tissue, torso, pose, body)


def apd(heart: Heart) -> FloatArray:
    return durations(DurationGradients(), heart.transmural, heart.apicobasal, heart.rotational, heart.right)


def test_sorting_by_time_is_the_sum_over_the_voxels(heart: Heart, field: LeadField) -> None:
    times, law = TIMES[::20], ActionPotential()
    active, duration = activation(heart), apd(heart)
    v = transmembrane_potential(law, times[:, None] - active, duration, field.spacing)
    direct = twelve_leads(field.weights @ v.T)
    fast = electrocardiogram(field, active, duration, times, law).values
    assert np.abs(fast - direct).max() < 0.004 * np.abs(direct).max()


def test_rest_and_plateau_are_isoelectric(heart: Heart, field: LeadField) -> None:
    ecg = electrocardiogram(field, activation(heart), apd(heart), TIMES)
    size = np.abs(ecg.values).max()
    assert np.abs(ecg.values[:, TIMES < -20]).max() < 1e-4 * size
    assert np.abs(ecg.values[:, (TIMES > 110) & (TIMES < 150)]).max() < 0.02 * size
    assert np.abs(ecg.values[:, TIMES > 520]).max() < 1e-3 * size


def test_no_staircase_noise() -> None:
    """Hearts of 2 and 3 mm that are activated alike have the same ECG."""
    leads = []
    for spacing in (2.0, 3.0):
        heart = biventricle(spacing)
        field = infinite_lead_field(heart.tissue, Torso(), Pose())
        active = activation(heart)
        leads.append(electrocardiogram(field, active, apd(heart), TIMES).values)
    assert np.linalg.norm(leads[0] - leads[1]) < 0.2 * np.linalg.norm(leads[0])
    rough = np.abs(np.diff(leads[0], 2, axis=1)).sum(axis=1) / np.ptp(leads[0], axis=1)
    assert (rough < 3).all()


def test_electrogram_falls_as_the_front_passes(heart: Heart) -> None:
    """A unipolar electrogram has its steepest descent when the tissue below it is activated."""
    active = 2 * (heart.tissue.points[:, 2] - heart.tissue.points[:, 2].min())
    voxels = np.flatnonzero(heart.transmural > 0.9)[[100, 900, 1700]]
    places = heart.tissue.points[voxels]
    field = electrogram_field(heart.tissue, places, ("a", "b", "c"))
    traces = electrograms(field, active, apd(heart), np.arange(-20.0, 200.0, 0.5))
    for name, voxel in zip(field.names, voxels, strict=True):
        steepest = traces.times[np.gradient(traces[name]).argmin()]
        assert steepest == pytest.approx(active[voxel], abs=8)


def test_body_surface_contains_the_electrodes(heart: Heart, field: LeadField) -> None:
    torso, pose = Torso(), Pose()
    body = trunk_conductor(torso, pose, heart.tissue.points, heart.blood)
    v2 = electrode_positions(torso)[4:5]
    one = surface_lead_field(heart.tissue, pose, body, v2, ("V2",), ground=ground_position(torso))
    assert np.allclose(one.weights[0], field.weights[4])


def test_ecg_refuses_what_does_not_fit(heart: Heart, field: LeadField) -> None:
    active, duration = activation(heart), apd(heart)
    with pytest.raises(InvalidInput, match="voxels is needed"):
        electrocardiogram(field, active[1:], duration, TIMES)
    never = active.copy()
    never[3] = np.inf
    with pytest.raises(InvalidInput, match="1 voxels are never activated"):
        electrocardiogram(field, never, duration, TIMES)
    with pytest.raises(InvalidInput, match="durations"):
        electrocardiogram(field, active, -duration, TIMES)
    with pytest.raises(InvalidInput, match="times"):
        electrocardiogram(field, active, duration, np.array([]))
    points = electrogram_field(heart.tissue, np.zeros((1, 3)), ("tip",))
    with pytest.raises(InvalidInput, match="tip"):
        electrocardiogram(points, active, duration, TIMES)


def test_infinite_medium_agrees_in_the_chest_leads(heart: Heart, field: LeadField) -> None:
    rough = infinite_lead_field(heart.tissue, Torso(), Pose())
    active, duration = activation(heart), apd(heart)
    a, b = (electrocardiogram(f, active, duration, TIMES).values[6:].ravel() for f in (field, rough))
    assert np.corrcoef(a, b)[0, 1] > 0.8


LONG = np.arange(-100.0, 560.0)


def gaussian_beat(amplitude: float = 1.0) -> Signal:
    """QRS at 0 and a T wave at 300 ms, the same in all leads."""
    qrs = amplitude * np.exp(-0.5 * (LONG / 14) ** 2)
    t = 0.3 * amplitude * np.exp(-0.5 * ((LONG - 300) / 30) ** 2)
    return Signal(np.tile(qrs + t, (12, 1)), LONG, LEADS, "mV")


def test_measurements_of_a_known_beat() -> None:
    beat = measure_beat(gaussian_beat())
    assert beat.qrs_duration == pytest.approx(85, abs=8)
    assert beat.qrs_onset == pytest.approx(-beat.qrs_offset, abs=2)
    assert beat.t_end == pytest.approx(360, abs=3)  # the tangent of a bell meets 0 two sigma from its middle
    assert np.allclose(beat.r, 1, atol=0.01)
    assert np.allclose(beat.t, 0.3, atol=0.01)
    assert beat.transition == "V1"
    assert beat.concordant(*LEADS)
    assert beat.qrs_axis == pytest.approx(np.degrees(np.arctan2(2 / np.sqrt(3), 1)))


def test_measurements_need_a_whole_beat() -> None:
    whole = gaussian_beat()
    with pytest.raises(NotAnalysable, match="QRS"):
        measure_beat(Signal(whole.values[:, 95:], LONG[95:], LEADS, "mV"))
    with pytest.raises(NotAnalysable, match="T wave"):
        measure_beat(Signal(whole.values[:, :400], LONG[:400], LEADS, "mV"))
    with pytest.raises(NotAnalysable, match="T wave"):
        measure_beat(Signal(whole.values[:, :170], LONG[:170], LEADS, "mV"))
    with pytest.raises(NotAnalysable, match="QRS"):
        measure_beat(gaussian_beat(0.0))
    with pytest.raises(InvalidInput, match="leads"):
        measure_beat(Signal(whole.values[:2], TIMES, ("I", "II"), "mV"))
