"""Missing lines from their neighbours in all coils (GRAPPA, Griswold 2002, doi:10.1002/mrm.10171).

A missing sample is a sum over its measured neighbours in all coils; the weights are fitted where all lines are known.
As a convolution of k-space it is a product of pictures, so many frames are done by one multiplication each.
"""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput

Complex = NDArray[np.complex64]
LINES, SAMPLES = 4, 5  # measured lines and samples that a missing sample is made of


def kernel(calibration: Complex, acceleration: int, regularisation: float = 1e-4) -> Complex:
    """Weights by least squares.

    Args:
        calibration: ``(coil, line, sample)`` adjacent lines, all measured.
        acceleration: every how many-th line is measured in the scan.
        regularisation: of Tikhonov, relative to the mean energy of the neighbours.

    Returns:
        ``(coil, coil, line, sample)``: full k-space is the measured one, zeros between, correlated with it; lines from
        ``-(2 acceleration - 1)`` to ``2 acceleration - 1``, samples from -2 to 2.

    Raises:
        InvalidInput: too few calibration lines.
    """
    coils, lines, samples = calibration.shape
    reach = acceleration * (LINES // 2)
    height = acceleration * (LINES - 1) + 1
    if lines < height + 2 or samples < SAMPLES:
        raise InvalidInput(
            f"There are {lines} calibration lines of {samples} samples.",
            f"At least {height + 2} lines are needed for an acceleration of {acceleration}.",
            "Measure more calibration lines.",
        )
    windows = np.lib.stride_tricks.sliding_window_view(calibration, (height, SAMPLES), axis=(1, 2))
    sources = np.moveaxis(windows[..., ::acceleration, :], 0, 2)  # (window line, window sample, coil, line, sample)
    neighbours = sources.reshape(-1, coils * LINES * SAMPLES)
    gram = neighbours.conj().T @ neighbours
    gram = gram + regularisation * np.trace(gram).real / len(gram) * np.eye(len(gram), dtype=np.complex64)
    weights = np.zeros((coils, coils, 2 * reach - 1, SAMPLES), np.complex64)
    weights[np.arange(coils), np.arange(coils), reach - 1, SAMPLES // 2] = 1
    for offset in range(1, acceleration):
        middle = acceleration * (LINES // 2 - 1) + offset  # of the target in the window
        target = windows[..., middle, SAMPLES // 2].reshape(coils, -1).T
        solved = np.linalg.solve(gram, neighbours.conj().T @ target)
        rows = acceleration * np.arange(LINES) - middle + reach - 1
        weights[:, :, rows] = solved.T.reshape(coils, coils, LINES, SAMPLES)
    return weights


def unfolding(weights: Complex, maps: Complex) -> Complex:
    """``(coil, row, column)`` that, times the folded pictures of the coils and summed, gives the combined picture.

    Args:
        weights: of `kernel`.
        maps: ``(coil, row, column)`` that the coils are combined with.
    """
    rows, columns = maps.shape[-2:]
    along = _waves(weights.shape[3], columns)
    across = _waves(weights.shape[2], rows)
    coil_maps = across.T @ (weights @ along)  # (coil, coil, row, column)
    return np.asarray(np.einsum("orx,oirx->irx", maps.conj(), coil_maps, optimize=True), np.complex64)


def _waves(reach: int, pixels: int) -> Complex:
    """(shift, pixel): what a shift of k-space by -reach // 2 ... reach // 2 does to a picture."""
    shift = np.arange(reach) - reach // 2
    place = np.arange(pixels) + 0.5 - pixels / 2
    return np.asarray(np.exp(-2j * np.pi * shift[:, None] * place / pixels), np.complex64)


__all__ = ["kernel", "unfolding"]
