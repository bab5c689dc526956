"""Radial encoding: spokes through the centre of k-space, by a Fourier transform at any frequencies (NUFFT).

The transform is gridding with a Kaiser-Bessel kernel on a grid twice as fine (Beatty 2005,
doi:10.1109/TMI.2005.848376): a picture divided by the kernel's transform, a fast transform,
a sparse matrix. Its adjoint is the adjoint of each step.
"""

from dataclasses import dataclass
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray
from scipy import fft, sparse
from scipy.special import i0

from marey.core import InvalidInput
from marey.scan.mr.acquisition.encoding import Encoding, centred

Complex = NDArray[np.complex64]
WIDTH, FINER = 6, 2
ROUNDED = 1e-6  # cycles per pixel by which a trajectory in float32 may pass the band's edge


class Nufft:
    """Sums x(r) exp(-2 pi i k . r) over pictures of one shape, r the middles of pixels from the picture's middle.

    Args:
        shape: (row, column), even.
        frequencies: ``(sample, 2)`` cycles per pixel along rows and columns, -0.5 to 0.5.

    Raises:
        InvalidInput: an odd shape, frequencies beyond half a cycle per pixel.
    """

    def __init__(self, shape: tuple[int, int], frequencies: NDArray[np.float64]) -> None:
        if any(side % 2 for side in shape) or not np.abs(frequencies).max(initial=0) <= 0.5 + ROUNDED:
            raise InvalidInput(
                f"A picture of {shape} was asked for up to {np.abs(frequencies).max(initial=0):.3f} cycles per pixel.",
                "Even sides and at most 0.5 cycles per pixel are expected.",
                "Give the picture on a finer grid.",
            )
        self._shape = shape
        self._grid = (shape[0] * FINER, shape[1] * FINER)
        beta = np.pi * np.sqrt((WIDTH / FINER) ** 2 * (FINER - 0.5) ** 2 - 0.8)
        self._roll_off = np.asarray(np.outer(*(_roll_off(side, beta) for side in shape)), np.float32)
        self._spread = _interpolation(frequencies, self._grid, beta)

    def forward(self, images: Complex) -> Complex:
        """Samples ``(..., sample)`` of pictures ``(..., row, column)``."""
        grid = np.zeros((*images.shape[:-2], *self._grid), np.complex64)
        grid[self._middle] = images * self._roll_off
        spectrum = fft.fft2(fft.ifftshift(grid, axes=(-2, -1)), overwrite_x=True)
        flat = spectrum.reshape(-1, spectrum.shape[-2] * spectrum.shape[-1])
        return np.asarray((self._spread @ flat.T).T.reshape(*images.shape[:-2], -1), np.complex64)

    def adjoint(self, samples: Complex) -> Complex:
        """Pictures ``(..., row, column)`` of samples ``(..., sample)``: the exact adjoint."""
        flat = self._spread.conj().T @ samples.reshape(-1, samples.shape[-1]).T
        spectrum = np.ascontiguousarray(flat.T).reshape(*samples.shape[:-1], *self._grid)
        grid = fft.fftshift(fft.ifft2(spectrum, norm="forward"), axes=(-2, -1))
        return np.asarray(grid[self._middle] * self._roll_off, np.complex64)

    @property
    def _middle(self) -> tuple[EllipsisType, slice, slice]:
        starts = [(grid - side) // 2 for grid, side in zip(self._grid, self._shape, strict=True)]
        rows, columns = (slice(start, start + side) for start, side in zip(starts, self._shape, strict=True))
        return ..., rows, columns


@dataclass(frozen=True, eq=False)
class RadialEncoder:
    """Multi-coil radial encoding; a "line" of a schedule is the number of its spoke.

    Args:
        encoding: its readout field of view and matrix hold in all directions; oversampled, as nothing folds.
        sensitivities: ``(coil, row, column)`` of the coils on the picture's grid.
        per_field: pixels of that grid in one field of view.
        angles: ``(spoke,)`` radians from the readout axis.

    The samples are scaled as those of `CartesianEncoder`: a spoke at angle 0 is its central line.
    """

    encoding: Encoding
    sensitivities: Complex
    per_field: tuple[int, int]
    angles: NDArray[np.float64]

    def readouts(self, image: Complex, lines: NDArray[np.intp]) -> Complex:
        """``(coil, readout, sample)`` of some spokes of a picture ``(row, column)``."""
        samples = self.transform(lines).forward(self.sensitivities * image) * self.scale
        return np.asarray(samples.reshape(len(self.sensitivities), lines.size, -1), np.complex64)

    def adjoint(self, samples: Complex, lines: NDArray[np.intp]) -> Complex:
        """``(row, column)`` of samples ``(coil, readout, sample)``: the exact adjoint of `readouts`."""
        images = self.transform(lines).adjoint(samples.reshape(len(samples), -1)) * self.scale
        return np.asarray((self.sensitivities.conj() * images).sum(axis=0), np.complex64)

    def trajectory(self, lines: NDArray[np.intp]) -> NDArray[np.float32]:
        """``(..., sample, 2)`` cycles/mm of the samples of spokes ``(...)``."""
        along = centred(self.encoding.samples) / self.encoding.encoded_field[1]
        angle = self.angles[lines][..., None]
        return np.stack([np.sin(angle) * along, np.cos(angle) * along], axis=-1).astype(np.float32)

    def transform(self, lines: NDArray[np.intp]) -> Nufft:
        """The transform of a picture to the samples of some spokes."""
        pixel = [fov / count for fov, count in zip(self.encoding.field_of_view, self.per_field, strict=True)]
        frequencies = self.trajectory(lines).reshape(-1, 2).astype(np.float64) * pixel
        return Nufft((self.sensitivities.shape[-2], self.sensitivities.shape[-1]), frequencies)

    @property
    def scale(self) -> np.float32:
        """Of samples, relative to those of `transform`."""
        encoded = self.per_field[0] * self.per_field[1] * self.encoding.oversampling
        return np.float32(np.sqrt(self.encoding.matrix[0] * self.encoding.samples) / encoded)


def density(encoding: Encoding, spokes: int) -> NDArray[np.float32]:
    """(sample,) area of k-space, in cells of the full matrix, that a sample of evenly spread spokes stands for."""
    radius = np.abs(centred(encoding.samples)) / encoding.oversampling
    radius[encoding.samples // 2] = 0.25 / encoding.oversampling
    return np.asarray(np.pi * radius / spokes, np.float32)


def _roll_off(side: int, beta: float) -> NDArray[np.float64]:
    """(pixel,) one over the Fourier transform of the kernel, textbook form."""
    place = (np.arange(side) - side / 2) / (side * FINER)
    root = np.sqrt((beta**2 - (np.pi * WIDTH * place) ** 2).astype(np.complex128))
    return np.asarray(1 / (WIDTH * np.sinc(root / (1j * np.pi)).real / i0(beta)), np.float64)


def _interpolation(frequencies: NDArray[np.float64], grid: tuple[int, int], beta: float) -> sparse.csr_array:
    """(sample, grid) kernel weights, with the phase of the half pixel between the picture's middle and a pixel's."""
    parts = []
    for axis, side in enumerate(grid):
        place = frequencies[:, axis] * side
        cell = np.ceil(place - WIDTH / 2).astype(np.intp)[:, None] + np.arange(WIDTH)
        inside = np.clip(1 - (2 * (cell - place[:, None]) / WIDTH) ** 2, 0, None)
        parts.append((i0(beta * np.sqrt(inside)) / i0(beta), cell % side))
    (across, row), (along, column) = parts
    half = np.exp(-1j * np.pi * frequencies.sum(axis=1))
    values = half[:, None, None] * across[:, :, None] * along[:, None, :]
    where = row[:, :, None] * grid[1] + column[:, None, :]
    count = len(frequencies)
    starts = np.arange(count + 1) * WIDTH**2
    matrix = (values.astype(np.complex64).ravel(), where.astype(np.int32).ravel(), starts.astype(np.int32))
    return sparse.csr_array(matrix, shape=(count, grid[0] * grid[1]))


__all__ = ["Nufft", "RadialEncoder", "density"]
