"""A heart's ventricles as finite elements: from its parameters to their beat, and what their patches do."""

import math

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import Topology, frames_within
from marey.core.hexahedra import GAUSS, cell_volumes, quadrature, shape_functions
from marey.simulate.beat.body import LEFT_PATCHES, PATCHES
from marey.simulate.beat.body import Body as Ventricles
from marey.simulate.beat.electrics import Activation
from marey.simulate.circulation.loop import Loop
from marey.simulate.elasticity import Body, PeriodicBeat, Springs, Tissue, periodic_beat
from marey.simulate.elasticity.periodic import STEPS
from marey.simulate.heart import Heart
from marey.simulate.mechanics.patches import healthy_patches
from marey.simulate.mechanics.segment_curves import SegmentCurves

Array = NDArray[np.float64]
CAVITIES = ("lv_endocardium", "rv_endocardium")


def pump_by_elements(
    heart: Heart, at: Ventricles, active: Activation, moments: int, start: Loop
) -> tuple[PeriodicBeat, SegmentCurves]:
    """The periodic beat, and the curves of the patches.

    Args:
        heart: tissue, supports, strength and scars.
        at: its ventricles, whose mesh is the shape at end-diastole.
        active: when they are activated.
        moments: of which the number of time steps is a multiple.
        start: a periodic beat of similar ventricles.

    Raises:
        NotAnalysable: no unloaded shape, no equilibrium or no periodic beat.
    """
    tissue = tissue_of(heart, at, active)
    filling = np.array([start.pressures[side][0] for side in ("left ventricle", "right ventricle")])
    steps = math.ceil(STEPS / moments) * moments
    found = periodic_beat(elastic_body(heart, at), tissue, start, filling, steps=steps)
    return found, patch_curves(at, tissue, found)


def elastic_body(heart: Heart, at: Ventricles) -> Body:
    """The ventricles with their fibres and supports."""
    support, height = heart.elasticity.support, np.asarray(at.mesh.fields["apicobasal"], np.float64)
    hold = np.clip(1 - height / support.reach, 0, 1)
    return Body(
        at.mesh,
        frames_within(at.mesh, at.known, shape_functions(GAUSS), heart.fibres),
        springs=(
            Springs("epicardium", normal=support.pericardium, damping=support.damping, share=hold),
            Springs("base", normal=support.base, tangential=support.base),
        ),
        cavities=CAVITIES,
    )


def tissue_of(heart: Heart, at: Ventricles, active: Activation) -> Tissue:
    """Laws and activation of every cell, with the heart's strength, stiffness and scars."""
    of, muscle, scar, right = heart.elasticity, heart.muscle, at.infarct, at.patch >= LEFT_PATCHES
    alive = 1 - _in_cells(at, scar.core) - (1 - muscle.border_contractility) * _in_cells(at, scar.border)
    strength = alive * np.where(right, muscle.rv_contractility, muscle.contractility)
    stiffness = _in_cells(at, scar.stiffness) * np.where(right, of.right * muscle.rv_stiffness, muscle.stiffness)
    passive = of.passive * np.repeat(stiffness, 8)
    contraction = of.contraction.paced(heart.circulation.period)
    return Tissue(passive, contraction, active.points[at.mesh.cells].mean(axis=1), strength)


def _in_cells(at: Ventricles, values: NDArray[np.generic]) -> Array:
    """(m,) means of values (v,) over the voxels of each cell; over those of its patch where it has none."""
    numbers, cell = np.asarray(values, np.float64), at.voxels.cell
    count = np.bincount(cell, minlength=len(at.mesh.cells))
    means = np.bincount(cell, numbers, len(at.mesh.cells)) / np.maximum(count, 1)
    return np.asarray(np.where(count > 0, means, at.patch_means(numbers)[at.patch]))


def patch_curves(at: Ventricles, tissue: Tissue, found: PeriodicBeat) -> SegmentCurves:
    """What the 20 patches and the septum do over a beat, means over their muscle."""
    beat, muscle = found.beat, cell_volumes(at.mesh.points, at.mesh.cells)
    strain, stress, area = (np.empty((PATCHES, len(beat.times))) for _ in range(3))
    depth = np.asarray(at.mesh.fields["transmural"], np.float64)
    period = float(beat.times[-1])
    for k, (time, x) in enumerate(zip(beat.times, beat.positions, strict=True)):
        strain[:, k] = _means(at, muscle, np.log(found.assembly.stretch(x)).mean(axis=1))
        stress[:, k] = _means(at, muscle, found.assembly.fibre_stress(x, tissue.at(time, period)).mean(axis=1))
        area[:, k] = np.bincount(at.patch, _areas(x, at.mesh.cells, depth), PATCHES)
    height, radius = _septum(at.known, beat.positions)
    patches = healthy_patches()
    return SegmentCurves(
        tuple(patch.name for patch in patches), tuple(patch.wall for patch in patches), beat.times, strain, stress,
        area, np.asarray(np.bincount(at.patch, muscle, PATCHES), np.float64),
        2 * height / (height**2 + radius**2), radius,
    )  # fmt: skip


def _means(at: Ventricles, muscle: Array, values: Array) -> Array:
    return np.asarray(np.bincount(at.patch, muscle * values, PATCHES) / np.bincount(at.patch, muscle, PATCHES))


def _areas(x: Array, cells: NDArray[np.int64], depth: Array) -> Array:
    """(m,) mm2 of wall in each cell, the mean over all depths: the integral of the gradient of the depth (coarea)."""
    rule = quadrature(x, cells)
    slope = np.einsum("mqki,mk->mqi", rule.gradients, depth[cells])
    return np.asarray(np.sum(np.linalg.norm(slope, axis=-1) * rule.weights, axis=1))


def _septum(known: Topology, positions: Array) -> tuple[Array, Array]:
    """(t,) mm: height of the septum's middle over the plane of the right ventricle's insertion, and that ring's radius.

    Heights are positive towards the right ventricle.
    """
    size = known.resolution
    sheet = known.inner[size.rv_apex :, : size.septal_sectors + 1]
    ring = np.concatenate([sheet[:, 0, -1], sheet[-1, :, -1], sheet[:, -1, -1], sheet[0, :, -1]])
    middle = sheet[len(sheet) // 2, size.septal_sectors // 2]
    around = positions[:, ring] - positions[:, ring].mean(axis=1, keepdims=True)
    normal = np.linalg.svd(around, full_matrices=False)[2][:, 2]
    normal = normal * -np.sign(normal[:, :1])  # the right ventricle lies at negative x
    height = np.sum((positions[:, middle].mean(axis=1) - positions[:, ring].mean(axis=1)) * normal, axis=1)
    flat = around - np.einsum("tri,ti->tr", around, normal)[..., None] * normal[:, None]
    return np.asarray(height), np.asarray(np.linalg.norm(flat, axis=-1).mean(axis=1))


__all__ = ["elastic_body", "patch_curves", "pump_by_elements", "tissue_of"]
