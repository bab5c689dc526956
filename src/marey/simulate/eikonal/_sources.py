"""Straight travel close to a site: exact there, so that the front of a point does not spoil the whole map."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marey.simulate.eikonal._network import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]

RADIUS = 3.0  # mm


@dataclass(frozen=True)
class Rays:
    """Straight lines from one site to the voxels around it, which conduct on their whole length.

    Args:
        targets: (k,) numbers of the voxels.
        passed: (k, m) numbers of the voxels in which each line is sampled.
        steps: (k, 3) vector (x, y, z) of one of the m pieces of each line, mm.
    """

    targets: Ints
    passed: Ints
    steps: Floats

    def times(self, network: Network) -> Floats:
        """Travel along each line, ms."""
        return np.asarray(piece_times(network.metric[self.passed], self.steps[:, None]).sum(axis=1))


def piece_times(metric: Floats, step: Floats) -> Floats:
    """Travel over a vector in a metric, (..., 6) and (..., 3)."""
    x, y, z = np.moveaxis(step, -1, 0)
    products = np.stack([x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z], axis=-1)
    return np.asarray(np.sqrt(np.sum(metric * products, axis=-1)))


def rays(network: Network, place: Floats, spacing: float) -> Rays:
    """Lines within 3 mm, at least 2 voxels, of a site at fractional voxel indices (z, y, x)."""
    reach = max(RADIUS / spacing, 2.0)
    span = np.arange(-np.ceil(reach) - 1, np.ceil(reach) + 2).astype(np.int64)
    cube = np.stack(np.meshgrid(span, span, span, indexing="ij"), axis=-1).reshape(-1, 3) + np.rint(place).astype(
        np.int64
    )
    cube = cube[np.linalg.norm(cube - place, axis=-1) <= reach]
    targets = network.at(cube)
    ways = cube - place
    m = int(np.ceil(2 * reach))
    middles = (np.arange(m) + 0.5) / m
    cells = np.rint(place + ways[:, None] * middles[:, None]).astype(np.int64)
    whole = _unbroken(network, np.concatenate([cells, cube[:, None]], axis=1))
    steps = ways[whole][:, ::-1] * (spacing / m)
    return Rays(targets[whole], network.at(cells[whole]), steps)


def _unbroken(network: Network, cells: Indices) -> npt.NDArray[np.bool_]:
    """Whether each chain of cells, (k, m, 3), conducts from neighbour to neighbour."""
    numbers = network.at(cells)
    n = len(network.voxels)
    positions = (np.diff(cells, axis=1) + 1) @ np.array([9, 3, 1])
    inside = np.minimum(numbers[:, :-1], n - 1)
    unbroken: npt.NDArray[np.bool_] = np.all(numbers < n, axis=1) & np.all(
        network.neighbours[inside, positions] < n, axis=1
    )
    return unbroken


__all__ = ["Rays", "piece_times", "rays"]
