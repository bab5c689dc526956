import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.simulate.eikonal import (
    ConductionSystem,
    ConductionTissue,
    Site,
    activation_gradient,
    activation_library,
    activation_times,
    conduction_tissue,
    sites,
)
from voxel_biventricle import voxel_biventricle

TOLERANCE, STEP = 1e-12, 1e-5
Case = tuple[ConductionTissue, list[Site], NDArray[np.float64]]


@pytest.fixture(scope="module")
def case() -> Case:
    """A biventricle with a fast layer, scar, three velocities, sites off the centres of voxels; a random function."""
    heart = voxel_biventricle(4.0)
    rng = np.random.default_rng(7)
    scar = np.zeros_like(heart.mask)
    scar[8:12, :, -8:] = True
    tissue = conduction_tissue(heart.mask, heart.spacing, heart.fibre, scar=scar, origin=heart.origin)
    sheet = np.cross(heart.fibre, [0.3, 0.2, 1.0])
    tissue = dataclasses.replace(tissue, normal=np.asarray(tissue.across) * 0.8, sheet=sheet)
    starts = [
        Site((s.point[0] + 0.3, s.point[1] - 0.4, s.point[2] + 0.7), s.delay + 0.37 * i)
        for i, s in enumerate(sites(tissue, heart, ConductionSystem().leads()))
    ]
    return tissue, starts, rng.normal(size=heart.mask.shape)


def function(tissue: ConductionTissue, starts: list[Site], weights: NDArray[np.float64]) -> float:
    result = activation_times(tissue, starts, TOLERANCE)
    return float(np.sum(weights[result.reached] * result.times[result.reached]))


@pytest.mark.parametrize("name", ["along", "across", "normal"])
def test_velocity_gradient_is_that_of_finite_differences(case: Case, name: str) -> None:
    tissue, starts, weights = case
    gradient = getattr(activation_gradient(tissue, activation_times(tissue, starts, TOLERANCE), weights), name)
    direction = np.random.default_rng(3).normal(size=weights.shape) * getattr(tissue, name)
    moved = [
        function(dataclasses.replace(tissue, **{name: getattr(tissue, name) + step * direction}), starts, weights)
        for step in (-STEP, STEP)
    ]
    assert np.sum(gradient * direction) == pytest.approx((moved[1] - moved[0]) / (2 * STEP), rel=1e-4)


def test_delay_gradient_is_that_of_finite_differences(case: Case) -> None:
    tissue, starts, weights = case
    gradient = activation_gradient(tissue, activation_times(tissue, starts, TOLERANCE), weights).delays
    for i, start in enumerate(starts):
        moved = [
            function(tissue, [*starts[:i], Site(start.point, start.delay + step), *starts[i + 1 :]], weights)
            for step in (-STEP, STEP)
        ]
        assert gradient[i] == pytest.approx((moved[1] - moved[0]) / (2 * STEP), rel=1e-4)


def test_delays_share_every_reached_voxel(case: Case) -> None:
    tissue, starts, _ = case
    result = activation_times(tissue, starts, TOLERANCE)
    shares = activation_gradient(tissue, result, np.ones_like(result.times)).delays
    assert shares.sum() == pytest.approx(result.reached.sum())
    assert np.all(shares >= 0)
    assert np.sum(shares > 0) > 3


def test_two_velocities_have_two_gradients(case: Case) -> None:
    tissue, starts, weights = case
    tissue = dataclasses.replace(tissue, normal=None, sheet=None)
    assert activation_gradient(tissue, activation_times(tissue, starts), weights).normal is None


@pytest.mark.parametrize("of_shape", [True, False])
def test_a_sensitivity_that_does_not_fit_is_refused(case: Case, of_shape: bool) -> None:
    tissue, starts, weights = case
    bad = np.full_like(weights, np.nan) if of_shape else weights[1:]
    with pytest.raises(InvalidInput, match="sensitivity"):
        activation_gradient(tissue, activation_times(tissue, starts), bad)


def test_a_map_put_together_from_others_has_no_gradient(case: Case) -> None:
    tissue, starts, weights = case
    library = activation_library(tissue, [starts[:1], starts[1:2]])
    with pytest.raises(InvalidInput, match="put together"):
        activation_gradient(tissue, library.activation({0: 0.0, 1: 5.0}), weights)
