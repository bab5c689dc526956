"""Tables of spins, contrast agent and the guards of the sequences."""

from collections.abc import Callable

import numpy as np
import pytest

from marey.core import MareyError
from marey.scan.body.tissue import TISSUES, Tissue
from marey.scan.mr import epg
from marey.scan.mr.contrast import ContrastState, shortened
from marey.scan.mr.program import joined, pulse, wait
from marey.scan.mr.relaxation import RELAXATION
from marey.scan.mr.sequences.bssfp import Bssfp
from marey.scan.mr.sequences.dense import Dense
from marey.scan.mr.sequences.fingerprinting import Fingerprinting, build_dictionary, match
from marey.scan.mr.sequences.fit import fit_exponential, restore_polarity
from marey.scan.mr.sequences.inversion_recovery import InversionRecovery, null_time, phase_sensitive
from marey.scan.mr.sequences.molli import Molli, look_locker_t1
from marey.scan.mr.sequences.perfusion import Bolus, Kinetics, Perfusion
from marey.scan.mr.sequences.phase_contrast import EddyCurrents, PhaseContrast, random_eddy_currents
from marey.scan.mr.sequences.readout import DEGREE, SpoiledReadout
from marey.scan.mr.sequences.sasha import Sasha
from marey.scan.mr.sequences.t2_prepared import T2Prepared
from marey.scan.mr.sequences.tagging import Tagging
from marey.scan.mr.sequences.turbo_spin_echo import TurboSpinEcho
from marey.scan.mr.spins import (
    GYROMAGNETIC,
    Spins,
    blood_t1_factor,
    fat_shift,
    random_spins,
    spins,
    water_and_fat,
)

MUSCLE = spins(1.5).at([Tissue.LV_MYOCARDIUM])
MINUTE = 60_000.0


def test_every_tissue_has_spins_and_a_source() -> None:
    assert set(RELAXATION) == set(Tissue)
    assert all(kind.source for kind in RELAXATION.values())
    assert max(Tissue) < TISSUES


@pytest.mark.parametrize("field_strength", [1.5, 3.0])
def test_t2_star_is_below_t2_below_t1(field_strength: float) -> None:
    table = spins(field_strength)
    assert table.t1.shape == (TISSUES,)
    assert (table.t2 <= table.t1).all()
    assert (table.t2_star <= table.t2).all()
    assert ((table.density >= 0) & (table.density <= 1)).all()


def test_t1_grows_and_t2_star_falls_with_the_field() -> None:
    real = [code for code in Tissue if spins(1.5).density[code] > 0]
    assert (spins(3.0).t1[real] > spins(1.5).t1[real]).all()
    assert (spins(3.0).t2_star[real] < spins(1.5).t2_star[real]).all()


def test_codes_of_no_tissue_are_as_air() -> None:
    assert spins(1.5).density[max(Tissue) + 1 :].max() == 0


def test_spins_of_voxels_are_looked_up() -> None:
    codes = np.array([[Tissue.FAT, Tissue.LIVER]], np.uint8)
    assert spins(1.5).at(codes).t1.tolist() == [[343.0, 586.0]]


def test_agent_shortens_scar_more_than_muscle_and_leaves_spinal_fluid() -> None:
    native, late = spins(1.5), spins(1.5, ContrastState())
    order = [Tissue.SCAR_CORE, Tissue.BORDER_ZONE, Tissue.FIBROSIS, Tissue.LV_MYOCARDIUM]
    assert (np.diff(late.t1[order]) > 0).all()
    assert late.t1[Tissue.CSF] == native.t1[Tissue.CSF]


def test_extracellular_volume_comes_back_from_the_times() -> None:
    """ECV = (1 - Hct) dR1(muscle) / dR1(blood)."""
    native, late = spins(1.5, None, 0.40), spins(1.5, ContrastState(time=20 * MINUTE), 0.40)
    rise = 1 / late.t1 - 1 / native.t1
    assert 0.60 * rise[Tissue.LV_MYOCARDIUM] / rise[Tissue.LEFT_BLOOD] == pytest.approx(0.254, rel=1e-9)


def test_agent_is_cleared() -> None:
    plasma = [ContrastState(time=t * MINUTE).plasma() for t in (2, 5, 15, 60)]
    assert plasma == sorted(plasma, reverse=True)
    assert plasma[2] == pytest.approx(0.15 * (3.99 * np.exp(-2.16) + 4.78 * np.exp(-0.1665)), rel=1e-12)
    assert float(shortened(np.array([1000.0]), 4.0, 0.5)[0]) == pytest.approx(1000 / 3)


