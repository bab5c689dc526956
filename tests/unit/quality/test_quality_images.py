"""Blurred, noisy, flat, clipped and repeated pictures are seen and said."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from beating_heart import heart_labels, picture, stack
from marey.anatomy import KeyPhases
from marey.core import Finding, Labels
from marey.core.structure import Structure
from marey.quality.all_checks import CHECKS, CheckQuality
from marey.quality.image_quality import CheckClipping, CheckContrast, CheckFrames, CheckNoise, CheckSharpness
from marey.quality.reading import Reading

GRID = stack(8, 14.0)
LABELS = heart_labels(GRID, 25)
GOOD = Reading(picture(GRID, 25, noise=8.0), LABELS, KeyPhases(0, 12))


def _shown(values: NDArray[np.generic]) -> Reading:
    return replace(GOOD, image=replace(GOOD.image, values=values))


def _one(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


def test_a_good_exam_passes_all_but_the_distance_of_its_slices() -> None:
    findings = CheckQuality()(GOOD)
    assert [finding.key for finding in findings if not finding.passed] == ["check_slice_distance"]
    assert len({finding.key for finding in findings}) == len(findings) >= len(CHECKS)
    assert all(finding.key.startswith("check_") for finding in findings)


@pytest.mark.parametrize("noise", [4.0, 10.0, 30.0])
def test_noise_is_measured(noise: float) -> None:
    finding = _one(CheckNoise()(_shown(picture(GRID, 25, noise=noise).values)))
    assert finding.value == pytest.approx(200 / noise, rel=0.1)
    assert finding.passed == (noise < 25)


def test_flat_pictures_are_said() -> None:
    finding = _one(CheckContrast()(_shown(100 + (GOOD.image.values - 100) * 0.02 + _noise(8.0))))
    assert finding.passed is False
    assert "differ little" in finding.message


def test_contrast_does_not_depend_on_scale_or_offset() -> None:
    first, second = (_one(CheckContrast()(_shown(v))).value for v in (GOOD.image.values, 3 * GOOD.image.values + 50))
    assert first == pytest.approx(second, rel=1e-3)


@pytest.mark.parametrize("blur", [2.0, 3.0])
def test_blur_widens_the_border(blur: float) -> None:
    sharp = _one(CheckSharpness()(GOOD))
    finding = _one(CheckSharpness()(_shown(gaussian_filter(GOOD.image.values, (0, 0, blur, blur)))))
    assert sharp.passed
    assert finding.passed is False
    assert float(finding.value or 0) > float(sharp.value or 0)


def test_clipping_is_said() -> None:
    finding = _one(CheckClipping()(_shown(np.minimum(GOOD.image.values, 180.0))))
    assert finding.passed is False
    assert "clipped" in finding.message


def test_repeated_frames_are_said() -> None:
    values = GOOD.image.values.copy()
    values[7] = values[6]
    finding = _one(CheckFrames()(_shown(values)))
    assert finding.passed is False
    assert finding.message.startswith("8 of 200 frames")


@pytest.mark.parametrize("check", [CheckContrast(), CheckSharpness(), CheckNoise(), CheckClipping()])
def test_without_lv_no_number_is_made(check: CheckContrast) -> None:
    structures: dict[int, Structure] = dict(LABELS.structures)
    empty = Labels(np.zeros_like(LABELS.values), GRID, LABELS.times, structures)
    finding = _one(check(replace(GOOD, labels=empty)))
    assert (finding.value, finding.passed) == (None, None)
    assert finding.message


def _noise(deviation: float) -> NDArray[np.float64]:
    return np.random.default_rng(1).normal(0, deviation, GOOD.image.values.shape)
