"""Fixed points, found faster than by repetition."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def fixed_point(
    step: Callable[[Array], Array], start: Array, tolerance: float, iterations: int, depth: int = 6
) -> Array:
    """Anderson's acceleration (doi:10.1145/321296.321305; as in Peng et al. 2018, doi:10.1145/3197517.3201290).

    Args:
        step: the map whose fixed point is sought.
        start: first guess, any shape.
        tolerance: largest change of any entry by one step at which the search ends.
        iterations: at most.
        depth: earlier steps that are combined.

    Returns:
        The last outcome of `step`; it is within `tolerance` only if the iterations were enough.
    """
    at = start
    residuals: list[Array] = []
    outcomes: list[Array] = []
    smallest = np.inf
    moved = start
    for _ in range(int(iterations)):
        moved = step(at)
        residual = (moved - at).ravel()
        size = float(np.abs(residual).max())
        if size < tolerance:
            break
        if size > 2 * smallest:
            residuals, outcomes = [], []
        smallest = min(smallest, size)
        residuals, outcomes = [*residuals[-depth:], residual], [*outcomes[-depth:], moved.ravel()]
        at = _combined(residuals, outcomes).reshape(start.shape)
    return moved


def _combined(residuals: list[Array], outcomes: list[Array]) -> Array:
    """The mix of earlier outcomes whose residuals cancel best."""
    if len(residuals) == 1:
        return outcomes[0]
    changes = np.stack([residuals[-1] - earlier for earlier in residuals[:-1]], axis=1)
    gram = changes.T @ changes
    gram += 1e-10 * np.trace(gram) * np.eye(len(gram))
    share = np.linalg.solve(gram, changes.T @ residuals[-1])
    mixed = outcomes[-1].copy()
    for weight, earlier in zip(share, outcomes[:-1], strict=True):
        mixed += weight * (earlier - outcomes[-1])
    return np.asarray(mixed)


__all__ = ["fixed_point"]
