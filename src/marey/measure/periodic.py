"""A smooth periodic curve through samples of one beat, with its derivative and their errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_HARMONICS = 8


@dataclass(frozen=True, eq=False)
class PeriodicFit:
    """A trigonometric polynomial of one beat.

    Args:
        cycle: ms, duration of the beat.
        coefficients: (1 + 2 K,) mean, cosines, sines.
        covariance: (1 + 2 K, 1 + 2 K) of the coefficients, from the residuals.
        residual: root mean square of what the curve does not follow, in the unit of the samples.
    """

    cycle: float
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    residual: float

    def values(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The curve at `times` (n,) in ms, ``(n,)``."""
        values: NDArray[np.float64] = _basis(times, self.cycle, self._harmonics) @ self.coefficients
        return values

    def slopes(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its derivative per ms at `times` (n,), ``(n,)``."""
        slopes: NDArray[np.float64] = _basis_slope(times, self.cycle, self._harmonics) @ self.coefficients
        return slopes

    def slope_sd(self, time: float) -> float:
        """Standard error of the derivative per ms at one time."""
        row = _basis_slope(np.array([time]), self.cycle, self._harmonics)[0]
        return float(np.sqrt(max(row @ self.covariance @ row, 0.0)))

    @property
    def _harmonics(self) -> int:
        return (self.coefficients.size - 1) // 2


def fit_periodic(times: NDArray[np.float64], values: NDArray[np.float64], cycle: float) -> PeriodicFit:
    """Least-squares trigonometric polynomial with a third as many harmonics as samples, at most 8.

    Args:
        times: (n,) ms, n at least 4, within one cycle.
        values: (n,) samples.
        cycle: ms.
    """
    harmonics = min(MOST_HARMONICS, (times.size - 1) // 3)
    basis = _basis(times, cycle, harmonics)
    # A prospectively gated cine leaves the end of the beat unseen; the weak penalty keeps the curve calm there.
    order = np.concatenate([[0.0], np.tile(np.arange(1, harmonics + 1), 2)])
    normal = basis.T @ basis + np.diag(1e-5 * times.size * (order / MOST_HARMONICS) ** 4)
    inverse = np.linalg.inv(normal)
    coefficients = inverse @ basis.T @ values
    rest = values - basis @ coefficients
    freedom = max(times.size - coefficients.size, 1)
    covariance = inverse @ (basis.T @ basis) @ inverse * float(rest @ rest) / freedom
    return PeriodicFit(cycle, coefficients, covariance, float(np.sqrt((rest**2).mean())))


def _angles(times: NDArray[np.float64], cycle: float, harmonics: int) -> NDArray[np.float64]:
    return 2 * np.pi * np.outer(times / cycle, np.arange(1, harmonics + 1))


def _basis(times: NDArray[np.float64], cycle: float, harmonics: int) -> NDArray[np.float64]:
    angles = _angles(times, cycle, harmonics)
    return np.hstack([np.ones((times.size, 1)), np.cos(angles), np.sin(angles)])


def _basis_slope(times: NDArray[np.float64], cycle: float, harmonics: int) -> NDArray[np.float64]:
    angles = _angles(times, cycle, harmonics)
    speed = 2 * np.pi * np.arange(1, harmonics + 1) / cycle
    return np.hstack([np.zeros((times.size, 1)), -np.sin(angles) * speed, np.cos(angles) * speed])


__all__ = ["MOST_HARMONICS", "PeriodicFit", "fit_periodic"]
