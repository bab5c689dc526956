"""The short-axis cine generator: laws of the heart, closed forms of the signal, statistics of the scanner."""

from dataclasses import replace

import numpy as np
import pytest

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY, volume_curve
from marey.core import InvalidInput
from marey.scan.cine import PRESETS, CineExam, Preset, random_heart, random_stack
from marey.scan.cine.acquisition import Scanner, acquire
from marey.scan.cine.contrast import FATTY, SPINS, Spins, bssfp, random_signals
from marey.scan.cine.exam import contraction, true_volumes
from marey.scan.cine.heart import Waves
from marey.scan.cine.stack import label_slices, mix
from marey.scan.cine.tissue import Tissue
from marey.scan.fields import smooth_field

PERFECT = Scanner((1.0, 1.0), 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def test_same_seed_same_stack() -> None:
    first, second, other = (random_stack(np.random.default_rng(seed), slices=3) for seed in (5, 5, 6))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], other[0])


def test_unknown_preset_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no preset 'purple'"):
        random_heart(np.random.default_rng(0), "purple")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"slices": 0}, {"phases": 0}])
def test_an_exam_needs_slices_and_phases(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match="At least one"):
        replace(CineExam(), **wrong)(np.random.default_rng(0))  # type: ignore[arg-type]


@pytest.mark.parametrize("preset", PRESETS)
def test_wall_keeps_its_volume_over_the_beat(preset: Preset) -> None:
    """Myocardium is incompressible; the exam's labels show it to within the base's truncation."""
    exam = CineExam(slices=14, phases=3, matrix=128)(np.random.default_rng(11), preset)
    mass = volume_curve(exam.labels, LV_MYOCARDIUM)
    assert mass.max() / mass.min() < 1.15


def test_labels_hold_the_true_volumes() -> None:
    """Summed slices agree with the heart's own volume; one basal slice more or less is what is left of it."""
    ratios = []
    for seed, preset in enumerate(PRESETS):
        exam = CineExam(slices=14, phases=3, matrix=160)(np.random.default_rng(seed), preset)
        lv, rv = volume_curve(exam.labels, LV_CAVITY), volume_curve(exam.labels, RV_CAVITY)
        ratios.append([lv[0] / exam.truth.lv_edv, lv[1] / exam.truth.lv_esv, rv[0] / exam.truth.rv_edv])
    assert np.abs(np.mean(ratios, axis=0) - 1).max() < 0.04
    assert np.abs(np.array(ratios) - 1).max() < 0.15


def test_smooth_heart_ejects_what_its_motion_says() -> None:
    rng = np.random.default_rng(4)
    heart = random_heart(rng, "healthy")
    still = Waves((0.0,), (0.0,))
    lv = replace(heart.lv, patches=(), apical_closing=0.0, base_tilt=(0.0, 0.0), shape=still, wall_shape=still)
    heart = replace(heart, lv=lv, outflow_depth=0.0)
    assert true_volumes(heart, rng).lv_ef == pytest.approx(lv.ejection_fraction, abs=0.01)


@pytest.mark.parametrize("phases", [2, 3, 20, 25, 30])
def test_beat_begins_full_and_reaches_end_systole(phases: int) -> None:
    amount = contraction(phases)
    assert amount[0] == 0
    assert amount.max() == pytest.approx(1)
    assert ((amount >= 0) & (amount <= 1)).all()


def test_bssfp_signal_at_its_best_flip_angle() -> None:
    """For TR << T2 the largest signal is PD/2 sqrt(T2/T1), at cos(a) = (T1/T2 - 1) / (T1/T2 + 1)."""
    spins = Spins(t1=1000, t2=50, density=0.8)
    ratio = spins.t1 / spins.t2
    best = np.arccos((ratio - 1) / (ratio + 1))
    assert bssfp(spins, best, 1e-3) == pytest.approx(0.5 * 0.8 * np.sqrt(50 / 1000), rel=1e-4)
    assert bssfp(spins, best, 3.0) > max(bssfp(spins, best * 0.7, 3.0), bssfp(spins, best * 1.4, 3.0))


