"""Where the mesh's points are over the beat, from the patches' strains and the cavities' volumes."""

import numpy as np
from numpy.typing import NDArray

from marey.core import NotAnalysable
from marey.simulate.beat.body import Body
from marey.simulate.circulation.loop import Loop
from marey.simulate.mechanics.segment_curves import SegmentCurves, engineering_strain
from marey.simulate.motion import Deformation

Array = NDArray[np.float64]


def move(at: Body, loop: Loop, curves: SegmentCurves, times: Array) -> Array:
    """Displacement of the mesh's points.

    Args:
        at: ventricles at end-diastole.
        loop: beat of `PatchedVentricles` that fill to their volumes.
        curves: of its patches.
        times: (t,) ms, the first 0.

    Returns:
        (t, n, 3) mm.

    Raises:
        NotAnalysable: the cells fold or change their volume by more than 3 %.
    """
    deformation = Deformation(at.mesh)
    asked = np.array([np.interp(times, loop.times, row) for row in 1 + engineering_strain(curves)])
    rest = {name: cavity.volume(at.mesh.points) for name, cavity in deformation.cavities.items()}
    change = {
        name: np.interp(times, loop.times, loop.volumes[chamber] - loop.volumes[chamber][0])
        for name, chamber in (("lv", "left ventricle"), ("rv", "right ventricle"))
    }
    points = [at.mesh.points]
    for moment in range(1, len(times)):
        volumes = {name: rest[name] + float(change[name][moment]) for name in rest}
        try:
            points.append(deformation(asked[at.patch, moment], volumes, points[-1]))
        except NotAnalysable as error:
            error.found = f"{times[moment]:.0f} ms after the R wave: {error.found}"
            raise
    return np.array(points) - at.mesh.points


__all__ = ["move"]
