"""Raised-cosine activation of a chamber, as in Regazzoni 2022 (doi:10.1016/j.jcp.2022.111083)."""

import math

from marey.core.jit import jit


@jit
def raised_cosine(t: float, rise: float, fall: float) -> float:
    """Activation between 0 and 1, t ms after its onset: up for `rise` ms, down for `fall` ms, continuous slope."""
    if t <= 0.0 or t >= rise + fall:
        return 0.0
    if t < rise:
        return 0.5 - 0.5 * math.cos(math.pi * t / rise)
    return 0.5 + 0.5 * math.cos(math.pi * (t - rise) / fall)


__all__ = ["raised_cosine"]
