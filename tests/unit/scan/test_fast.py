"""The fast path: labelled stacks of random people."""

from itertools import islice

import numpy as np
import pytest

from marey.scan.body import Tissue
from marey.scan.fast import TRUTH, LabelledStack, stacks
from marey.scan.fast.pictures import Habits, pictures, random_habits
from marey.scan.fast.placements import MATRIX, SLICES, long_axis_planes, short_axis_stack
from marey.scan.fast.signals import random_look
from marey.scan.fields import smooth_field
from scanned_subject import lying_subject

SHAPE = (SLICES, MATRIX, MATRIX)
PLAIN = Habits((1.0, 1.0), 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@pytest.fixture(scope="module")
def person() -> list[LabelledStack]:
    return list(islice(stacks(np.random.default_rng((0, 4))), 24))


def test_a_person_gives_many_labelled_stacks_of_both_kinds(person: list[LabelledStack]) -> None:
    assert len(person) == 24
    assert {stack.long_axis for stack in person} == {False, True}
    for stack in person:
        assert stack.pictures.shape == stack.labels.shape == SHAPE
        assert np.isfinite(stack.pictures.astype(np.float32)).all()
        assert stack.pictures.min() >= 0
    found = np.unique(np.concatenate([stack.labels.ravel() for stack in person]))
    assert set(found.tolist()) == {0, *TRUTH}


def test_blood_is_brighter_than_the_muscle_beside_it(person: list[LabelledStack]) -> None:
    for stack in person:
        seen = stack.pictures[(stack.labels == 1) | (stack.labels == 2)].astype(np.float32)
        blood = np.median(stack.pictures[stack.labels == 1].astype(np.float32))
        muscle = np.median(stack.pictures[stack.labels == 2].astype(np.float32))
        assert seen.size > 100
        assert blood > 1.2 * muscle


def test_the_same_seed_gives_the_same_stacks_another_others() -> None:
    one, same, other = (next(stacks(np.random.default_rng(seed))) for seed in (3, 3, 5))
    assert np.array_equal(one.pictures, same.pictures)
    assert np.array_equal(one.labels, same.labels)
    assert not np.array_equal(one.labels, other.labels)


@pytest.mark.parametrize("seed", range(6))
def test_stacks_are_across_the_axis_and_planes_along_it(seed: int) -> None:
    found, rng = lying_subject().landmarks, np.random.default_rng(seed)
    across = short_axis_stack(found, rng)
    assert across.shape == SHAPE
    assert abs(float(across.normal @ found.axis)) > np.cos(0.45)
    for along in long_axis_planes(found, rng):
        assert abs(float(along.normal @ found.axis)) < np.sin(0.45)


def test_a_plain_scanner_shows_the_signals() -> None:
    signals = np.zeros((3, 2, 32, 32), np.complex64)
    signals[0, :, 8:20, 8:20], signals[2, :, 20:28, 4:30] = 0.4, 1.0
    rng = np.random.default_rng(0)
    assert pictures(PLAIN, signals, rng) == pytest.approx(np.abs(signals.sum(axis=0)), rel=0.8, abs=1e-5)
    assert np.corrcoef(pictures(PLAIN, signals, rng).ravel(), np.abs(signals.sum(axis=0)).ravel())[0, 1] > 0.99


def test_noise_has_the_size_asked_for() -> None:
    noisy = Habits((1.0, 1.0), 0.0, 0.05, 0.0, 0.0, 0.0, 1.0, 0.0)
    made = pictures(noisy, np.zeros((3, 4, 64, 64), np.complex64), np.random.default_rng(0))
    assert np.sqrt((made**2).mean() / 2) == pytest.approx(0.05, rel=0.03)


def test_scanners_and_looks_differ_and_keep_left_blood_at_one() -> None:
    looks = [random_look(np.random.default_rng(seed)) for seed in range(12)]
    codes = np.full((1, 1, 8, 8), int(Tissue.LEFT_BLOOD), np.uint8)
    middle = [float(np.abs(look(codes, np.random.default_rng(0)).sum(axis=0)).mean()) for look in looks]
    assert np.median(middle) == pytest.approx(1.0, abs=0.15)
    assert len({random_habits(np.random.default_rng(seed)) for seed in range(20)}) == 20


def test_smooth_fields_have_unit_variance() -> None:
    field = np.stack([smooth_field(np.random.default_rng(seed), (8, 64, 64), 9) for seed in range(40)])
    assert field.std() == pytest.approx(1.0, abs=0.1)
