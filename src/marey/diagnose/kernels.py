"""Patients described by several blocks of features, placed in one space by several kernels.

Each block gives a Gaussian kernel (bandwidth: median distance) and a linear one, so that a block counts as much as any
other, however many features it has. The kernels are weighted by how much each agrees with all others (the first
eigenvector of their cosines: STATIS-UMKL of Mariette and Villa-Vialaneix 2018, doi:10.1093/bioinformatics/btx682),
added, and their leading components taken. Groups of patients by many kernels: Sanchez-Martinez et al. 2017,
doi:10.1016/j.media.2016.06.007, and Cikes et al. 2019, doi:10.1002/ejhf.1333, who learn weights and space together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.spatial.distance import pdist, squareform

Array = NDArray[np.float64]
Blocks = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Embedding:
    """Patients in the common space.

    Args:
        places: (patient, dimension), by falling variance.
        weights: of each kernel, by block and kind; they add up to 1.
    """

    places: Array
    weights: Mapping[str, float]


def embed(scaled: Array, blocks: Blocks, dimensions: int) -> Embedding:
    """Place patients with scaled features (patient, feature); `blocks` says which columns belong together."""
    kernels = {}
    for name, columns in blocks.items():
        own = scaled[:, columns]
        distance = squareform(pdist(own, "sqeuclidean"))
        width = np.median(distance[np.triu_indices_from(distance, 1)])
        kernels[f"{name}, Gaussian"] = _normal(np.exp(-distance / max(width, 1e-12)))
        kernels[f"{name}, linear"] = _normal(own @ own.T)
    weights = _agreement(list(kernels.values()))
    total = sum((weight * kernel for weight, kernel in zip(weights, kernels.values(), strict=True)), np.zeros(1))
    return Embedding(_components(total, dimensions), dict(zip(kernels, weights.tolist(), strict=True)))


def _normal(kernel: Array) -> Array:
    """The kernel centred, with a mean variance of 1."""
    mean = kernel.mean(axis=0)
    centred = kernel - mean - mean[:, None] + mean.mean()
    return np.asarray(centred / max(np.trace(centred) / len(centred), 1e-12))


def _agreement(kernels: list[Array]) -> Array:
    """First eigenvector of the cosines between kernels, made to add up to 1."""
    flat = np.array([kernel.ravel() / np.linalg.norm(kernel) for kernel in kernels])
    first = np.abs(eigh(flat @ flat.T)[1][:, -1])
    return np.asarray(first / first.sum())


def _components(kernel: Array, dimensions: int) -> Array:
    last = len(kernel) - 1
    variances, axes = eigh(kernel, subset_by_index=(max(last - dimensions + 1, 0), last))
    places = axes[:, ::-1] * np.sqrt(np.maximum(variances[::-1], 0))
    return np.asarray(places * np.where(places[np.abs(places).argmax(axis=0), np.arange(places.shape[1])] < 0, -1, 1))


__all__ = ["Blocks", "Embedding", "embed"]
