import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from phantom import STRUCTURES, phantom_exam
from PIL import Image as Pillow

from marey.anatomy import LV_CAVITY, LV_MYOCARDIUM
from marey.core import Grid, Image, Labels
from marey.report.loop import loop_data
from marey.report.pictures import MARGIN, contour_path, cut_out, frame_jpeg, heart_box

EXAM = phantom_exam(4, 7, 96)
PICTURES = cut_out(EXAM.image, EXAM.labels)


def labelled(values: NDArray[np.uint8], spacing: tuple[float, float] = (1.0, 1.0)) -> Labels:
    phases, slices, rows, columns = values.shape
    grid = Grid((slices, rows, columns), np.diag([8.0, *spacing, 1.0]))
    return Labels(values, grid, 30.0 * np.arange(phases, dtype=np.float64), STRUCTURES)


def test_the_box_holds_the_heart_of_all_phases_with_a_margin() -> None:
    values = np.zeros((2, 1, 200, 200), np.uint8)
    values[0, 0, 90:110, 80:100] = 1
    values[1, 0, 95:105, 100:140] = 3
    rows, columns = heart_box(labelled(values))
    assert columns.stop - columns.start == rows.stop - rows.start == 60 + 2 * MARGIN
    assert (columns.start, columns.stop) == (80 - MARGIN, 140 + MARGIN)
    assert rows.start <= 90 - MARGIN
    assert rows.stop >= 110 + MARGIN


def test_the_box_stays_in_the_image() -> None:
    values = np.zeros((1, 1, 50, 300), np.uint8)
    values[0, 0, :20, 290:] = 1
    rows, columns = heart_box(labelled(values))
    assert (rows.start, rows.stop, columns.stop) == (0, 48, 300)


def test_without_labels_the_whole_image_is_shown() -> None:
    assert heart_box(labelled(np.zeros((1, 1, 30, 40), np.uint8))) == (slice(0, 30), slice(0, 40))


def test_one_grey_window_for_all_and_constant_images_stay_black() -> None:
    assert (PICTURES.grey.min(), PICTURES.grey.max()) == (0, 255)
    flat = replace(EXAM.image, values=np.full_like(EXAM.image.values, 7))
    assert cut_out(flat, EXAM.labels).grey.max() == 0


def test_negative_and_unsigned_images_look_the_same() -> None:
    signed = replace(EXAM.image, values=EXAM.image.values.astype(np.float32) - 3000)
    difference = cut_out(signed, EXAM.labels).grey.astype(int) - PICTURES.grey
    assert np.abs(difference).max() <= 1


def test_pictures_have_square_millimetres() -> None:
    exam = phantom_exam(2, 3, 96, spacing=(2.0, 1.0))
    pictures = cut_out(exam.image, exam.labels)
    rows, columns = pictures.grey.shape[2:]
    _, (width, height) = frame_jpeg(pictures, 0, 0)
    assert width / height == pytest.approx(columns * 1.0 / (rows * 2.0), rel=0.02)


def test_contours_lie_on_the_labels() -> None:
    numbers = contour_path(PICTURES, PICTURES.outlines[0], 0, 1).strip("Mz").replace("L", " ").split()
    x, y = np.array(numbers, float).reshape(-1, 2).T
    rows, columns = heart_box(EXAM.labels)
    mask = EXAM.labels.mask(LV_CAVITY)[0, 1, rows, columns]
    area = 0.5 * abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))))
    down, across = np.nonzero(mask)
    assert area == pytest.approx(mask.sum(), rel=0.02)
    assert (x.mean(), y.mean()) == pytest.approx((across.mean() + 0.5, down.mean() + 0.5), abs=0.5)


def test_the_myocardium_is_drawn_by_its_outer_border_only_where_it_is() -> None:
    values = np.zeros((1, 2, 40, 40), np.uint8)
    values[0, :, 10:30, 10:30] = 1
    values[0, 0, 8:10, 8:32] = 2
    labels = labelled(values)
    image = Image(values.astype(float), labels.grid, labels.times)
    outline = next(o for o in cut_out(image, labels).outlines if o.structure == LV_MYOCARDIUM)
    assert "outer border" in outline.name
    assert len(outline.contours.of(0)) == 1
    assert outline.contours.of(1) == []


def decoded(packed: str, frames: int) -> list[list[NDArray[np.float64]]]:
    """The same reading as the page's script does."""
    numbers = np.frombuffer(base64.b64decode(packed), "<u2")
    shown, i = [], 0
    for _ in range(frames):
        curves, i = [], i + 1
        for _ in range(numbers[i - 1]):
            length = int(numbers[i])
            curves.append(numbers[i + 1 : i + 1 + 2 * length].reshape(-1, 2) / 32)
            i += 1 + 2 * length
        shown.append(curves)
    assert i == len(numbers)
    return shown


def test_the_loop_carries_every_frame_and_every_contour() -> None:
    loop = loop_data(PICTURES, columns=3)
    phases, slices = PICTURES.grey.shape[:2]
    sheets, width, height, outlines = loop["sheets"], loop["width"], loop["height"], loop["outlines"]
    assert isinstance(sheets, list)
    assert isinstance(outlines, list)
    assert len(sheets) == slices
    sheet = Pillow.open(io.BytesIO(base64.b64decode(sheets[1].partition(",")[2])))
    assert sheet.size == (3 * int(str(width)), 3 * int(str(height)))
    corner = np.asarray(sheet)[int(str(height)) : 2 * int(str(height)), : int(str(width))]
    small = Pillow.fromarray(corner).resize(PICTURES.grey.shape[:1:-1], Pillow.Resampling.BOX)
    assert np.abs(np.asarray(small, float) - PICTURES.grey[3, 1]).mean() < 12
    curves = decoded(outlines[0]["points"], phases * slices)
    expected = [len(PICTURES.outlines[0].contours.of(frame)) for frame in range(phases * slices)]
    assert [len(frame) for frame in curves] == expected


def test_the_loop_shrinks_when_there_is_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marey.report.loop.LOOP_PIXELS", 20_000)
    loop = loop_data(PICTURES)
    assert int(str(loop["width"])) * int(str(loop["height"])) * 4 * 7 == pytest.approx(20_000, rel=0.15)
