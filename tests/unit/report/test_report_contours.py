import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage

from marey.report.contours import thin, trace


def enclosed(curves: list[NDArray[np.float64]]) -> float:
    """Area by the shoelace formula; holes count negative because they are walked the other way."""
    return sum(
        0.5 * float(np.sum(y * np.roll(x, -1) - x * np.roll(y, -1)))
        for x, y in (np.transpose(curve) for curve in curves)
    )


def disc(radius: float, size: int = 64) -> NDArray[np.bool_]:
    y, x = np.mgrid[:size, :size] - size / 2 + 0.3
    inside: NDArray[np.bool_] = np.hypot(y, x) <= radius
    return inside


@given(arrays(np.bool_, (2, 7, 9)))
def test_area_is_that_of_the_pixels_less_half_a_pixel_for_each_piece_more_for_each_hole(
    masks: NDArray[np.bool_],
) -> None:
    # Every outer corner of a piece cuts 1/8 pixel off and every inner one adds 1/8; a closed walk has four more of one.
    contours = trace(masks, smoothing=0)
    for frame, mask in enumerate(masks):
        pieces = ndimage.label(mask)[1]
        holes = ndimage.label(np.pad(~mask, 1, constant_values=True), np.ones((3, 3)))[1] - 1
        assert enclosed(contours.of(frame)) == pytest.approx(mask.sum() - 0.5 * (pieces - holes))
        assert len(contours.of(frame)) == pieces + holes


@given(st.floats(2.5, 25))
def test_smoothing_keeps_the_area(radius: float) -> None:
    mask = disc(radius)
    assert enclosed(trace(mask[None]).of(0)) == pytest.approx(mask.sum(), rel=0.02)


def test_smoothing_takes_the_steps_away() -> None:
    def sharpest(smoothing: int) -> float:
        (curve,) = trace(disc(20.0)[None], smoothing).of(0)
        step = np.diff(np.vstack([curve, curve[:2]]), axis=0)
        direction = step[:, 0] + 1j * step[:, 1]
        return float(np.degrees(np.abs(np.angle(direction[1:] / direction[:-1]))).max())

    assert sharpest(0) == pytest.approx(45)
    assert sharpest(10) < 15


def test_a_single_pixel_does_not_vanish() -> None:
    mask = np.zeros((1, 5, 5), bool)
    mask[0, 2, 3] = True
    (curve,) = trace(mask).of(0)
    assert curve.mean(axis=0) == pytest.approx([3, 2])


def test_a_mask_that_touches_the_edge_is_closed() -> None:
    contours = trace(np.ones((1, 4, 6), bool), smoothing=0)
    (curve,) = contours.of(0)
    assert curve.min(axis=0).tolist() == [-0.5, -0.5]
    assert curve.max(axis=0).tolist() == [5.5, 3.5]


def test_frames_without_anything_have_no_curves() -> None:
    masks = np.stack([np.zeros((64, 64), bool), disc(5), np.zeros((64, 64), bool), disc(9)])
    contours = trace(masks)
    assert [len(contours.of(frame)) for frame in range(4)] == [0, 1, 0, 1]
    assert trace(masks[:1]).of(0) == []


def test_thinning_leaves_enough_of_a_small_curve() -> None:
    curve = np.arange(22.0).reshape(11, 2)
    assert len(thin(curve, 4)) == 11
    assert len(thin(np.zeros((120, 2)), 4)) == 30
