"""Phases find their times, whatever clock a scanner gave them; missing and unequal ones are said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exams import change, cine, grid, kinds, notice, write
from pydicom.dataset import Dataset

from marey.io.read import read_study


def without(*keywords: str) -> Callable[[Dataset], None]:
    """An edit that deletes elements."""

    def edit(it: Dataset) -> None:
        for keyword in keywords:
            delattr(it, keyword)

    return edit


def test_one_series_per_phase_is_one_cine(tmp_path: Path) -> None:
    image = cine(slices=3, phases=6)
    for t in range(6):
        here = replace(image, values=image.values[t : t + 1], times=image.times[t : t + 1] + 5)
        write(here, tmp_path, number=20 - t)
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.times, image.times + 5, atol=1e-3)


def test_stills_of_two_series_are_no_cine(tmp_path: Path) -> None:
    for t, name in enumerate(("localiser", "late enhancement")):
        image = cine(slices=3, phases=1, seed=t)
        write(replace(image, times=image.times + 300 + 100 * t), tmp_path, number=t, series_description=name)
    assert {image.phases for image in read_study([tmp_path]).images} == {1}


@pytest.mark.parametrize(("stretch", "kind", "serious"), [(3.0, "several-beats", True), (0.5, "partial-beat", False)])
def test_frames_that_do_not_span_one_beat(tmp_path: Path, stretch: float, kind: str, serious: bool) -> None:
    image = cine()
    write(replace(image, times=image.times * stretch), tmp_path)
    assert notice(read_study([tmp_path]), kind).serious is serious


@pytest.mark.parametrize(
    "removed", [["TriggerTime"], ["TriggerTime", "TemporalPositionIdentifier"]], ids=["temporal", "instance"]
)
def test_phases_without_trigger_times(tmp_path: Path, removed: list[str]) -> None:
    image = cine()
    change(write(image, tmp_path), without(*removed))
    (back,) = read_study([tmp_path]).images
    np.testing.assert_array_equal(back.values, image.values)
    np.testing.assert_allclose(back.times, image.times)  # the RR interval is still known


def test_phases_by_acquisition_time(tmp_path: Path) -> None:
    image = cine()

    def edit(it: Dataset) -> None:
        it.AcquisitionTime = f"1200{it.TemporalPositionIdentifier * 0.03:09.6f}"
        it.InstanceNumber = 1000 - it.InstanceNumber
        del it.TriggerTime, it.TemporalPositionIdentifier

    change(write(image, tmp_path), edit)
    np.testing.assert_array_equal(read_study([tmp_path]).images[0].values, image.values)


def test_without_any_clock(tmp_path: Path) -> None:
    def edit(it: Dataset) -> None:
        del it.TriggerTime, it.NominalInterval, it.HeartRate

    change(write(cine(), tmp_path), edit)
    study = read_study([tmp_path])
    np.testing.assert_allclose(study.images[0].times, np.arange(6) / 6)
    assert np.isnan(study.images[0].rr_interval)
    assert "no-clock" in kinds(study)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (without("NominalInterval"), 60_000 / 67),
        (without("NominalInterval", "HeartRate"), 900),
        (lambda it: setattr(it, "NominalInterval", 0), 60_000 / 67),
    ],
    ids=["heart rate", "trigger times", "zero interval"],
)
def test_rr_interval_fallbacks(tmp_path: Path, edit: Callable[[Dataset], object], expected: float) -> None:
    change(write(cine(), tmp_path), edit)
    np.testing.assert_allclose(read_study([tmp_path]).images[0].rr_intervals, expected)


def test_a_missing_frame_is_interpolated_and_said(tmp_path: Path) -> None:
    image = cine(phases=8)
    smooth = np.cos(2 * np.pi * np.arange(8) / 8)[:, None, None, None] * 100 + 500 + image.values % 7
    image = replace(image, values=smooth.astype(np.uint16))
    write(image, tmp_path)[8 + 3].unlink()
    study = read_study([tmp_path])
    assert notice(study, "missing-frame").serious
    back = study.images[0].values
    np.testing.assert_array_equal(np.delete(back, 1, axis=1), np.delete(image.values, 1, axis=1))
    expected = (image.values[2, 1].astype(float) + image.values[4, 1]) / 2
    np.testing.assert_allclose(back[3, 1], expected, atol=0.51)
    np.testing.assert_array_equal(np.delete(back[:, 1], 3, axis=0), np.delete(image.values[:, 1], 3, axis=0))


def test_a_frame_missing_everywhere_is_said(tmp_path: Path) -> None:
    for path in write(cine(phases=8), tmp_path)[3::8]:
        path.unlink()
    study = read_study([tmp_path])
    assert study.images[0].phases == 7
    assert notice(study, "missing-frame").serious


def test_unequal_phase_counts_are_said(tmp_path: Path) -> None:
    write(cine(slices=3, phases=8), tmp_path)
    write(cine(slices=1, phases=10, origin=grid(4).world([3, 0, 0])), tmp_path, number=2)
    study = read_study([tmp_path])
    (image,) = study.images
    assert image.values.shape[:2] == (8, 4)
    assert len(image.sources) == 8
    assert {len(phase) for phase in image.sources} == {4}
    assert "10 phases where the others have 8" in notice(study, "unequal-phases").text


def test_a_slice_with_one_phase_is_left_out_and_said(tmp_path: Path) -> None:
    for path in write(cine(slices=4, phases=6), tmp_path)[-5:]:
        path.unlink()
    study = read_study([tmp_path])
    assert study.images[0].values.shape[:2] == (6, 3)
    assert notice(study, "incomplete-slice").serious


def test_a_slice_with_too_few_phases_is_left_out_and_said(tmp_path: Path) -> None:
    for path in write(cine(slices=4, phases=12), tmp_path)[-10:]:
        path.unlink()
    study = read_study([tmp_path])
    assert study.images[0].values.shape[:2] == (12, 3)
    assert notice(study, "incomplete-slice").serious


def test_two_phases_are_enough_to_read(tmp_path: Path) -> None:
    image = replace(cine(phases=2), times=np.array([0.0, 300.0]))
    write(image, tmp_path)
    study = read_study([tmp_path])
    assert study.images[0].phases == 2
    assert kinds(study) == {"two-phases"}
