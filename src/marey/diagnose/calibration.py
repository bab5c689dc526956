"""Whether predicted chances come true, and whether acting on them does more good than harm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
NEWTON_STEPS = 50


@dataclass(frozen=True)
class Calibration:
    """Predicted against observed.

    Args:
        slope: of the outcome's log odds over the predicted ones; 1 is ideal, below 1 predictions are too extreme.
        intercept: by how much the log odds are too low on the whole (at slope 1); 0 is ideal.
        error: expected calibration error: mean distance of predicted and observed over the bins.
        predicted, observed, sizes: of bins of equally many patients.
    """

    slope: float
    intercept: float
    error: float
    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    sizes: tuple[int, ...]


def calibrate(positive: Flags, chance: Array, bins: int = 10) -> Calibration:
    """Calibration of predicted chances (patient,): Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7.

    Raises:
        InvalidInput: chances that are not between 0 and 1.
    """
    _check_chances(chance)
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, bins) if part.size]
    predicted = np.array([chance[part].mean() for part in parts])
    observed = np.array([positive[part].mean() for part in parts])
    sizes = np.array([part.size for part in parts])
    error = float(np.average(np.abs(predicted - observed), weights=sizes))
    slope, intercept = _slope(positive, chance), _intercept(positive, chance)
    return Calibration(
        slope, intercept, error, tuple(predicted.tolist()), tuple(observed.tolist()), tuple(sizes.tolist())
    )


def _check_chances(chance: Array) -> None:
    if not ((chance >= 0) & (chance <= 1)).all():
        raise InvalidInput(
            "Predicted chances outside 0 to 1, or missing, were given.", "Chances are needed.", "Correct the model."
        )


def _log_odds(chance: Array) -> Array:
    inside = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


def _slope(positive: Flags, chance: Array) -> float:
    """Of a logistic regression on the log odds; NaN when they do not vary or split the classes completely."""
    design = np.column_stack([np.ones(chance.size), _log_odds(chance)])
    if np.ptp(design[:, 1]) < 1e-9:
        return float("nan")
    return float(_newton(design, positive, np.zeros(chance.size))[1])


def _intercept(positive: Flags, chance: Array) -> float:
    return float(_newton(np.ones((chance.size, 1)), positive, _log_odds(chance))[0])


def _newton(design: Array, positive: Flags, offset: Array) -> Array:
    """Coefficients of a logistic regression of (patient, term); NaN without convergence."""
    found = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        mean = 1 / (1 + np.exp(-np.clip(offset + design @ found, -40, 40)))
        curvature = design.T @ (design * (mean * (1 - mean))[:, None])
        if np.linalg.cond(curvature) > 1e12:
            break
        step = np.linalg.solve(curvature, design.T @ (positive - mean))
        found += step
        if np.abs(step).max() < 1e-9:
            return found
    return np.full(design.shape[1], np.nan)


def net_benefit(positive: Flags, chance: Array, thresholds: Array) -> Array:
    """Net benefit of treating whoever's chance is at or above each threshold, ``(threshold,)``, per patient.

    True positives less false positives, these weighted by the odds of the threshold: Vickers and Elkin 2006,
    doi:10.1177/0272989X06295361. Treating all is a chance of 1 for everybody; treating none has a benefit of 0.

    Raises:
        InvalidInput: thresholds that are not between 0 and 1.
    """
    if not ((thresholds > 0) & (thresholds < 1)).all():
        raise InvalidInput("A threshold is not between 0 and 1.", "Chances are needed.", "Correct the thresholds.")
    treated = chance >= thresholds[:, None]
    weight = thresholds / (1 - thresholds)
    return np.asarray(((treated & positive).sum(axis=1) - weight * (treated & ~positive).sum(axis=1)) / positive.size)


__all__ = ["Calibration", "calibrate", "net_benefit"]
