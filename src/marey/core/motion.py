"""Where everything in a stack of slices moves to over the beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.grid import Grid


@dataclass(frozen=True, eq=False)
class Motion:
    """Displacement in the plane of each slice, from where things are in a reference phase.

    Args:
        displacement: ``(t, z, y, x, 2)`` mm along the grid's rows (y) and columns (x): what lies in a pixel at the
            reference phase has moved by this much at phase t. Zero at the reference phase.
        grid: of the pixels.
        times: (t,) ms after the R wave.
        reference: number of the reference phase.

    Raises:
        InvalidInput: shapes that do not agree, values that are not finite, a reference that is not a phase.
    """

    displacement: NDArray[np.float32]
    grid: Grid
    times: NDArray[np.float64]
    reference: int

    def __post_init__(self) -> None:
        times = np.asarray(self.times, dtype=np.float64)
        object.__setattr__(self, "times", times)
        expected = (times.size, *self.grid.shape, 2)
        if self.displacement.shape != expected or not np.isfinite(self.displacement).all():
            raise InvalidInput(
                f"The displacement has the shape {self.displacement.shape}, or values that are not numbers.",
                f"Finite values of shape {expected} (phase, slice, row, column, direction) are needed.",
                "Give one displacement per phase and pixel.",
            )
        if not 0 <= self.reference < times.size:
            raise InvalidInput(
                f"The reference phase is {self.reference} of {times.size} phases.",
                "One of the phases, counted from 0, is needed.",
                "Choose end-diastole.",
            )

    def follow(self, row: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 2) mm (y, x) of slice `row` at the reference phase, at every phase: ``(t, n, 2)`` mm."""
        from scipy.ndimage import map_coordinates

        places = (points / self.grid.spacing[1:]).T
        field = self.displacement[:, row].astype(np.float64)
        moved = [
            [map_coordinates(phase[..., axis], places, order=1, mode="nearest") for axis in range(2)] for phase in field
        ]
        return np.asarray(points + np.moveaxis(np.array(moved), 1, 2))

    def area_ratio(self) -> NDArray[np.float64]:
        """``(t, z, y, x)``: area of a pixel's content over its area at the reference phase; 0 or less is a fold."""
        down = np.gradient(self.displacement, self.grid.spacing[1], axis=2)
        across = np.gradient(self.displacement, self.grid.spacing[2], axis=3)
        ratio = (1 + down[..., 0]) * (1 + across[..., 1]) - down[..., 1] * across[..., 0]
        return np.asarray(ratio, np.float64)


__all__ = ["Motion"]
