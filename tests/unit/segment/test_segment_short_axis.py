"""Labels of the short axis: laws of the clean-up, and the whole step on simulated exams the network never saw."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.core import Grid, Image, Labels, NotAnalysable, Structure
from marey.detect.heart_box import FindHeart
from marey.nets.cine_net import CineNet
from marey.nets.labels import PIXEL
from marey.scan.cine import CineExam, SimulatedExam
from marey.segment.short_axis import SegmentShortAxis
from marey.segment.tidy import tidy


def heart_labels() -> NDArray[np.uint8]:
    """(t, z, y, x): a ring with a crescent beside it on every slice."""
    rows, columns = np.indices((64, 64)) - 32
    radius = np.hypot(rows, columns)
    picture = np.zeros((64, 64), np.uint8)
    picture[np.hypot(rows, columns + 16) < 16] = 3
    picture[radius < 14] = 2
    picture[radius < 9] = 1
    return np.tile(picture, (6, 4, 1, 1))


def probability_of(labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(0.9 * (labels == np.arange(4)[:, None, None, None, None]) + 0.025, np.float32)


def tidied(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.asarray(tidy(probability_of(labels)).argmax(0))


def test_a_tidy_heart_stays_as_it_is() -> None:
    labels = heart_labels()
    assert np.array_equal(tidied(labels), labels)


def test_islands_go() -> None:
    labels = heart_labels()
    dirty = labels.copy()
    dirty[:, 1, 2:6, 2:6] = 1
    dirty[2, 2, 58:62, 50:60] = 3
    dirty[:, 0, 55:60, 2:8] = 2
    assert np.array_equal(tidied(dirty), labels)


def test_holes_in_the_cavity_are_cavity() -> None:
    labels = heart_labels()
    dirty = labels.copy()
    dirty[:, :, 30:33, 30:33] = 2
    assert np.array_equal(tidied(dirty), labels)


def test_papillary_muscles_do_not_dent_the_cavity() -> None:
    labels = heart_labels()
    dirty = labels.copy()
    dirty[:, :, 30:35, 37:41] = 2
    assert np.array_equal(tidied(dirty), labels)


@pytest.mark.parametrize("shape", ["point", "row", "diagonal"])
def test_cavities_too_small_for_an_outline_are_kept(shape: str) -> None:
    labels = heart_labels()
    labels[labels == 1] = 2
    for k in range(1 if shape == "point" else 4):
        labels[:, 1, 30 + k * (shape == "diagonal"), 30 + k] = 1
    assert (tidied(labels)[:, 1] == 1).any()


def test_a_gap_in_the_wall_is_closed() -> None:
    dirty = heart_labels()
    dirty[0, 1, 30:34, 40:46] = 0
    result = tidied(dirty)
    assert (result[0, 1, 30:34, 41] == 2).any()


def test_a_slice_lost_for_one_phase_comes_back() -> None:
    labels = heart_labels()
    dirty = labels.copy()
    dirty[3, 2] = 0
    result = tidied(dirty)
    assert np.array_equal(result[3, 2] == 1, labels[3, 2] == 1)


def test_nothing_stays_nothing() -> None:
    empty = np.zeros((2, 3, 16, 16), np.uint8)
    assert not tidied(empty).any()


def test_mirrored_labels_give_mirrored_results() -> None:
    dirty = heart_labels()
    dirty[:, 1, 2:6, 2:6] = 1
    dirty[0, 1, 30:34, 40:46] = 0
    assert np.array_equal(tidied(dirty[..., ::-1])[..., ::-1], tidied(dirty))


@pytest.fixture(scope="module")
def exam_and_labels() -> tuple[SimulatedExam, Labels]:
    exam = CineExam(slices=8, phases=3, matrix=160)(np.random.default_rng(987_654), "healthy")
    box = FindHeart()(exam.image)
    labels = SegmentShortAxis()(exam.image.crop(box.rows, box.columns)).on(exam.image.grid, box.rows, box.columns)
    return exam, labels


@pytest.mark.parametrize(("structure", "least"), [(LV_CAVITY, 0.88), (LV_MYOCARDIUM, 0.78), (RV_CAVITY, 0.78)])
def test_simulated_exam_is_labelled_well(
    exam_and_labels: tuple[SimulatedExam, Labels], structure: Structure, least: float
) -> None:
    exam, labels = exam_and_labels
    truth, answer = exam.labels.mask(structure), labels.mask(structure)
    assert 2 * (truth & answer).sum() / (truth.sum() + answer.sum()) > least


class KnownRadius(CineNet):
    """Stands in for the network: a cavity whose radius (pixels of the network) is the picture's mean."""

    def __call__(self, stacks: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, columns = np.indices(stacks.shape[-2:]) - 32.0
        outside = np.hypot(rows, columns) - stacks.mean((2, 3), keepdims=True)
        cavity = 1 / (1 + np.exp(outside / 0.5))
        wall = (1 - cavity) / (1 + np.exp((outside - 6) / 0.5))
        return np.stack([1 - cavity - wall, cavity, wall, 0 * cavity]).astype(np.float32)


@pytest.mark.parametrize("phases", [2, 8, 12, 30, 60])
def test_smoothing_over_time_keeps_the_smallest_cavity(phases: int) -> None:
    radius = 12 + 5 * np.cos(2 * np.pi * np.arange(phases) / phases)
    grid = Grid((3, 64, 64), np.diag([8.0, PIXEL, PIXEL, 1.0]))
    image = Image(np.tile(radius[:, None, None, None], (1, *grid.shape)), grid, np.arange(phases, dtype=float))
    smooth, alone = (
        SegmentShortAxis(KnownRadius(), **setting)(image).mask(LV_CAVITY).sum((1, 2, 3))
        for setting in ({}, {"time_smoothing": 0.0})
    )
    assert smooth.min() == pytest.approx(alone.min(), rel=0.02)
    assert smooth.max() == pytest.approx(alone.max(), rel=0.02)


def test_smoothing_over_time_quietens_noise() -> None:
    random = np.random.default_rng(3)
    grid = Grid((3, 64, 64), np.diag([8.0, PIXEL, PIXEL, 1.0]))
    radius = 12 + random.normal(0, 0.5, 40)
    image = Image(np.tile(radius[:, None, None, None], (1, *grid.shape)), grid, np.arange(40.0))
    noise = [
        float(SegmentShortAxis(KnownRadius(), time_smoothing=amount)(image).mask(LV_CAVITY).sum((1, 2, 3)).std())
        for amount in (0.0, 0.018)
    ]
    assert noise[1] < 0.7 * noise[0]


def test_probability_is_kept_and_agrees_with_the_labels(exam_and_labels: tuple[SimulatedExam, Labels]) -> None:
    _, labels = exam_and_labels
    assert labels.probability is not None
    assert labels.probability.dtype == np.uint8
    inside = labels.mask(LV_CAVITY)
    assert labels.probability[0][inside].mean() > 190
    assert labels.probability[0][~inside].mean() < 20


def test_box_holds_the_heart(exam_and_labels: tuple[SimulatedExam, Labels]) -> None:
    exam, _ = exam_and_labels
    box = FindHeart()(exam.image)
    heart = exam.labels.values > 0
    assert heart[:, :, box.rows, box.columns].sum() > 0.97 * heart.sum()


def test_pictures_without_a_heart_are_refused() -> None:
    noise = np.random.default_rng(0).random((2, 4, 96, 96), dtype=np.float32)
    grid = Grid((4, 96, 96), np.diag([8.0, 2.0, 2.0, 1.0]))
    with pytest.raises(NotAnalysable, match="No left ventricle was found"):
        FindHeart()(Image(noise, grid, np.arange(2.0)))
