"""Cuts through hexahedra have the area that geometry gives them."""

import numpy as np
import pytest

from marey.report.beat_sections import outline, section

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


def test_the_outline_of_a_sphere_is_a_circle() -> None:
    """A plane 3 mm off the middle of a sphere of 5 mm meets it in a circle of 4 mm."""
    turn, height = np.meshgrid(np.linspace(0, 2 * np.pi, 121), np.linspace(0, np.pi, 81))
    points = 5 * np.stack([np.sin(height) * np.cos(turn), np.sin(height) * np.sin(turn), np.cos(height)], -1)
    index = np.arange(points[..., 0].size).reshape(points.shape[:2])
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    lines = outline(points.reshape(-1, 3), triangles, np.array([0.0, 0, 1]), 3.0)
    assert np.allclose(np.linalg.norm(lines[..., :2], axis=-1), 4, atol=0.02)
    assert np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1).sum() == pytest.approx(8 * np.pi, rel=0.01)
