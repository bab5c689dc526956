"""Points, cells and named fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NODES_OF_A_CELL = (2, 3, 4, 8)  # line, triangle, tetrahedron, hexahedron


@dataclass(frozen=True, eq=False)
class Mesh:
    """A volume of hexahedra or tetrahedra, a surface of triangles, or lines.

    Args:
        points: (n, 3) mm, finite.
        cells: (m, k) point numbers in VTK's order: k = 8 hexahedra, 4 tetrahedra, 3 triangles, 2 lines.
        fields: values at points, (n,) or (n, k), by name ("fibre", "activation_time").
        cell_fields: values in cells, (m,) or (m, k), by name.
        surfaces: named parts of the boundary as (f, 3 or 4) point numbers, seen from outside counter-clockwise.

    Raises:
        InvalidInput: points that are not numbers, cells that name points that do not exist, fields of a wrong length.
    """

    points: FloatArray
    cells: IntArray
    fields: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    cell_fields: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    surfaces: Mapping[str, IntArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("fields", "cell_fields", "surfaces"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        n, m = len(self.points), len(self.cells)
        if self.points.ndim != 2 or self.points.shape[1] != 3 or not np.isfinite(self.points).all():
            raise _broken(f"points of shape {self.points.shape}, or points that are not finite")
        if self.cells.ndim != 2 or self.cells.shape[1] not in NODES_OF_A_CELL:
            raise _broken(f"cells of shape {self.cells.shape}")
        for name, numbers in {"cells": self.cells, **self.surfaces}.items():
            if numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) < n:
                raise _broken(f"{name} that name points beyond the {n} there are")
        for name, values in (*self.fields.items(), *self.cell_fields.items()):
            wanted = n if name in self.fields else m
            if len(values) != wanted:
                raise _broken(f"a field '{name}' with {len(values)} values where {wanted} are needed")

    def with_fields(self, **fields: NDArray[np.generic]) -> "Mesh":
        """The same mesh with more point fields."""
        return Mesh(self.points, self.cells, {**self.fields, **fields}, self.cell_fields, self.surfaces)

    def moved(self, points: FloatArray) -> "Mesh":
        """The same cells and fields on other points (n, 3)."""
        return Mesh(points, self.cells, self.fields, self.cell_fields, self.surfaces)


def _broken(what: str) -> InvalidInput:
    return InvalidInput(
        f"The mesh has {what}.",
        "Finite points (n, 3), cells that name them and fields of matching length are needed.",
        "Check where the mesh came from.",
    )


__all__ = ["Mesh"]
