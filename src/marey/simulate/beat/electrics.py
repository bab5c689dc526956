"""Activation of a heart and what the electrodes see of it."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles.voxels import average, spread
from marey.core import Signal
from marey.core.units import ms
from marey.simulate.beat.body import Body
from marey.simulate.ecg import (
    LeadField,
    Tissue,
    durations,
    electrocardiogram,
    infinite_lead_field,
    torso_lead_field,
    trunk_conductor,
)
from marey.simulate.eikonal import ConductionTissue, Lead, activation_times, conduction_tissue, sites
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
        patches: (20,) ms, means of the living muscle of each patch.
        points: (n,) ms at the mesh's points; scar has the time of the muscle nearby.
        total: ms from the first to the last.
    """

    tissue: ConductionTissue
    times: Array
    patches: Array
    points: Array
    total: float


def activate(heart: Heart, at: Body, leads: list[Lead] | None = None) -> Activation:
    """Spread the activation.

    Args:
        heart: conduction velocities and system.
        at: its ventricles.
        leads: where it starts; the heart's own conduction system when not given.

    Raises:
        InvalidInput: no site left, or a site in a scar.
    """
    voxels, scar = at.voxels, at.infarct
    origin = (float(voxels.origin[0]), float(voxels.origin[1]), float(voxels.origin[2]))
    fibre = np.asarray(spread(voxels, voxels.fields["fibre"]), np.float64)
    core, border = (np.asarray(spread(voxels, mask)) > 0 for mask in (scar.core, scar.border))
    tissue = conduction_tissue(
        voxels.inside, voxels.spacing, fibre, heart.conduction, scar=core, border_zone=border, origin=origin
    )
    fields = SimpleNamespace(**{
        name: spread(voxels, voxels.fields[name]) for name in ("transmural", "apicobasal", "rotational", "side")
    })  # fmt: skip
    starts = heart.conduction_system.leads() if leads is None else leads
    found = activation_times(tissue, sites(tissue, fields, starts))
    times = found.times[voxels.inside]
    times = times - times.min()
    alive = np.isfinite(times)
    filled = np.where(alive, times, float(times[alive].max()))
    patches = at.patch_means(filled, alive)
    # a patch without living muscle has no time of its own; it does not contract either
    patches = np.where(np.isnan(patches), float(filled.mean()), patches)
    return Activation(tissue, times, patches, average(voxels, filled, at.mesh), float(times[alive].max()))


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
    conductor = trunk_conductor(heart.torso, heart.pose, voxels.places)
    return torso_lead_field(tissue, heart.torso, heart.pose, conductor, heart.intracellular)


def twelve_lead_ecg(heart: Heart, at: Body, active: Activation, field: LeadField) -> Signal:
    """The 12 leads from shortly before the QRS to after the T wave; time 0 is the first activation."""
    alive = np.isfinite(active.times)
    of = {name: np.asarray(at.voxels.fields[name], np.float64)[alive] for name in ("transmural", "apicobasal")}
    right = np.asarray(at.voxels.fields["side"])[alive] > 0
    lasting = durations(heart.repolarisation, np.clip(of["transmural"], 0, 1), np.clip(of["apicobasal"], 0, 1), right)
    end = min(heart.circulation.period - BEFORE, active.total + 1.6 * heart.repolarisation.mean)
    times = np.arange(-BEFORE, end, ECG_STEP)
    return electrocardiogram(field, active.times[alive], lasting, times, heart.action_potential)


__all__ = ["ECG_STEP", "Activation", "activate", "lead_field", "twelve_lead_ecg"]
