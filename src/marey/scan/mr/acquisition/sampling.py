"""Which lines of k-space are measured, and in what order a segmented scan takes them."""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput

Lines = NDArray[np.intp]
Order = Literal["interleaved", "sequential", "centric"]
GOLDEN_ANGLE = math.pi * (math.sqrt(5) - 1) / 2
"""111.25 degrees, between successive spokes (Winkelmann 2007, doi:10.1109/TMI.2006.885337)."""


def full(lines: int) -> Lines:
    """All lines."""
    return np.arange(lines, dtype=np.intp)


def uniform(lines: int, acceleration: int, calibration: int = 0, first: int = 0) -> Lines:
    """Every `acceleration`-th line from `first`, and `calibration` adjacent lines around the centre.

    Raises:
        InvalidInput: an acceleration that does not divide the lines, more calibration lines than lines.
    """
    if acceleration < 1 or lines % acceleration or not 0 <= calibration <= lines:
        raise InvalidInput(
            f"{lines} lines were to be accelerated {acceleration} times with {calibration} calibration lines.",
            "An acceleration that divides the lines, and no more calibration lines than lines, is expected.",
            "Change the matrix or the acceleration.",
        )
    start = lines // 2 - calibration // 2
    regular = np.arange(first % acceleration, lines, acceleration)
    return np.asarray(np.union1d(regular, np.arange(start, start + calibration)), np.intp)


def partial_fourier(lines: Lines, matrix: int, fraction: float) -> Lines:
    """Those of the lines that lie in the last `fraction` of k-space (0.5 to 1).

    Raises:
        InvalidInput: a fraction that leaves the centre out.
    """
    if not 0.5 < fraction <= 1:
        raise InvalidInput(
            f"The partial Fourier fraction is {fraction}.",
            "More than 0.5, so that the centre is measured, and at most 1 is expected.",
            "Use 6/8 or 7/8.",
        )
    return np.asarray(lines[lines >= matrix - math.ceil(fraction * matrix - 1e-9)], np.intp)


def variable_density(
    rng: np.random.Generator, lines: int, acceleration: float, calibration: int = 12, power: float = 2.0
) -> Lines:
    """A random choice that is dense at the centre: probability (1 - |k| / k max) ** power.

    Raises:
        InvalidInput: fewer lines than the calibration needs.
    """
    wanted = round(lines / acceleration) if acceleration > 0 else 0
    if not max(calibration, 1) <= wanted <= lines:
        raise InvalidInput(
            f"{lines} lines at an acceleration of {acceleration} leave {wanted} lines.",
            f"From the {calibration} calibration lines to all {lines} are expected.",
            "Accelerate less or calibrate with fewer lines.",
        )
    middle = np.arange(lines // 2 - calibration // 2, lines // 2 - calibration // 2 + calibration)
    outer = np.setdiff1d(np.arange(lines), middle)
    density = (1 - np.abs(outer - lines // 2) / (lines / 2 + 1)) ** power
    chosen = rng.choice(outer, wanted - middle.size, replace=False, p=density / density.sum())
    return np.asarray(np.union1d(middle, chosen), np.intp)


def golden_angles(spokes: int, first: int = 0) -> NDArray[np.float64]:
    """(spoke,) radians from the readout axis, modulo pi."""
    return np.asarray(np.arange(first, first + spokes) * GOLDEN_ANGLE % np.pi, np.float64)


def segments(lines: Lines, length: int, order: Order = "interleaved") -> list[Lines]:
    """The lines that are taken together in one heart beat, for all beats.

    Args:
        lines: to be measured.
        length: lines per segment (views per segment).
        order: interleaved takes every n-th line in a beat; sequential neighbouring lines; centric starts at the centre.

    Raises:
        InvalidInput: a segment without lines.
    """
    if length < 1 or lines.size == 0:
        raise InvalidInput(
            f"{lines.size} lines were to be measured {length} at a time.",
            "At least 1 and 1 are expected.",
            "Correct the segment.",
        )
    count = -(-lines.size // length)
    if order == "interleaved":
        return [lines[beat::count] for beat in range(count)]
    if order == "centric":
        middle = (lines.min() + lines.max() + 1) / 2
        lines = lines[np.argsort(np.abs(lines - middle), kind="stable")]
    return [lines[beat * length : (beat + 1) * length] for beat in range(count)]


__all__ = [
    "GOLDEN_ANGLE",
    "Lines",
    "Order",
    "full",
    "golden_angles",
    "partial_fourier",
    "segments",
    "uniform",
    "variable_density",
]
