"""How well a score puts patients in order: concordance with follow-up, area under the ROC curve and its variance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from marey.core import NotAnalysable

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
CHUNK = 512  # patients compared with all others at once


@dataclass(frozen=True)
class Measured:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


def concordance(times: Array, events: Flags, risk: Array) -> float:
    """Harrell's concordance: the share of comparable pairs in which the higher risk comes first.

    A pair is comparable when the patient with the shorter time had the event (at equal times: only one had it). Equal
    risks count one half. Harrell et al. 1982, doi:10.1001/jama.1982.03320430047030.

    Args:
        times, events, risk: (patient,).

    Raises:
        NotAnalysable: no pair can be compared.
    """
    pairs, right = 0, 0.0
    for index in np.array_split(np.flatnonzero(events), max(events.sum() // CHUNK, 1)):
        later = (times > times[index, None]) | ((times == times[index, None]) & ~events)
        pairs += int(later.sum())
        right += float((later & (risk < risk[index, None])).sum() + 0.5 * (later & (risk == risk[index, None])).sum())
    if not pairs:
        raise NotAnalysable(
            "No two patients can be compared: nobody was followed for longer than one who had the event.",
            "Events before the end of others' follow-up are needed.",
            "Check the columns of time and event.",
        )
    return right / pairs


def area_under_curve(positive: Flags, score: Array) -> float:
    """Area under the ROC curve: the chance that a positive patient scores above a negative one, ties one half."""
    ranks = rankdata(score)
    count = int(positive.sum())
    below = float(ranks[positive].sum()) - count * (count + 1) / 2
    return below / (count * (positive.size - count))


def delong(positive: Flags, score: Array) -> Measured:
    """Area under the ROC curve with its 95 % interval.

    Variance of DeLong et al. 1988, doi:10.2307/2531595, by the ranks of Sun and Xu 2014, doi:10.1109/LSP.2014.2337313;
    the interval is made on the logit scale and so stays within 0 and 1.
    """
    area = area_under_curve(positive, score)
    if area in {0.0, 1.0}:
        return Measured(area, area, area)
    error = np.sqrt(delong_variance(positive, score)) / (area * (1 - area))
    middle, half = np.log(area / (1 - area)), ndtri(0.975) * error
    return Measured(area, *(float(1 / (1 + np.exp(-(middle + side * half)))) for side in (-1, 1)))


def delong_variance(positive: Flags, score: Array) -> float:
    """Variance of the area under the ROC curve, from how often each patient is in the right order."""
    ranks = rankdata(score)
    parts = []
    for own in (positive, ~positive):
        inside = rankdata(score[own])
        parts.append((ranks[own] - inside) / (~own).sum())  # others of the other class that score below
    return float(sum(np.var(part, ddof=1) / part.size for part in parts))


__all__ = ["Measured", "area_under_curve", "concordance", "delong", "delong_variance"]
