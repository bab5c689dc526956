"""What lies in the voxels of a slice stack at one time of the beat and one position of the breath."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, InvalidInput
from marey.scan.body.tissue import Tissue
from marey.scan.scene.voxels import sub_slices

Codes = NDArray[np.uint8]
Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """Sub-sampled voxels, arrays (slice, sample, row, column).

    Args:
        grid: of the slices.
        tissue: `Tissue` codes; AIR where the heart is not, until a body is put around it.
        structure: number of the whole heart's structure, 1 for the first of `marey.anatomy.chambers.STRUCTURES`, 0
            outside; cavities hold their trabeculae and their valves.
        breath: mm of the diaphragm towards the feet.
        time: ms of the beat.
        axis: (2, 3) mm LPS, the LV's apex and the middle of its base.
        reference: (..., 3) mm in the heart frame, where the muscle that lies there is at time 0; NaN outside the
            ventricles' muscle.
        velocity: (..., 3) mm/ms in LPS, of muscle, walls and blood; 0 outside the heart.
        cell: number of the beat's cell that lies there, -1 outside the ventricles' muscle; with `reference`.
    """

    grid: Grid
    tissue: Codes
    structure: Codes
    breath: float
    time: float
    axis: NDArray[np.float64]
    reference: Float32 | None = None
    velocity: Float32 | None = None
    cell: NDArray[np.int32] | None = None

    @property
    def samples(self) -> int:
        """Sub-slices through the thickness of each slice."""
        return int(self.tissue.shape[1])


class Body(Protocol):
    """The patient around the heart, as ``partial(thorax_tissue, thorax, heart=...)`` is one."""

    def __call__(self, points: Float32, breath: float, /) -> Codes:
        """Codes (...) of `Tissue` at points (..., 3) in mm LPS, at a position of the diaphragm in mm."""


def surroundings(grid: Grid, samples: int, body: Body, breath: float) -> Codes:
    """Codes (slice, sample, row, column) of the body at a grid's sub-sampled voxels; the same at all times of a beat.

    Args:
        grid: of the slices.
        samples: sub-slices through the thickness of each.
        body: the patient.
        breath: mm of the diaphragm towards the feet.
    """
    points = sub_slices(grid, samples)
    return np.stack([body(piece.astype(np.float32), breath) for piece in points])


def with_body(scene: Scene, around: Codes) -> Scene:
    """The scene with `surroundings` wherever the heart is not; their metal also where it is: leads go into it.

    Raises:
        InvalidInput: surroundings of another grid.
    """
    if around.shape != scene.tissue.shape:
        raise InvalidInput(
            f"The body has voxels of shape {around.shape}.",
            f"The scene has {scene.tissue.shape} (slice, sample, row, column).",
            "Ask both for the same grid and number of samples.",
        )
    around_it = (scene.tissue == Tissue.AIR) | (around == Tissue.METAL)
    return replace(scene, tissue=np.where(around_it, around, scene.tissue))


__all__ = ["Body", "Scene", "surroundings", "with_body"]
