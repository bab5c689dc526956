"""Fourier transforms between pictures and k-space, and the encoding of a slice by many coils.

Both sides are centred: k-space has its centre at index ``n // 2``; pictures are sampled at the middles of their pixels
and turn about the middle of the field of view, so that a picture of any matrix shows the same place. All are unitary.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from marey.core import InvalidInput
from marey.scan.mr.acquisition.encoding import Encoding, centred

Complex = NDArray[np.complex64]


def to_kspace(image: Complex, matrix: tuple[int, int]) -> Complex:
    """The central `matrix` of the k-space of pictures ``(..., row, column)``; `to_image` is its adjoint."""
    along = fft.fft(image, axis=-1, norm="ortho")
    across = fft.fft(_central(along, matrix[1], -1), axis=-2, norm="ortho")
    spectrum = _central(across, matrix[0], -2)
    spectrum *= _ramp(matrix, image.shape[-2:])
    return np.asarray(spectrum, np.complex64)


def to_image(kspace: Complex, shape: tuple[int, int]) -> Complex:
    """Pictures ``(..., row, column)`` of a centred k-space, zero-filled to `shape`."""
    turned = kspace * _ramp(kspace.shape[-2:], shape).conj()
    across = fft.ifft(_spread(turned, shape[0], -2), axis=-2, norm="ortho", overwrite_x=True)
    along = fft.ifft(_spread(across, shape[1], -1), axis=-1, norm="ortho", overwrite_x=True)
    return np.asarray(along, np.complex64)


def readout_to_image(samples: Complex, pixels: int) -> Complex:
    """Inverse transform along the readout alone, cut to its middle `pixels`: oversampling is taken off."""
    count = samples.shape[-1]
    turned = samples * _phase(count, count).conj().astype(np.complex64)
    profile = fft.ifft(_spread(turned, count, -1), axis=-1, norm="ortho", overwrite_x=True)
    start = (count - pixels) // 2
    return np.asarray(profile[..., start : start + pixels], np.complex64)


def image_to_readout(profile: Complex) -> Complex:
    """Transform along the readout alone: the inverse of `readout_to_image` without oversampling."""
    count = profile.shape[-1]
    centre = _central(fft.fft(profile, axis=-1, norm="ortho"), count, -1)
    return np.asarray(centre * _phase(count, count).astype(np.complex64), np.complex64)


def lines_to_image(hybrid: Complex, lines: NDArray[np.intp], rows: int) -> Complex:
    """Inverse transform along phase encoding alone, of some lines ``(..., line, column)`` of `rows`; others are 0."""
    spectrum = np.zeros((*hybrid.shape[:-2], rows, hybrid.shape[-1]), np.complex64)
    turned = _phase(rows, rows).conj()[lines].astype(np.complex64)[:, None]
    spectrum[..., (lines - rows // 2) % rows, :] = hybrid * turned
    return np.asarray(fft.ifft(spectrum, axis=-2, norm="ortho", overwrite_x=True), np.complex64)


def resampled(image: Complex, band: tuple[int, int], shape: tuple[int, int]) -> Complex:
    """Pictures on a grid of another shape, with the same intensities, cut to the k-space `band` of their own extent."""
    scale = np.sqrt(np.prod(shape) / np.prod(image.shape[-2:]))
    return np.asarray(to_image(to_kspace(image, band), shape) * np.float32(scale), np.complex64)


@dataclass(frozen=True, eq=False)
class CartesianEncoder:
    """Multi-coil Cartesian encoding: coils, folding of what lies outside the field of view, Fourier transform.

    Args:
        encoding: of the slice.
        sensitivities: ``(coil, row, column)`` of the coils on the picture's grid.
        per_field: pixels of that grid in one field of view.

    Without oversampling the receiver's filter cuts off what lies beyond the field of view along the readout. The
    samples are scaled so that the unitary inverse transform of the full matrix gives the picture's intensities.
    """

    encoding: Encoding
    sensitivities: Complex
    per_field: tuple[int, int]

    def __post_init__(self) -> None:
        """Refuse a grid that is coarser than the matrix, or is not centred on the field of view."""
        sides = zip(self.sensitivities.shape[-2:], self.per_field, self.encoding.matrix, strict=True)
        if any(per_field < matrix or (side - per_field) % 2 for side, per_field, matrix in sides):
            raise InvalidInput(
                f"The object has {self.sensitivities.shape[-2:]} pixels, {self.per_field} in the field of view.",
                f"At least {self.encoding.matrix} in the field of view and an even number around it are needed.",
                "Make the grid with object_grid.",
            )

    def forward(self, image: Complex) -> Complex:
        """Samples ``(coil, ..., line, sample)`` of all lines, of pictures ``(..., row, column)``."""
        heard = self.sensitivities[..., self._heard]
        coils = heard.reshape(-1, *(1,) * (image.ndim - 2), *heard.shape[-2:])
        folded = _folded(_folded(coils * image[..., self._heard], self._encoded[0], -2), self._encoded[1], -1)
        return to_kspace(folded, (self.encoding.matrix[0], self.encoding.samples)) * self._scale

    def adjoint(self, samples: Complex) -> Complex:
        """Pictures ``(..., row, column)``: the exact adjoint of `forward`."""
        heard = self.sensitivities[..., self._heard]
        rows, columns = heard.shape[-2:]
        folded = to_image(samples, self._encoded)
        images = folded[..., _places(rows, self._encoded[0])[:, None], _places(columns, self._encoded[1])]
        picture = np.zeros((*images.shape[1:-1], self.sensitivities.shape[-1]), np.complex64)
        picture[..., self._heard] = np.einsum("crx,c...rx->...rx", heard.conj(), images) * self._scale
        return picture

    def readouts(self, image: Complex, lines: NDArray[np.intp]) -> Complex:
        """Samples ``(coil, readout, sample)`` of some lines of a picture ``(row, column)``."""
        if lines.size and not 0 <= lines.min() <= lines.max() < self.encoding.matrix[0]:
            raise InvalidInput(
                f"The lines {lines.min()} to {lines.max()} were to be measured.",
                f"The encoding has the lines 0 to {self.encoding.matrix[0] - 1}.",
                "Make the schedule for the same matrix.",
            )
        return np.asarray(self.forward(image)[:, lines], np.complex64)

    def trajectory(self, lines: NDArray[np.intp]) -> NDArray[np.float32]:
        """``(..., sample, 2)`` cycles/mm of the samples of lines ``(...)``."""
        return self.encoding.trajectory(lines)

    @property
    def _heard(self) -> slice:
        """Columns that reach the receiver."""
        outside = (self.sensitivities.shape[-1] - self.per_field[1]) // 2
        cut = max(outside, 0) if self.encoding.oversampling == 1 else 0
        return slice(cut, self.sensitivities.shape[-1] - cut)

    @property
    def _encoded(self) -> tuple[int, int]:
        return self.per_field[0], self.per_field[1] * self.encoding.oversampling

    @property
    def _scale(self) -> np.float32:
        acquired = self.encoding.matrix[0] * self.encoding.samples
        return np.float32(np.sqrt(acquired / np.prod(self._encoded)))


def _places(side: int, field: int) -> NDArray[np.intp]:
    """(side,) where each of the object's pixels falls in a field of view that repeats."""
    return np.asarray((np.arange(side) - (side - field) // 2) % field, np.intp)


def _folded(image: Complex, field: int, axis: int) -> Complex:
    """Sum of what falls on the same place of a field of view that repeats; the adjoint of taking `_places`."""
    side = image.shape[axis]
    if side == field:
        return image
    shape = list(image.shape)
    shape[axis] = field
    folded = np.zeros(shape, image.dtype)
    target, source = np.moveaxis(folded, axis, 0), np.moveaxis(image, axis, 0)
    places = _places(side, field)
    starts = [0, *(np.flatnonzero(np.diff(places) != 1) + 1), side]
    for begin, end in pairwise(starts):
        target[places[begin] : places[begin] + end - begin] += source[begin:end]
    return folded


def _central(spectrum: Complex, count: int, axis: int) -> Complex:
    """The `count` lowest frequencies of a transform, centred."""
    turned = np.moveaxis(spectrum, axis, 0)
    parts = (turned[turned.shape[0] - count // 2 :], turned[: count - count // 2])
    return np.moveaxis(np.concatenate(parts), 0, axis)


def _spread(centre: Complex, count: int, axis: int) -> Complex:
    """Centred frequencies in the order of a transform of `count`, zeros between; the adjoint of `_central`."""
    shape = list(centre.shape)
    shape[axis] = count
    spectrum = np.zeros(shape, centre.dtype)
    source, target = np.moveaxis(centre, axis, 0), np.moveaxis(spectrum, axis, 0)
    negative = source.shape[0] // 2
    target[: source.shape[0] - negative] = source[negative:]
    if negative:
        target[count - negative :] = source[:negative]
    return spectrum


@lru_cache(maxsize=64)
def _ramp(matrix: tuple[int, int], shape: tuple[int, int]) -> Complex:
    """(row, column) phases that move the origin from the first pixel to the middle of the field of view."""
    if any(have > want for have, want in zip(matrix, shape, strict=True)):
        raise InvalidInput(
            f"A k-space of {matrix} was asked of a picture of {shape}.",
            "A picture has at least as many pixels as its k-space has lines and samples.",
            "Give the picture on a finer grid.",
        )
    return np.asarray(np.outer(_phase(matrix[0], shape[0]), _phase(matrix[1], shape[1])), np.complex64)


def _phase(count: int, pixels: int) -> NDArray[np.complex128]:
    return np.asarray(np.exp(-2j * np.pi * centred(count) * (0.5 - pixels / 2) / pixels), np.complex128)


__all__ = [
    "CartesianEncoder", "image_to_readout", "lines_to_image", "readout_to_image", "resampled", "to_image", "to_kspace",
]  # fmt: skip
