"""The share of patients without the event over time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class KaplanMeier:
    """Kaplan-Meier curve with its 95 % interval; it holds its value from each time to the next.

    Args:
        times: of the events, 0 before them.
        survival, low, high: at and after each of the times.
        at_risk: patients still followed just before each of the times.
    """

    times: tuple[float, ...]
    survival: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    at_risk: tuple[int, ...]

    def at(self, time: float) -> tuple[float, float, float]:
        """Survival and its interval at a time."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return self.survival[index], self.low[index], self.high[index]


def kaplan_meier(times: Array, events: Flags) -> KaplanMeier:
    """Product-limit estimate; interval by Greenwood's variance on the log(-log) scale.

    Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; Kalbfleisch and Prentice 2002, ISBN 978-0-471-36357-6.
    """
    at, deaths = np.unique(times[events], return_counts=True)
    risk = still_followed(times, at)
    survival = np.cumprod(1 - deaths / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (risk * (risk - deaths).astype(float)))
        half = ndtri(0.975) * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = (np.nan_to_num(survival ** np.exp(side * half)) for side in (1, -1))
    return KaplanMeier(
        (0.0, *at.tolist()),
        (1.0, *survival.tolist()),
        (1.0, *low.tolist()),
        (1.0, *high.tolist()),
        (times.size, *risk.tolist()),
    )


def still_followed(times: Array, at: Array) -> NDArray[np.int64]:
    """How many patients are followed until each moment or longer."""
    return np.asarray(times.size - np.searchsorted(np.sort(times), at, side="left"), np.int64)


__all__ = ["KaplanMeier", "kaplan_meier", "still_followed"]
