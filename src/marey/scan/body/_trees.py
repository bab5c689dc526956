"""Trees that fill an organ: a cloud of points is halved again and again, and a branch goes towards each half."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
MURRAY = 2.6
"""Exponent between a vessel's radius and the number of leaves it feeds; measured ones lie between 2.3 and 3."""


def tree(root: FloatArray, targets: FloatArray, radius: float, least: float = 0.5) -> tuple[FloatArray, FloatArray]:
    """Branches from a root to every target.

    Args:
        root: (3,) mm.
        targets: (n, 3) mm, spread over the organ.
        radius: of the root, mm.
        least: of the thinnest branches, mm.

    Returns:
        (m, 2, 3) ends of the segments in mm, and (m, 2) radii.
    """
    segments: list[tuple[FloatArray, FloatArray, float, float]] = []
    pending = [(root, targets, radius)]
    total = len(targets)
    while pending:
        start, cloud, thick = pending.pop()
        if len(cloud) == 0:
            continue
        if len(cloud) == 1:
            segments.append((start, cloud[0], thick, least))
            continue
        middle = cloud.mean(axis=0)
        for half in _halves(cloud):
            share = 0.5 if len(half) > 8 else 0.65
            goal = start + share * (0.6 * half.mean(axis=0) + 0.4 * middle - start) if len(half) > 1 else half[0]
            thin = max(radius * (len(half) / total) ** (1 / MURRAY), least)
            segments.append((start, goal, min(thick, 1.15 * thin), thin))
            if len(half) > 1:
                pending.append((goal, half, thin))
    ends = np.array([[a, b] for a, b, _, _ in segments]).reshape(-1, 2, 3)
    return ends, np.array([[a, b] for _, _, a, b in segments]).reshape(-1, 2)


def _halves(cloud: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cut across its longest extent."""
    centred = cloud - cloud.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    along = centred @ vectors[:, -1]
    order = np.argsort(along, kind="stable")
    cut = len(cloud) // 2
    return cloud[order[:cut]], cloud[order[cut:]]


__all__ = ["tree"]
