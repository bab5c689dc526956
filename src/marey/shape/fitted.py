"""What a fit gives: the template in the patient, at every phase, with what is left over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import MEDIUM, Resolution
from marey.core import InvalidInput, Mesh, Notice

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Misfit:
    """How well contours and surfaces agree.

    Args:
        median: mm, of the distances of the contour points to the fitted surface.
        share_far: share of the contour points farther than 5 mm.
    """

    median: float
    share_far: float


@dataclass(frozen=True, eq=False)
class FittedHeart:
    """Both ventricles as a mesh with the same points at every phase.

    Args:
        mesh: at the reference phase; cells and surfaces hold for all phases.
        points: (t, n, 3) mm LPS.
        times: (t,) ms.
        reference: number of the reference phase, end-diastole.
        rotation: (3, 3) from the heart frame to the patient: columns away from the septum, to the inferior wall, to the
            base.
        origin: (3,) mm LPS of the model's origin.
        scores: (t, k) of the shape model's modes, in standard deviations.
        slice_shifts: (z, 2) mm along the grid's rows (y) and columns (x) by which each short-axis slice lies off,
            found by the fit; NaN for slices without contours. Subtract it to align the slice.
        misfit: of all contours.
        notices: what to know before the numbers are used.
        rv_seen: whether the right ventricle was labelled; without it its part of the mesh is the model's guess.
        resolution: of the template.

    Raises:
        InvalidInput: shapes that do not agree.
    """

    mesh: Mesh
    points: FloatArray
    times: FloatArray
    reference: int
    rotation: FloatArray
    origin: FloatArray
    scores: FloatArray
    slice_shifts: FloatArray
    misfit: Misfit
    notices: tuple[Notice, ...] = ()
    rv_seen: bool = True
    resolution: Resolution = MEDIUM

    def __post_init__(self) -> None:
        expected = (len(self.times), len(self.mesh.points), 3)
        if self.points.shape != expected or not np.isfinite(self.points).all():
            raise InvalidInput(
                f"The fitted points have the shape {self.points.shape}, or are not finite.",
                f"Finite points of shape {expected} (phase, point, 3) are needed.",
                "This is a fault of the program; please report it.",
            )

    def at(self, phase: int) -> Mesh:
        """The mesh at a phase."""
        return self.mesh.moved(self.points[phase])

    def in_heart_frame(self) -> FloatArray:
        """(t, n, 3) mm in the heart frame, z from apex to base."""
        return np.asarray((self.points - self.origin) @ self.rotation)


__all__ = ["FittedHeart", "Misfit"]
