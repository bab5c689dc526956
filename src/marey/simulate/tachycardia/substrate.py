"""A heart's ventricles as excitable tissue with the scar in which a tachycardia may live."""

import dataclasses
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import MEDIUM
from marey.anatomy.ventricles.voxels import VoxelHeart, spread
from marey.core.units import mm, ms
from marey.simulate.beat.body import body
from marey.simulate.heart import Heart
from marey.simulate.monodomain import Conduction, MitchellSchaeffer, Monodomain, State, scarred_heart

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

VOXEL = 2.0 * mm
STEP = 0.2 * ms
THICKER = 2
"""By how much fronts are thicker, and upstrokes slower, than those of Mitchell and Schaeffer's constants.

At the same speed. Voxels of 1 to 2 mm resolve them better, and the step may be twice as long.
"""
TAIL = 66 * ms
"""What an action potential (90 %) with such fronts lasts beyond the closed form of its plateau."""
BORDER_DURATION = 1.6
"""Plateaus of border zone relative to healthy ones, chosen so that an S3 induces; with 1.3 it takes an S4."""


@dataclass(frozen=True, eq=False)
class Substrate:
    """Ventricles on voxels.

    Args:
        voxels: the muscle, scar and all, with ventricular coordinates, fibres and AHA segments.
        core: (z, y, x) muscle that does not conduct.
        border: (z, y, x) muscle that conducts slowly and is refractory for long, channels included.
        conduction: speeds and cells.
        model: the muscle that conducts.
    """

    voxels: VoxelHeart
    core: Mask
    border: Mask
    conduction: Conduction
    model: Monodomain

    def places(self, index: NDArray[np.int64]) -> Array:
        """(k, 3) mm, the heart frame's x, y, z of voxels (k, 3) given as z, y, x."""
        return np.asarray(self.voxels.origin + self.voxels.spacing * index[:, ::-1], np.float64)


def conduction(heart: Heart) -> Conduction:
    """Speeds and cells of a heart: its velocities, and action potentials as long as its mean.

    The fast endocardial layer is left out: ventricular tachycardia spreads from muscle to muscle.
    """
    cells = MitchellSchaeffer()
    cells = cells.but(inward=THICKER * cells.inward, outward=THICKER * cells.outward)
    closing = (heart.repolarisation.mean - TAIL) / log(1 / cells.smallest_gate)
    own = heart.conduction
    return Conduction(
        along=own.along, across=own.across, border_speed=own.border_factor, border_duration=BORDER_DURATION,
        cells=cells.but(closing=closing),
    )  # fmt: skip


def substrate(heart: Heart, voxel: float = VOXEL, electrics: Conduction | None = None) -> Substrate:
    """Build the excitable ventricles of a heart.

    Args:
        heart: its shape, fibres, scars and velocities.
        voxel: mm; channels need at least two of them.
        electrics: speeds and cells; the heart's own, `conduction(heart)`, when not given.

    Raises:
        InvalidInput: a shape that makes no heart, a speed that voxels of this size cannot carry.
    """
    at = body(heart, MEDIUM, voxel)
    core, border = (np.asarray(spread(at.voxels, mask), np.bool_) for mask in (at.infarct.core, at.infarct.border))
    chosen = electrics or conduction(heart)
    return Substrate(at.voxels, core, border, chosen, _model(at.voxels, core, border, chosen))


def _model(voxels: VoxelHeart, core: Mask, border: Mask, chosen: Conduction) -> Monodomain:
    fibre = np.asarray(spread(voxels, voxels.fields["fibre"]), np.float64)
    return scarred_heart(voxels.inside, voxels.spacing, fibre, scar=core, border=border, conduction=chosen, dt=STEP)


def ablated(heart: Substrate, lesion: Mask) -> Substrate:
    """The same ventricles after muscle has been made scar.

    Args:
        heart: before.
        lesion: (z, y, x) what no longer conducts, see `lesion_at`.
    """
    core, border = heart.core | (lesion & heart.voxels.inside), heart.border & ~lesion
    model = _model(heart.voxels, core, border, heart.conduction)
    return dataclasses.replace(heart, core=core, border=border, model=model)


def lesion_at(heart: Substrate, places: Array, radius: float) -> Mask:
    """(z, y, x) muscle within a distance (mm) of places (k, 3) mm in the heart frame."""
    muscle = heart.voxels.places
    near = np.zeros(len(muscle), np.bool_)
    for place in np.atleast_2d(places):
        near |= np.linalg.norm(muscle - place, axis=1) <= radius
    return np.asarray(spread(heart.voxels, near), np.bool_)


def carried_over(state: State, before: Substrate, after: Substrate) -> State:
    """The cells of a substrate as they go on in what ablation left of it."""
    kept = after.model.tissue.mask[before.model.tissue.mask]
    return dataclasses.replace(
        state,
        potential=state.potential[kept],
        gates=np.ascontiguousarray(state.gates[:, kept]),
        first=state.first[kept],
        previous=state.previous[kept],
        last=state.last[kept],
        repolarised=state.repolarised[kept],
        count=state.count[kept],
    )


__all__ = ["VOXEL", "Substrate", "ablated", "carried_over", "conduction", "lesion_at", "substrate"]
