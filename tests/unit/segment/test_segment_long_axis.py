"""Long axes: the window around the heart, one piece of every structure, and a network that sees single slices."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core import Grid, Image, InvalidInput
from marey.nets.cine_net import CineNet
from marey.segment.long_axis import LongAxisView, SegmentLongAxis

GRID = Grid((1, 160, 140), np.diag([8.0, 1.6, 1.6, 1.0]), slice_thickness=8.0)


class Painted(CineNet):
    """Says LV cavity where the picture is 1, left atrium where it is 2."""

    def __call__(self, stacks: NDArray[np.float32]) -> NDArray[np.float32]:
        out = np.full((6, *stacks.shape), 0.02, np.float32)
        for key, level in ((0, 0), (1, 1), (4, 2)):
            out[key][np.rint(stacks) == level] = 0.9
        return out


def image() -> Image:
    values = np.zeros((3, 1, 160, 140), np.float32)
    values[:, :, 60:90, 60:80] = 1
    values[:, :, 30:58, 60:80] = 2
    values[1, :, 75:80, 95:99] = 1  # an island in one phase
    return Image(values, GRID, np.array([0.0, 300.0, 600.0]))


def test_structures_are_where_the_network_sees_them_without_islands() -> None:
    labels = SegmentLongAxis(net=Painted(), time_smoothing=0.0)(LongAxisView(image(), GRID.centre))
    assert labels.grid is GRID
    expected = np.zeros((160, 140), np.uint8)
    expected[60:90, 60:80], expected[30:58, 60:80] = 1, 4
    for picture in labels.values[:, 0]:
        assert (picture == expected).mean() > 0.995
        assert picture[77, 97] == 0


def test_nothing_is_labelled_beyond_the_reach() -> None:
    labels = SegmentLongAxis(net=Painted(), reach=30.0)(LongAxisView(image(), GRID.world([0, 75, 70])))
    rows = np.nonzero(labels.values.any(axis=(0, 1, 3)))[0]
    assert rows.min() >= 75 - 30 / 1.6 - 1
    assert labels.values.any()


def test_several_slices_are_refused() -> None:
    grid = Grid((2, 16, 16), np.diag([8.0, 1.6, 1.6, 1.0]))
    two = Image(np.zeros((2, 2, 16, 16), np.float32), grid, np.array([0.0, 300.0]))
    with pytest.raises(InvalidInput, match="2 slices"):
        SegmentLongAxis()(LongAxisView(two, grid.centre))
