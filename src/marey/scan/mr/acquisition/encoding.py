"""What one readout train encodes: field of view, matrix, bandwidth; and the finer grid that the object is given on."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from marey.core import InvalidInput

LARGEST_MATRIX = 1024


@dataclass(frozen=True)
class Encoding:
    """Fourier encoding of a slice; all pairs are (phase encoding, readout), which are also the picture's axes.

    Args:
        field_of_view: mm.
        matrix: acquired resolution: lines and (not oversampled) samples that a full k-space has.
        bandwidth: of a pixel along the readout, 1/ms (kHz).
        oversampling: 2 when the receiver keeps twice the field of view along the readout, 1 when its filter has
            already cut that off.

    Raises:
        InvalidInput: a field of view, matrix or bandwidth that no scanner has.
    """

    field_of_view: tuple[float, float]
    matrix: tuple[int, int]
    bandwidth: float
    oversampling: int = 2

    def __post_init__(self) -> None:
        """Refuse what cannot be encoded."""
        fields = all(math.isfinite(side) and 20 <= side <= 600 for side in self.field_of_view)
        if not fields or not all(8 <= n <= LARGEST_MATRIX for n in self.matrix) or self.matrix[1] % 2:
            raise InvalidInput(
                f"The field of view is {self.field_of_view} mm and the matrix {self.matrix}.",
                f"20 to 600 mm, 8 to {LARGEST_MATRIX} lines and an even number of samples are expected.",
                "Correct the field of view or the matrix.",
            )
        if not 0.02 <= self.bandwidth <= 10 or self.oversampling not in (1, 2):
            raise InvalidInput(
                f"The bandwidth is {self.bandwidth} kHz per pixel and the readout oversampling {self.oversampling}.",
                "0.02 to 10 kHz per pixel (20 to 10000 Hz) and an oversampling of 1 or 2 are expected.",
                "Give the bandwidth in kHz.",
            )

    @property
    def pixel(self) -> tuple[float, float]:
        """Size of an acquired pixel, mm."""
        return self.field_of_view[0] / self.matrix[0], self.field_of_view[1] / self.matrix[1]

    @property
    def encoded_field(self) -> tuple[float, float]:
        """Field of view within which nothing folds, mm."""
        return self.field_of_view[0], self.field_of_view[1] * self.oversampling

    @property
    def samples(self) -> int:
        """Samples of a readout."""
        return self.matrix[1] * self.oversampling

    @property
    def dwell_time(self) -> float:
        """From sample to sample, ms."""
        return 1 / (self.bandwidth * self.samples)

    @property
    def sample_times(self) -> NDArray[np.float64]:
        """(sample,) ms from the echo, which is the sample at the centre of k-space."""
        return centred(self.samples) * self.dwell_time

    def trajectory(self, lines: NDArray[np.intp]) -> NDArray[np.float32]:
        """``(..., sample, 2)`` cycles/mm of the samples of lines (0 to matrix - 1)."""
        along = centred(self.samples) / self.encoded_field[1]
        across = (np.asarray(lines) - self.matrix[0] // 2) / self.field_of_view[0]
        pair = np.broadcast_arrays(across[..., None], along)
        return np.stack(pair, axis=-1).astype(np.float32)


@dataclass(frozen=True)
class ObjectGrid:
    """Pixels that the magnetisation is given on: finer than the matrix, wider than the field of view, same centre.

    Args:
        shape: (row, column), rows along phase encoding, columns along readout.
        per_field: pixels in one field of view.
    """

    shape: tuple[int, int]
    per_field: tuple[int, int]

    def extent(self, encoding: Encoding) -> tuple[float, float]:
        """Size of the object's grid, mm."""
        pixel = self.pixel(encoding)
        return pixel[0] * self.shape[0], pixel[1] * self.shape[1]

    def pixel(self, encoding: Encoding) -> tuple[float, float]:
        """Size of its pixels, mm."""
        fov = encoding.field_of_view
        return fov[0] / self.per_field[0], fov[1] / self.per_field[1]


def object_grid(encoding: Encoding, finer: float = 2.0, extent: tuple[float, float] = (1.5, 1.5)) -> ObjectGrid:
    """A grid for the object whose Fourier transforms are fast.

    Args:
        encoding: of the slice.
        finer: pixels per acquired pixel, at least.
        extent: fields of view that the object covers at least (phase encoding, readout); beyond it is nothing.

    Raises:
        InvalidInput: a grid that is coarser than the matrix or smaller than the field of view, or too large.
    """
    if not 1 <= finer <= 8 or not all(1 <= part <= 4 for part in extent):
        raise InvalidInput(
            f"The object's grid is {finer} times finer and covers {extent} fields of view.",
            "1 to 8 times finer and 1 to 4 fields of view are expected.",
            "Choose the object's grid within them.",
        )
    sides = [_side(math.ceil(finer * n), part) for n, part in zip(encoding.matrix, extent, strict=True)]
    return ObjectGrid((sides[0][0], sides[1][0]), (sides[0][1], sides[1][1]))


def reduced_grid(grid: ObjectGrid, encoding: Encoding, margin: int = 12) -> ObjectGrid:
    """The coarsest grid of the same extent that holds the acquired band and `margin` more k-space lines on either side.

    The margin is what coils can move into the acquired band: their sensitivities must be smooth within
    field of view / margin.
    """
    sides = []
    for shape, per_field, matrix in zip(grid.shape, grid.per_field, encoding.matrix, strict=True):
        least = min(matrix + 2 * margin, per_field)
        whole, part = Fraction(shape, per_field).as_integer_ratio()
        known = [(whole * j, part * j) for j in range(-(-least // part), per_field // part + 1)]
        even = [side for side in known if (side[0] - side[1]) % 2 == 0 and side[1] % 2 == 0] or [(shape, per_field)]
        sides.append(min(even, key=lambda side: (next_fast_len(side[0]) != side[0], side)))
    return ObjectGrid((sides[0][0], sides[1][0]), (sides[0][1], sides[1][1]))


def centred(count: int) -> NDArray[np.float64]:
    """``-(count // 2) ... count - count // 2 - 1``: k-space indices with the centre at ``count // 2``."""
    return np.arange(count, dtype=np.float64) - count // 2


def _side(least: int, extent: float) -> tuple[int, int]:
    """Pixels of (extent, field of view): multiples of 8, quarters of the field, and fast to transform."""
    quarters = math.ceil(4 * extent - 1e-9)
    per_field = next(
        n for n in range(-(-least // 8) * 8, 8 * least, 8) if next_fast_len(n // 4 * quarters) == n // 4 * quarters
    )
    return per_field // 4 * quarters, per_field


__all__ = ["Encoding", "ObjectGrid", "centred", "object_grid", "reduced_grid"]
