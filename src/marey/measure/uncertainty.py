"""How far a measurement may be off: the segmentation's own doubt and the spread between expert readers.

Two independent parts are added in quadrature, and a 95 % interval is the value ± 1.96 of the sum.

1. The contour's doubt. A structure's true outline is taken to be the level ``p = tau`` of its probability with `tau`
   uniform on 0 to 1 and the same in all slices, since readers differ by "small but consistent differences in the
   position of the contours in all regions" (Suinesiaputra 2015). Half the difference between the volumes at the levels
   16 % and 84 %, which hold the middle 68 %, is this part. The outermost levels are left out: a trace of probability
   far from the heart says nothing of its outline. Without probabilities this part is zero.
2. The readers' spread. Experts of seven core laboratories against their consensus: EDV 14.7 mL, ESV 13.2 mL, mass
   17.5 g, EF 4.2 points (Suinesiaputra et al. 2015, doi:10.1186/s12968-015-0170-9), each taken as one standard
   deviation. The right ventricle has no such number; the left one's is used, which is a lower bound.
"""

import numpy as np

from marey.core import Labels, Structure
from marey.core.units import g, mL

NORMAL_95 = 1.96
OUTER_LEVEL, INNER_LEVEL = 0.16, 0.84  # of the probability
READER_EDV, READER_ESV, READER_MASS, READER_EF = 14.7 * mL, 13.2 * mL, 17.5 * g, 0.042


def contour_spread(labels: Labels, structure: Structure, phase: int) -> float:
    """Standard deviation in mm^3 of a structure's volume over the levels of its probability (part 1)."""
    index = _index(labels, structure)
    if labels.probability is None or index is None:
        return 0.0
    probability = labels.probability[index, phase]
    unsure = (probability >= 255 * OUTER_LEVEL) & (probability < 255 * INNER_LEVEL)
    return float(unsure.sum(axis=(1, 2)) @ labels.grid.slice_extents * labels.grid.pixel_area / 2)


def agreement(labels: Labels, structure: Structure, phase: int) -> float:
    """Expected Dice of a label with the truth, if its probability can be believed; 1.0 without probabilities."""
    index = _index(labels, structure)
    if labels.probability is None or index is None:
        return 1.0
    probability = labels.probability[index, phase]
    mask = labels.values[phase] == list(labels.structures)[index]
    total = 255.0 * float(mask.sum()) + float(probability.sum(dtype=np.int64))
    return 2.0 * float(probability[mask].sum(dtype=np.int64)) / total if total else 0.0


def interval(value: float, sd: float, low: float = 0.0, high: float = float("inf")) -> tuple[float, float]:
    """95 % interval of a normal error, kept within what is possible."""
    return max(value - NORMAL_95 * sd, low), min(value + NORMAL_95 * sd, high)


def _index(labels: Labels, structure: Structure) -> int | None:
    structures = list(labels.structures.values())
    return structures.index(structure) if structure in structures else None


__all__ = [
    "NORMAL_95", "READER_EDV", "READER_EF", "READER_ESV", "READER_MASS", "agreement", "contour_spread", "interval",
]  # fmt: skip
