"""K-space that was measured on one side only, completed by the symmetry that a picture with a smooth phase has.

Homodyne detection (Noll 1991, doi:10.1109/42.79473) and projection onto convex sets. k-space is
``(..., line, sample)``, centred, with zeros where nothing was measured: the first `missing` lines.
"""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.scan.mr.acquisition.encoding import centred
from marey.scan.mr.acquisition.fourier import to_image, to_kspace

Complex = NDArray[np.complex64]


def homodyne(kspace: Complex, missing: int) -> Complex:
    """Pictures ``(..., row, column)`` whose real part holds the signal, on the phase of their symmetric part.

    Raises:
        InvalidInput: lines missing beyond the centre.
    """
    half = _symmetric(kspace.shape[-2], missing)
    position = centred(kspace.shape[-2])
    ramp = np.clip(1 + position / (half + 0.5), 0, 2).astype(np.float32)[:, None]
    phase = _phase(kspace, half)
    whole = to_image(kspace * ramp, _shape(kspace))
    return np.asarray((whole * phase.conj()).real * phase, np.complex64)


def projections(kspace: Complex, missing: int, iterations: int = 8) -> Complex:
    """Pictures ``(..., row, column)`` that keep the measured lines and nearly the phase of their symmetric part (POCS).

    Raises:
        InvalidInput: lines missing beyond the centre, or no iterations.
    """
    if iterations < 1:
        raise InvalidInput(f"{iterations} iterations were asked for.", "At least one is expected.", "Ask for about 8.")
    phase = _phase(kspace, _symmetric(kspace.shape[-2], missing))
    shape = _shape(kspace)
    filled = kspace.copy()
    for _ in range(iterations):
        picture = to_image(filled, shape)
        on_phase = np.maximum((picture * phase.conj()).real, 0) * phase
        filled[..., :missing, :] = to_kspace(on_phase.astype(np.complex64), shape)[..., :missing, :]
    return to_image(filled, shape)


def _symmetric(lines: int, missing: int) -> int:
    """Lines on either side of the centre that are both measured."""
    half = lines // 2 - missing
    if missing < 0 or half < 2:
        raise InvalidInput(
            f"{missing} of {lines} lines are missing on one side.",
            "At least two lines beyond the centre must be measured.",
            "Measure a larger part of k-space.",
        )
    return half


def _phase(kspace: Complex, half: int) -> Complex:
    """Unit phases of the pictures of the central lines, with a soft edge."""
    position = np.abs(centred(kspace.shape[-2]))
    inside = np.clip((half + 0.5 - position) / max(half / 4, 1), 0, 1)
    smooth = to_image(kspace * np.sin(inside * np.pi / 2).astype(np.float32)[:, None] ** 2, _shape(kspace))
    size = np.abs(smooth)
    return np.asarray(np.where(size > 0, smooth / np.maximum(size, np.finfo(np.float32).tiny), 1), np.complex64)


def _shape(kspace: Complex) -> tuple[int, int]:
    return kspace.shape[-2], kspace.shape[-1]


__all__ = ["homodyne", "projections"]
