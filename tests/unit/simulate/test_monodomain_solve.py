"""The monodomain solver and its guards."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.simulate.monodomain import (
    MitchellSchaeffer,
    MitchellSchaefferCells,
    Monodomain,
    Stimulus,
    TenTusscherCells,
    Tissue,
    advance,
    even_fibre,
    fibre_tissue,
    pace,
    rest,
    solve,
)
from marey.simulate.monodomain.mitchell_schaeffer import front_speed

SHEET = np.ones((1, 8, 30), np.bool_)


def tissue(mask: NDArray[np.bool_] = SHEET, spacing: float = 0.5) -> Tissue:
    return fibre_tissue(mask, spacing, even_fibre(mask, (1, 0, 0)), along=0.2, across=0.05)


def model(dt: float = 0.1) -> Monodomain:
    return Monodomain(tissue(), MitchellSchaefferCells((MitchellSchaeffer(closing=40.0),)), dt)


def left(start: float = 0.0) -> Stimulus:
    region = np.zeros_like(SHEET)
    region[..., :4] = True
    return Stimulus(region, start)


def test_a_wave_crosses_and_the_tissue_recovers() -> None:
    found = solve(model(), [left()], 250, {"end": (0, 4, 29)})
    assert (np.diff(found.activation[0, 4, 4:]) > 0).all()
    assert (found.repolarisation > found.activation + 50).all()
    curve = found.probes["end"]
    assert found.probes.unit == "mV"
    assert curve[0] == pytest.approx(-85, abs=0.01)
    assert curve.max() > 10
    risen = found.probes.times[np.argmax(curve > -30)]
    assert risen == pytest.approx(found.activation[0, 4, 29], abs=1.0)


def test_outside_the_tissue_is_nan_and_unreached_tissue_is_inf() -> None:
    mask = SHEET.copy()
    mask[..., 15] = False
    cut = Monodomain(tissue(mask), MitchellSchaefferCells(), 0.1)
    found = solve(cut, [left()], 60)
    assert np.isnan(found.activation[..., 15]).all()
    assert np.isinf(found.activation[..., 16:]).all()
    assert np.isinf(found.repolarisation[mask]).all()
    assert np.isfinite(found.activation[..., :15]).all()


def test_stopping_on_the_way_changes_nothing() -> None:
    whole, _ = advance(model(), rest(model()), 30, [left(5)])
    half, _ = advance(model(), rest(model()), 12, [left(5)])
    kept = half.potential.copy()
    again, _ = advance(model(), half, 30, [left(5)])
    assert np.array_equal(whole.potential, again.potential)
    assert np.array_equal(whole.first, again.first)
    assert np.array_equal(half.potential, kept)


def test_single_and_double_precision_agree() -> None:
    cells = MitchellSchaefferCells((MitchellSchaeffer(closing=40.0),), np.dtype(np.float64))
    double = solve(replace(model(), cells=cells), [left()], 60)
    assert np.abs(double.activation - solve(model(), [left()], 60).activation).max() < 0.01


def test_ten_tusscher_tissue_runs_behind_the_same_interface() -> None:
    found = solve(Monodomain(tissue(), TenTusscherCells(), 0.05), [left()], 40)
    assert np.isfinite(found.activation).all()


@pytest.mark.parametrize("dt", [0.0, -0.1, 0.16])
def test_a_step_that_is_too_long_is_refused(dt: float) -> None:
    with pytest.raises(InvalidInput, match=r"'dt' is .* at most 0\.15 ms"):
        model(dt)


def test_a_step_too_long_for_the_grid_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"'dt' is 0\.1 ms.*at most 0\.02 ms"):
        Monodomain(tissue(spacing=0.1), MitchellSchaefferCells(), 0.1)


def test_zones_without_parameters_are_refused() -> None:
    zoned = replace(tissue(), zone=np.ones(SHEET.shape, np.uint8))
    with pytest.raises(InvalidInput, match="zone 1"):
        Monodomain(zoned, MitchellSchaefferCells(), 0.1)


def test_stimuli_and_probes_outside_the_tissue_are_refused() -> None:
    with pytest.raises(InvalidInput, match="holds no tissue"):
        solve(model(), [Stimulus(np.zeros_like(SHEET))], 1)
    with pytest.raises(InvalidInput, match="'far' is at the voxel"):
        solve(model(), [left()], 1, {"far": (0, 0, 30)})


def test_potentials_beyond_the_physical_are_an_error() -> None:
    with pytest.raises(NotAnalysable, match="membrane potential spans"):
        solve(model(), [replace(left(), strength=2000.0)], 5)


def test_tissue_that_cannot_be_is_refused() -> None:
    fibre = even_fibre(SHEET, (1, 0, 0))
    with pytest.raises(InvalidInput, match="at least one voxel"):
        tissue(np.zeros_like(SHEET))
    with pytest.raises(InvalidInput, match="fibres have lengths from 2 to 2"):
        fibre_tissue(SHEET, 1.0, 2 * fibre, along=0.2, across=0.1)
    with pytest.raises(InvalidInput, match="'along' has shape"):
        fibre_tissue(SHEET, 1.0, fibre, along=np.ones(3), across=0.1)
    with pytest.raises(InvalidInput, match="'fibre' has shape"):
        fibre_tissue(SHEET, 1.0, fibre[..., :2], along=0.2, across=0.1)
    with pytest.raises(InvalidInput, match="'zone' has shape"):
        fibre_tissue(SHEET, 1.0, fibre, along=0.2, across=0.1, zone=np.zeros(3, np.uint8))
    with pytest.raises(InvalidInput, match="'diffusivity' has shape"):
        Tissue(SHEET, 1.0, np.ones((3, 3)))


def test_cells_that_cannot_conduct_are_refused() -> None:
    with pytest.raises(InvalidInput, match="below 2/9"):
        MitchellSchaeffer(inward=1.4)
    assert front_speed(MitchellSchaeffer(inward=1.3), 0.1) > 0


def test_pacing_that_evokes_nothing_or_does_not_end_is_refused() -> None:
    cells = MitchellSchaefferCells()
    with pytest.raises(NotAnalysable, match="whole action potential"):
        pace(cells, 800, 1, strength=1.0)
    with pytest.raises(NotAnalysable, match="whole action potential"):
        pace(cells, 150, 1)
    with pytest.raises(InvalidInput, match="cannot be simulated"):
        pace(cells, 800, 1, dt=1.0)
