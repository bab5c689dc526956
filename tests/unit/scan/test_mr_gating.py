"""When lines are measured: rhythm, breathing, triggering, sorting, sampling."""

from collections.abc import Callable

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.scan.mr.acquisition import (
    BreathHold,
    FreeBreathing,
    Patient,
    Rhythm,
    by_frame,
    by_phase,
    full,
    golden_angles,
    heart_time,
    partial_fourier,
    prospective,
    real_time,
    retrospective,
    segments,
    uniform,
    variable_density,
)
from marey.scan.mr.acquisition.sampling import Order

EVEN = Patient(np.arange(0, 24_000.0, 800.0), BreathHold(), 1000.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_beats_vary_as_asked_and_cover_the_scan() -> None:
    waves = Rhythm(rr=800.0, variability=0.1).r_waves(rng(), 600_000.0)
    lengths = np.diff(waves)
    assert waves[0] == 0
    assert waves[-2] >= 600_000.0 or waves[-1] > 600_000.0
    assert lengths.mean() == pytest.approx(800, rel=0.02)
    assert lengths.std() / lengths.mean() == pytest.approx(0.1, abs=0.01)


def test_an_ectopic_beat_is_early_and_followed_by_its_pause() -> None:
    lengths = np.diff(Rhythm(variability=0.0, ectopy=0.1).r_waves(rng(), 60_000.0))
    early = np.flatnonzero(lengths < 600)
    assert early.size
    alone = early[~np.isin(early + 1, early) & (early + 1 < lengths.size)]
    assert np.allclose(lengths[alone] + lengths[alone + 1], 1800)


def test_a_longer_beat_has_a_longer_diastole() -> None:
    waves = np.array([0.0, 1500.0, 2300.0])
    times = heart_time(np.array([0.0, 300.0, 1499.0, 1800.0, 2299.0]), waves, 1000.0, 350.0)
    assert times[:2].tolist() == [0.0, 300.0]
    assert times[2] == pytest.approx(1000, abs=1)
    assert times[3] == pytest.approx(300)
    assert times[4] == pytest.approx(1000, abs=2)
    assert (np.diff(heart_time(np.arange(1500.0), waves, 1000.0)) > 0).all()


def test_breath_hold_drifts_and_trembles() -> None:
    clock = np.arange(0, 12_000.0, 3)
    assert BreathHold(5.0, -0.0002).position(rng(), clock)[-1] == pytest.approx(5 - 0.0002 * clock[-1])
    assert BreathHold(tremor=0.5).position(rng(), np.arange(0, 400_000.0, 50)).std() == pytest.approx(0.41, abs=0.04)


def test_free_breathing_rests_at_end_expiration() -> None:
    clock = np.arange(0, 200_000.0, 20)
    breath = FreeBreathing(12.0, variability=0.1).position(rng(), clock)
    assert breath.min() >= 0
    assert 12 < breath.max() < 18
    assert np.median(breath) < 0.4 * 12  # more time near rest than in inspiration
    assert np.abs(np.diff(breath)).max() < 0.5  # continuous
    steady = FreeBreathing(12.0, 4000.0, variability=0.0).position(rng(), np.array([0.0, 2000.0, 4000.0]))
    assert steady == pytest.approx([0, 12, 0], abs=1e-9)


def test_triggered_frames_hold_every_line_at_its_time() -> None:
    schedule = prospective(EVEN, rng(), segments(full(40), 10), 3.0, 5, delay=20.0)
    assert schedule.line.size == 200
    assert schedule.time.min() == 20
    assert schedule.time.max() == pytest.approx(20 + 49 * 3)
    sorting = by_frame(schedule)
    assert (schedule.line[sorting.first] == np.arange(40)).all()
    assert np.ptp(schedule.time[sorting.first], axis=1).max() <= 9 * 3
    assert np.unique(schedule.clock[sorting.first[0]] // 800).size == 4  # beats


def test_every_other_beat_leaves_one_out() -> None:
    schedule = prospective(EVEN, rng(), segments(full(40), 10), 3.0, every=2)
    assert np.unique(schedule.clock // 800).tolist() == [0, 2, 4, 6]


def test_an_r_wave_inside_the_window_is_missed() -> None:
    patient = Patient(np.array([0.0, 800.0, 1300.0, 2400.0, 3200.0, 4000.0, 4800.0]), BreathHold(), 1000.0)
    schedule = prospective(patient, rng(), segments(full(30), 10), 3.0, 25)
    starts = schedule.clock[schedule.frame == 0][::10]
    assert starts.tolist() == [0, 800, 2400]
    second = (schedule.clock > 800) & (schedule.clock < 2000)
    assert (np.diff(schedule.heart_time[second]) < 0).sum() == 1  # the early beat begins within the window


def test_view_sharing_puts_phases_between() -> None:
    schedule = prospective(EVEN, rng(), segments(full(40), 10), 3.0, 5)
    plain, shared = by_frame(schedule), by_frame(schedule, shared=True)
    assert len(shared.times) == 9
    assert (schedule.line[shared.first] == np.arange(40)).all()
    assert np.allclose(shared.times[1::2], (plain.times[:-1] + plain.times[1:]) / 2)
    assert np.isin(shared.first[1], np.r_[plain.first[0], plain.first[1]]).all()


def test_retrospective_phases_are_interpolated_at_their_part_of_the_beat() -> None:
    r_waves = np.r_[0, np.cumsum(rng().uniform(700, 1000, 30))]
    schedule = retrospective(Patient(r_waves, BreathHold(), 900.0), rng(), segments(full(60), 12), 3.0)
    sorting = by_phase(schedule, 20)
    assert (schedule.line[sorting.first] == np.arange(60)).all()
    assert (schedule.line[sorting.second] == np.arange(60)).all()
    part = schedule.time / schedule.rr
    ahead = (part[sorting.second] - part[sorting.first]) % 1
    found = (part[sorting.first] + sorting.weight * ahead) % 1
    wanted = np.arange(20)[:, None] / 20
    assert np.abs((found - wanted + 0.5) % 1 - 0.5).max() < 1e-5
    assert ahead.max() < 36 / 700 * 2.1


def test_beats_outside_the_window_are_measured_again() -> None:
    r_waves = np.cumsum([0.0, 800, 810, 400, 1200, 800, 805, 795, 800])
    schedule = retrospective(Patient(r_waves, BreathHold(), 800.0), rng(), segments(full(40), 10), 3.0, (700, 900))
    assert np.unique(schedule.rr).tolist() == [800, 805, 810]
    assert not np.isin(schedule.clock[(schedule.clock > 1610) & (schedule.clock < 3210)], schedule.clock).any()
    assert np.unique(schedule.line).size == 40


def test_real_time_runs_through_the_beats() -> None:
    frames = [uniform(40, 4, first=i % 4) for i in range(60)]
    schedule = real_time(EVEN, rng(), frames, 3.0)
    assert schedule.duration == pytest.approx((60 * 10 - 1) * 3)
    assert schedule.heart_time.max() < 1000
    assert (np.diff(schedule.heart_time) < 0).sum() == 2
    assert np.array_equal(np.unique(schedule.line), np.arange(40))


def test_lines_of_all_patterns() -> None:
    assert uniform(20, 4, first=1).tolist() == [1, 5, 9, 13, 17]
    assert uniform(20, 4, 4).tolist() == [0, 4, 8, 9, 10, 11, 12, 16]
    assert partial_fourier(full(16), 16, 0.75).tolist() == list(range(4, 16))
    chosen = variable_density(rng(), 120, 4.0, 12)
    assert chosen.size == 30
    assert np.isin(np.arange(54, 66), chosen).all()
    middle = [np.abs(variable_density(np.random.default_rng(i), 120, 4.0) - 60).mean() for i in range(20)]
    assert np.mean(middle) < 26  # 30 were they even
    assert np.diff(golden_angles(3))[0] == pytest.approx(np.deg2rad(111.246), abs=1e-4)


@pytest.mark.parametrize("order", ["interleaved", "sequential", "centric"])
def test_segments_part_the_lines(order: Order) -> None:
    parts = segments(full(50), 12, order)
    assert len(parts) == 5
    assert max(part.size for part in parts) <= 12
    assert sorted(np.concatenate(parts).tolist()) == list(range(50))
    assert {"interleaved": 5, "sequential": 1}.get(order, 0) in (0, int(np.diff(parts[0])[0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: uniform(30, 4), "divides"),
        (lambda: uniform(30, 2, 31), "calibration"),
        (lambda: partial_fourier(full(16), 16, 0.5), "fraction"),
        (lambda: variable_density(rng(), 100, 20.0), "leave 5 lines"),
        (lambda: segments(full(10), 0), "At least 1"),
        (lambda: segments(full(0), 3), "0 lines"),
        (lambda: prospective(EVEN, rng(), [full(4)], 0.0), "repetition time"),
        (lambda: prospective(EVEN, rng(), [full(4)], 3.0, delay=-1.0), "delay"),
        (lambda: prospective(EVEN, rng(), [full(4)] * 40, 3.0), "30 R waves"),
        (lambda: retrospective(EVEN, rng(), [full(4)] * 40, 3.0), "30 R waves"),
        (lambda: retrospective(EVEN, rng(), [full(400)], 3.0), "segment lasts"),
        (lambda: real_time(EVEN, rng(), [full(9000)], 3.0), "30 R waves"),
        (lambda: Patient(np.array([0.0, 5, 4]), BreathHold(), 900.0), "increasing"),
        (lambda: by_phase(real_time(EVEN, rng(), [full(9)], 3.0), 1), "phases"),
        (lambda: by_frame(real_time(EVEN, rng(), [full(9), full(8)], 3.0)), "Every line once"),
        (lambda: Rhythm(rr=100.0), "rr"),
        (lambda: BreathHold(drift=1.0), "drift"),
    ],
)
def test_what_cannot_be_scheduled_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        call()
