"""Pictures of a signal's course from spokes of which each belongs to one moment: low-rank inversion.

The course of every voxel is a sum of few known vectors; their coefficients are found for all voxels at once, from all
samples of all coils (Assländer 2018, doi:10.1002/mrm.26639), by conjugate gradients on the normal equations, which
are convolutions (Fessler 2005, doi:10.1109/TSP.2005.853152).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from marey.scan.mr.acquisition.radial import Nufft, RadialEncoder, density
from marey.scan.mr.acquisition.reconstruct.coils import adaptive_maps
from marey.scan.mr.acquisition.reconstruct.sense import conjugate_gradients

Complex = NDArray[np.complex64]
Reals = NDArray[np.float32]


def subspace_pictures(
    samples: Complex, encoder: RadialEncoder, vectors: Reals, *, iterations: int, regularisation: float
) -> Complex:
    """Coefficients ``(rank, row, column)`` of the vectors, times the root of the sum of squares of the sensitivities.

    Args:
        samples: ``(coil, spoke, sample)`` with white noise.
        encoder: of one even picture of the grid's shape; its sensitivities are not used but found from the samples.
        vectors: ``(spoke, rank)`` orthonormal, the strongest last.
        iterations: of conjugate gradients.
        regularisation: of the coefficients' energy, relative to what the encoding does to it.
    """
    spokes = np.arange(len(vectors))
    weight = density(encoder.encoding, 1)
    plain = RadialEncoder(encoder.encoding, np.ones_like(encoder.sensitivities[:1]), encoder.per_field, encoder.angles)
    transform, scale = plain.transform(spokes), plain.scale
    weighted = samples[:, None] * (vectors.T[:, :, None] * weight)
    folded = transform.adjoint(weighted.reshape(*weighted.shape[:2], -1)) * scale
    soft = weighted[:, -1] * np.hanning(weight.size).astype(np.float32) ** 4
    maps = adaptive_maps(transform.adjoint(soft.reshape(len(samples), -1)))
    normal = _Normal(plain, vectors, weight * scale**2, maps)
    start = np.einsum("cyx,cryx->ryx", maps.conj(), folded)
    return conjugate_gradients(
        normal, _same, start.astype(np.complex64), iterations=iterations, regularisation=regularisation
    )


class _Normal:
    """The encoding followed by its weighted adjoint, on coefficients ``(rank, row, column)``."""

    def __init__(self, encoder: RadialEncoder, vectors: Reals, weight: Reals, maps: Complex) -> None:
        self.maps, rank = maps, vectors.shape[1]
        rows, columns = maps.shape[-2:]
        pixel = [side / count for side, count in zip(encoder.encoding.field_of_view, encoder.per_field, strict=True)]
        frequencies = encoder.trajectory(np.arange(len(vectors))).astype(np.float64).reshape(-1, 2) * pixel
        wide = Nufft((2 * rows, 2 * columns), frequencies)
        half = np.exp(-1j * np.pi * frequencies.sum(axis=1)).astype(np.complex64)
        self.transfer = np.empty((rank, rank, 2 * rows, 2 * columns), np.float32)
        for one in range(rank):
            pairs = vectors[:, one, None] * vectors[:, : one + 1]
            spread = wide.adjoint((pairs.T[:, :, None] * weight).reshape(one + 1, -1) * half)
            # A lag of half the double grid has no partner and is not needed.
            spread[:, 0], spread[:, :, 0] = 0, 0
            real = fft.fft2(fft.ifftshift(spread, axes=(-2, -1))).real
            self.transfer[one, : one + 1] = self.transfer[: one + 1, one] = real

    def __call__(self, pictures: Complex) -> Complex:
        out = np.zeros_like(pictures)
        rows, columns = pictures.shape[-2:]
        for coil in self.maps:
            spectra = fft.fft2(coil * pictures, s=(2 * rows, 2 * columns))
            mixed = np.einsum("rsyx,syx->ryx", self.transfer, spectra)
            out += coil.conj() * fft.ifft2(mixed, overwrite_x=True)[:, :rows, :columns]
        return out


def _same(pictures: Complex) -> Complex:
    return pictures


__all__ = ["subspace_pictures"]
