"""Least squares of a whole beat: what every phase has alone, and what all share (pose and slice shifts).

The normal equations have the form of an arrow: eliminating each phase's own unknowns leaves a small system of the
shared ones (as in bundle adjustment, Triggs et al. 2000, doi:10.1007/3-540-44480-7_21). Exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NormalEquations:
    """Of one phase: own block (k, k), coupling (k, g), shared block (g, g) and right-hand sides (k,), (g,)."""

    own: FloatArray
    coupling: FloatArray
    shared: FloatArray
    own_side: FloatArray
    shared_side: FloatArray


def normal_equations(own: FloatArray, shared: FloatArray, wanted: FloatArray, weight: FloatArray) -> NormalEquations:
    """Of rows ``own @ x + shared @ y = wanted`` (r,) with weights (r,)."""
    weighted_own, weighted_shared = own * weight[:, None], shared * weight[:, None]
    return NormalEquations(
        weighted_own.T @ own,
        weighted_own.T @ shared,
        weighted_shared.T @ shared,
        weighted_own.T @ wanted,
        weighted_shared.T @ wanted,
    )


def solve_arrow(
    phases: Sequence[NormalEquations], prior: tuple[FloatArray, FloatArray]
) -> tuple[list[FloatArray], FloatArray]:
    """Own unknowns of each phase (k,) and the shared ones (g,).

    Args:
        phases: with regularised own blocks (positive definite).
        prior: (g, g) and (g,) of the shared unknowns, added once.
    """
    left, right = prior[0].copy(), prior[1].copy()
    factors = [cho_factor(phase.own) for phase in phases]
    for factor, phase in zip(factors, phases, strict=True):
        left += phase.shared - phase.coupling.T @ cho_solve(factor, phase.coupling)
        right += phase.shared_side - phase.coupling.T @ cho_solve(factor, phase.own_side)
    shared = np.asarray(np.linalg.solve(left, right), np.float64)
    own = [
        cho_solve(factor, phase.own_side - phase.coupling @ shared)
        for factor, phase in zip(factors, phases, strict=True)
    ]
    return own, shared


__all__ = ["NormalEquations", "normal_equations", "solve_arrow"]
