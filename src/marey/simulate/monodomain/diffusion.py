"""Anisotropic diffusion on voxels: symmetric, conservative, and with weights that are never negative.

Selling's decomposition writes a tensor as D = sum_k w_k e_k e_k^T with at most six integer offsets e_k and w_k >= 0
(Fehrenbach and Mirebeau, Sparse non-negative stencils for anisotropic diffusion, J. Math. Imaging Vis. 2013). The
stencil is the gradient of the energy 1/4 sum_x sum_k w_k(x) [(u(x + e_k) - u(x))^2 + (u(x) - u(x - e_k))^2] / h^2, in
which edges that leave the tissue are left out (no flux through its surface), an oblique one with its weight given to
its opposite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import coo_array

from marey.core.errors import InvalidInput
from marey.simulate.monodomain._kernels import diffuse
from marey.simulate.monodomain._selling import LONGEST, decompose, find_edges


@dataclass(frozen=True, eq=False)
class Stencil:
    """The operator u -> div(D grad u) between the voxels of a tissue, in rows of neighbours.

    Args:
        voxels: (node, 3) the z, y, x of every node, in raster order.
        starts: (node + 1,) where the neighbours of each node begin.
        neighbours: (edge,) nodes; unsigned, which spares compiled code a look for negative ones.
        weights: (edge,) 1/ms, not negative.
    """

    voxels: NDArray[np.int64]
    starts: NDArray[np.uint32]
    neighbours: NDArray[np.uint32]
    weights: NDArray[np.floating]

    @property
    def largest_step(self) -> float:
        """The longest explicit time step (ms) for which no new extremum can appear."""
        rows = np.diff(np.concatenate([[0.0], np.cumsum(self.weights, dtype=float)])[self.starts])
        return float(1 / max(rows.max(), 1e-12))

    def __call__(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """(node,) div(D grad u) of (node,) values."""
        moved = np.empty_like(values)
        diffuse(values, moved, self.starts, self.neighbours, self.weights, values.dtype.type(1))
        return np.asarray(moved - values)


def selling(tensors: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Decompose positive definite tensors into integer directions.

    Args:
        tensors: (node, 3, 3) symmetric, components x, y, z.

    Returns:
        offsets (node, 6, 3) as x, y, z and weights (node, 6), not negative, with D = sum_k w_k e_k e_k^T.

    Raises:
        InvalidInput: a tensor that is not positive definite, or so anisotropic that its offsets pass over many voxels.
    """
    smallest = np.linalg.eigvalsh(tensors)[:, 0] if np.isfinite(tensors).all() else np.array([np.nan])
    if not (smallest > 0).all():
        raise InvalidInput(
            "A diffusion tensor is not positive definite.",
            "Every voxel of tissue needs positive diffusivities along and across its fibre.",
            "Take voxels that do not conduct out of the mask, and check the diffusivities.",
        )
    offsets = np.empty((len(tensors), 6, 3), np.int8)
    weights = np.empty((len(tensors), 6))
    failed = decompose(np.ascontiguousarray(tensors), offsets, weights)
    if failed >= 0:
        values = np.linalg.eigvalsh(tensors[failed])
        raise InvalidInput(
            f"A diffusion tensor has an anisotropy of {values[2] / values[0]:.0f} to 1.",
            f"Its exchange must not reach further than {LONGEST} voxels.",
            "Bring the diffusivities along and across the fibre nearer to each other.",
        )
    return offsets, weights


def make_stencil(
    mask: NDArray[np.bool_], spacing: float, tensors: NDArray[np.float64], dtype: DTypeLike = np.float64
) -> Stencil:
    """Build the operator for one tensor per voxel of tissue.

    Args:
        mask: (z, y, x) conducting voxels.
        spacing: mm.
        tensors: (node, 3, 3) mm2/ms, components x, y, z, nodes in raster order of the mask.
        dtype: of the weights.

    Raises:
        InvalidInput: tensors that are not positive definite or are too anisotropic.
    """
    voxels = np.argwhere(mask)
    index = np.full(mask.shape, -1, np.int32)
    index[mask] = np.arange(len(voxels), dtype=np.int32)
    offsets, weights = selling(tensors)
    ends = np.empty((len(voxels), 12), np.int32)
    find_edges(index, np.ascontiguousarray(voxels[:, ::-1]), offsets, weights, ends)
    kept = ends >= 0
    rows = np.broadcast_to(np.arange(len(voxels), dtype=np.int32)[:, None], ends.shape)[kept]
    shares = np.repeat(weights, 2, axis=1) * _made_up(offsets, kept)
    half = shares[kept] / (2 * spacing**2)
    directed = coo_array((half, (rows, ends[kept])), shape=(len(voxels), len(voxels))).tocsr()
    both = (directed + directed.T).tocsr()
    both.sort_indices()
    return Stencil(
        voxels, both.indptr.astype(np.uint32), both.indices.astype(np.uint32), both.data.astype(np.dtype(dtype))
    )


def _made_up(offsets: NDArray[np.int8], kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(node, 12) factor 2 where an oblique edge has lost its opposite to the surface, else 1.

    A front runs along a surface that it cannot leave: without this, walls that lie obliquely on the grid would conduct
    less in their outermost voxels.
    """
    oblique = np.repeat(np.abs(offsets).sum(axis=2) > 1, 2, axis=1)
    opposite = kept.reshape(-1, 6, 2)[:, :, ::-1].reshape(-1, 12)
    return np.where(oblique & ~opposite, 2.0, 1.0)


__all__ = ["Stencil", "make_stencil", "selling"]
