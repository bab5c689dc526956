from itertools import pairwise

import numpy as np
import pytest

from marey.core import Grid, InvalidInput
from marey.scan.body import Tissue
from marey.scan.mr.acquisition import Receiver
from marey.scan.mr.sequences.bssfp import Bssfp
from marey.scan.mr.series import BreathHolds, ScannedSlice, Scanner, random_scanner, scan_cine
from marey.scan.mr.series.measure import planned, slice_by_slice
from marey.scan.scene import LABELS, with_body
from scanned_subject import displacement, lying_subject, middle_slice, quiet, small

SETTINGS = small("cine", phases=4, views_per_segment=8)
NUMBER = {structure.name: number for number, structure in LABELS.items()}


def scanned(scanner: Scanner, seed: int = 0, **changes: object) -> ScannedSlice:
    settings = SETTINGS.but(changes)
    grid = middle_slice(settings)
    return scan_cine(lying_subject(), grid, settings, scanner, np.random.default_rng(seed), short_axis=True)


@pytest.fixture(scope="module")
def still() -> ScannedSlice:
    return scanned(quiet())


def ideal(grid: Grid, time: float) -> np.ndarray:
    """Mean signal of what lies in the pixels, without any encoding."""
    it, samples = lying_subject(), 5
    tissue = with_body(it.motion.scene(grid, time, 0.0, samples), it.around(grid, samples, 0.0)).tissue[0]
    sequence = Bssfp(SETTINGS.flip_angle, SETTINGS.repetition_time, SETTINGS.repetition_time / 2)
    return np.asarray(np.abs(sequence(it.spins(1.5)))[tissue].mean(axis=0))


def test_pictures_lie_on_their_labels(still: ScannedSlice) -> None:
    """Noise-free and fully sampled: within 0.3 pixels, at end-diastole when the heart rests."""
    frames = still.frames["magnitude"]
    rows, columns = np.nonzero(np.isin(frames.labels[0], (NUMBER["LV cavity"], NUMBER["LV myocardium"])))
    window = (slice(rows.min() - 3, rows.max() + 4), slice(columns.min() - 3, columns.max() + 4))
    picture, reference = frames.values[0][window], ideal(still.measured[0].scan.grid, 0.0)[window]
    picture = picture * (reference * picture).sum() / (picture**2).sum()
    assert np.abs(displacement(picture, reference)).max() < 0.3


def test_blood_is_brighter_than_muscle_as_its_equation_says(still: ScannedSlice) -> None:
    frames, spins = still.frames["magnitude"], lying_subject().spins(1.5)
    sequence = Bssfp(SETTINGS.flip_angle, SETTINGS.repetition_time, SETTINGS.repetition_time / 2)
    said = np.abs(sequence(spins))
    muscle = np.median(frames.values[0][frames.labels[0] == NUMBER["LV myocardium"]])
    blood = np.median(frames.values[0][frames.labels[0] == NUMBER["LV cavity"]])
    assert blood / muscle == pytest.approx(said[Tissue.LEFT_BLOOD] / said[Tissue.LV_MYOCARDIUM], rel=0.15)


def test_the_cavity_is_smallest_in_systole(still: ScannedSlice) -> None:
    cavity = (still.frames["magnitude"].labels == NUMBER["LV cavity"]).sum(axis=(1, 2))
    assert cavity.argmax() == 0
    assert cavity[0] > 1.4 * cavity.min()
    assert all(early < late for early, late in pairwise(still.frames["magnitude"].times))


def test_the_same_chance_gives_the_same_slice_and_noise_is_added() -> None:
    noisy = quiet().but({"receiver": Receiver(noise=0.3)})
    first, again, other = (scanned(noisy, seed).frames["magnitude"].values for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_breath_holds_of_other_depth_show_other_places() -> None:
    deep = quiet().but({"breath_holds": BreathHolds(spread=12.0, drift=0.0)})
    one, two = (scanned(deep, seed, phases=2, views_per_segment=24).frames["magnitude"].labels for seed in (1, 5))
    assert (one != two).sum() > 0.1 * (one > 0).sum()


def test_slices_beyond_the_heart_have_no_labels_and_a_stack_is_scanned_in_order() -> None:
    settings = small("cine", 64, phases=2, views_per_segment=32)
    grid = planned(lying_subject(), settings, quiet(), np.random.default_rng(3))["short axis"]
    done = slice_by_slice(
        grid, np.random.default_rng(0), lambda one, rng: scan_cine(
            lying_subject(), one, settings, quiet(), rng, short_axis=True)
    )  # fmt: skip
    assert [float(one.measured[0].scan.grid.affine[2, 3]) for one in done] == pytest.approx(
        [float(grid.world([z, 0, 0])[2]) for z in range(grid.shape[0])]
    )
    cavity = [(one.frames["magnitude"].labels == NUMBER["LV cavity"]).sum() for one in done]
    assert cavity[len(cavity) // 2] > 0
    assert min(cavity[0], cavity[-1]) == 0


def test_scanners_that_do_not_exist_are_refused() -> None:
    with pytest.raises(InvalidInput, match="field strength"):
        Scanner(field_strength=2.0)
    with pytest.raises(InvalidInput, match="style"):
        Scanner(style="unheard-of")


def test_random_scanners_differ_and_repeat() -> None:
    assert random_scanner(np.random.default_rng(1)) == random_scanner(np.random.default_rng(1))
    assert len({random_scanner(np.random.default_rng(seed)) for seed in range(20)}) > 15
