"""Checks of motions that cannot be a heart's, and of one that can."""

import numpy as np
import pytest
from numpy.typing import NDArray

from heart_phantoms import beat, cine, short_axis_grid
from marey.anatomy import Level
from marey.core import Finding, Motion
from marey.measure.followed_wall import TrackedCine
from marey.trust.motion import AFFECTS, CheckMotion

PHASES, INNER = 12, 24.0
GRID = short_axis_grid((3, 96, 96), turn=0.0, shift=(0.0, 0.0))
LEVELS = (Level.APICAL, Level.MID, Level.BASAL)
CYCLE = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(PHASES) / PHASES)


def places() -> NDArray[np.float64]:
    axes = ((np.arange(n) - (n - 1) / 2) * GRID.spacing[1] for n in GRID.shape[1:])
    return np.asarray(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1))


def checked(fields: list[NDArray[np.float64]], levels: tuple[Level, ...] = LEVELS) -> dict[str, Finding]:
    segmented = cine(beat(PHASES, INNER), GRID, levels=levels)
    displacement = np.repeat(np.array(fields, np.float32)[:, None], GRID.shape[0], axis=1)
    motion = Motion(displacement, GRID, segmented.labels.times, 0)
    return {finding.key: finding for finding in CheckMotion()(TrackedCine(segmented, motion))}


def test_a_heart_passes() -> None:
    radius = np.maximum(np.linalg.norm(places(), axis=-1), 10.0)
    shrink = [np.sqrt(1 - 0.3 * s * INNER**2 / np.maximum(radius, INNER * 0.8) ** 2)[..., None] - 1 for s in CYCLE]
    found = checked([one * places() for one in shrink])
    assert [finding.passed for finding in found.values()] == [True] * 3


def test_a_fold_is_counted() -> None:
    turned_over = [-2.5 * s * places() * (np.abs(places()).max(axis=-1, keepdims=True) < 6) for s in CYCLE]
    fold = checked(turned_over)["check_motion_folds"]
    assert fold.passed is False
    assert int(fold.evidence["pixels"]) > 0
    assert "folds over itself" in fold.message


def test_a_motion_that_does_not_come_back_is_said() -> None:
    rising = [k / PHASES * np.full((*GRID.shape[1:], 2), 8.0) for k in range(PHASES)]
    closed = checked(rising)["check_motion_closed"]
    assert closed.passed is False
    assert closed.evidence["left_mm"] == pytest.approx(np.hypot(8, 8) * 11 / 12, rel=1e-3)


@pytest.mark.parametrize("scale", [0.8, 1.4])
def test_muscle_that_shrinks_or_swells_is_said(scale: float) -> None:
    volume = checked([s * (scale - 1) * places() for s in CYCLE])["check_motion_volume"]
    assert volume.passed is False
    assert volume.evidence["area_ratio"] == pytest.approx(scale**2, rel=1e-3)
    assert set(str(volume.evidence["affects"]).split()) == set(AFFECTS)


def test_without_mid_slices_nothing_is_checked_but_folds() -> None:
    found = checked([np.zeros((*GRID.shape[1:], 2))] * PHASES, (Level.APICAL, Level.BASAL, Level.OUTSIDE))
    assert [finding.passed for finding in found.values()] == [True, None, None]