@pytest.mark.parametrize("seed", range(20))
def test_blood_is_brighter_than_muscle(seed: int) -> None:
    signals = random_signals(np.random.default_rng(seed))
    assert signals[Tissue.LV_BLOOD] == pytest.approx(1)
    assert 0 < signals[Tissue.LV_WALL] < 0.75
    assert set(SPINS) >= set(Tissue)


def test_fat_and_water_out_of_phase_draw_a_black_line() -> None:
    signals = np.zeros(32, np.float32)
    signals[Tissue.LV_WALL], signals[Tissue.FAT] = 0.4, -0.4
    tissue = np.array([[[Tissue.LV_WALL, Tissue.FAT]], [[Tissue.FAT, Tissue.FAT]]], np.uint8)  # two sub-slices
    signal, _ = mix(tissue, np.zeros((1, 1, 2), np.uint8), signals, samples=2)
    assert np.allclose(np.abs(signal), [[[0.0, 0.4]]])
    assert Tissue.FAT in FATTY


def test_perfect_scanner_shows_the_signal_itself() -> None:
    rng = np.random.default_rng(0)
    signal = 1 + 0.1 * smooth_field(rng, (2, 32, 32), 6)
    picture = acquire(PERFECT, signal, np.zeros_like(signal), np.random.default_rng(1), rng)
    shading = picture / signal
    assert np.corrcoef(picture.ravel(), signal.ravel())[0, 1] > 0.5
    assert 0.4 < shading.min() < shading.max() < 2.5


def test_noise_is_rician() -> None:
    """Where there is no signal the magnitude's mean is sigma sqrt(pi/2)."""
    dark = np.zeros((1, 128, 128), np.float32)
    picture = acquire(replace(PERFECT, noise=0.05), dark, dark, np.random.default_rng(0), np.random.default_rng(1))
    assert picture.mean() == pytest.approx(0.05 * np.sqrt(np.pi / 2), rel=0.03)


def test_ghosts_repeat_along_the_rows_only() -> None:
    point = np.zeros((1, 64, 64), np.float32)
    point[0, 20, 30] = 1
    seeds = [np.random.default_rng(3) for _ in range(4)]
    clean = acquire(PERFECT, point, 0 * point, seeds[0], seeds[1])
    ghosted = acquire(replace(PERFECT, ghost=0.3), point, 0 * point, seeds[2], seeds[3])
    changed = np.abs(ghosted - clean)[0] > 0.02
    assert changed[:, 30].sum() >= 2
    assert not np.delete(changed, 30, axis=1).any()


@pytest.mark.parametrize("knots", [5, 16, 60])
def test_fields_have_unit_variance(knots: int) -> None:
    rng = np.random.default_rng(0)
    values = np.array([smooth_field(rng, (4, 40, 40), knots) for _ in range(40)])
    assert values.std() == pytest.approx(1, rel=0.12)
    assert abs(values.mean()) < 0.15


def test_slice_counts_as_ventricle_when_muscle_surrounds_half_of_it() -> None:
    rows, columns = np.indices((41, 41)) - 20
    radius, angle = np.hypot(rows, columns), np.arctan2(rows, columns)
    for covered, counts in ((0.7, True), (0.3, False)):
        tissue = np.full((41, 41), Tissue.OUTSIDE, np.uint8)
        tissue[(radius < 14) & (np.abs(angle) < covered * np.pi)] = Tissue.LV_WALL
        tissue[radius < 8] = Tissue.BEYOND_BASE
        labels = label_slices(tissue[None], samples=1)
        assert (labels == 1).any() == counts
        assert (labels == 2).any() == counts


def test_exam_lies_in_the_patient_as_hearts_do() -> None:
    exam = CineExam(slices=5, phases=2, matrix=96)(np.random.default_rng(2), "healthy")
    grid = exam.image.grid
    left, posterior, superior = -grid.normal  # towards the apex
    assert left > 0.4
    assert posterior < -0.3
    assert superior < -0.3
    centres = [grid.world(np.argwhere(exam.labels.mask(s)[0]).mean(0)) for s in (LV_CAVITY, RV_CAVITY)]
    assert centres[1][0] < centres[0][0], "the right ventricle is on the patient's right"
    assert np.linalg.det(grid.directions) == pytest.approx(1, abs=1e-6) or np.linalg.det(
        grid.directions
    ) == pytest.approx(-1)
