"""Anderson acceleration of the map from the start of a beat to its end (doi:10.1145/321296.321305)."""

from dataclasses import dataclass, field

import numpy as np

from marey.simulate.circulation._kernels import OPENING, OWN
from marey.simulate.mechanics.interface import Array

DEPTH = 5
KEPT = 0.3


@dataclass
class Anderson:
    """Combines past beats; coefficients that sum to one keep every linear invariant, so no blood is lost."""

    starts: list[Array] = field(default_factory=list)
    ends: list[Array] = field(default_factory=list)

    def propose(self, start: Array, end: Array, scale: Array) -> Array:
        """Where the next beat should start: the end of this one, extrapolated from the past beats where that is safe.

        Args:
            start, end: (state,) of the last beat.
            scale: (state,) size of the states, by which their changes are measured.
        """
        self.starts, self.ends = [*self.starts[-DEPTH:], start], [*self.ends[-DEPTH:], end]
        if len(self.ends) == 1:
            return end
        ends = np.array(self.ends[::-1])
        change = (ends - np.array(self.starts[::-1])) / scale
        weights = np.linalg.lstsq((change[:-1] - change[1:]).T, change[0], rcond=1e-8)[0]
        proposal = end - weights @ (ends[:-1] - ends[1:])
        if (proposal[:8] < KEPT * end[:8]).any():
            return end
        proposal[OPENING:OWN] = np.clip(proposal[OPENING:OWN], 0.0, 1.0)
        veins = 3
        proposal[veins] += end[:8].sum() - proposal[:8].sum()
        return np.asarray(proposal, np.float64)

    def forget(self) -> None:
        """Start anew from the next beat."""
        self.starts, self.ends = [], []


__all__ = ["Anderson"]
