"""Late enhancement and relaxation maps of a subject, noise-free and fully sampled, against what is true of it."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from marey.core import InvalidInput
from marey.scan.body import Tissue
from marey.scan.mr.acquisition import Receiver
from marey.scan.mr.contrast import ContrastState
from marey.scan.mr.sequences.inversion_recovery import InversionRecovery, null_time
from marey.scan.mr.sequences.molli import Molli, molli_t1
from marey.scan.mr.sequences.readout import BalancedReadout, SpoiledReadout
from marey.scan.mr.series import Frames, ScannedSlice, Scanner, scan_lge, scan_mrf, scan_t1, scan_t2, subject
from marey.scan.mr.series.mrf import maps, sequence_of
from marey.scan.mr.series.raw import raw_slice
from marey.scan.mr.series.subject import Subject
from marey.scan.scene import LABELS
from marey.simulate.beat import SimulateBeat
from marey.simulate.presets import preset
from scanned_subject import lying_subject, middle_slice, quiet, small

NUMBER = {structure.name: number for number, structure in LABELS.items()}


def within(frames: Frames, structure: str) -> np.ndarray:
    """Pixels of a structure away from its edge."""
    return np.asarray(ndimage.binary_erosion(frames.labels[0] == NUMBER[structure], iterations=1))


@cache
def mapped() -> ScannedSlice:
    settings = small("t1", 128)
    return scan_t1(
        lying_subject(), middle_slice(settings), settings, quiet(), np.random.default_rng(0), short_axis=True
    )


def test_molli_underestimates_the_t1_of_muscle_as_it_is_known_to() -> None:
    """5 to 15 % at 1.5 T (Kellman and Hansen 2014, doi:10.1186/1532-429X-16-2), as its equation says."""
    frames = mapped().frames["T1 map"]
    muscle = within(frames, "LV myocardium")
    found, true = np.median(frames.values[0][muscle]), np.median(frames.truth["T1"][0][muscle])
    assert 0.85 < found / true < 0.95
    spins = lying_subject().spins(1.5).at(np.array([Tissue.LV_MYOCARDIUM]))
    times = mapped().frames["magnitude"].inversion_times
    assert list(times) == sorted(times[:5]) + sorted(times[5:])
    lines, rr = mapped().measured[0].scan.encoding.matrix[0], lying_subject().beat.period
    settings = small("t1", 128)
    readout = BalancedReadout(settings.flip_angle, settings.repetition_time, lines, 0.5)
    plain = Molli(first_time=times[0], readout=readout)
    said = molli_t1(plain.times(rr), plain(spins, rr).real)
    assert found == pytest.approx(float(said[0]), rel=0.02)


def test_t2_of_muscle_is_found_within_milliseconds() -> None:
    settings = small("t2", 128, acceleration=2.0, partial_fourier=0.875)
    made = scan_t2(
        lying_subject(), middle_slice(settings), settings, quiet(), np.random.default_rng(0), short_axis=True
    )
    frames = made.frames["T2 map"]
    muscle = within(frames, "LV myocardium")
    assert np.median(frames.values[0][muscle]) == pytest.approx(np.median(frames.truth["T2"][0][muscle]), abs=4)
    assert made.frames["magnitude"].values.shape[0] == 3


@cache
def infarcted() -> Subject:
    heart = preset("infarct")
    return subject(SimulateBeat(resolution="coarse", moments=12, medium="endless")(heart), heart)


@cache
def enhanced() -> ScannedSlice:
    settings = small("lge", 160)
    grid = middle_slice(settings, infarcted())
    return scan_lge(infarcted(), grid, settings, quiet(), np.random.default_rng(0), short_axis=True)


def test_healthy_muscle_is_nulled_and_scar_is_bright() -> None:
    for content in ("magnitude", "real"):
        frames = enhanced().frames[content]
        muscle, scar = within(frames, "LV myocardium"), frames.truth["scar"][0]
        remote = np.median(frames.values[0][muscle & (scar == 0)])
        bright = np.median(frames.values[0][muscle & (scar > 0.95)])
        assert abs(remote) < 0.1 * bright


def test_scar_by_half_of_its_brightness_has_the_true_area() -> None:
    frames = enhanced().frames["real"]
    muscle = frames.labels[0] == NUMBER["LV myocardium"]
    scar, inner = frames.truth["scar"][0], ndimage.binary_erosion(muscle)
    bright = np.quantile(frames.values[0][inner & (scar > 0.9)], 0.9)
    found = (muscle & (frames.values[0] > bright / 2)).sum()
    assert found == pytest.approx(scar[muscle].sum(), rel=0.3)


def test_the_inversion_time_is_the_one_that_nulls_muscle() -> None:
    settings, it = small("lge", 160), infarcted()
    readout = SpoiledReadout(
        settings.flip_angle, settings.repetition_time, settings.echo_time, settings.views_per_segment
    )
    muscle = it.spins(1.5, ContrastState()).at(np.array([Tissue.LV_MYOCARDIUM]))
    said = null_time(InversionRecovery(readout=readout), muscle, it.beat.period)
    (chosen,) = enhanced().frames["real"].inversion_times
    assert chosen == pytest.approx(said)


def test_an_operator_of_a_real_scanner_misses_it_a_little() -> None:
    settings = small("lge", 64)
    noisy = quiet().but({"receiver": Receiver(noise=0.2)})
    grid = middle_slice(settings, infarcted())
    times = {
        scan_lge(infarcted(), grid, settings, noisy, np.random.default_rng(seed), short_axis=True)
        .frames["real"].inversion_times
        for seed in range(3)
    }  # fmt: skip
    assert len(times) == 3


@cache
def fingerprinted(variability: float = 0.0) -> ScannedSlice:
    settings = small("mrf")
    scanner = quiet().but({"rhythm.variability": variability})
    return scan_mrf(
        lying_subject(), middle_slice(settings), settings, scanner, np.random.default_rng(2), short_axis=True
    )


def found_of_true(frames: Frames, values: np.ndarray, name: str, structure: str) -> float:
    inside = within(frames, structure)
    return float(np.median(values[0][inside]) / np.median(frames.truth[name][0][inside]))


@pytest.mark.parametrize("variability", [0.0, 0.15], ids=["even beats", "uneven beats"])
def test_fingerprints_give_t1_and_t2_of_muscle_and_blood(variability: float) -> None:
    """Found: muscle within 1.5 % in T1 and T2, blood within 3 and 10 %; a step of the dictionary is 2 and 4 %."""
    made = fingerprinted(variability).frames
    for name in ("T1", "T2"):
        frames = made[f"{name} map"]
        assert found_of_true(frames, frames.values, name, "LV myocardium") == pytest.approx(1, abs=0.04)
        assert found_of_true(frames, frames.values, name, "LV cavity") == pytest.approx(1, abs=0.15)
        muscle, blood = (within(frames, structure) for structure in ("LV myocardium", "LV cavity"))
        assert np.median(frames.values[0][blood]) > 1.2 * np.median(frames.values[0][muscle])
    assert np.median(made["magnitude"].values[0][blood]) > np.median(made["magnitude"].values[0][muscle])


def test_a_dictionary_of_even_beats_is_wrong_for_uneven_ones() -> None:
    settings, made = small("mrf"), fingerprinted(0.15)
    even = np.full(14, lying_subject().beat.period)
    _, t2, _ = maps(made.measured[0], sequence_of(settings), even, quiet())
    assert found_of_true(made.frames["T2 map"], t2, "T2", "LV myocardium") < 0.93


def test_fingerprints_are_read_in_diastole_one_window_a_heartbeat() -> None:
    schedule, period = fingerprinted().measured[0].schedule, lying_subject().beat.period
    assert schedule.line.tolist() == list(range(750))
    assert schedule.duration == pytest.approx(14 * period + 49 * 5.1)
    assert 0.6 * period < schedule.heart_time.min() < schedule.heart_time.max() < 0.95 * period
    assert raw_slice(fingerprinted().measured[0]).trajectory == "radial"
    assert raw_slice(mapped().measured[0]).trajectory == "cartesian"


def fingerprints(changes: dict[str, Any]) -> ScannedSlice:
    settings = small("mrf", **changes)
    return scan_mrf(
        lying_subject(), middle_slice(settings), settings, Scanner(), np.random.default_rng(0), short_axis=True
    )


@pytest.mark.parametrize(("changes", "said"), [
    ({"acceleration": 4.0}, "Spokes are measured, not lines"),
    ({"partial_fourier": 0.75}, "Spokes are measured, not lines"),
    ({"views_per_segment": 180}, "fit into one heartbeat"),
])  # fmt: skip
def test_fingerprints_that_cannot_be_measured_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        fingerprints(changes)


def test_unknown_preparations_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no preparation 'magic'"):
        sequence_of(small("mrf"), ("magic",))
