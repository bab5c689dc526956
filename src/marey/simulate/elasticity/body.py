"""What is deformed and what holds it."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from marey.core import InvalidInput, Mesh
from marey.core.hexahedra import GAUSS, shape_functions
from marey.core.units import kPa
from marey.simulate.elasticity.hexahedron import fibre_frames

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Springs:
    """Elastic support of a surface, as by the pericardium: stress proportional to displacement and velocity.

    Args:
        surface: its name in the mesh.
        normal, tangential: kPa/mm, against displacement along and across the normal of the reference.
        damping: kPa ms/mm, against velocity along the normal.
        share: (n,) factor of all three at the mesh's nodes, 0 to 1; None is 1 everywhere.
    """

    surface: str
    normal: float = 0.0
    tangential: float = 0.0
    damping: float = 0.0
    share: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("normal", "tangential", "damping"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InvalidInput(
                    f"The springs on '{self.surface}' have {name} = {getattr(self, name)}.",
                    "A finite number that is not negative is needed.",
                    "Check its sign and unit.",
                )
        if self.share is not None and not ((self.share >= 0) & (self.share <= 1)).all():
            raise InvalidInput(
                f"The springs on '{self.surface}' have shares from {self.share.min():g} to {self.share.max():g}.",
                "One number from 0 to 1 for each node of the mesh is needed.",
                "Scale 'share' to its largest value and raise 'normal' instead.",
            )


@dataclass(frozen=True, eq=False)
class Body:
    """Tissue in its reference configuration.

    Args:
        mesh: hexahedra; its surfaces are seen from outside the tissue, so an endocardium faces its cavity.
        frames: (m, 8, 3, 3) fibre, sheet, normal as columns at the points of integration.
        bulk: kPa, resistance of each cell to a change of its volume (mean dilatation).
        fixed: (n, 3) components of the nodes that do not move.
        springs: supports of surfaces.
        cavities: names of surfaces that enclose blood; each is closed by a lid over its one rim.

    Raises:
        InvalidInput: not hexahedra, shapes that do not agree, a surface that the mesh does not have.
    """

    mesh: Mesh
    frames: FloatArray
    bulk: float = 3000 * kPa
    fixed: BoolArray = field(default_factory=lambda: np.zeros((0, 3), np.bool_))
    springs: tuple[Springs, ...] = ()
    cavities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n, (m, corners) = len(self.mesh.points), self.mesh.cells.shape
        if not self.fixed.size:
            object.__setattr__(self, "fixed", np.zeros((n, 3), np.bool_))
        if corners != 8 or self.frames.shape != (m, 8, 3, 3) or self.fixed.shape != (n, 3):
            raise InvalidInput(
                f"The body has cells of {corners} corners, frames {self.frames.shape} and fixed {self.fixed.shape}.",
                f"Hexahedra, frames ({m}, 8, 3, 3) and fixed ({n}, 3) are needed.",
                "Make the frames with `frames_of` and the fixed components with `held`.",
            )
        if not 1 <= self.bulk <= 1e6:
            raise InvalidInput(
                f"The bulk modulus is {self.bulk} kPa.", "It must lie between 1 and 1e6 kPa.", "Check its unit."
            )
        for name in (*self.cavities, *(s.surface for s in self.springs)):
            surface_of(self.mesh, name)

    def moved(self, points: FloatArray, frames: FloatArray) -> "Body":
        """The same body with another reference configuration."""
        return replace(self, mesh=self.mesh.moved(points), frames=frames)


def surface_of(mesh: Mesh, name: str) -> NDArray[np.int64]:
    """(f, 4) nodes of a surface; triangles repeat their last node.

    Raises:
        InvalidInput: there is no such surface.
    """
    if name not in mesh.surfaces:
        raise InvalidInput(
            f"The mesh has no surface '{name}'.",
            f"It has {', '.join(mesh.surfaces) or 'none'}.",
            "Name one of these or tag the surface in the mesh.",
        )
    faces = mesh.surfaces[name]
    return faces if faces.shape[1] == 4 else np.concatenate([faces, faces[:, -1:]], axis=1)


def held(mesh: Mesh, surface: str, axes: str = "xyz") -> BoolArray:
    """(n, 3) True where the nodes of a surface are held along the named axes."""
    fixed = np.zeros(mesh.points.shape, np.bool_)
    nodes = np.unique(surface_of(mesh, surface))
    for axis in axes:
        fixed[nodes, "xyz".index(axis)] = True
    return fixed


def frames_of(mesh: Mesh) -> FloatArray:
    """(m, 8, 3, 3) frames from the fields "fibre" and "sheet" (cell fields, or point fields) of a mesh.

    Directions have no sign, so point fields are averaged as dyads, not as vectors.

    Raises:
        InvalidInput: the mesh has no fibres.
    """
    if "fibre" not in mesh.cell_fields and "fibre" not in mesh.fields:
        raise InvalidInput(
            "The mesh has no fibres.", "A field 'fibre' (and 'sheet') is needed.", "Compute them with marey.anatomy."
        )
    directions = [
        _at_integration_points(mesh, name)
        for name in ("fibre", "sheet")
        if name in mesh.cell_fields or name in mesh.fields
    ]
    return fibre_frames(*directions)


def _at_integration_points(mesh: Mesh, name: str) -> FloatArray:
    if name in mesh.cell_fields:
        return np.repeat(np.asarray(mesh.cell_fields[name], np.float64)[:, None], 8, axis=1)
    at_nodes = np.asarray(mesh.fields[name], np.float64)[mesh.cells]
    dyads = np.einsum("ga,mai,maj->mgij", shape_functions(GAUSS), at_nodes, at_nodes, optimize=True)
    return np.asarray(np.linalg.eigh(dyads)[1][..., -1], np.float64)


__all__ = ["Body", "Springs", "frames_of", "held", "surface_of"]
