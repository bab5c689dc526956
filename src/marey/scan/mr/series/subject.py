"""Who lies in the scanner: a beating heart in a body, with the spins of one person."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.anatomy.chambers import Lattice
from marey.core import Beat, Grid
from marey.scan.body import (
    HeartSpace,
    Thorax,
    Tissue,
    distance_map,
    implant_off_resonance,
    pose_of,
    thorax_tissue,
    vessel_ends,
)
from marey.scan.mr.acquisition import field_of, shimmed
from marey.scan.mr.acquisition.susceptibility import GYROMAGNETIC_PPM
from marey.scan.mr.contrast import ContrastState
from marey.scan.mr.protocol import Landmarks, landmarks
from marey.scan.mr.spins import Spins, random_spins, spins
from marey.scan.scene import Covering, HeartInMotion, Trabeculation, surroundings, with_body
from marey.simulate.heart import Heart

Float32 = NDArray[np.float32]
HEART_STEP, FIELD_STEP = 2.5, 5.0  # mm
HEART_SIDE, FIELD_SIDE = 200.0, 320.0  # mm
SHIM_MARGIN = 10.0  # mm around the ventricles


@dataclass(frozen=True, eq=False)
class Subject:
    """A person to be scanned.

    Args:
        motion: the beating heart at its place in the patient.
        thorax: around it.
        space: the room that the heart takes in it.
        person: seeds the spread of relaxation times between people; None for typical tissue.
    """

    motion: HeartInMotion
    thorax: Thorax
    space: HeartSpace
    person: int | None = None
    _fields: dict[float, "FieldMap"] = field(default_factory=dict)

    @property
    def beat(self) -> Beat:
        """What moves."""
        return self.motion.beat

    @cached_property
    def landmarks(self) -> Landmarks:
        """What an operator plans by, at end-diastole."""
        return landmarks(self.beat, self.motion.pose)

    @property
    def middle(self) -> NDArray[np.float64]:
        """(3,) mm LPS, between the apex and the mitral valve."""
        return np.asarray((self.landmarks.apex + self.landmarks.mitral) / 2, np.float64)

    def around(self, grid: Grid, samples: int, breath: float) -> NDArray[np.uint8]:
        """The body at a grid's sub-sampled voxels, see `surroundings`."""
        return surroundings(grid, samples, self._body, breath)

    def spins(self, field_strength: float, contrast: ContrastState | None = None) -> Spins:
        """Of all tissues, `(64,)`; the same person with and without contrast agent."""
        if self.person is None:
            return spins(field_strength, contrast)
        return random_spins(np.random.default_rng(self.person), field_strength, contrast)[0]

    def field_map(self, field_strength: float) -> "FieldMap":
        """Off-resonance after shimming over the heart; computed once per field strength."""
        if field_strength not in self._fields:
            self._fields[field_strength] = _field_map(self, field_strength)
        return self._fields[field_strength]

    def _body(self, points: Float32, breath: float) -> NDArray[np.uint8]:
        return thorax_tissue(self.thorax, points, breath, self.space)


@dataclass(frozen=True, eq=False)
class FieldMap:
    """Off-resonance of the main field.

    Args:
        grid: of the values.
        values: ``(z, y, x)`` kHz.
    """

    grid: Grid
    values: Float32

    def __call__(self, points: NDArray[np.float64]) -> Float32:
        """(...) kHz at points (..., 3) mm LPS; beyond the map that of its rim."""
        index = np.moveaxis(self.grid.index(points), -1, 0)
        return np.asarray(ndimage.map_coordinates(self.values, index, order=1, mode="nearest"), np.float32)


def subject(
    beat: Beat,
    heart: Heart,
    thorax: Thorax | None = None,
    *,
    trabeculation: Trabeculation | None = None,
    person: int | None = None,
    rng: np.random.Generator | None = None,
) -> Subject:
    """Lay a heart into a body.

    Args:
        beat: of the heart, with its chambers.
        heart: that beats; gives its place in the chest and its scars.
        thorax: a usual one when None.
        trabeculation: usual when None.
        person: see `Subject`.
        rng: of the trabeculae.

    Raises:
        InvalidInput: a beat without motion or without its vessels.
    """
    thorax = thorax or Thorax()
    covering = Covering(pericardium=0.0)  # the thorax has the pericardium
    motion = HeartInMotion(
        beat, pose_of(heart.pose), scars=heart.scars, covering=covering,
        trabeculation=trabeculation or Trabeculation(), breathing=thorax.breathing.heart, rng=rng,
    )  # fmt: skip
    return Subject(motion, thorax, heart_space(motion), person)


def heart_space(motion: HeartInMotion) -> HeartSpace:
    """The room that a heart takes at end-diastole."""
    count = round(HEART_SIDE / HEART_STEP)
    box = cube(motion.pose.to_patient([0.0, 0.0, 60.0]), motion.pose.rotation[:, ::-1], count, HEART_STEP)
    inside = motion.scene(box, 0.0, samples=1).tissue[:, 0] != Tissue.AIR
    origin = motion.pose.to_heart(box.world([0, 0, 0]))
    lattice = Lattice(origin, HEART_STEP, inside.shape)
    return HeartSpace(motion.pose, distance_map(inside, lattice), vessel_ends(motion.beat.chambers[0]))


def cube(centre: NDArray[np.float64], axes: NDArray[np.float64], count: int, step: float) -> Grid:
    """`count` voxels a side along the columns of `axes` (z, y, x) about a centre, LPS mm."""
    affine = np.eye(4)
    affine[:3, :3] = axes * step
    affine[:3, 3] = centre - axes.sum(axis=1) * (count - 1) / 2 * step
    return Grid((count, count, count), affine, slice_thickness=step)


def _field_map(it: Subject, field_strength: float) -> FieldMap:
    box = cube(it.middle, np.eye(3)[:, ::-1], round(FIELD_SIDE / FIELD_STEP), FIELD_STEP)
    codes = with_body(it.motion.scene(box, 0.0, samples=1), it.around(box, 1, 0.0)).tissue[:, 0]
    susceptibility = it.spins(field_strength).susceptibility.astype(np.float32)[codes]
    ppm = field_of(susceptibility, (FIELD_STEP,) * 3)
    field_khz = ppm * np.float32(GYROMAGNETIC_PPM * field_strength)
    points = box.world(np.moveaxis(np.indices(box.shape), 0, -1))
    field_khz += implant_off_resonance(it.thorax, points, field_strength, heart=it.space)
    low = it.landmarks.muscle.min(axis=(0, 1)) - SHIM_MARGIN
    high = it.landmarks.muscle.max(axis=(0, 1)) + SHIM_MARGIN
    inside = ((points >= low) & (points <= high)).all(axis=-1)
    return FieldMap(box, shimmed(field_khz, inside))


__all__ = ["FieldMap", "Subject", "cube", "heart_space", "subject"]
