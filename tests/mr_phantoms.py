"""A small slice with coils around it, for tests and benchmarks of the acquisition."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid
from marey.scan.mr.acquisition import (
    CartesianEncoder,
    CoilArray,
    Encoding,
    Magnetisation,
    ObjectGrid,
    chest_array,
    object_grid,
    reduced_grid,
    sensitivities,
)

Complex = NDArray[np.complex64]


@dataclass(frozen=True, eq=False)
class Slice:
    """An axial slice through the middle of a chest array."""

    encoding: Encoding
    grid: ObjectGrid
    reduced: ObjectGrid
    array: CoilArray
    maps: Complex
    encoder: CartesianEncoder

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(row, column) mm of the object's pixels along both axes from the middle."""
        rows, columns = (
            (np.arange(count) + 0.5 - count / 2) * step
            for count, step in zip(self.grid.shape, self.grid.pixel(self.encoding), strict=True)
        )
        return np.meshgrid(rows, columns, indexing="ij")[0], np.meshgrid(rows, columns, indexing="ij")[1]


def axial(encoding: Encoding, coils: int = 8, extent: tuple[float, float] = (1.5, 1.25), finer: float = 2.0) -> Slice:
    """A slice of some encoding, phase encoding from front to back."""
    grid = object_grid(encoding, finer, extent)
    reduced = reduced_grid(grid, encoding)
    array = chest_array(np.zeros(3), coils)
    maps = sensitivities(array, plane(reduced.shape, reduced.pixel(encoding)))[:, 0]
    return Slice(encoding, grid, reduced, array, maps, CartesianEncoder(encoding, maps, reduced.per_field))


def plane(shape: tuple[int, int], pixel: tuple[float, float]) -> Grid:
    """One axial slice around the origin."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, pixel[1]], [0, pixel[0], 0], [8.0, 0, 0]])
    affine[:3, 3] = [-(shape[1] - 1) / 2 * pixel[1], -(shape[0] - 1) / 2 * pixel[0], 0]
    return Grid((1, *shape), affine, slice_thickness=8.0)


def chest(scene: Slice, radius: float = 30.0, shift: float = 0.0) -> Magnetisation:
    """Muscle with a ball of blood in it, and a layer of fat around."""
    row, column = scene.places()
    body = (row / 100) ** 2 + (column / 150) ** 2 < 1
    inner = (row / 86) ** 2 + (column / 136) ** 2 < 1
    ball = (row + 10 - shift) ** 2 + (column - 25) ** 2 < radius**2
    water = np.where(ball, 0.4, 0.15 * inner)
    return Magnetisation(np.stack([water, 0.4 * (body & ~inner)]).astype(np.complex64), (0.0, -0.22), (40.0, 40.0))


__all__ = ["Slice", "axial", "chest", "plane"]
