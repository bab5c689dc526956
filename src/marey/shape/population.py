"""Meshes of simulated hearts with corresponding points, from which the shape model is made.

The beat is that of multi-patch ventricles on the coarse template; its displacement, smooth in the template's own
coordinates, is carried to the medium template.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from marey.anatomy.ventricles import COARSE, MEDIUM, Resolution, topology, ventricles
from marey.core import InvalidInput, NotAnalysable
from marey.simulate.beat.body import body
from marey.simulate.beat.electrics import activate
from marey.simulate.beat.pumping import by_patches
from marey.simulate.prior import random_heart

FloatArray = NDArray[np.float64]
MOMENTS = 12
VOXEL = 2.5  # mm, of the activation
TRIES = 20


def beating_points(seed: int, group: str | None = None) -> FloatArray:
    """(moment, n, 3) mm of one random heart in the heart frame, on the medium template; moment 0 is end-diastole.

    Args:
        seed: chooses the heart; hearts that do not beat are drawn again.
        group: of disease, see `random_heart`.

    Raises:
        NotAnalysable: no heart beats in 20 draws.
    """
    rng = np.random.default_rng(seed)
    for _ in range(TRIES):
        try:
            heart, _person = random_heart(rng, group)
            at = body(heart, COARSE, VOXEL)
            motion = by_patches(heart, at, activate(heart, at), MOMENTS).motion
            rest = ventricles(heart.shape, MEDIUM).points
            return np.asarray(rest + carried(motion, COARSE, MEDIUM))
        except (InvalidInput, NotAnalysable):
            continue
    raise NotAnalysable(
        f"In {TRIES} draws there is no heart that beats.", "Most random hearts beat.", "Use another seed."
    )


def carried(values: FloatArray, source: Resolution, target: Resolution) -> FloatArray:
    """Values (t, n, k) at the points of one resolution's template, at those of another: (t, m, k).

    By cubic splines along levels and (closed) sectors and linearly through the layers; exact at points that both have.
    """
    old, new = topology(source), topology(target)
    out = np.zeros((len(values), new.points, values.shape[-1]))
    for before, after in ((old.outer, new.outer), (old.inner, new.inner)):
        block = values[:, before]
        level = CubicSpline(_levels(source), block, axis=1)(_levels(target, source))
        closed = np.concatenate([level, level[:, :, :1]], axis=2)
        around = CubicSpline(_sectors(source, source), closed, axis=2, bc_type="periodic")(
            _sectors(target, source)[:-1]
        )
        out[:, after] = _through(around, after.shape[-1])
    return out


def _levels(resolution: Resolution, scale: Resolution | None = None) -> FloatArray:
    scale = scale or resolution
    low = np.linspace(0, scale.rv_apex, resolution.rv_apex + 1)
    high = np.linspace(scale.rv_apex, scale.levels, resolution.levels - resolution.rv_apex + 1)
    return np.concatenate([low, high[1:]])


def _sectors(resolution: Resolution, scale: Resolution) -> FloatArray:
    septum = np.linspace(0, scale.septal_sectors, resolution.septal_sectors, endpoint=False)
    return np.concatenate([septum, np.linspace(scale.septal_sectors, scale.sectors, resolution.free_sectors + 1)])


def _through(block: FloatArray, layers: int) -> FloatArray:
    place = np.linspace(0, block.shape[3] - 1, layers)
    low = np.minimum(place.astype(int), block.shape[3] - 2)
    part = (place - low)[:, None]
    return np.asarray(block[:, :, :, low] * (1 - part) + block[:, :, :, low + 1] * part)


__all__ = ["MOMENTS", "beating_points", "carried"]
