"""Measurements on the contours of a real heart that another program drew and placed in the patient."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from heart_phantoms import STRUCTURES
from marey.anatomy import KeyPhases, Level
from marey.core import Grid, Labels
from marey.measure import MeasureVolumes, MeasureWall, SegmentedCine
from marey.measure.outlines import find_outlines, ray_angles
from marey.measure.septum import angles_from_septum, anterior_turn, find_septum

SIDE, PIXEL = 160, 1.0
LEVELS = (Level.APICAL, Level.APICAL, Level.MID, Level.BASAL, Level.BASAL)
Points = dict[tuple[str, int], NDArray[np.float64]]


def read_points(folder: Path, phase: int) -> Points:
    """Points (n, 3) LPS of each contour type and slice of one phase."""
    rows = [line.split("\t") for line in (folder / f"GPFile_{phase:03d}.txt").read_text().splitlines()[1:]]
    keys = {(row[3], int(row[4])) for row in rows}
    return {key: np.array([row[:3] for row in rows if (row[3], int(row[4])) == key], dtype=np.float64) for key in keys}


def build(folder: Path, phases: tuple[int, int]) -> SegmentedCine:
    points = [read_points(folder, phase) for phase in phases]
    rows = sorted({row for kind, row in points[0] if kind == "SAX_LV_ENDOCARDIAL"}, reverse=True)  # apex first
    flat = points[0]["SAX_LV_ENDOCARDIAL", rows[-1]]
    normal = np.linalg.svd(flat - flat.mean(axis=0))[2][2]
    centres = [points[0]["SAX_LV_ENDOCARDIAL", row].mean(axis=0) for row in rows]
    normal = normal * np.sign((centres[-1] - centres[0]) @ normal)
    x = np.cross([0.0, 0.0, 1.0], normal)
    x = x / np.linalg.norm(x)
    y = np.cross(normal, x)
    positions = np.array([(centre - centres[0]) @ normal for centre in centres])
    affine = np.eye(4)
    affine[:3, :3] = np.stack([normal * positions[-1] / (len(rows) - 1), y * PIXEL, x * PIXEL], axis=1)
    middle = np.mean(centres, axis=0)
    affine[:3, 3] = middle - (middle - centres[0]) @ normal * normal - (x + y) * SIDE / 2 * PIXEL
    grid = Grid((len(rows), SIDE, SIDE), affine, positions)
    values = np.stack([[draw(found, row, grid) for row in rows] for found in points])
    labels = Labels(values, grid, np.array([0.0, 300.0]), STRUCTURES)
    return SegmentedCine(labels, KeyPhases(0, 1), LEVELS)


def draw(points: Points, row: int, grid: Grid) -> NDArray[np.uint8]:
    canvas = Image.new("L", (SIDE, SIDE))
    rv = [points[kind, row] for kind in ("SAX_RV_FREEWALL", "SAX_RV_SEPTUM") if (kind, row) in points]
    if rv:
        fill(canvas, np.concatenate(rv), grid, 3)
    outer = [points[kind, row] for kind in ("SAX_LV_EPICARDIAL", "SAX_RV_SEPTUM") if (kind, row) in points]
    if outer:
        fill(canvas, np.concatenate(outer), grid, 2)
        fill(canvas, points["SAX_LV_ENDOCARDIAL", row], grid, 1)
    return np.asarray(canvas)


def fill(canvas: Image.Image, points: NDArray[np.float64], grid: Grid, label: int) -> None:
    yx = grid.index(points)[:, 1:]
    around = yx - yx.mean(axis=0)
    corners = yx[np.argsort(np.arctan2(around[:, 0], around[:, 1]))]
    ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for y, x in corners], fill=label)


@pytest.fixture(scope="module")
def folder(data_dir: Path) -> Path:
    return data_dir / "human_cine_3t" / "guidepoints"


@pytest.fixture(scope="module")
def heart(folder: Path) -> SegmentedCine:
    return build(folder, (0, 9))


def test_the_septum_ends_where_the_contours_insert(heart: SegmentedCine, folder: Path) -> None:
    inserts = read_points(folder, 0)
    for row in range(1, 5):
        outlines = find_outlines(heart.labels, 0, row)
        assert outlines is not None
        septum = find_septum(heart.labels, 0, row, outlines)
        assert septum is not None
        yx = heart.labels.grid.index(inserts["RV_INSERT", 6 - row])[:, 1:] - outlines.centre
        expected = np.arctan2(yx[:, 0], yx[:, 1])
        middle = np.angle(np.exp(1j * expected).sum())
        assert abs(np.degrees(np.angle(np.exp(1j * (septum.middle - middle))))) < 12
        for end in septum.ends:
            assert np.degrees(np.abs(np.angle(np.exp(1j * (end - expected)))).min()) < 25


def test_anterior_is_where_the_upper_insertion_is(heart: SegmentedCine, folder: Path) -> None:
    inserts = read_points(folder, 0)
    outlines = {row: find_outlines(heart.labels, 0, row) for row in range(1, 5)}
    septa = {row: found for row, out in outlines.items() if out and (found := find_septum(heart.labels, 0, row, out))}
    turn = anterior_turn(heart.labels, 0, septa)
    assert turn.doubt == ""
    for row, septum in septa.items():
        outline = outlines[row]
        assert outline is not None
        upper = max(inserts["RV_INSERT", 6 - row], key=lambda point: point[2])
        yx = heart.labels.grid.index(upper)[1:] - outline.centre
        ray = int(np.abs(np.angle(np.exp(1j * (ray_angles() - np.arctan2(yx[0], yx[1]))))).argmin())
        assert 20 < angles_from_septum(septum, turn)[ray] < 100


def test_the_numbers_are_those_of_a_heart(heart: SegmentedCine) -> None:
    findings = {found.key: found.value for found in (*MeasureVolumes()(heart), *MeasureWall()(heart))}
    assert findings["lv_ef"] == pytest.approx(59.8, abs=8)  # the mesh through the same contours
    thickness = [findings[f"wall_thickness_ed_aha_{number}"] for number in range(1, 13)]
    assert all(isinstance(value, float) and 4 < value < 14 for value in thickness), thickness
