"""Random coronary trees with random disease.

Daughters obey r0^k = r1^k + r2^k (Murray 1926, k = 3; least energy gives 7/3, Huo and Kassab 2009); lesions follow wide
ranges rather than one registry, so that whatever is learned from them has seen every degree.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.core.parameter import Parameters, parameter
from marey.simulate.flow.coronary.tree import LENGTH, RADIUS, Lesion, Tree

DODGE = "Dodge 1992 doi:10.1161/01.CIR.86.1.232"
KASSAB = "Huo and Kassab 2009, PMC2716468"
LESIONS = "102 lesions assessed by pressure wire, PMC7656870: stenosis of 44 +- 12 %, length of 13 +- 7 mm"


@dataclass(frozen=True)
class TreePrior(Parameters):
    """What random trees and their disease are drawn from."""

    root_radius: float = parameter(1.9, 1.0, 3.0, "mm", f"{DODGE}: 2.25 left main, 1.85 proximal left anterior")
    root_spread: float = parameter(0.12, 0.0, 0.4, "1", f"{DODGE}: 0.11 left main and left anterior")
    branching_exponent: float = parameter(2.7, 2.0, 3.0, "1", f"between 7/3 ({KASSAB}) and Murray's 3")
    asymmetry: float = parameter(0.25, 0.0, 0.45, "1", "assumption: a daughter's share of r^k lies within 0.5 by this")
    length_ratio: float = parameter(8.0, 2.0, 30.0, "1", "assumption: length of a segment over its radius, median")
    length_spread: float = parameter(0.3, 0.0, 0.8, "1", "assumption: standard deviation of the length's logarithm")
    taper: float = parameter(0.06, 0.0, 0.4, "1", "assumption: loss of radius along a segment")
    lesions: float = parameter(2.0, 0.0, 20.0, "1", "assumption: mean number of lesions")
    lesion_length: float = parameter(10.0, 2.0, 40.0, "mm", f"median; mean 11; {LESIONS}")
    least_stenosis: float = parameter(0.2, 0.0, 0.6, "1", f"drawn degrees are 49 +- 14 %; {LESIONS}")
    most_stenosis: float = parameter(0.85, 0.3, 0.95, "1", "assumption: above it a vessel is as good as closed")
    diseased_radius: float = parameter(0.75, 0.1, 2.0, "mm", "assumption: smaller vessels are not treated")


STANDARD = TreePrior()


def synthetic_tree(rng: np.random.Generator, segments: int = 255, prior: TreePrior = STANDARD) -> Tree:
    """A random tree with random lesions.

    Args:
        rng: where chance comes from.
        segments: odd number of segments: a root, then pairs of daughters, the widest vessel branching first.
        prior: what is drawn from.

    Raises:
        InvalidInput: an even or too small number, or one that needs vessels too narrow for the model.
    """
    if segments < 1 or segments % 2 == 0:
        raise InvalidInput(
            f"{segments} segments were asked for.", "A tree of pairs has an odd number of them.", "Add or remove one."
        )
    root = np.clip(
        prior.root_radius * (1 + prior.root_spread * rng.standard_normal()),
        0.5 * prior.root_radius,
        1.5 * prior.root_radius,
    )
    parent, radius = [-1], [float(root)]
    widest = [(-radius[0], 0)]
    while len(parent) < segments:
        _, k = heapq.heappop(widest)
        share = rng.uniform(0.5 - prior.asymmetry, 0.5 + prior.asymmetry)
        end = radius[k] * (1 - prior.taper)
        for part in (share, 1 - share):
            parent.append(k)
            radius.append(float(end * part ** (1 / prior.branching_exponent)))
            heapq.heappush(widest, (-radius[-1], len(parent) - 1))
    start = np.array(radius)
    if start.min() * (1 - prior.taper) < RADIUS[0]:
        raise InvalidInput(
            f"{segments} segments would need a radius of {start.min():.3g} mm.",
            f"At least {RADIUS[0]} mm is needed.",
            "Ask for fewer segments.",
        )
    length = np.clip(prior.length_ratio * start * np.exp(prior.length_spread * rng.standard_normal(segments)), *LENGTH)
    lesions = _lesions(rng, start, length, prior)
    return Tree(np.array(parent, np.int64), length, start, start * (1 - prior.taper), lesions)


def _lesions(
    rng: np.random.Generator, radius: NDArray[np.float64], length: NDArray[np.float64], prior: TreePrior
) -> tuple[Lesion, ...]:
    """As many as a Poisson draw says, each in another large vessel, preferring long ones."""
    wide = np.flatnonzero(radius >= prior.diseased_radius)
    number = min(int(rng.poisson(prior.lesions)), wide.size)
    if number == 0:
        return ()
    chosen = rng.choice(wide, number, replace=False, p=length[wide] / length[wide].sum())
    found = []
    for segment in chosen:
        extent = min(prior.lesion_length * float(np.exp(0.5 * rng.standard_normal())), 0.9 * float(length[segment]))
        margin = extent / 2 / float(length[segment])
        degree = prior.least_stenosis + (prior.most_stenosis - prior.least_stenosis) * rng.beta(2.0, 2.5)
        found.append(Lesion(int(segment), float(rng.uniform(margin, 1 - margin)), extent, float(degree)))
    return tuple(found)


__all__ = ["TreePrior", "synthetic_tree"]
