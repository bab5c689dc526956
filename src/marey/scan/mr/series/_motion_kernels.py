"""Compiled kernels: the mean signal of sub-samples that carry a pattern or flow."""

import math

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit


@fast_jit
def patterned(
    codes: NDArray[np.uint8], pattern: NDArray[np.uint16], table: NDArray[np.complex64]
) -> NDArray[np.complex64]:
    """(species, row, column) mean of table[species, pattern, code] over samples (sample, row, column)."""
    species = table.shape[0]
    samples, rows, columns = codes.shape
    out = np.zeros((species, rows, columns), np.complex64)
    share = np.float32(1.0 / samples)
    for sample in range(samples):
        for row in range(rows):
            for column in range(columns):
                code = codes[sample, row, column]
                if code:
                    place = pattern[sample, row, column]
                    for kind in range(species):
                        out[kind, row, column] += share * table[kind, place, code]
    return out


@fast_jit
def flowing(
    codes: NDArray[np.uint8],
    phases: NDArray[np.float32],
    pulses: NDArray[np.float32],
    signals: NDArray[np.complex64],
    survival: NDArray[np.float32],
) -> NDArray[np.complex64]:
    """(encoding, species, row, column) mean signal without encoding and with each phase.

    Args:
        codes: (sample, row, column).
        phases: (direction, sample, row, column) radians.
        pulses: (sample, row, column) that the spins have seen.
        signals: (species, 2, code) in the steady state, and what an unsaturated spin has above it.
        survival: (species, code) of the latter from pulse to pulse.
    """
    directions, species = phases.shape[0], signals.shape[0]
    samples, rows, columns = codes.shape
    out = np.zeros((directions + 1, species, rows, columns), np.complex64)
    share = np.float32(1.0 / samples)
    for sample in range(samples):
        for row in range(rows):
            for column in range(columns):
                code = codes[sample, row, column]
                if not code:
                    continue
                seen = pulses[sample, row, column]
                for kind in range(species):
                    value = signals[kind, 0, code]
                    if seen < 1000:
                        value += signals[kind, 1, code] * survival[kind, code] ** seen
                    value *= share
                    out[0, kind, row, column] += value
                    for way in range(directions):
                        angle = phases[way, sample, row, column]
                        if angle == 0:
                            out[way + 1, kind, row, column] += value
                        else:
                            out[way + 1, kind, row, column] += value * complex(math.cos(angle), math.sin(angle))
    return out


__all__ = ["flowing", "patterned"]
