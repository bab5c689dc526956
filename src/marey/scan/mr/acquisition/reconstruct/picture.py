"""The last steps of a scanner's picture: k-space filter, even brightness, gradient cut-off, stored integers."""

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput
from marey.scan.mr.acquisition.encoding import centred

Array = NDArray[np.float32]
LARGEST_STORED = 4095


def tukey(matrix: tuple[int, int], edge: float) -> Array:
    """(line, sample) filter that is 1 inside and falls as a cosine over the outer `edge` (0 to 1) of each half axis.

    Raises:
        InvalidInput: an edge outside 0 to 1.
    """
    if not 0 <= edge <= 1:
        raise InvalidInput(
            f"The filter's edge is {edge}.", "0 (no filter) to 1 (Hann) is expected.", "Correct the filter."
        )
    sides = []
    for count in matrix:
        part = np.clip((np.abs(centred(count)) / (count / 2) - (1 - edge)) / max(edge, 1e-9), 0, 1)
        sides.append((1 + np.cos(np.pi * part)) / 2 if edge else np.ones(count))
    return np.asarray(np.outer(*sides), np.float32)


def fermi(matrix: tuple[int, int], radius: float = 0.9, width: float = 0.05) -> Array:
    """(line, sample) filter 1 / (1 + exp((k - radius) / width)), k elliptic, 1 at the middle of the sides.

    Raises:
        InvalidInput: a radius or width that is not positive.
    """
    if radius <= 0 or width <= 0:
        raise InvalidInput(
            f"The Fermi filter has the radius {radius} and the width {width}.",
            "Both must be positive.",
            "Correct the filter.",
        )
    rows, columns = (centred(count) / (count / 2) for count in matrix)
    k = np.hypot(rows[:, None], columns)
    return np.asarray(1 / (1 + np.exp(np.minimum((k - radius) / width, 80))), np.float32)


def prescan_normalisation(brightness: Array, strength: float = 1.0, floor: float = 0.1) -> Array:
    """What a picture is multiplied with so that it no longer shows the nearness of the coils.

    Args:
        brightness: ``(..., row, column)`` smooth ratio of the array's picture to the body coil's.
        strength: 1 takes the brightness off, 0 leaves it.
        floor: of the brightness, relative to its median, so that noise far from the coils does not blow up.
    """
    usual = float(np.median(brightness))
    return np.asarray((np.maximum(brightness, floor * usual) / usual) ** -strength, np.float32)


def cut_off(pictures: Array, pixel: tuple[float, float], centre: tuple[float, float], radius: float) -> Array:
    """Pictures ``(..., row, column)`` without what lies outside a circle (mm): there the gradients are not corrected.

    Args:
        pictures: magnitudes.
        pixel: size, mm.
        centre: of the circle, mm from the picture's middle.
        radius: mm.
    """
    rows, columns = (centred_mm(n, step) for n, step in zip(pictures.shape[-2:], pixel, strict=True))
    inside = np.hypot(rows[:, None] - centre[0], columns - centre[1]) <= radius
    return np.asarray(pictures * inside, np.float32)


def stored(pictures: Array, brightest: float = 0.999, level: int = 3000) -> tuple[NDArray[np.uint16], float]:
    """12-bit integers, and the magnitude that one of their steps stands for.

    Args:
        pictures: magnitudes of a series, not negative.
        brightest: part of the pixels below `level`; what is above 4095 is cut.
        level: integer that they reach.

    Raises:
        InvalidInput: pictures that are negative or not finite.
    """
    if not np.isfinite(pictures).all() or pictures.min(initial=0) < 0:
        raise InvalidInput(
            "The pictures have negative pixels or pixels that are not numbers.",
            "Finite magnitudes are needed.",
            "Store the magnitude; check the reconstruction.",
        )
    step = float(np.quantile(pictures, brightest)) / level
    step = step if step > 0 else 1.0
    return np.asarray(np.clip(np.rint(pictures / step), 0, LARGEST_STORED), np.uint16), step


def centred_mm(pixels: int, spacing: float) -> NDArray[np.float64]:
    """(pixel,) mm of pixels from the picture's middle."""
    return np.asarray((np.arange(pixels) + 0.5 - pixels / 2) * spacing, np.float64)


__all__ = ["centred_mm", "cut_off", "fermi", "prescan_normalisation", "stored", "tukey"]
