"""Stacks with gaps, overlaps or turned slices are refused with what was found."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core import Grid, Image, NotAnalysable, Notice, Study
from marey.detect.stack_order import check_stack


def stack(positions: NDArray[np.floating], thickness: float | None = 8.0) -> Image:
    grid = Grid((len(positions), 8, 8), np.diag([10.0, 1.5, 1.5, 1.0]), np.asarray(positions, np.float64), thickness)
    return Image(np.ones((2, *grid.shape), np.int16), grid, np.arange(2.0))


EVEN = np.arange(8) * 10.0


@pytest.mark.parametrize("positions", [EVEN, EVEN * 1.77, EVEN + np.array([0, 1, 0, 1, 0, 1, 0, 1])])
def test_even_stacks_pass(positions: NDArray[np.floating]) -> None:
    check_stack(stack(positions), Study(()))


def test_a_gap_is_refused() -> None:
    with pytest.raises(
        NotAnalysable, match=r"gap of 20 mm between slices that are otherwise 10 mm apart \(after slice 4\)"
    ):
        check_stack(stack(np.delete(EVEN, 4)), Study(()))


def test_slices_upon_each_other_are_refused() -> None:
    with pytest.raises(NotAnalysable, match=r"8 mm thick but only 3\.0 mm apart"):
        check_stack(stack(EVEN * 0.3), Study(()))
    check_stack(stack(EVEN * 0.3, thickness=None), Study(()))


def test_turned_slices_are_refused() -> None:
    study = replace(Study(()), notices=(Notice("rotated-slices", "2 slices are turned by 9 degrees."),))
    with pytest.raises(NotAnalysable, match="turned by 9 degrees"):
        check_stack(stack(EVEN), study)
