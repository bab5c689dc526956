"""Intervals: their parts against closed forms."""

import numpy as np
import pytest

from heart_phantoms import STRUCTURES, Ventricles, cine
from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM
from marey.core import Labels, Structure
from marey.measure import MeasureVolumes
from marey.measure.uncertainty import READER_EDV, agreement, contour_spread, interval

ED, ES = Ventricles(inner=24.0), Ventricles(inner=16.0, rv=24.0)


def with_probability(width: int) -> Labels:
    """Labels whose cavity has a rim of p = 0.5, `width` pixels in and out."""
    from scipy.ndimage import binary_dilation, binary_erosion

    labels = cine([ED, ES]).labels
    probability = np.zeros((3, *labels.values.shape), np.uint8)
    for index, key in enumerate(STRUCTURES):
        mask = labels.values == key
        flat = np.zeros((1, 1, 3, 3), bool)
        flat[0, 0] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
        probability[index][binary_dilation(mask, flat, iterations=width)] = 128
        probability[index][binary_erosion(mask, flat, iterations=width)] = 255
    return Labels(labels.values, labels.grid, labels.times, STRUCTURES, probability)


def test_a_half_certain_rim_spreads_by_half_its_volume() -> None:
    labels = with_probability(1)
    assert labels.probability is not None
    rim = (labels.probability[0, 0] == 128).sum() * labels.grid.pixel_area * 8.0
    assert contour_spread(labels, LV_CAVITY, 0) == pytest.approx(rim / 2, rel=0.01)


def test_a_trace_of_probability_far_away_is_no_doubt() -> None:
    labels = with_probability(1)
    assert labels.probability is not None
    traces = np.maximum(labels.probability, 3)
    hazy = Labels(labels.values, labels.grid, labels.times, STRUCTURES, traces)
    assert contour_spread(hazy, LV_CAVITY, 0) == contour_spread(labels, LV_CAVITY, 0)


def test_a_wider_rim_widens_every_interval_and_lowers_confidence() -> None:
    source = cine([ED, ES])
    sharp, blurred = (
        {
            finding.key: finding
            for finding in MeasureVolumes()(cine([ED, ES], probability=with_probability(width).probability))
        }
        for width in (1, 2)
    )
    plain = {finding.key: finding for finding in MeasureVolumes()(source)}
    for key in ("lv_edv", "lv_esv", "lv_sv", "lv_ef", "lv_mass", "rv_edv"):
        widths = []
        for findings in (plain, sharp, blurred):
            bounds = findings[key].interval
            assert bounds is not None
            widths.append(bounds[1] - bounds[0])
        assert widths[0] < widths[1] < widths[2]
        assert plain[key].confidence == 1.0
        assert 1.0 > sharp[key].confidence > blurred[key].confidence > 0.5


def test_without_probability_the_readers_spread_remains() -> None:
    found = MeasureVolumes()(cine([ED, ES]))[0]
    assert found.interval is not None
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.96 * READER_EDV / 1000)


def test_unlabelled_structures_have_no_spread() -> None:
    labels = with_probability(1)
    other = Structure("aorta", LV_CAVITY.code, (0, 0, 0))
    assert contour_spread(labels, other, 0) == 0.0
    assert agreement(cine([ED, ES]).labels, LV_MYOCARDIUM, 0) == 1.0


def test_agreement_of_certain_labels_is_one_and_of_nothing_zero() -> None:
    labels = cine([ED, ES]).labels
    certain = np.stack([(labels.values == key) * np.uint8(255) for key in STRUCTURES])
    sure = Labels(labels.values, labels.grid, labels.times, STRUCTURES, certain)
    lost = Labels(labels.values, labels.grid, labels.times, STRUCTURES, np.zeros_like(certain))
    assert agreement(sure, LV_CAVITY, 0) == 1.0
    assert agreement(lost, LV_CAVITY, 0) == 0.0


def test_intervals_stay_within_what_is_possible() -> None:
    assert interval(1.0, 10.0) == pytest.approx((0.0, 20.6))
    assert interval(0.95, 0.1, 0.0, 1.0) == pytest.approx((0.754, 1.0))
