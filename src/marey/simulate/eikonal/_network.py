"""Conducting voxels as a list with neighbours, for the kernels."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from marey.simulate.eikonal._kernels import CENTRE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

OFFSETS = np.array([(p // 9 - 1, p // 3 % 3 - 1, p % 3 - 1) for p in range(27)])  # (dz, dy, dx)


@dataclass(frozen=True)
class Network:
    """Conducting voxels, numbered in C order.

    Args:
        voxels: (n, 3) indices (z, y, x).
        number: the padded grid (z + 2, y + 2, x + 2) of their numbers, n where nothing conducts.
        neighbours: (n, 27) numbers around each voxel; n where there is none that voxel faces lead to.
        metric: (n, 6) inverse squared velocity, xx, yy, zz, xy, xz, yz, ms2/mm2.
    """

    voxels: npt.NDArray[np.int64]
    number: Ints
    neighbours: Ints
    metric: Floats

    def at(self, index: npt.NDArray[np.int64]) -> Ints:
        """Numbers of voxels given by (..., 3) indices; n outside."""
        inside = np.clip(index + 1, 0, np.array(self.number.shape) - 1)
        found: Ints = self.number[tuple(np.moveaxis(inside, -1, 0))]
        return found


def build_network(conducting: npt.NDArray[np.bool_], axes: list[Floats], velocities: list[Floats]) -> Network:
    """The network of a tissue.

    Args:
        conducting: [z, y, x].
        axes: (n, 3) orthonormal directions (x, y, z) of the conducting voxels.
        velocities: (n,) along each of them, then one for the rest of space, mm/ms.
    """
    voxels = np.argwhere(conducting)
    n = len(voxels)
    number = np.full(np.array(conducting.shape) + 2, n, np.int32)
    number[1:-1, 1:-1, 1:-1][conducting] = np.arange(n)
    *chosen, rest = [1 / velocity**2 for velocity in velocities]
    metric = rest[:, None] * np.array([1.0, 1, 1, 0, 0, 0])
    for axis, slowness in zip(axes, chosen, strict=True):
        x, y, z = axis.T
        metric += (slowness - rest)[:, None] * np.stack([x * x, y * y, z * z, x * y, x * z, y * z], axis=-1)
    return Network(voxels, number, _neighbours(voxels, number), metric)


def _neighbours(voxels: npt.NDArray[np.int64], number: Ints) -> Ints:
    """A neighbour across an edge or corner counts only if a chain of face neighbours inside the 27 leads to it."""
    flat = number.ravel()
    stride = np.array([number.shape[1] * number.shape[2], number.shape[2], 1])
    around: Ints = flat[((voxels + 1) @ stride)[:, None] + (OFFSETS @ stride)[None, :]]
    there = around < len(voxels)
    for position, offset in enumerate(OFFSETS):
        if np.abs(offset).sum() > 1:
            linked = np.zeros(len(voxels), bool)
            for chain in _chains(offset):
                linked |= np.all(there[:, chain], axis=1)
            around[~linked, position] = len(voxels)
    return around


def _chains(offset: npt.NDArray[np.int64]) -> list[list[int]]:
    """Positions between the centre and an offset, for each order of its face steps."""
    strides = (9, 3, 1)
    steps = [int(offset[k]) * strides[k] for k in range(3) if offset[k]]
    return [[int(CENTRE + sum(order[: i + 1])) for i in range(len(order) - 1)] for order in permutations(steps)]


__all__ = ["OFFSETS", "Network", "build_network"]
