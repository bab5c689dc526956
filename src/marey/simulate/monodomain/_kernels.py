"""Array code of the monodomain solver that does not depend on the cell model."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import fast_jit


@fast_jit
def diffuse(  # noqa: PLR0917 - compiled code takes no keywords
    potential: NDArray[np.floating],
    diffused: NDArray[np.floating],
    starts: NDArray[np.uint32],
    neighbours: NDArray[np.uint32],
    weights: NDArray[np.floating],
    dt: np.floating,
) -> None:  # pragma: no cover - compiled
    """One explicit step of diffusion from potential (node,) into diffused (node,)."""
    for node in range(potential.size):
        here = potential[node]
        flux = weights.dtype.type(0)
        for edge in range(starts[node], starts[node + 1]):
            flux += weights[edge] * (potential[neighbours[edge]] - here)
        diffused[node] = here + dt * flux


@fast_jit
def record(  # noqa: PLR0917
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    up: np.floating,
    down: np.floating,
    time: float,
    dt: float,
    first: NDArray[np.float64],
    previous: NDArray[np.float64],
    last: NDArray[np.float64],
    repolarised: NDArray[np.float64],
    count: NDArray[np.int32],
) -> None:  # pragma: no cover - compiled
    """Note when potentials rise through `up` and then fall through `down` between time and time + dt."""
    for node in range(before.size):
        old, new = before[node], after[node]
        if old < up <= new:
            moment = time + dt * (up - old) / (new - old)
            if count[node] == 0:
                first[node] = moment
            previous[node] = last[node]
            last[node] = moment
            count[node] += 1
        elif new < down <= old and repolarised[node] < last[node]:
            repolarised[node] = time + dt * (old - down) / (old - new)


__all__ = ["diffuse", "record"]
