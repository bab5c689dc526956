"""Atria, great vessels and valves on the moving ventricles."""

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers import Chambers, anchors, attach
from marey.simulate.beat.body import Body
from marey.simulate.circulation.loop import Loop
from marey.simulate.heart import Heart

Array = NDArray[np.float64]


def moving_chambers(heart: Heart, at: Body, loop: Loop, motion: Array, times: Array) -> tuple[Chambers, ...]:
    """Atria that hold the circulation's blood at every moment, and the vessels and valves between.

    Args:
        heart: shape of its atria; their volumes at end-diastole are the circulation's.
        at: ventricles at end-diastole.
        loop: the circulation's beat.
        motion: (t, n, 3) mm, displacement of the ventricles.
        times: (t,) ms.

    Raises:
        InvalidInput: atria that do not fit onto the ventricles.
    """
    left, right = (np.interp(times, loop.times, loop.volumes[f"{side} atrium"]) for side in ("left", "right"))
    shape = heart.atria.but(left_volume=float(left[0]), right_volume=float(right[0]))
    fixed = anchors(shape, at.known, at.mesh.points)
    return tuple(
        attach(fixed, at.known, at.mesh.points + motion[moment], float(left[moment]), float(right[moment]))
        for moment in range(len(times))
    )


__all__ = ["moving_chambers"]
