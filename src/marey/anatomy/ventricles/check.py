"""Whether a mesh can be a heart: cells the right way round, whole, closed, nowhere inside itself."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from marey.anatomy.ventricles._hexahedra import determinants
from marey.anatomy.ventricles.topology import Topology
from marey.core import InvalidInput, Mesh

IntArray = NDArray[np.int64]
FACES = np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])


def check_mesh(mesh: Mesh) -> None:
    """Refuse a hexahedral mesh that is no closed, connected, unfolded piece of tissue.

    Raises:
        InvalidInput: flipped cells, faces that more than two cells share, surfaces that are not the boundary (holes),
            tissue in several pieces.
    """
    if mesh.cells.shape[1] != 8:
        raise _refuse(f"cells with {mesh.cells.shape[1]} points", "Hexahedra are needed.")
    _check_cells(mesh)
    _check_boundary(mesh)
    graph = coo_matrix((np.ones(mesh.cells.size), (np.repeat(np.arange(len(mesh.cells)), 8), mesh.cells.ravel())))
    pieces = connected_components(graph.T @ graph, directed=False)[1][np.unique(mesh.cells)]
    if len(np.unique(pieces)) > 1:
        raise _refuse(f"tissue in {len(np.unique(pieces))} pieces", "One connected piece is needed.")


def check_template(mesh: Mesh, known: Topology) -> None:
    """Refuse a template whose numbers, each in its range, together fold the wall or make it cut itself.

    Tissue and cavities together are one block of hexahedra; where none of them is flipped and the outside is simple
    no two parts can overlap.

    Raises:
        InvalidInput: it names what is folded and the parameters to change.
    """
    flipped = (determinants(mesh.points, mesh.cells) <= 0).any(axis=1)
    for side, names in (
        (0, "'wall_thickness', 'septal_curvature' and 'lv_volume'"),
        (1, "'rv_wall_thickness' and 'rv_volume'"),
    ):
        count = int((flipped & (known.side == side)).sum())
        if count:
            raise _refuse(
                f"{count} folded cells in the {('left', 'right')[side]} ventricle's wall",
                f"The parameters {names} have to fit together.",
            )


def _check_cells(mesh: Mesh) -> None:
    flipped = int((determinants(mesh.points, mesh.cells) <= 0).any(axis=1).sum())
    if flipped:
        raise _refuse(
            f"{flipped} flipped or folded cells of {len(mesh.cells)}", "Every cell must have a positive volume."
        )


def boundary(cells: IntArray) -> IntArray:
    """(f, 4) outward faces that belong to one cell alone; collapsed faces without area are left out.

    Raises:
        InvalidInput: a face that more than two cells share.
    """
    faces = cells[:, FACES].reshape(-1, 4)
    ordered = np.sort(faces, axis=1)
    corners = 1 + (np.diff(ordered, axis=1) > 0).sum(axis=1)
    faces, ordered = faces[corners > 2], ordered[corners > 2]
    _, first, count = np.unique(ordered, axis=0, return_index=True, return_counts=True)
    if (count > 2).any():
        raise _refuse(
            f"{int((count > 2).sum())} faces shared by more than two cells", "Two cells at most may share one."
        )
    return faces[np.sort(first[count == 1])]


def _check_boundary(mesh: Mesh) -> None:
    found = {tuple(face) for face in np.sort(boundary(mesh.cells), axis=1)}
    named = {tuple(face) for surface in mesh.surfaces.values() for face in np.sort(surface, axis=1)}
    if found != named:
        raise _refuse(
            f"{len(found ^ named)} boundary faces that do not agree with its surfaces (holes)",
            "The named surfaces together must be the whole boundary.",
        )


def _refuse(found: str, expected: str) -> InvalidInput:
    return InvalidInput(f"The mesh has {found}.", expected, "Correct the shape, or check where the mesh came from.")


__all__ = ["boundary", "check_mesh", "check_template"]
