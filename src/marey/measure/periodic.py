"""A smooth periodic curve through samples of one beat, with its derivative and their errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_HARMONICS = 8
_STRENGTHS = np.logspace(-8, -2, 13)


@dataclass(frozen=True, eq=False)
class PeriodicFit:
    """A trigonometric polynomial over one beat.

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
    """Periodic smoothing spline in the basis of at most 8 harmonics, a third as many as samples.

    The curvature is penalised by the amount that generalised cross-validation finds best (Craven and Wahba 1979,
    doi:10.1007/BF01404567); that also keeps the curve calm where a prospectively gated cine has not seen the beat.

    Args:
        times: (n,) ms, n at least 4, within one cycle.
        values: (n,) samples.
        cycle: ms.
    """
    harmonics = min(MOST_HARMONICS, (times.size - 1) // 3)
    basis = _basis(times, cycle, harmonics)
    order = np.concatenate([[0.0], np.tile(np.arange(1, harmonics + 1), 2)])
    curvature = np.diag(times.size * order**4)
    inverses = [np.linalg.inv(basis.T @ basis + strength * curvature) for strength in _STRENGTHS]
    inverse = min(inverses, key=lambda candidate: _cross_validation(basis, candidate, values))
    coefficients = inverse @ basis.T @ values
    rest = values - basis @ coefficients
    freedom = times.size - float(np.trace(basis @ inverse @ basis.T))
    covariance = inverse @ (basis.T @ basis) @ inverse * float(rest @ rest) / max(freedom, 1.0)
    return PeriodicFit(cycle, coefficients, covariance, float(np.sqrt((rest**2).mean())))


def _cross_validation(basis: NDArray[np.float64], inverse: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Generalised cross-validation score: mean squared residual over the squared share of free residuals."""
    smoother = basis @ inverse @ basis.T
    rest = values - smoother @ values
    free = 1 - np.trace(smoother) / values.size
    return float((rest**2).mean() / free**2)


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
