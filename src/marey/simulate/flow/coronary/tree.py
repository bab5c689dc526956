"""Coronary trees: segments, where each begins, and the lesions in them."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput

Reals = NDArray[np.float64]
Indices = NDArray[np.int64]
RADIUS = (0.02, 5.0)
LENGTH = (0.1, 200.0)


@dataclass(frozen=True)
class Lesion:
    """A narrowing.

    Args:
        segment: index of the segment that it lies in.
        position: of its centre, from 0 (the segment's inlet) to 1.
        length: mm.
        stenosis: narrowing of the diameter, 0 (none) to below 1 (closed).

    Raises:
        InvalidInput: a value out of range; a closed vessel has no flow and no pressure ratio.
    """

    segment: int
    position: float
    length: float
    stenosis: float

    def __post_init__(self) -> None:
        if not 0 <= self.stenosis < 1:
            raise _wrong(
                f"A lesion has a diameter stenosis of {100 * self.stenosis:g} %", "It must be from 0 to below 100 %"
            )
        if not 0 <= self.position <= 1:
            raise _wrong(
                f"A lesion has the position {self.position:g}", "It must be from 0 (inlet) to 1 (outlet) of its segment"
            )
        if not 0 < self.length < math.inf:
            raise _wrong(f"A lesion is {self.length:g} mm long", "It must have a positive length in mm")


@dataclass(frozen=True, eq=False)
class Tree:
    """Segments of one coronary tree; blood comes in at the only one without a parent.

    Args:
        parent: (segment,) index of the segment upstream, -1 for the root.
        length: (segment,) mm.
        inlet_radius, outlet_radius: (segment,) mm of the lumen without disease; between them it tapers linearly.
        lesions: narrowings.

    Raises:
        InvalidInput: arrays that do not agree, radii or lengths out of range, a cycle, no root or several, lesions that
            are longer than their segment or lie in none.
    """

    parent: Indices
    length: Reals
    inlet_radius: Reals
    outlet_radius: Reals
    lesions: tuple[Lesion, ...] = ()

    def __post_init__(self) -> None:
        arrays = {"length": self.length, "inlet_radius": self.inlet_radius, "outlet_radius": self.outlet_radius}
        for name, values in arrays.items():
            if self.parent.ndim != 1 or self.parent.size == 0 or values.shape != self.parent.shape:
                raise _wrong(
                    f"The tree has {self.parent.size} parents and '{name}' of shape {values.shape}",
                    "One value per segment is needed",
                )
            low, high = LENGTH if name == "length" else RADIUS
            bad = ~((values >= low) & (values <= high))
            if bad.any():
                at = int(np.flatnonzero(bad)[0])
                raise _wrong(
                    f"Segment {at} has {values[at]:g} mm for '{name}'", f"It must lie between {low:g} and {high:g} mm"
                )
        self._check_lesions()
        self.order  # noqa: B018  # a cycle shows here

    @cached_property
    def order(self) -> Indices:
        """(segment,) indices, every parent before its children."""
        n = self.parent.size
        if ((self.parent < -1) | (self.parent >= n)).any():
            raise _wrong("A parent of the tree does not exist", f"Parents are -1 or from 0 to {n - 1}")
        roots = np.flatnonzero(self.parent < 0)
        if roots.size != 1:
            raise _wrong(
                f"The tree has {roots.size} roots, so it is not one connected tree",
                "Exactly one segment has the parent -1",
            )
        depth = np.where(self.parent < 0, 0, -1)
        for level in range(n):
            here = (depth < 0) & (self.parent >= 0) & (depth[self.parent] == level)
            if not here.any():
                break
            depth[here] = level + 1
        if (depth < 0).any():
            raise _wrong(
                f"Segment {int(np.argmin(depth))} never leads back to the root: the tree has a cycle",
                "Every path upstream must end at the root",
            )
        return np.argsort(depth, kind="stable").astype(np.int64)

    @cached_property
    def leaves(self) -> Indices:
        """Indices of the segments without children."""
        return np.setdiff1d(np.arange(self.parent.size), self.parent)

    def radius(self, segment: int, position: float) -> float:
        """Radius without disease, mm, at a position between 0 and 1."""
        start, end = self.inlet_radius[segment], self.outlet_radius[segment]
        return float(start + position * (end - start))

    def _check_lesions(self) -> None:
        for lesion in self.lesions:
            if not 0 <= lesion.segment < self.parent.size:
                raise _wrong(
                    f"A lesion lies in segment {lesion.segment}", f"There are segments 0 to {self.parent.size - 1}"
                )
            room = self.length[lesion.segment]
            if lesion.length > room:
                raise _wrong(
                    f"A lesion of {lesion.length:g} mm lies in segment {lesion.segment} of {room:g} mm",
                    "It cannot be longer than its segment",
                )


def _wrong(found: str, expected: str) -> InvalidInput:
    return InvalidInput(f"{found}.", f"{expected}.", "Correct the tree.")


__all__ = ["Lesion", "Tree"]
