"""Regional motion, septal shape and segment strain of ventricles whose geometry is known."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from heart_phantoms import Ventricles, beat, cine, short_axis_grid
from marey.anatomy import Level
from marey.measure import SegmentedCine
from marey.measure.septal_shape import AREAS, ECCENTRICITY, MeasureSeptalShape
from marey.measure.wall_motion import EXCURSION, THICKENING, MeasureWallMotion

PHASES = 12
GRID = short_axis_grid((9, 96, 96), turn=0.0, shift=(0.0, 0.0))


def values(cine_: SegmentedCine, family: str) -> dict[int, float]:
    keys = {f.key: f.value for f in MeasureWallMotion()(cine_)}
    found = {n: keys[f"{family}_aha_{n}"] for n in range(1, 17)}
    return {n: float(v) for n, v in found.items() if isinstance(v, int | float)}


def test_an_even_contraction_is_the_same_in_every_segment() -> None:
    hearts = beat(PHASES, 24.0, 16.0)
    moving = cine(hearts, GRID)
    excursion, thickening = values(moving, EXCURSION), values(moving, THICKENING)
    assert len(excursion) == len(thickening) == 16
    assert list(excursion.values()) == pytest.approx([100 * 8 / 24] * 16, abs=1.5)
    wall = float(np.sqrt(16**2 + 32**2 - 24**2)) - 16
    assert list(thickening.values()) == pytest.approx([wall - 8] * 16, abs=0.5)


def one_sided(share: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda angle: 9 + share * (2 - 2 * np.cos(angle))


def test_a_wall_that_does_not_thicken_is_found() -> None:
    """The septum keeps its thickness, the free wall thickens by 4 mm."""
    share = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(PHASES) / PHASES)
    hearts = [Ventricles(inner=24 - 5 * float(s), wall=one_sided(float(s)), rv=30.0) for s in share]
    thickening = values(cine(hearts, GRID), THICKENING)
    septal, lateral = (np.mean([thickening[n] for n in numbers]) for numbers in ((8, 9), (11, 12)))
    assert septal == pytest.approx(0.3, abs=0.5)
    assert lateral == pytest.approx(3.6, abs=0.7)


def test_one_wrong_phase_hardly_matters() -> None:
    hearts = beat(PHASES, 24.0, 16.0)
    wrong = [*hearts[:3], Ventricles(inner=hearts[3].inner, wall=lambda angle: np.full_like(angle, 3.0)), *hearts[4:]]
    right, spoilt = (np.array(list(values(cine(one, GRID), THICKENING).values())) for one in (hearts, wrong))
    assert np.abs(right - spoilt).max() < 1.6


def test_without_a_right_ventricle_no_segment_is_placed() -> None:
    hearts = [Ventricles(inner=one.inner, wall=one.wall, rv=0.0) for one in beat(PHASES)]
    found = MeasureWallMotion()(cine(hearts, GRID))
    assert all(finding.value is None and "right ventricle" in finding.message for finding in found)


@pytest.mark.parametrize("ratio", [0.8, 1.0, 1.35])
def test_eccentricity_of_an_ellipse(ratio: float) -> None:
    """Rows of the grid run along the septum, columns across it."""
    found = {f.key: f.value for f in MeasureSeptalShape()(ellipses(ratio))}
    for key in ECCENTRICITY:
        assert found[key] == pytest.approx(ratio, rel=0.04)
    assert found["lv_fractional_area_change"] == pytest.approx(100 * (1 - (14 / 20) ** 2), abs=2)
    assert found["rv_lv_area_ratio"] == pytest.approx(0.5, rel=0.05)
    assert found["rv_fractional_area_change"] == 0


def ellipses(ratio: float) -> SegmentedCine:
    """Cavities with a half axis of 20 and 14 mm across the septum in one epicardium; beside it a still RV of half the
    area at end-diastole."""
    y, x = ((np.arange(96) - 47.5) * GRID.spacing[1] for _ in range(2))
    reach, across = np.hypot(y[:, None] / ratio, x[None]), np.broadcast_to(x[None], (96, 96))
    width = 0.5 * np.pi * 20 * 20 * ratio / 40
    first = np.sqrt(np.maximum(28**2 - (y[:, None] / ratio) ** 2, 0))
    beside = (np.abs(y[:, None]) < 20) & (across >= first) & (across < first + width)
    labels = np.zeros((2, *GRID.shape), np.uint8)
    for phase, half in enumerate((20.0, 14.0)):
        labels[phase, :, beside] = 3
        labels[phase, :, reach < 28] = 2
        labels[phase, :, reach < half] = 1
    drawn = cine(beat(2), GRID)
    return SegmentedCine(
        type(drawn.labels)(labels, GRID, drawn.labels.times, drawn.labels.structures), drawn.phases, drawn.levels
    )


def test_without_mid_slices_the_septum_has_no_shape() -> None:
    drawn = cine(beat(2), GRID, levels=(Level.BASAL,) * 9)
    found = {f.key: f for f in MeasureSeptalShape()(drawn)}
    for key in (*ECCENTRICITY, *AREAS):
        assert found[key].value is None
        assert "mid-ventricular slice" in found[key].message
