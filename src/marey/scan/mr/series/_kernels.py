"""Compiled kernel: the mean signal of what lies in a slice's sub-samples."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit


@fast_jit
def mixed(codes: NDArray[np.uint8], bins: NDArray[np.uint8], table: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """(species, row, column) mean of table[species, bin, code] over codes (sample, row, column)."""
    species = table.shape[0]
    samples, rows, columns = codes.shape
    out = np.zeros((species, rows, columns), np.complex64)
    share = np.float32(1.0 / samples)
    for sample in range(samples):
        for row in range(rows):
            for column in range(columns):
                code, place = codes[sample, row, column], bins[row, column]
                if code:
                    for kind in range(species):
                        out[kind, row, column] += share * table[kind, place, code]
    return out


__all__ = ["mixed"]
