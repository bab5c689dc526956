"""What a feature does when the others stay, per step that a reader can picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.diagnose.concordance import Measured

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """Ratio of hazards or odds when a feature rises by a step and the others stay.

    Args:
        name: of the feature.
        step: its standard deviation, or from one of two values to the other.
        two_values: the lower and the higher, of a feature that has no more.
        ratio: with its 95 % interval.
    """

    name: str
    step: float
    two_values: tuple[float, float] | None
    ratio: Measured


def effect(name: str, column: Array, slope: float, low: float, high: float) -> Effect:
    """The effect of a feature.

    Args:
        name: of the feature.
        column: (patient,) its values.
        slope, low, high: log ratio per unit, with its interval.
    """
    known = np.unique(column[~np.isnan(column)])
    pair = (float(known[0]), float(known[1])) if known.size == 2 else None
    step = pair[1] - pair[0] if pair else float(np.nanstd(column))
    ratios = (float(np.exp(step * one)) for one in (slope, low, high))
    return Effect(name, step, pair, Measured(*ratios))


__all__ = ["Effect", "effect"]
