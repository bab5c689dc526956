"""Activation of a heart and what the electrodes see of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from marey.anatomy.ventricles.voxels import average, spread
from marey.core import Signal
from marey.core.units import ms
from marey.simulate.beat.body import Body
from marey.simulate.ecg import (
    LeadField,
    Tissue,
    durations,
    electrocardiogram,
    enclosed_points,
    infinite_lead_field,
    torso_lead_field,
    trunk_conductor,
)
from marey.simulate.eikonal import ConductionTissue, Lead, activation_times, conduction_tissue, sites, without_bundle
from marey.simulate.heart import Heart

Array = NDArray[np.float64]
ECG_STEP = 1.0 * ms
BEFORE = 60 * ms


@dataclass(frozen=True, eq=False)
class Activation:
    """When the muscle is activated; 0 is the earliest of all.

    Args:
        tissue: what conducts.
        times: (v,) ms of the voxels inside; infinite in scar.
        patches: (20,) ms, means of the living muscle of each patch; of one without any, of the muscle nearby.
        points: (n,) ms at the mesh's points; scar has the time of the muscle nearby.
        total: ms from the first to the last.
    """

    tissue: ConductionTissue
    times: Array
    patches: Array
    points: Array
    total: float


def activate(heart: Heart, at: Body, leads: Sequence[Lead] | None = None) -> Activation:
    """Spread the activation.

    Args:
        heart: conduction velocities and system.
        at: its ventricles.
        leads: where it starts; the heart's own conduction system when not given.

    Raises:
        InvalidInput: no bundle branch left, a pacing lead or all breakthroughs in a scar.
    """
    voxels, scar = at.voxels, at.infarct
    fields = SimpleNamespace(**{
        name: spread(voxels, voxels.fields[name]) for name in ("transmural", "apicobasal", "rotational", "side")
    })  # fmt: skip
    starts = heart.conduction_system.leads() if leads is None else leads
    core, border = (np.asarray(spread(voxels, mask)) > 0 for mask in (scar.core, scar.border))
    tissue = conduction_tissue(
        voxels.inside,
        voxels.spacing,
        np.asarray(spread(voxels, voxels.fields["fibre"]), np.float64),
        heart.conduction,
        blocked=without_bundle(fields, starts),
        scar=core,
        border_zone=border,
        origin=(float(voxels.origin[0]), float(voxels.origin[1]), float(voxels.origin[2])),
    )
    found = activation_times(tissue, sites(tissue, fields, starts))
    times = found.times[voxels.inside] - found.times.min()
    alive = np.isfinite(times)
    filled = _filled(voxels.places, times, alive)
    own = at.patch_means(filled, alive)
    patches = np.where(np.isnan(own), at.patch_means(filled), own)
    return Activation(tissue, times, patches, average(voxels, filled, at.mesh), float(times[alive].max()))


def _filled(places: Array, times: Array, alive: NDArray[np.bool_]) -> Array:
    """Times (v,) in which those of the muscle that is never activated are the nearest other voxel's."""
    if alive.all():
        return times
    _, nearest = cKDTree(places[alive]).query(places[~alive])
    filled = times.copy()
    filled[~alive] = times[alive][nearest]
    return filled


def lead_field(heart: Heart, at: Body, active: Activation, *, torso: bool) -> LeadField:
    """Of the nine electrodes for the living muscle, in the heart's torso or in an endless medium."""
    voxels = at.voxels
    alive = np.isfinite(active.times)
    mask = voxels.inside.copy()
    mask[voxels.inside] = alive
    fibres = np.asarray(voxels.fields["fibre"], np.float64)[alive]
    tissue = Tissue(mask, fibres, voxels.spacing, voxels.origin)
    if not torso:
        return infinite_lead_field(tissue, heart.torso, heart.pose, heart.intracellular)
    blood = enclosed_points(voxels.inside, voxels.spacing, voxels.origin)
    conductor = trunk_conductor(heart.torso, heart.pose, voxels.places, blood)
    return torso_lead_field(tissue, heart.torso, heart.pose, conductor, heart.intracellular)


def twelve_lead_ecg(heart: Heart, at: Body, active: Activation, field: LeadField) -> Signal:
    """The 12 leads from shortly before the QRS to after the T wave; time 0 is the first activation."""
    alive = np.isfinite(active.times)
    names = ("transmural", "apicobasal", "rotational", "side")
    deep, high, turn, side = (np.asarray(at.voxels.fields[name], np.float64)[alive] for name in names)
    lasting = durations(heart.repolarisation, np.clip(deep, 0, 1), np.clip(high, 0, 1), turn, side > 0)
    end = min(heart.circulation.period - BEFORE, active.total + 1.6 * heart.repolarisation.mean)
    times = np.arange(-BEFORE, end, ECG_STEP)
    return electrocardiogram(field, active.times[alive], lasting, times, heart.action_potential)


__all__ = ["ECG_STEP", "Activation", "activate", "lead_field", "twelve_lead_ecg"]
