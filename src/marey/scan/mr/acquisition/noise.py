"""Thermal noise of the coils and the body."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import Parameters, parameter
from marey.core.kspace import complex_noise
from marey.scan.mr.acquisition.encoding import Encoding


@dataclass(frozen=True)
class Receiver(Parameters):
    """How noisy the receiver is.

    Args:
        noise: standard deviation of the real (and of the imaginary) part in a picture taken with one readout per line
            at 1.5 T, 1 kHz per pixel, 100 lines, voxels of 1 mm3, relative to the signal that magnetisation 1 gives
            where the sensitivities' root of the sum of squares is 1.
        averages: times that every line is measured.
        field_strength: tesla; the signal grows with it.
    """

    noise: float = parameter(0.25, 0, 50, "1", "a cine's blood of 0.4 has SNR 60: textbook")
    averages: float = parameter(1.0, 1, 64, "1", "one")
    field_strength: float = parameter(1.5, 0.2, 7, "1", "tesla")

    def sample_noise(self, encoding: Encoding, slice_thickness: float) -> float:
        """Standard deviation of the real part of a sample, by the voxel's volume, the time spent and the field."""
        volume = encoding.pixel[0] * encoding.pixel[1] * slice_thickness
        readouts = encoding.matrix[0] * self.averages / 100
        return float(self.noise / volume * np.sqrt(encoding.bandwidth / readouts) * 1.5 / self.field_strength)


def measured_covariance(noise: NDArray[np.complex64]) -> NDArray[np.complex128]:
    """``(coil, coil)`` mean n n^H of a noise scan ``(coil, ...)``."""
    flat = noise.reshape(noise.shape[0], -1).astype(np.complex128)
    return np.asarray(flat @ flat.conj().T / flat.shape[1], np.complex128)


__all__ = ["Receiver", "complex_noise", "measured_covariance"]
