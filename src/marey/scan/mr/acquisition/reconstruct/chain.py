"""From sorted Cartesian k-space to pictures, in the order of a scanner's chain.

Whitening, taking off the oversampling, GRAPPA where lines are missing, adaptive combination, completion of partial
Fourier, filter, zero-filled interpolation.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, KSpace
from marey.scan.mr.acquisition.encoding import Encoding
from marey.scan.mr.acquisition.fourier import (
    image_to_readout,
    lines_to_image,
    readout_to_image,
    resampled,
    to_image,
    to_kspace,
)
from marey.scan.mr.acquisition.reconstruct.coils import adaptive_maps, prewhitened
from marey.scan.mr.acquisition.reconstruct.grappa import kernel, unfolding
from marey.scan.mr.acquisition.reconstruct.partial_fourier import homodyne, projections
from marey.scan.mr.acquisition.reconstruct.picture import tukey
from marey.scan.mr.acquisition.sampling import Lines

Complex = NDArray[np.complex64]


@dataclass(frozen=True)
class Reconstruction:
    """Settings of the chain.

    Args:
        matrix: pixels of the picture, at least those acquired (zero-filled interpolation).
        filter_edge: of the Tukey filter of k-space; 0 rings as measured.
        partial: how lines missing on one side are completed; "zero" leaves them.
    """

    matrix: tuple[int, int]
    filter_edge: float = 0.0
    partial: Literal["homodyne", "projections", "zero"] = "homodyne"


def reconstruct(kspace: KSpace, lines: Lines, encoding: Encoding, settings: Reconstruction) -> Complex:
    """Complex pictures ``(..., row, column)`` of k-space ``(coil, ..., line, sample)``.

    The mean over all phases serves as calibration. Intensities are those of the object times the root of the sum of
    squares of the (whitened) sensitivities; the noise keeps its size where no lines are missing.

    Args:
        kspace: sorted (`sorting.sort`); the same lines in all phases.
        lines: ``(line,)`` of the matrix that were measured.
        encoding: of the slice.
        settings: of the chain.

    Raises:
        InvalidInput: lines that do not fit, or are neither regular nor all there; a picture smaller than its matrix.
    """
    _check(kspace, lines, encoding, settings)
    regular, acceleration = lattice(lines)
    samples = prewhitened(kspace).samples
    hybrid = readout_to_image(samples, encoding.matrix[1])  # (coil, ..., line, column)
    mean = hybrid.mean(axis=tuple(range(1, hybrid.ndim - 2)), dtype=np.complex64)
    if acceleration == 1:
        weights = adaptive_maps(lines_to_image(mean, lines, encoding.matrix[0])).conj()
    else:
        weights = _parallel(mean, lines, acceleration, encoding.matrix[0])
    combined = np.zeros((*hybrid.shape[1:-2], *encoding.matrix), np.complex64)
    measured = np.flatnonzero(np.isin(lines, regular))
    for weight, coil in zip(weights, hybrid, strict=True):
        combined += weight * lines_to_image(coil[..., measured, :], regular, encoding.matrix[0])
    missing = int(regular[0]) if regular[0] >= acceleration else 0
    return _finished(combined, missing, settings)


def _parallel(mean: Complex, lines: Lines, acceleration: int, rows: int) -> Complex:
    """Weights of the coils' folded pictures, from the adjacent lines of the mean over all phases."""
    block = calibration_block(lines)
    adjacent = mean[:, block]
    soft = adjacent * np.hanning(block.size + 2)[1:-1].astype(np.float32)[:, None]
    maps = adaptive_maps(lines_to_image(soft, lines[block], rows))
    return unfolding(kernel(image_to_readout(adjacent), acceleration), maps)


def _finished(combined: Complex, missing: int, settings: Reconstruction) -> Complex:
    """Completed, filtered and interpolated pictures."""
    matrix = (combined.shape[-2], combined.shape[-1])
    picture = combined
    if settings.filter_edge or missing:
        kspace = to_kspace(combined, matrix) * tukey(matrix, settings.filter_edge)
        if missing:
            kspace[..., :missing, :] = 0
        if missing and settings.partial != "zero":
            picture = homodyne(kspace, missing) if settings.partial == "homodyne" else projections(kspace, missing)
        else:
            scale = np.float32(np.sqrt(np.prod(settings.matrix) / np.prod(matrix)))
            return np.asarray(to_image(kspace, settings.matrix) * scale, np.complex64)
    return picture if matrix == settings.matrix else resampled(picture, matrix, settings.matrix)


def lattice(lines: Lines) -> tuple[Lines, int]:
    """The largest regular part of the lines, and every how many-th line it has.

    Raises:
        InvalidInput: lines that are not regular.
    """
    acceleration = int(np.diff(lines).max()) if lines.size > 1 else 0
    if acceleration >= 1:
        widest = lines[int(np.argmax(np.diff(lines)))]
        regular = lines[(lines - widest) % acceleration == 0]
        ends = max(regular[0] - lines[0], lines[-1] - regular[-1])
        if ends < acceleration and (np.diff(regular) == acceleration).all():
            return regular, acceleration
    raise InvalidInput(
        f"{lines.size} lines are neither all there nor every n-th.",
        "Regular undersampling is needed here.",
        "Reconstruct other patterns with conjugate_gradients.",
    )


def calibration_block(lines: Lines) -> NDArray[np.intp]:
    """Numbers of the longest run of adjacent lines."""
    runs = np.split(np.arange(lines.size), np.flatnonzero(np.diff(lines) != 1) + 1)
    return np.asarray(max(runs, key=len), np.intp)


def _check(kspace: KSpace, lines: Lines, encoding: Encoding, settings: Reconstruction) -> None:
    expected = (lines.size, encoding.samples)
    if (
        kspace.samples.shape[-2:] != expected
        or lines.size == 0
        or not 0 <= lines.min() <= lines.max() < encoding.matrix[0]
    ):
        raise InvalidInput(
            f"The k-space has {kspace.samples.shape[-2:]} lines and samples.",
            f"{expected} of a matrix of {encoding.matrix} are expected.",
            "Give the encoding and the lines that it was measured with.",
        )
    if any(pixels < acquired for pixels, acquired in zip(settings.matrix, encoding.matrix, strict=True)):
        raise InvalidInput(
            f"A picture of {settings.matrix} pixels was asked of a matrix of {encoding.matrix}.",
            "At least as many pixels as were acquired are expected.",
            "Choose a larger picture.",
        )


__all__ = ["Reconstruction", "calibration_block", "lattice", "reconstruct"]
