"""What a magnetic resonance receiver records, before any picture is made of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class KSpace:
    """Readouts of an array of coils.

    Args:
        samples: ``(coil, ..., sample)`` complex64; the middle axes count readouts, in the order of acquisition
            ``(readout,)`` or sorted ``(phase, line)``.
        trajectory: ``(..., sample, 2)`` float32, where each sample lies in k-space, cycles per mm along the picture's
            two axes (phase encoding, readout); 0 is the centre. Its readout axes may be 1 where all readouts agree.
        times: ``(...)`` ms since the scan began, of every readout.
        noise_covariance: ``(coil, coil)`` complex, of a sample's noise: the mean of n n^H.
        dwell_time: ms between samples.

    Raises:
        InvalidInput: shapes that do not agree, values that are not finite, a covariance that is none.
    """

    samples: NDArray[np.complex64]
    trajectory: NDArray[np.float32]
    times: NDArray[np.float64]
    noise_covariance: NDArray[np.complex128]
    dwell_time: float

    def __post_init__(self) -> None:
        _check_shapes(self)
        if not (
            np.isfinite(self.samples.sum()) and np.isfinite(self.trajectory).all() and np.isfinite(self.times).all()
        ):
            raise InvalidInput(
                "The k-space has values that are not numbers.",
                "Finite samples, positions and times are needed.",
                "Check the recording or the simulation that it comes from.",
            )
        covariance = self.noise_covariance
        tolerance = 1e-6 * max(float(np.abs(covariance).max()), 1e-300)
        if not np.allclose(covariance, covariance.conj().T, atol=tolerance) or (
            np.linalg.eigvalsh(covariance).min() < -tolerance
        ):
            raise InvalidInput(
                "The noise covariance of the coils is not Hermitian and positive.",
                "A covariance matrix (mean of n times its conjugate transpose) is needed.",
                "Estimate it from a noise scan, or give the identity.",
            )

    @property
    def coils(self) -> int:
        """Number of receive coils."""
        return len(self.samples)


def _check_shapes(k: KSpace) -> None:
    readouts = k.samples.shape[1:-1]
    expected = (*readouts, k.samples.shape[-1], 2)
    fits = len(k.trajectory.shape) == len(expected) and all(
        have in (1, want) for have, want in zip(k.trajectory.shape, expected, strict=True)
    )
    if k.samples.ndim < 2 or k.times.shape != readouts or not fits or k.trajectory.shape[-2:] != expected[-2:]:
        raise InvalidInput(
            f"The k-space has samples {k.samples.shape}, positions {k.trajectory.shape} and times {k.times.shape}.",
            "(coil, ..., sample), (..., sample, 2) and (...) are expected.",
            "Give one position per sample and one time per readout.",
        )
    if k.noise_covariance.shape != (k.samples.shape[0],) * 2 or k.samples.dtype != np.complex64 or not k.dwell_time > 0:
        raise InvalidInput(
            f"The k-space has {k.samples.shape[0]} coils of {k.samples.dtype}, a covariance {k.noise_covariance.shape} "
            f"and a dwell time of {k.dwell_time} ms.",
            "complex64 samples, one row and column of covariance per coil and a positive dwell time are expected.",
            "Correct what differs.",
        )


def complex_noise(
    rng: np.random.Generator, covariance: NDArray[np.complex128], deviation: float, shape: tuple[int, ...]
) -> NDArray[np.complex64]:
    """``(coil, *shape)`` noise whose mean n n^H is ``2 deviation^2 covariance``: `deviation` in either part."""
    values, vectors = np.linalg.eigh(covariance)
    mixing = (vectors * np.sqrt(np.maximum(values, 0)) * deviation).astype(np.complex64)
    parts = rng.standard_normal((len(covariance), *shape, 2), dtype=np.float32)
    white = parts.view(np.complex64)[..., 0]
    return np.asarray((mixing @ white.reshape(len(covariance), -1)).reshape(white.shape), np.complex64)


__all__ = ["KSpace", "complex_noise"]
