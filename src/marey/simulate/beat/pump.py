"""The circulation of a heart whose ventricles fill to the volumes of its shape."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from marey.core import NotAnalysable
from marey.core.hexahedra import cell_volumes
from marey.core.units import MYOCARDIAL_DENSITY, mL, ms
from marey.simulate.beat.body import LEFT_PATCHES, PATCHES, Body
from marey.simulate.circulation.loop import Loop
from marey.simulate.circulation.periodic import TOLERANCE, periodic
from marey.simulate.heart import Heart
from marey.simulate.mechanics.patches import Patch, PatchedVentricles, Wall, healthy_patches
from marey.simulate.mechanics.triseg import WallGeometry

Array = NDArray[np.float64]
STEP = 1.0 * ms
STARTING_SIZE = np.array([0.62, 0.52])
ENOUGH = 0.005
ROUGH = 1e-3
LARGEST_CHANGE = 0.3
SMALLEST, LARGEST = 0.15, 1.3
TRIALS = 16


def pump(heart: Heart, at: Body, activation: Array) -> Loop:
    """The periodic beat of the whole circulation.

    The unloaded size of each ventricle is what nobody measures: it is chosen so that the ventricles fill to the
    end-diastolic volumes of the heart's shape.

    Args:
        heart: muscle, circulation.
        at: its ventricles.
        activation: (20,) ms of the patches.

    Raises:
        NotAnalysable: no periodic beat, or none that fills the ventricles so.
    """
    wanted = np.array([heart.shape.lv_volume, heart.shape.rv_volume])
    muscle = patched(heart, at, activation)
    size, slope = np.log(STARTING_SIZE * wanted), np.eye(2)
    loop, tolerance = None, ROUGH
    off = change = np.zeros(2)
    for _ in range(TRIALS):
        left, right = np.exp(size).tolist()
        walls = muscle.walls.but(lv_reference_volume=left, rv_reference_volume=right)
        ventricles = dataclasses.replace(muscle, walls=walls)
        loop = periodic(heart.circulation, ventricles, tolerance=tolerance, step=STEP, start=loop)
        before, off = off, np.log(_filled(loop) / wanted)
        if np.abs(off).max() < ENOUGH:
            if tolerance == TOLERANCE:
                return loop
            tolerance, change = TOLERANCE, np.zeros(2)
            continue
        if change.any():  # Broyden's update, doi:10.1090/S0025-5718-1965-0198670-6
            slope += np.outer(off - before - slope @ change, change) / (change @ change)
        step = np.clip(-np.linalg.solve(slope, off), -LARGEST_CHANGE, LARGEST_CHANGE)
        bounded = np.clip(size + step, np.log(SMALLEST * wanted), np.log(LARGEST * wanted))
        size, change = bounded, bounded - size
    found = wanted * np.exp(off)
    raise NotAnalysable(
        f"The ventricles fill to {found[0] / mL:.0f} and {found[1] / mL:.0f} mL, whatever their unloaded size.",
        f"The shape asks for {wanted[0] / mL:.0f} and {wanted[1] / mL:.0f} mL at end-diastole.",
        "Change the blood volume, or the volumes of the shape.",
    )


def _filled(loop: Loop) -> Array:
    """Both ventricles at the R wave."""
    return np.array([loop.volumes["left ventricle"][0], loop.volumes["right ventricle"][0]])


def patched(heart: Heart, at: Body, activation: Array) -> PatchedVentricles:
    """The multi-patch ventricles of a heart, their unloaded size a first guess; arguments as for `pump`."""
    volumes = np.bincount(at.patch, cell_volumes(at.mesh.points, at.mesh.cells), PATCHES)
    masses = np.asarray(MYOCARDIAL_DENSITY * volumes, np.float64)
    patches = _patches(heart, at, masses)
    septal = np.array([patch.wall == Wall.SEPTUM for patch in patches])
    left, right = masses[:LEFT_PATCHES].sum(), masses[LEFT_PATCHES:].sum()
    walls = WallGeometry(
        lv_mass=float(left),
        rv_mass=float(right),
        lv_reference_volume=float(STARTING_SIZE[0]) * heart.shape.lv_volume,
        rv_reference_volume=float(STARTING_SIZE[1]) * heart.shape.rv_volume,
        septal_fraction=float(masses[septal].sum() / left),
    )
    return PatchedVentricles(walls, heart.sarcomere, patches).paced(heart.circulation.period).activated(activation)


def _patches(heart: Heart, at: Body, masses: Array) -> tuple[Patch, ...]:
    """Healthy patches with this heart's sizes, strength and scars."""
    muscle, scar = heart.muscle, at.infarct
    dead, weak = at.patch_means(scar.core.astype(float)), at.patch_means(scar.border.astype(float))
    stiffness = at.patch_means(scar.stiffness)
    alive = 1 - dead - (1 - muscle.border_contractility) * weak
    thickness = np.array([*heart.shape.wall_thickness, *[heart.shape.rv_wall_thickness] * 3])
    area = masses / thickness
    patches, healthy = [], healthy_patches()
    for k, patch in enumerate(healthy):
        right = patch.wall == Wall.RIGHT
        strength = muscle.rv_contractility if right else muscle.contractility
        hardness = muscle.rv_stiffness if right else muscle.stiffness
        alike = [other.wall == patch.wall for other in healthy]
        patches.append(
            dataclasses.replace(
                patch,
                area=float(area[k] / area[alike].mean()),
                thickness=float(thickness[k] / thickness[alike].mean()),
                contractility=float(alive[k]) * patch.contractility * strength,
                stiffness=float(stiffness[k]) * patch.stiffness * hardness,
            )
        )
    return tuple(patches)


__all__ = ["ENOUGH", "STEP", "patched", "pump"]
