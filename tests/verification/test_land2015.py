"""Cardiac mechanics benchmark of Land et al. 2015 (doi:10.1098/rspa.2015.0641), problems 1, 2, 3; see elasticity.md."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.simulate.elasticity import (
    Assembly,
    Body,
    FibreTension,
    Guccione,
    Load,
    block,
    fibre_frames,
    follow,
    held,
    helical_fibres,
    truncated_ellipsoid,
)

FloatArray = NDArray[np.float64]
Counts = tuple[int, int, int]


def beam(cells: Counts) -> tuple[float, FloatArray]:
    """Deformed z of the point (10, 0.5, 1) and the volume ratio of the cells."""
    mesh = block((10, 1, 1), cells)
    along_x = np.tile(np.eye(3), (len(mesh.cells), 8, 1, 1))
    assembly = Assembly(Body(mesh, along_x, fixed=held(mesh, "x0")))
    law = Guccione()
    state = follow(assembly, assembly.at_rest(), lambda f: Load(law, {"z0": 0.004 * f}))
    tip = int(np.argmin(np.linalg.norm(mesh.points - [10, 0.5, 1], axis=1)))
    return float(state.positions[tip, 2]), assembly.jacobians(state.positions)


def ellipsoid(cells: Counts, law: Guccione, pressure: float, tension: float) -> tuple[float, float, FloatArray]:
    """Deformed z of the apex inside and outside, and the volume ratio of the cells."""
    mesh = truncated_ellipsoid(cells)
    frames = fibre_frames(helical_fibres(mesh))
    assembly = Assembly(Body(mesh, frames, fixed=held(mesh, "base")))
    state = follow(
        assembly,
        assembly.at_rest(),
        lambda f: Load(law + FibreTension(tension * f), {"endocardium": pressure * f}),
    )
    return float(state.positions[0, 2]), float(state.positions[cells[0], 2]), assembly.jacobians(state.positions)


def test_problem_1_lies_in_the_published_band_and_converges() -> None:
    found = [beam(cells)[0] for cells in ((10, 2, 2), (20, 2, 2), (40, 2, 2))]
    steps = np.diff(found)
    assert (steps > 0).all()
    assert steps[1] < steps[0] / 2
    fine, ratio = beam((40, 4, 4))
    assert 4.05 < fine < 4.20
    assert np.abs(ratio - 1).max() < 0.03


def test_problem_2_lies_in_the_published_band() -> None:
    inside, outside, ratio = ellipsoid((2, 16, 16), Guccione(10, 1, 1, 1), 10.0, 0.0)
    assert inside == pytest.approx(-26.65, abs=0.15)
    assert outside == pytest.approx(-28.3, abs=0.2)
    assert np.abs(ratio - 1).max() < 0.03


def test_problem_3_lies_in_the_published_band() -> None:
    inside, outside, _ = ellipsoid((3, 16, 16), Guccione(), 15.0, 60.0)
    assert inside == pytest.approx(-12.0, abs=0.4)
    assert outside == pytest.approx(-15.5, abs=0.4)
