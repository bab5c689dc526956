"""Laws of the diffusion stencil."""

import numpy as np
import pytest
from numpy.typing import DTypeLike, NDArray

from marey.core.errors import InvalidInput
from marey.simulate.monodomain.diffusion import Stencil, make_stencil, selling


def random_tensors(rng: np.random.Generator, count: int, ratio: float = 8.0) -> NDArray[np.float64]:
    fibre = rng.normal(size=(count, 3))
    fibre /= np.linalg.norm(fibre, axis=1, keepdims=True)
    return np.asarray(0.1 * (np.eye(3) + (ratio - 1) * fibre[:, :, None] * fibre[:, None, :]))


def speckled(rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Stencil:
    """Tissue full of holes whose fibres point anywhere."""
    mask = rng.random((7, 8, 9)) < 0.7
    return make_stencil(mask, 0.8, random_tensors(rng, int(mask.sum())), dtype)


def matrix(stencil: Stencil) -> NDArray[np.float64]:
    count = len(stencil.voxels)
    return np.stack([stencil(column) for column in np.eye(count)], axis=1)


def test_selling_gives_tensors_back_with_weights_that_are_not_negative() -> None:
    tensors = random_tensors(np.random.default_rng(1), 300, 12.0)
    offsets, weights = selling(tensors)
    back = np.einsum("nk,nka,nkb->nab", weights, offsets.astype(float), offsets.astype(float))
    assert np.abs(back - tensors).max() < 1e-12
    assert weights.min() >= 0


def test_a_tensor_along_the_axes_couples_the_six_faces_alone() -> None:
    stencil = make_stencil(np.ones((5, 5, 5), np.bool_), 1.0, np.tile(np.diag([0.3, 0.2, 0.1]), (125, 1, 1)))
    assert np.diff(stencil.starts)[62] == 6
    assert stencil.largest_step == pytest.approx(1 / 1.2)


def test_symmetric_conservative_and_negative_semidefinite() -> None:
    found = matrix(speckled(np.random.default_rng(2)))
    assert np.abs(found - found.T).max() < 1e-12
    assert np.abs(found.sum(axis=0)).max() < 1e-12
    assert np.linalg.eigvalsh(found).max() < 1e-12


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maximum_principle_and_conserved_total_at_the_largest_step(dtype: DTypeLike) -> None:
    rng = np.random.default_rng(3)
    stencil = speckled(rng, dtype)
    values = rng.random(len(stencil.voxels)).astype(dtype)
    total, low, high = values.sum(dtype=float), values.min(), values.max()
    for _ in range(50):
        values = values + stencil.weights.dtype.type(stencil.largest_step) * stencil(values)
        assert values.min() >= low - 1e-6
        assert values.max() <= high + 1e-6
    assert values.sum(dtype=float) == pytest.approx(total, rel=1e-6)


def test_exact_on_quadratic_functions() -> None:
    rng = np.random.default_rng(4)
    tensor, spacing = random_tensors(rng, 1)[0], 0.5
    mask = np.ones((15, 15, 15), np.bool_)
    stencil = make_stencil(mask, spacing, np.tile(tensor, (mask.sum(), 1, 1)))
    at = stencil.voxels[:, ::-1] * spacing
    hessian = rng.normal(size=(3, 3))
    hessian += hessian.T
    values = 0.5 * np.einsum("na,ab,nb->n", at, hessian, at) + at @ rng.normal(size=3)
    middle = mask.sum() // 2
    assert stencil(values)[middle] == pytest.approx(np.trace(tensor @ hessian), rel=1e-9)


def test_nothing_passes_through_a_wall_of_voxels_that_touch_at_their_edges() -> None:
    mask = np.ones((1, 12, 12), np.bool_)
    mask[0, np.arange(12), np.arange(12)] = False
    along = np.array([1.0, -1.0, 0.0]) / np.sqrt(2)
    tensor = 0.05 * np.eye(3) + 0.5 * np.outer(along, along)
    stencil = make_stencil(mask, 1.0, np.tile(tensor, (mask.sum(), 1, 1)))
    above = stencil.voxels[:, 2] > stencil.voxels[:, 1]
    rows = np.repeat(np.arange(len(above)), np.diff(stencil.starts))
    assert (above[rows] == above[stencil.neighbours]).all()


def test_tensors_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not positive definite"):
        selling(np.diag([0.1, 0.1, 0.0])[None])
    with pytest.raises(InvalidInput, match="not positive definite"):
        selling(np.full((1, 3, 3), np.nan))
    fibre = np.array([1, np.sqrt(2), np.sqrt(3)]) / np.sqrt(6)
    with pytest.raises(InvalidInput, match=r"anisotropy of 100000 to 1"):
        selling((1e-5 * np.eye(3) + (1 - 1e-5) * np.outer(fibre, fibre))[None])
