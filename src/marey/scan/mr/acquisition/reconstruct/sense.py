"""Iterative reconstruction from any samples with known sensitivities: conjugate gradients on the normal equations.

Pruessmann 2001, doi:10.1002/mrm.1241.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput

Complex = NDArray[np.complex64]


def conjugate_gradients(
    forward: Callable[[Complex], Complex],
    adjoint: Callable[[Complex], Complex],
    samples: Complex,
    *,
    iterations: int = 20,
    regularisation: float = 0.0,
    tolerance: float = 1e-6,
) -> Complex:
    """The picture x that makes ``|A x - samples|^2 + regularisation |x|^2`` least.

    Args:
        forward: A, linear, from a picture to samples.
        adjoint: of `forward`.
        samples: measured, of white noise; what is not measured is left out by both operators.
        iterations: at most.
        regularisation: weight of the picture's energy, relative to what A does to it.
        tolerance: relative residual of the normal equations at which the iteration ends.

    Raises:
        InvalidInput: no iterations, or a negative regularisation.
    """
    if iterations < 1 or regularisation < 0:
        raise InvalidInput(
            f"{iterations} iterations with a regularisation of {regularisation} were asked for.",
            "At least one iteration and a regularisation of 0 or more are expected.",
            "Correct the settings.",
        )
    residual = adjoint(samples)
    picture = np.zeros_like(residual)
    direction = residual.copy()
    energy = first = float(np.vdot(residual, residual).real)
    for _ in range(iterations):
        if energy <= tolerance**2 * first:
            break
        turned = adjoint(forward(direction)) + np.float32(regularisation) * direction
        step = np.complex64(energy / np.vdot(direction, turned).real)
        picture += step * direction
        residual -= (step * turned).astype(np.complex64)
        before, energy = energy, float(np.vdot(residual, residual).real)
        direction = np.asarray(residual + np.float32(energy / before) * direction, np.complex64)
    return picture


__all__ = ["conjugate_gradients"]
