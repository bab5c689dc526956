"""The fit finds hearts and slice shifts that it was not told, in any pose, and says when it cannot."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM, RV_CAVITY
from marey.anatomy.ventricles import MEDIUM, VentricleShape, cavity_volume, topology, ventricles
from marey.core import Grid, InvalidInput, Labels, NotAnalysable
from marey.core.units import mL
from marey.shape import FitShape, FittedHeart, LabelledHeart, shipped_model

Array = NDArray[np.float64]
KNOWN = topology(MEDIUM)
STRUCTURES = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY}
SHAPE = VentricleShape(lv_volume=180 * mL, rv_volume=170 * mL)
PIXEL, STEP, SIDE = 1.5, 9.0, 110


def _labels(shifts: Mapping[int, tuple[int, int]] | None = None, turn: Array | None = None) -> Labels:
    """Slices through the template's own cells, some of them shifted by whole pixels; the patient may be turned."""
    points = ventricles(SHAPE, MEDIUM).points
    heights = np.arange(-13.0, points[:, 2].max() + 15, STEP)
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[:, ::-1] * [STEP, PIXEL, PIXEL]
    affine[:3, 3] = [-105.0, -82.0, heights[0]]
    grid = Grid((len(heights), SIDE, SIDE), affine)
    inside = grid.world(np.moveaxis(np.indices(grid.shape), 0, -1)).reshape(-1, 3)
    values = _structure(points, inside).reshape(1, *grid.shape)
    for row, step in (shifts or {}).items():
        values[0, row] = np.roll(values[0, row], step, axis=(0, 1))
    if turn is not None:
        affine = turn @ affine
    return Labels(values, Grid(grid.shape, affine), np.zeros(1), STRUCTURES)


def _structure(points: Array, places: Array) -> NDArray[np.uint8]:
    """What lies at places (m, 3), by the nearest dense point of cavities and wall."""
    from scipy.spatial import cKDTree

    endo = points[KNOWN.inner[..., 0]]
    axis = endo.mean(axis=1, keepdims=True)
    parts = [axis + share * (endo - axis) for share in np.linspace(0, 0.97, 14)]
    cavity = np.concatenate([_dense(part) for part in parts])
    wall = np.concatenate([_cells(points, KNOWN.cells[KNOWN.side == 0])])
    right = _cells(points, KNOWN.rv_filling, 40)
    clouds = np.concatenate([cavity, wall, right])
    kind = np.repeat([1, 2, 3], [len(cavity), len(wall), len(right)]).astype(np.uint8)
    away, nearest = cKDTree(clouds).query(places, distance_upper_bound=1.6)
    return np.where(np.isfinite(away), np.append(kind, 0)[nearest], 0).astype(np.uint8)


def _dense(sheet: Array) -> Array:
    ring = np.concatenate([sheet, sheet[:, :1]], axis=1)
    share = np.linspace(0, 1, 4)[:, None, None, None]
    rows = ring[:-1] + share * (ring[1:] - ring[:-1])
    fine = rows[:, :, :-1] + share[:, None] * (rows[:, :, 1:] - rows[:, :, :-1])[None]
    return np.asarray(fine.reshape(-1, 3))


def _cells(points: Array, cells: NDArray[np.int64], through: int = 5) -> Array:
    from marey.core.hexahedra import shape_functions

    at = np.stack(
        np.meshgrid(*(np.linspace(-0.9, 0.9, count) for count in (through, 5, 5)), indexing="ij"), axis=-1
    ).reshape(-1, 3)
    return np.asarray(np.einsum("qk,mkc->mqc", shape_functions(at), points[cells]).reshape(-1, 3))


@pytest.fixture(scope="module")
def straight() -> FittedHeart:
    return FitShape()(LabelledHeart(_labels()))


def test_a_known_heart_is_found(straight: FittedHeart) -> None:
    volumes = {side: float(cavity_volume(straight.points[0], KNOWN.cavities[side])) for side in ("lv", "rv")}
    assert volumes["lv"] == pytest.approx(SHAPE.lv_volume, rel=0.06)
    assert volumes["rv"] == pytest.approx(SHAPE.rv_volume, rel=0.10)
    assert straight.misfit.median < 0.7


def test_shifts_of_slices_are_recovered(straight: FittedHeart) -> None:
    asked = {3: (3, -2), 5: (-3, 0), 7: (0, 3)}
    found = FitShape()(LabelledHeart(_labels(asked))).slice_shifts - straight.slice_shifts
    held = np.flatnonzero(np.isfinite(found[:, 0]))
    true = np.zeros_like(found)
    for row, step in asked.items():
        true[row] = np.array(step) * PIXEL
    trend = np.stack([np.ones(len(held)), held], axis=-1)
    off = (found - true)[held]
    off -= trend @ np.linalg.lstsq(trend, off, rcond=None)[0]
    assert np.sqrt((off**2).mean()) < 0.8 < np.sqrt((true[held] ** 2).mean())


def test_turned_patients_get_the_turned_heart(straight: FittedHeart) -> None:
    turn = np.eye(4)
    turn[:3, :3] = np.array([[0.6, -0.8, 0], [0.8, 0.6, 0], [0, 0, 1]])
    turn[:3, 3] = [12.0, -30.0, 55.0]
    turned = FitShape()(LabelledHeart(_labels(turn=turn)))
    expected = straight.points[0] @ turn[:3, :3].T + turn[:3, 3]
    assert np.abs(turned.points[0] - expected).max() < 0.05


def test_without_right_ventricle_it_is_said(straight: FittedHeart) -> None:
    labels = _labels()
    values = np.where(labels.values == 3, 0, labels.values).astype(np.uint8)
    fitted = FitShape()(LabelledHeart(Labels(values, labels.grid, labels.times, STRUCTURES)))
    assert straight.rv_seen
    assert not fitted.rv_seen


@pytest.mark.parametrize(("kept", "words"), [((), "0 short-axis slices"), ((1,), "with LV cavity and LV myocardium")])
def test_labels_without_a_ventricle_and_its_wall_are_refused(kept: tuple[int, ...], words: str) -> None:
    labels = _labels()
    values = np.where(np.isin(labels.values, kept), labels.values, 0).astype(np.uint8)
    with pytest.raises(NotAnalysable, match=words):
        FitShape()(LabelledHeart(Labels(values, labels.grid, labels.times, STRUCTURES)))


def test_a_phase_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="phase 3 of 1"):
        LabelledHeart(_labels(), end_diastole=3)


def test_modes_of_the_shipped_model_are_orthogonal() -> None:
    model = shipped_model()
    flat = model.modes.reshape(len(model.modes), -1)
    np.testing.assert_allclose(flat @ flat.T / flat.shape[1] * 3, np.eye(len(flat)), atol=5e-3)
    assert (np.diff(model.sd) <= 0).all()