def test_blood_t1_falls_with_haematocrit() -> None:
    """Lu 2004 at 3 T: 1 / T1 = 0.38 + 0.52 Hct, 1/s."""
    kind = RELAXATION[Tissue.LEFT_BLOOD]
    t1 = [1664 * blood_t1_factor(kind, h) for h in (0.30, 0.42, 0.50)]
    assert t1 == pytest.approx([1664 * (0.38 + 0.52 * 0.42) / (0.38 + 0.52 * h) for h in (0.30, 0.42, 0.50)])
    assert blood_t1_factor(RELAXATION[Tissue.LIVER], 0.3) == 1
    assert spins(3.0, None, 0.3).t1[Tissue.AORTIC_BLOOD] == pytest.approx(t1[0])


def test_random_spins_vary_by_kind_within_their_spreads() -> None:
    drawn = [random_spins(np.random.default_rng(seed), 1.5)[0] for seed in range(200)]
    t1 = np.array([person.t1 for person in drawn])
    assert (t1[:, Tissue.LV_MYOCARDIUM] == t1[:, Tissue.RV_MYOCARDIUM]).all()
    spread = np.log(t1[:, Tissue.LV_MYOCARDIUM]).std()
    assert 0.024 < spread < 0.036
    assert all((p.t2_star <= p.t2).all() for p in drawn)
    again = random_spins(np.random.default_rng(3), 1.5)
    np.testing.assert_array_equal(again[0].t1, drawn[3].t1)
    assert 0.25 <= again[1] <= 0.55


def test_fat_is_parted_from_water_and_shifted() -> None:
    table = spins(3.0)
    water, fat = water_and_fat(table)
    np.testing.assert_allclose(water.density + fat.density, table.density)
    assert water.density[Tissue.FAT] == 0
    assert 1000 * fat_shift(3.0) == pytest.approx(-434, abs=1)
    assert fat.off_resonance[Tissue.BONE_MARROW] == fat_shift(3.0)
    assert fat_shift(1.5) == pytest.approx(-3.4e-6 * GYROMAGNETIC * 1.5)


def test_fat_and_water_are_opposed_in_a_cine() -> None:
    water, fat = (Bssfp(repetition_time=3.0)(part) for part in water_and_fat(spins(1.5)))
    assert water[Tissue.LV_MYOCARDIUM].real > 0.02
    assert fat[Tissue.FAT].real < -0.02


def test_lungs_are_dark_and_blood_bright_in_a_cine() -> None:
    signal = np.abs(Bssfp()(spins(1.5)))
    assert signal[Tissue.LUNG] < 0.12 * signal[Tissue.LV_MYOCARDIUM]
    assert signal[Tissue.LEFT_BLOOD] > 2 * signal[Tissue.LV_MYOCARDIUM]


def test_late_enhancement_shows_scar_bright_and_muscle_dark() -> None:
    late = spins(1.5, ContrastState())
    for beats in (1, 2):
        sequence = InversionRecovery(heartbeats=beats)
        time = null_time(sequence, late.at([Tissue.LV_MYOCARDIUM]), 900)
        image, reference = sequence.but(inversion_time=time)(late, 900)
        picture = phase_sensitive(image * 1j, reference * 1j)
        assert picture[Tissue.SCAR_CORE] > 0.03
        assert abs(picture[Tissue.LV_MYOCARDIUM]) < 1e-6 * picture[Tissue.SCAR_CORE]
    early, reference = InversionRecovery(inversion_time=150.0)(late, 900)
    assert phase_sensitive(early, reference)[Tissue.LV_MYOCARDIUM] < 0
    assert phase_sensitive(early, reference)[Tissue.AIR] == 0


def test_black_blood_is_black_where_it_flows() -> None:
    table, sequence = spins(1.5), TurboSpinEcho()
    flowing = np.zeros(TISSUES, np.bool_)
    flowing[Tissue.LEFT_BLOOD] = True
    null = 1580 * np.log(2 / (1 + np.exp(-2000 / 1580)))
    signal = np.abs(sequence.but(black_blood_time=null)(table, 1000, flowing))
    assert signal[Tissue.LEFT_BLOOD] < 1e-9
    assert signal[Tissue.LEFT_ATRIAL_BLOOD] > 0.1
    assert np.abs(sequence.but(black_blood_time=0.0)(table, 1000, flowing))[Tissue.LEFT_BLOOD] > 0.7
    nulled = np.abs(sequence.but(fat_time=343 * np.log(2), heartbeats=6)(table, 1000))
    assert nulled[Tissue.FAT] < 0.03 * np.abs(sequence(table, 1000))[Tissue.FAT]


