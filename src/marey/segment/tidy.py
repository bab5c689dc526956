"""Make the network's probabilities anatomically consistent through the slices and over the beat."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

Probability = NDArray[np.float32]
BACKGROUND, CAVITY, WALL, RIGHT = range(4)


def tidy(probability: Probability) -> Probability:
    """One left ventricle and one right ventricle, without islands or holes, the wall closed where it must be.

    Args:
        probability: ``(class, t, z, y, x)`` in the order background, LV cavity, LV myocardium, RV cavity.

    Returns:
        Probabilities whose largest class is the tidy label; untouched voxels keep their values.
    """
    labels = probability.argmax(0).astype(np.uint8)
    before = labels.copy()
    left = _heart_over_time(probability[CAVITY] + probability[WALL])
    right = _heart_over_time(probability[RIGHT], near=left)
    labels[np.isin(labels, (CAVITY, WALL)) & ~left] = BACKGROUND
    labels[(labels == RIGHT) & ~right] = BACKGROUND
    for stack in labels:
        for picture in stack:
            _tidy_slice(picture)
    _fill_gaps(labels)
    changed = labels != before
    result = probability.copy()
    for key in range(len(probability)):
        result[key][changed] = np.where(labels[changed] == key, 0.7, 0.1)
    return result


def _heart_over_time(probability: NDArray[np.float32], near: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Where the structure may be, ``(z, y, x)``: the largest piece of its presence over the beat, a little widened."""
    presence: NDArray[np.bool_] = probability.max(0) > 0.5
    pieces, count = ndimage.label(presence, np.ones((3, 3, 3), np.bool_))
    if count == 0:
        return presence
    mass = ndimage.sum_labels(probability.mean(0), pieces, np.arange(1, count + 1))
    if near is not None:
        close = ndimage.binary_dilation(near, iterations=3)
        mass = mass * (ndimage.maximum(close, pieces, np.arange(1, count + 1)) > 0)
    return np.asarray(ndimage.binary_dilation(pieces == 1 + int(np.argmax(mass)), np.ones((1, 3, 3), np.bool_)))


def _tidy_slice(picture: NDArray[np.uint8]) -> None:
    """One piece of each structure, no holes in the cavities, the LV cavity convex as readers draw it, in place."""
    left = np.isin(picture, (CAVITY, WALL))
    if left.any():
        whole = _largest(left)
        picture[left & ~whole] = BACKGROUND
        cavity = _largest(picture == CAVITY)
        picture[(picture == CAVITY) & ~cavity] = WALL
        picture[_convex(cavity) & np.isin(picture, (CAVITY, WALL))] = CAVITY
        picture[ndimage.binary_fill_holes(cavity)] = CAVITY
        inside = ndimage.binary_fill_holes(whole) & (picture == BACKGROUND)
        picture[inside] = WALL
    right = picture == RIGHT
    if right.any():
        pieces, count = ndimage.label(right)
        sizes = ndimage.sum_labels(right, pieces, np.arange(1, count + 1))
        small = np.isin(pieces, 1 + np.flatnonzero(sizes < 0.25 * sizes.max()))
        picture[small] = BACKGROUND
        holes = ndimage.binary_fill_holes(picture == RIGHT) & (picture == BACKGROUND)
        picture[holes] = RIGHT
    _close_wall(picture)


def _close_wall(picture: NDArray[np.uint8]) -> None:
    """Where muscle surrounds most of the cavity, let it surround all of it: a thin wall is still a wall."""
    cavity = picture == CAVITY
    if not cavity.any():
        return
    rim = ndimage.binary_dilation(cavity, np.ones((3, 3), np.bool_)) & ~cavity
    if 0.6 <= (picture[rim] == WALL).mean() < 1:
        picture[rim] = WALL


def _fill_gaps(labels: NDArray[np.uint8]) -> None:
    """A slice that loses the left ventricle for a single phase gets it back from the phases around it."""
    times = labels.shape[0]
    if times < 5:
        return
    present = np.isin(labels, (CAVITY, WALL)).any((2, 3))  # (t, z)
    lost = ~present & np.roll(present, 1, 0) & np.roll(present, -1, 0)
    for t, z in np.argwhere(lost):
        source = labels[(t - 1) % times, z]
        labels[t, z] = np.where(np.isin(source, (CAVITY, WALL)), source, labels[t, z])


def _convex(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels inside the convex hull of a mask; papillary muscles leave dents that belong to the cavity."""
    points = np.argwhere(mask)
    if len(points) == 0 or np.linalg.matrix_rank(points - points[0]) < 2:
        return mask
    low, high = points.min(0), points.max(0) + 1
    edges = ConvexHull(points).equations
    rows, columns = (np.arange(first, last) for first, last in zip(low, high, strict=True))
    distance = edges[:, 0] * rows[:, None, None] + edges[:, 1] * columns[None, :, None] + edges[:, 2]
    hull = np.zeros_like(mask)
    hull[low[0] : high[0], low[1] : high[1]] = (distance <= 1e-6).all(-1)
    return hull


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    pieces, count = ndimage.label(mask)
    if count <= 1:
        return mask
    return np.asarray(pieces == 1 + int(np.argmax(np.bincount(pieces.ravel())[1:])))


__all__ = ["tidy"]
