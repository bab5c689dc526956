"""What pumps: two kinds of ventricles with the same results, for the same heart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import numpy as np
from numpy.typing import NDArray

from marey.simulate.beat.body import Body
from marey.simulate.beat.electrics import Activation
from marey.simulate.beat.elements import pump_by_elements
from marey.simulate.beat.movement import move
from marey.simulate.beat.pump import pump
from marey.simulate.circulation.loop import Loop
from marey.simulate.heart import Heart
from marey.simulate.mechanics.patches import PatchedVentricles
from marey.simulate.mechanics.segment_curves import SegmentCurves, segment_curves

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pumping:
    """A periodic beat of the ventricles and the circulation.

    Args:
        loop: volumes, pressures and flows.
        curves: strain and stress of the 20 patches of the wall.
        times: (t,) ms, evenly spaced from 0 over the period, the period itself not included.
        motion: (t, n, 3) mm, displacement of the mesh's points then.
    """

    loop: Loop
    curves: SegmentCurves
    times: Array
    motion: Array


def by_patches(heart: Heart, at: Body, active: Activation, moments: int) -> Pumping:
    """Multi-patch ventricles; the mesh is moved so that it has their strains and volumes.

    Args:
        heart: whose.
        at: its ventricles at end-diastole.
        active: when they are activated.
        moments: at which the motion is asked for.

    Raises:
        NotAnalysable: no periodic beat, or a motion that folds.
    """
    loop = pump(heart, at, active.patches)
    curves = segment_curves(cast(PatchedVentricles, loop.ventricles), loop.ventricular)
    times = _moments(loop, moments)
    return Pumping(loop, curves, times, move(at, loop, curves, times))


def by_elements(heart: Heart, at: Body, active: Activation, moments: int) -> Pumping:
    """Finite elements of the mesh itself, which start from the beat of multi-patch ventricles; else as `by_patches`."""
    found, curves = pump_by_elements(heart, at, active, moments, pump(heart, at, active.patches))
    times, beat = _moments(found.loop, moments), found.beat
    shown = beat.positions[: -1 : (len(beat.times) - 1) // moments]
    return Pumping(found.loop, curves, times, np.asarray(shown - at.mesh.points))


def _moments(loop: Loop, moments: int) -> Array:
    return np.asarray(np.arange(moments) * loop.circulation.period / moments, np.float64)


FIDELITIES: Mapping[str, Callable[[Heart, Body, Activation, int], Pumping]] = MappingProxyType({
    "patches": by_patches, "elements": by_elements,
})  # fmt: skip

__all__ = ["FIDELITIES", "Pumping", "by_elements", "by_patches"]
