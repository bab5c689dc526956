"""The wanted conduction velocity is delivered on the grid that is used."""

import numpy as np
import pytest

from marey.core.errors import InvalidInput
from marey.simulate.monodomain import (
    MitchellSchaeffer,
    MitchellSchaefferCells,
    Monodomain,
    Stimulus,
    calibrated_diffusivity,
    calibrated_tissue,
    even_fibre,
    solve,
)
from marey.simulate.monodomain.mitchell_schaeffer import front_speed

ALONG, ACROSS = 0.6, 0.25


def plane_wave_speed(spacing: float, degrees: float, *, along: bool) -> float:
    """Speed (mm/ms) of a plane wave along or across fibres that lie at an angle in a sheet of 40 x 40 mm."""
    count = int(40 / spacing)
    mask = np.ones((1, count, count), np.bool_)
    fibre = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), 0.0])
    cells = MitchellSchaefferCells()
    tissue = calibrated_tissue(mask, spacing, even_fibre(mask, tuple(fibre)), along=ALONG, across=ACROSS, cells=cells)
    y, x = np.indices(mask.shape[1:]) * spacing - 20
    ahead, aside = x * fibre[0] + y * fibre[1], y * fibre[0] - x * fibre[1]
    if not along:
        ahead, aside = aside, ahead
    found = solve(Monodomain(tissue, cells, 0.1), [Stimulus((ahead < -9)[None])], 45 if along else 95)
    chosen = (np.abs(ahead) < 5) & (np.abs(aside) < 3)
    return float(1 / np.polyfit(ahead[chosen], found.activation[0][chosen], 1)[0])


@pytest.mark.parametrize("spacing", [0.5, 1.0])
@pytest.mark.parametrize("degrees", [0.0, 20.0, 45.0])
def test_speeds_are_delivered_whatever_the_direction_of_the_fibre(spacing: float, degrees: float) -> None:
    assert plane_wave_speed(spacing, degrees, along=True) == pytest.approx(ALONG, rel=0.01)
    assert plane_wave_speed(spacing, degrees, along=False) == pytest.approx(ACROSS, rel=0.01)


def test_fine_grids_need_the_diffusivity_of_the_closed_form() -> None:
    """A step of 0.05 ms and a front of some 16 voxels leave 2 %."""
    value = calibrated_diffusivity(0.4859, 0.2, dt=0.05)
    assert value == pytest.approx(0.2, rel=0.04)
    assert front_speed(MitchellSchaeffer(), value) == pytest.approx(0.4859, rel=0.02)


def test_coarse_grids_need_more() -> None:
    assert calibrated_diffusivity(0.3, 1.0) > 1.1 * calibrated_diffusivity(0.3, 0.25)


@pytest.mark.parametrize(("speed", "spacing", "sentence"), [(0.01, 1.0, "block"), (3.0, 0.5, "unstable")])
def test_speeds_that_the_grid_cannot_carry_are_refused(speed: float, spacing: float, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        calibrated_diffusivity(speed, spacing)


def test_speeds_and_zones_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidInput, match="must be positive"):
        calibrated_diffusivity(-0.6, 1.0)
    mask = np.ones((1, 2, 2), np.bool_)
    fibre, cells = even_fibre(mask, (1, 0, 0)), MitchellSchaefferCells()
    with pytest.raises(InvalidInput, match="speeds go down to 0"):
        calibrated_tissue(mask, 1.0, fibre, along=0.6, across=0.0, cells=cells)
    with pytest.raises(InvalidInput, match="zones up to 1"):
        calibrated_tissue(mask, 1.0, fibre, along=0.6, across=0.2, cells=cells, zone=np.ones(mask.shape, np.uint8))


@pytest.mark.parametrize("degrees", [15.0, 30.0, 45.0])
def test_walls_that_lie_obliquely_on_the_grid_conduct_as_fast(degrees: float) -> None:
    """A wall of 10 mm on voxels of 1 mm; 4 mm of wall still lose 4 %, see tests/verification/monodomain.md."""
    angle = np.radians(degrees)
    shape = int(30 * np.sin(angle) + 12), 4, int(30 * np.cos(angle) + 12)
    z, y, x = np.indices(shape) - np.reshape(shape, (3, 1, 1, 1)) / 2
    along, normal = x * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - x * np.sin(angle)
    mask = np.abs(normal) < 5
    fibre, cells = even_fibre(mask, (np.cos(angle), 0, np.sin(angle))), MitchellSchaefferCells()
    tissue = calibrated_tissue(mask, 1.0, fibre, along=ALONG, across=ACROSS, cells=cells)
    found = solve(Monodomain(tissue, cells, 0.1), [Stimulus(mask & (along < -8))], 40)
    chosen = mask & (np.abs(along) < 5) & (np.abs(y) < 4)
    assert 1 / np.polyfit(along[chosen], found.activation[chosen], 1)[0] == pytest.approx(ALONG, rel=0.02)