def test_perfusion_signal_rises_with_the_agent() -> None:
    signal = np.abs(Perfusion()(MUSCLE, np.array([0.0, 0.2, 0.5, 1.0])))
    assert (np.diff(signal) > 0).all()
    stress = Kinetics().but(blood_flow=3 * Kinetics().blood_flow)
    times = np.arange(0, 20_000, 500.0)
    blood = Bolus().left_heart(times)
    assert stress.concentration(times, blood).max() > 1.2 * Kinetics().concentration(times, blood).max()


def test_backgrounds_of_flow() -> None:
    rng = np.random.default_rng(0)
    eddies, flow = random_eddy_currents(rng, 3), PhaseContrast()
    place = rng.uniform(-150, 150, (7, 3))
    phase = eddies(place)
    assert phase.shape == (7, 3)
    at_rest = flow.velocity(flow(spins(1.5).at(np.full(7, Tissue.FAT)), np.zeros((7, 3)), phase))
    np.testing.assert_allclose(at_rest, phase / np.pi * flow.venc, atol=1e-12)
    assert 0.001 < np.abs(at_rest).max() < 0.4
    slope = EddyCurrents(((0.0, 0.5) + (0.0,) * 8,))
    assert slope([[100.0, 7.0, 3.0]]).tolist() == [[0.5]]
    along_z = flow.concomitant([[100.0, 0, 50]], [0.0, 0, 1], 1.5)
    expected = 2 * np.pi * GYROMAGNETIC * (20e-6 * 50) ** 2 / (2 * 1.5) * 1.6  # G x / 2 with x 100 mm
    assert along_z[0] == pytest.approx(expected, rel=1e-12)
    assert flow.concomitant([[100.0, 0, 50]], [0.0, 0, 1], 3.0)[0] == pytest.approx(expected / 2, rel=1e-12)


def test_tags_of_mixed_blood_are_the_mean_of_the_pattern() -> None:
    tags = Tagging()
    mean = tags.modulation(np.arange(70) / 10).mean()
    assert tags.modulation([np.nan])[0] == pytest.approx(float(mean), abs=1e-12)
    lost = Dense(cycles=3)(MUSCLE, [np.nan], [4.0], 100)
    assert lost[0] == 0


def test_polarity_comes_back_from_magnitudes() -> None:
    times = np.array([100.0, 1100, 2100, 180, 1180])
    signals = 1 - 2 * np.exp(-times / np.array([[400.0], [1000], [1900]]))
    np.testing.assert_array_equal(np.sign(restore_polarity(times, np.abs(signals))), np.sign(signals))


def test_noise_of_a_fit_is_what_is_left() -> None:
    rng, times = np.random.default_rng(0), np.linspace(50, 3000, 40)
    signals = 5 - 9 * np.exp(-times / 800) + rng.normal(0, 0.05, (300, 40))
    fit = fit_exponential(times, signals)
    assert fit.constant.mean() == pytest.approx(800, rel=0.01)
    assert fit.residual.mean() == pytest.approx(0.05, rel=0.08)
    assert look_locker_t1(fit).mean() == pytest.approx(800 * 0.8, rel=0.02)


def test_times_of_molli() -> None:
    assert Molli().times(1000).tolist() == [100, 1100, 2100, 3100, 4100, 180, 1180, 2180]
    beats = np.array([900.0, 1000, 1100, 800, 900, 1000, 1000, 1000, 700, 800])
    assert Molli().times(beats.tolist())[[1, 4, 6]].tolist() == [1000, 3900, 880]
    assert Molli().heartbeats == 11


def _bad_spins(**changes: np.ndarray) -> Spins:
    good = {name: getattr(MUSCLE, name) for name in ("t1", "t2", "t2_star", "density", "fat", "off_resonance")}
    return Spins(1.5, **(good | changes), susceptibility=MUSCLE.susceptibility)


