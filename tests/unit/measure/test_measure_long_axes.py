"""Area and length on drawn long axes: half ellipsoids of known volume."""

import numpy as np
import pytest

from marey.anatomy import View
from marey.core import Grid, Labels
from marey.measure.long_axis import MeasureLongAxes
from marey.nets.labels import LONG_AXIS_STRUCTURES

PIXEL = 0.5
GRID = Grid((1, 300, 200), np.diag([8.0, PIXEL, PIXEL, 1.0]), slice_thickness=8.0)
VALVE = 140
ROWS, COLUMNS = np.indices((300, 200))


def view(ventricle: list[float], atrium: float, length: float = 60.0) -> Labels:
    """A half ellipse below the valve for every radius (mm), and a round atrium above."""
    pictures = []
    for radius in ventricle:
        down, across = (ROWS - VALVE) * PIXEL, (COLUMNS - 100) * PIXEL
        picture = np.zeros((300, 200), np.uint8)
        picture[(down >= 0) & ((down / length) ** 2 + (across / radius) ** 2 < 1)] = 1
        picture[(down < 0) & ((down + atrium) ** 2 + across**2 < atrium**2)] = 4
        pictures.append(picture)
    times = np.linspace(0, 800, len(ventricle), endpoint=False)
    return Labels(np.stack(pictures)[:, None], GRID, times, LONG_AXIS_STRUCTURES)


def test_half_ellipsoids_have_the_volume_of_the_formula() -> None:
    """8 A^2 / (3 pi L) of a half ellipse (A = pi r L / 2) is 2 pi r^2 L / 3, the half ellipsoid's volume."""
    both = {View.TWO_CHAMBER: view([25, 15], 20), View.FOUR_CHAMBER: view([25, 15], 20)}
    found = {finding.key: finding.value for finding in MeasureLongAxes()(both)}
    assert found["lv_edv_long_axis"] == pytest.approx(2 * np.pi * 25**2 * 60 / 3 / 1000, rel=0.03)
    assert found["lv_esv_long_axis"] == pytest.approx(2 * np.pi * 15**2 * 60 / 3 / 1000, rel=0.03)
    assert found["lv_ef_long_axis"] == pytest.approx(100 * (1 - 15**2 / 25**2), abs=1)
    assert found["la_volume_max"] == pytest.approx(4 * np.pi * 20**3 / 3 / 1000, rel=0.1)


def test_views_of_other_phase_counts_go_together() -> None:
    both = {View.TWO_CHAMBER: view([25, 20, 15, 20], 20), View.FOUR_CHAMBER: view([25, 15], 20)}
    found = {finding.key: finding.value for finding in MeasureLongAxes()(both)}
    assert found["lv_ef_long_axis"] == pytest.approx(64, abs=2)


def test_one_view_is_not_enough() -> None:
    assert MeasureLongAxes()({View.FOUR_CHAMBER: view([25, 15], 20)}) == ()


@pytest.mark.parametrize("other", [view([25, 15], 0.0), view([25, 15], 20, length=35.0)])
def test_views_that_do_not_show_the_same_chamber_give_no_number(other: Labels) -> None:
    found = MeasureLongAxes()({View.TWO_CHAMBER: other, View.FOUR_CHAMBER: view([25, 15], 20)})
    ejection = next(finding for finding in found if finding.key == "lv_ef_long_axis")
    assert ejection.value is None
    assert "2- and the 4-chamber" in ejection.message
