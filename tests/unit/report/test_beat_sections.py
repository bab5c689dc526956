"""Cuts through hexahedra have the area that geometry gives them."""

import numpy as np
import pytest

from marey.report.beat_sections import section

POINTS = np.array([[x, y, z] for z in (0.0, 2.0) for y in (0.0, 3.0) for x in (0.0, 5.0)])
BOX = np.array([[0, 1, 3, 2, 4, 5, 7, 6]])


def area(polygons: list[np.ndarray]) -> float:
    total = 0.0
    for polygon in polygons:
        spokes = polygon[1:] - polygon[0]
        total += float(np.linalg.norm(np.cross(spokes[:-1], spokes[1:]).sum(axis=0))) / 2
    return total


@pytest.mark.parametrize(
    ("normal", "offset", "expected"),
    [([0, 0, 1], 0.7, 15.0), ([1, 0, 0], 2.5, 6.0), ([0, 1, 0], 2.9, 10.0), ([3 / 5, 0, -4 / 5], 0.9, 10.0)],
)
def test_the_area_of_a_cut_through_a_box(normal: list[float], offset: float, expected: float) -> None:
    polygons, _ = section(POINTS, BOX, np.zeros(8), np.array(normal, float), offset)
    assert area(polygons) == pytest.approx(expected)


def test_values_are_those_at_the_cut() -> None:
    _, values = section(POINTS, BOX, POINTS[:, 2], np.array([0.0, 0, 1]), 1.3)
    assert np.allclose(values, 1.3)


def test_a_plane_that_misses_gives_nothing() -> None:
    polygons, values = section(POINTS, BOX, np.zeros(8), np.array([0.0, 0, 1]), 9.0)
    assert polygons == []
    assert values.size == 0