SHORT = Fingerprinting(preparations=("none",), echoes=5)
BAD: dict[str, tuple[Callable[[], object], str]] = {
    "field": (lambda: spins(7.0), "1.5 T and 3 T"),
    "haematocrit in per cent": (lambda: spins(1.5, None, 42), "between 0.1 and 0.7"),
    "no t1": (lambda: _bad_spins(t1=np.array([0.0])), "t1 is not above 0"),
    "no t2 star": (lambda: _bad_spins(t2_star=np.array([np.nan])), "t2_star is not above 0"),
    "shapes": (lambda: _bad_spins(density=np.ones(2)), "have one shape"),
    "degrees": (lambda: Bssfp(flip_angle=60.0), "between 0 and 180 deg"),
    "late echo": (lambda: Bssfp(echo_time=5.0), "between two pulses"),
    "early agent": (lambda: ContrastState(time=0.0), "between 2 and 120 min"),
    "negative wait": (lambda: wait(-1), "not negative"),
    "pulse of nan": (lambda: pulse(float("nan")), "finite"),
    "rewound": (lambda: epg.play(wait(1, -1), 1000, 50), "count upwards"),
    "no relaxation": (lambda: epg.play(wait(1), 0.0, 50), "positive"),
    "no orders": (lambda: epg.play(joined([]), 1000, 50, orders=0), "at least one order"),
    "scheme": (lambda: Molli(images=(5, 3), pauses=()), "one pause between each two"),
    "racing heart": (lambda: Molli()(MUSCLE, 250), "fit into one heartbeat"),
    "racing heart, sasha": (lambda: Sasha()(MUSCLE, 150), "fit into one heartbeat"),
    "racing heart, t2": (lambda: T2Prepared()(MUSCLE, 150), "fit into one heartbeat"),
    "racing heart, fingerprints": (lambda: Fingerprinting()(MUSCLE, 200), "fit into one heartbeat"),
    "no preparation time": (lambda: T2Prepared(echo_times=()), "at least one"),
    "late inversion": (lambda: InversionRecovery(inversion_time=900.0)(MUSCLE, 950), "fit into one heartbeat"),
    "early readout": (lambda: InversionRecovery(inversion_time=20.0)(MUSCLE, 950), "fit into one heartbeat"),
    "never null": (lambda: null_time(InversionRecovery(), _bad_spins(t1=np.array([40.0])), 900), "passes through zero"),
    "unknown preparation": (lambda: Fingerprinting(preparations=("magic",)), "no preparation 'magic'"),
    "no heartbeat": (lambda: Fingerprinting(preparations=()), "At least one heartbeat"),
    "empty grid": (lambda: build_dictionary(SHORT, 1000, [50.0], [80.0]), "T2 is at most T1"),
    "other scan": (lambda: match(build_dictionary(SHORT, 1000, [500.0], [50.0]), np.ones(4)), "belong to one scan"),
    "one tag": (lambda: Tagging(weights=(1.0,)), "at least two"),
    "after the beat": (lambda: Tagging()(MUSCLE, 0.0, 1200, 1000), "live for one beat"),
    "before encoding": (lambda: Dense()(MUSCLE, 0.0, 0.0, -1), "before the encoding"),
    "venc of zero": (lambda: PhaseContrast(venc=0.0), "between 0.01 and 10 mm/ms"),
    "unknown velocity": (lambda: PhaseContrast()(MUSCLE, [[np.nan]]), "not finite"),
    "background": (lambda: EddyCurrents(((1.0,),)), "ten finite coefficients"),
    "negative agent": (lambda: Perfusion()(MUSCLE, -1.0), "not negative"),
    "no time to read": (lambda: Perfusion(saturation_time=20.0)(MUSCLE, 1.0), "follows the saturation"),
    "uneven times": (lambda: Kinetics().concentration([0.0, 1, 3], [0.0, 1, 2]), "evenly spaced"),
    "few images": (lambda: fit_exponential([1.0, 2], [1.0, 2]), "as many times as parameters"),
    "signals of nan": (lambda: fit_exponential([1.0, 2, 3], [1.0, 2, np.nan]), "all are finite"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_refused(name: str) -> None:
    do, words = BAD[name]
    with pytest.raises(MareyError, match=words) as caught:
        do()
    assert all((caught.value.found, caught.value.expected, caught.value.remedy))


def test_flip_angles_stay_in_range() -> None:
    sequence = Fingerprinting()
    angles = sequence.flip_angles()
    assert angles.shape == (sequence.images,)
    assert sequence.lowest <= angles.min() < angles.max() <= sequence.highest
    assert SpoiledReadout(flip_angle=15 * DEGREE).duration == pytest.approx(130)
