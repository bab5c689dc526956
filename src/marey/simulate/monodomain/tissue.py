"""Conducting tissue on voxels: where it is, how it diffuses, what cells it has."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Tissue:
    """Tissue of a monodomain model; nodes are the voxels of the mask in raster order.

    Args:
        mask: (z, y, x) conducting voxels; scar without conduction is not in it.
        spacing: mm, isotropic.
        diffusivity: (node, 3, 3) mm2/ms, symmetric, components x, y, z.
        zone: (z, y, x) index of the cells' set of parameters; None is all zero.

    Raises:
        InvalidInput: shapes that do not agree, an empty mask.
    """

    mask: NDArray[np.bool_]
    spacing: float
    diffusivity: NDArray[np.float64]
    zone: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.mask.ndim != 3 or self.mask.dtype != np.bool_ or not self.mask.any() or not self.spacing > 0:
            raise InvalidInput(
                f"The tissue's mask has shape {self.mask.shape}, type {self.mask.dtype} and spacing {self.spacing} mm.",
                "A boolean mask (z, y, x) with at least one voxel and a positive spacing are needed.",
                "Make the mask with numpy's bool type and give its spacing in mm.",
            )
        if self.diffusivity.shape != (self.nodes, 3, 3):
            raise _wrong_shape("diffusivity", self.diffusivity, f"({self.nodes}, 3, 3)")
        if self.zone is not None and self.zone.shape != self.mask.shape:
            raise _wrong_shape("zone", self.zone, f"{self.mask.shape}")

    @property
    def nodes(self) -> int:
        """Number of conducting voxels."""
        return int(self.mask.sum())

    def on_grid(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """(z, y, x) of values (node,), nan where there is no tissue."""
        grid = np.full(self.mask.shape, np.nan)
        grid[self.mask] = values
        return grid


def fibre_tissue(
    mask: NDArray[np.bool_],
    spacing: float,
    fibre: NDArray[np.floating],
    *,
    along: float | NDArray[np.floating],
    across: float | NDArray[np.floating],
    zone: NDArray[np.uint8] | None = None,
) -> Tissue:
    """Tissue of given diffusivities along and across its fibre.

    Args:
        mask: (z, y, x) conducting voxels.
        spacing: mm, isotropic.
        fibre: (z, y, x, 3) unit vectors as x, y, z; read only inside the mask.
        along, across: mm2/ms, a number or (z, y, x).
        zone: (z, y, x) index of the cells' set of parameters.

    Raises:
        InvalidInput: shapes that do not agree, an empty mask, fibres that are not unit vectors.
    """
    unit = fibre_at_nodes(mask, fibre)
    outer = unit[:, :, None] * unit[:, None, :]
    side = at_nodes(mask, across, "across")[:, None, None]
    more = at_nodes(mask, along, "along")[:, None, None] - side
    return Tissue(mask, spacing, side * np.eye(3) + more * outer, zone)


def at_nodes(mask: NDArray[np.bool_], values: float | NDArray[Any], name: str) -> NDArray[Any]:
    """(node,) of a number or of an array (z, y, x).

    Raises:
        InvalidInput: an array of another shape than the mask's.
    """
    if np.ndim(values) and np.shape(values) != mask.shape:
        raise _wrong_shape(name, np.asarray(values), f"{mask.shape}")
    return np.asarray(np.broadcast_to(values, mask.shape)[mask])


def fibre_at_nodes(mask: NDArray[np.bool_], fibre: NDArray[np.floating]) -> NDArray[np.float64]:
    """(node, 3) fibres of (z, y, x, 3).

    Raises:
        InvalidInput: another shape, or vectors that are not of unit length.
    """
    if fibre.shape != (*mask.shape, 3):
        raise _wrong_shape("fibre", fibre, f"{(*mask.shape, 3)}")
    found = fibre[mask].astype(np.float64)
    lengths = np.linalg.norm(found, axis=1)
    if not np.abs(lengths - 1).max(initial=0) < 1e-3:
        raise InvalidInput(
            f"The tissue's fibres have lengths from {lengths.min():.3g} to {lengths.max():.3g}.",
            "A unit vector is needed in every voxel of tissue.",
            "Divide the fibres by their length and fill voxels without one.",
        )
    return np.asarray(found / lengths[:, None])


def even_fibre(mask: NDArray[np.bool_], direction: tuple[float, float, float]) -> NDArray[np.float64]:
    """(z, y, x, 3) fibres that all run along one direction, given as x, y, z."""
    unit = np.asarray(direction, float) / np.linalg.norm(direction)
    return np.broadcast_to(unit, (*mask.shape, 3)).copy()


def _wrong_shape(name: str, found: NDArray[Any], expected: str) -> InvalidInput:
    return InvalidInput(
        f"The tissue's '{name}' has shape {found.shape}.",
        f"The shape {expected} is needed.",
        "Make it on the grid of the mask.",
    )


__all__ = ["Tissue", "at_nodes", "even_fibre", "fibre_at_nodes", "fibre_tissue"]
