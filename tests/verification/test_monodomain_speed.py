"""Planar fronts against the closed form and the table in tests/verification/monodomain.md."""

import numpy as np
import pytest

from marey.simulate.monodomain import (
    Cells,
    MitchellSchaeffer,
    MitchellSchaefferCells,
    Monodomain,
    Stimulus,
    TenTusscherCells,
    even_fibre,
    fibre_tissue,
    solve,
)
from marey.simulate.monodomain.mitchell_schaeffer import front_speed


def speed_on_line(cells: Cells, diffusivity: float, spacing: float, dt: float, length: float) -> float:
    """Speed (mm/ms) between 35 and 70 % of a line of voxels."""
    mask = np.ones((1, 1, round(length / spacing) + 1), np.bool_)
    fibre = even_fibre(mask, (1, 0, 0))
    model = Monodomain(fibre_tissue(mask, spacing, fibre, along=diffusivity, across=diffusivity), cells, dt)
    region = np.zeros_like(mask)
    region[..., : max(1, round(2 / spacing))] = True
    activation = solve(model, [Stimulus(region)], 5 + 2.5 * length / np.sqrt(3.3 * diffusivity)).activation[0, 0]
    start, end = round(0.35 * activation.size), round(0.7 * activation.size)
    return float((end - start) * spacing / (activation[end] - activation[start]))


@pytest.mark.parametrize(
    ("diffusivity", "spacing", "expected"),
    [(0.2, 0.1, 0.4814), (0.2, 0.5, 0.4700), (0.2, 1.0, 0.4464), (0.05, 0.2, 0.2368), (0.05, 1.0, 0.2017)],
)
def test_mitchell_schaeffer_speed(diffusivity: float, spacing: float, expected: float) -> None:
    cells = MitchellSchaefferCells(dtype=np.dtype(np.float64))
    found = speed_on_line(cells, diffusivity, spacing, min(0.02, 0.2 * spacing**2 / diffusivity), 50)
    assert found == pytest.approx(expected, rel=0.01)


def test_mitchell_schaeffer_converges_to_the_closed_form() -> None:
    """To the speed of the cubic front, 0.7 % below it because the gate begins to close; of second order in space."""
    cells = MitchellSchaefferCells(dtype=np.dtype(np.float64))
    found = [speed_on_line(cells, 0.2, spacing, 0.01, 50) for spacing in (0.8, 0.4, 0.2)]
    assert found[2] == pytest.approx(front_speed(MitchellSchaeffer(), 0.2), rel=0.015)
    order = np.log2((found[1] - found[0]) / (found[2] - found[1]))
    assert 1.5 < order < 2.5


@pytest.mark.parametrize(
    ("diffusivity", "spacing", "expected"),
    [
        (0.0953, 0.5, 0.4219),
        (0.0953, 0.2, 0.559),
        (0.0953, 0.1, 0.5984),
        (0.01258, 0.2, 0.1447),
        (0.01258, 0.1, 0.1911),
    ],
)
def test_ten_tusscher_speed(diffusivity: float, spacing: float, expected: float) -> None:
    length = 24 if diffusivity > 0.05 else 12
    found = speed_on_line(TenTusscherCells(), diffusivity, spacing, 0.01, length)
    assert found == pytest.approx(expected, rel=0.01)


def test_ten_tusscher_speed_follows_the_root_of_the_diffusivity() -> None:
    """On the same ratio of diffusivity to squared spacing, exactly."""
    ratio = np.sqrt(0.0953 / 0.01258)
    slow = speed_on_line(TenTusscherCells(), 0.01258, 0.1, 0.02, 8)
    fast = speed_on_line(TenTusscherCells(), 0.0953, 0.1 * ratio, 0.02, 8 * ratio)
    assert fast / slow == pytest.approx(2.753, rel=0.02)


def test_a_corner_stimulus_spreads_as_an_ellipse() -> None:
    """A sheet of the slab benchmark: the far corner against the front through the two near ones."""
    spacing, mask = 0.1, np.ones((1, 70, 120), np.bool_)
    fibre = even_fibre(mask, (1, 0, 0))
    model = Monodomain(fibre_tissue(mask, spacing, fibre, along=0.0953, across=0.01258), TenTusscherCells(), 0.025)
    _, y, x = (np.indices(mask.shape) + 0.5) * spacing
    found = solve(model, [Stimulus(np.maximum(x, y) <= 1.5)], 70).activation[0]
    far = np.hypot(found[0, -1] - 1.3, found[-1, 0] - 1.3) + 1.3
    assert found[-1, -1] == pytest.approx(far, abs=0.6)
