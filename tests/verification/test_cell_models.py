"""Single cells against their closed forms and against the numbers in tests/verification/monodomain.md."""

import pytest

from marey.simulate.monodomain import (
    ENDOCARDIAL,
    EPICARDIAL,
    MIDMYOCARDIAL,
    MitchellSchaeffer,
    MitchellSchaefferCells,
    TenTusscher2006,
    TenTusscherCells,
    pace,
)
from marey.simulate.monodomain.mitchell_schaeffer import duration, paced_duration


@pytest.mark.parametrize(
    ("cycle", "measured", "tail"), [(1000, 284.4, 43.3), (600, 275.9, 42.8), (400, 244.8, 40.6), (350, 229.0, 39.3)]
)
def test_mitchell_schaeffer_restitution(cycle: float, measured: float, tail: float) -> None:
    """The plateau of the closed form and a tail that hardly changes (two implementations agree on it)."""
    found = pace(MitchellSchaefferCells(), cycle, beats=10).gate_duration
    assert found == pytest.approx(measured, abs=0.6)
    assert found - duration(MitchellSchaeffer(), cycle - found) == pytest.approx(tail, abs=0.6)


def test_mitchell_schaeffer_closed_forms() -> None:
    cell = MitchellSchaeffer()
    assert cell.smallest_gate == pytest.approx(0.2)
    assert duration(cell, 1e6) == pytest.approx(241.4157, abs=1e-4)
    assert duration(cell, 0.0) == pytest.approx(0.0, abs=1e-12)
    plateau = paced_duration(cell, 500.0)
    assert duration(cell, 500.0 - plateau) == pytest.approx(plateau, rel=1e-9)


@pytest.mark.parametrize(("dt", "peak"), [(0.01, 39.6), (0.02, 40.7)])
def test_ten_tusscher_epicardial_action_potential(dt: float, peak: float) -> None:
    found = pace(TenTusscherCells(), 1000, 20, dt)
    assert found.rest == pytest.approx(-85.51, abs=0.02)
    assert found.peak == pytest.approx(peak, abs=0.1)
    assert found.upstroke == pytest.approx(384.5, abs=1.5)
    assert found.duration == pytest.approx(305.2, abs=0.3)


def test_ten_tusscher_layers_differ_as_in_the_paper() -> None:
    """M cells last about 100 ms longer; endocardial cells have a weaker notch than epicardial ones."""
    epi, mid, endo = (pace(TenTusscherCells((layer,)), 1000, 20) for layer in (EPICARDIAL, MIDMYOCARDIAL, ENDOCARDIAL))
    assert mid.duration - epi.duration == pytest.approx(101, abs=3)
    assert abs(endo.duration - epi.duration) < 3
    notch_epi, notch_endo = (
        found.curve["cell"][(found.curve.times > 4) & (found.curve.times < 20)].min() for found in (epi, endo)
    )
    assert notch_endo > notch_epi + 2


def test_blocking_the_rapid_rectifier_prolongs_the_action_potential() -> None:
    blocked = pace(TenTusscherCells((TenTusscher2006(rapid_rectifier=0.05),)), 1000, 10)
    assert blocked.duration > 325
