"""From the pictures of the coils to one: whitening of the noise, sum of squares, adaptive combination."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import make_interp_spline
from scipy.linalg import solve_triangular
from scipy.ndimage import uniform_filter

from marey.core import InvalidInput, KSpace

Complex = NDArray[np.complex64]
BLOCK = 4


def whitening(noise_covariance: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """``(coil, coil)`` matrix that makes the coils' noise independent, of variance 1 in real and in imaginary part.

    Raises:
        InvalidInput: a covariance that cannot be inverted.
    """
    sizes = np.linalg.eigvalsh(noise_covariance)
    if not sizes[0] > 1e-9 * sizes[-1]:
        raise InvalidInput(
            "The noise covariance of the coils cannot be inverted.",
            "Every coil must have noise of its own.",
            "Leave out coils that are copies of others; give a k-space without noise the identity.",
        )
    factor = np.linalg.cholesky(noise_covariance / 2)
    return np.asarray(solve_triangular(factor, np.eye(len(factor)), lower=True), np.complex128)


def prewhitened(kspace: KSpace) -> KSpace:
    """The same readouts with independent noise in all coils (Roemer, doi:10.1002/mrm.1910160203).

    The mean noise keeps its size, so the picture keeps its scale. A k-space without noise stays as it is.
    """
    if not kspace.noise_covariance.any():
        return kspace
    size = np.sqrt(np.trace(kspace.noise_covariance).real / 2 / kspace.coils)
    mixing = whitening(kspace.noise_covariance) * size
    samples = (mixing.astype(np.complex64) @ kspace.samples.reshape(kspace.coils, -1)).reshape(kspace.samples.shape)
    covariance = np.asarray(2 * size**2 * np.eye(kspace.coils), np.complex128)
    return KSpace(samples, kspace.trajectory, kspace.times, covariance, kspace.dwell_time)


def root_sum_of_squares(images: Complex) -> NDArray[np.float32]:
    """``(...)`` of pictures ``(coil, ...)``."""
    return np.asarray(np.sqrt((images.real**2 + images.imag**2).sum(axis=0)), np.float32)


def adaptive_maps(images: Complex, blocks: int = 3, iterations: int = 12) -> Complex:
    """Relative sensitivities ``(coil, row, column)`` of unit length, from the pictures ``(coil, row, column)`` alone.

    In every neighbourhood the coils' covariance has one large eigenvector (Walsh,
    doi:10.1002/(SICI)1522-2594(200005)43:5<682::AID-MRM10>3.0.CO;2-G). It is found on blocks of 4 x 4 pixels by power
    iteration and interpolated between them. Phase zero is that of the combination of all coils that sees the middle of
    the picture best: where it saw nothing the maps would turn about that point and leave a dark dot.

    Args:
        images: of all coils, with white noise.
        blocks: side of the neighbourhood, in blocks.
        iterations: of the power method.
    """
    rows, columns = images.shape[1:]
    outer = images[:, None] * images[None].conj()
    small = _block_means(outer)
    near = (
        uniform_filter(small.real, (0, 0, blocks, blocks)) + 1j * uniform_filter(small.imag, (0, 0, blocks, blocks))
    ).astype(np.complex64)
    local = np.moveaxis(near, (0, 1), (-2, -1))
    strength = np.trace(local, axis1=-2, axis2=-1).real
    strongest = np.diagonal(local, axis1=-2, axis2=-1).real.argmax(axis=-1)
    vector = np.take_along_axis(local, strongest[..., None, None], axis=-1)[..., 0]
    for _ in range(iterations):
        vector = (local @ vector[..., None])[..., 0]
        vector = vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), np.finfo(np.float32).tiny)
    middle = np.outer(*(np.hanning(count + 2)[1:-1] for count in strength.shape)) * np.sqrt(strength)
    together = np.einsum("rx,rxc,rxd->cd", middle, vector, vector.conj(), optimize=True)
    total = np.linalg.eigh(together)[1][:, -1].astype(np.complex64)
    phase = (vector @ total.conj())[..., None]
    vector = vector * np.where(np.abs(phase) > 0, phase.conj() / np.maximum(np.abs(phase), 1e-30), 1)
    maps = _along(rows, vector.shape[0]) @ np.moveaxis(vector, -1, 0) @ _along(columns, vector.shape[1]).T
    length = np.maximum(np.sqrt((np.abs(maps) ** 2).sum(axis=0)), np.finfo(np.float32).tiny)
    return np.asarray(maps / length, np.complex64)


def _block_means(values: Complex) -> Complex:
    rows, columns = (-(-side // BLOCK) for side in values.shape[-2:])
    edges = [(0, 0)] * (values.ndim - 2) + [
        (0, n * BLOCK - side) for n, side in zip((rows, columns), values.shape[-2:], strict=True)
    ]
    whole = (
        np.pad(values, edges, mode="edge")
        if rows * BLOCK != values.shape[-2] or columns * BLOCK != values.shape[-1]
        else values
    )
    return np.asarray(whole.reshape(*values.shape[:-2], rows, BLOCK, columns, BLOCK).mean(axis=(-3, -1)), np.complex64)


def _along(pixels: int, blocks: int) -> NDArray[np.float32]:
    """(pixel, block) weights of linear interpolation between the middles of blocks."""
    middles = (np.arange(blocks) + 0.5) * BLOCK - 0.5
    at = np.clip(np.arange(pixels), middles[0], middles[-1])
    return np.asarray(make_interp_spline(middles, np.eye(blocks), k=1)(at), np.float32)


__all__ = ["adaptive_maps", "prewhitened", "root_sum_of_squares", "whitening"]
