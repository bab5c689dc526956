"""Whether a mesh can be a heart: cells the right way round, whole, closed, nowhere inside itself."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from marey.anatomy.ventricles.topology import Topology
from marey.core import InvalidInput, Mesh
from marey.core.hexahedra import determinants

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CENTRE = np.zeros((1, 3))
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

    Tissue and right cavity together are one block of hexahedra around a cavity that every ring surrounds once: where
    none of them is flipped, no two parts overlap.

    Raises:
        InvalidInput: it names what is folded and the parameters to change.
    """
    flipped = (determinants(mesh.points, mesh.cells) <= 0).any(axis=1)
    left, right = int((flipped & (known.side == 0)).sum()), int((flipped & (known.side == 1)).sum())
    if left or not _rings_go_round(mesh.points[known.inner[1:, :, 0]]):
        raise _unfit(
            f"folds the left ventricle's wall ({left} cells) or its cavity",
            "'lv_volume', 'lv_length', 'wall_thickness', 'septal_curvature' and 'waves'",
        )
    if right or (determinants(mesh.points, known.rv_filling, CENTRE) <= 0).any():
        raise _unfit(
            f"folds the right ventricle's wall ({right} cells) or lays it on the septum",
            "'rv_volume', 'rv_length', 'rv_wall_thickness', 'septal_curvature' and the insertions",
        )


def _rings_go_round(rings: FloatArray) -> bool:
    """Whether every ring (levels, sectors, 3) goes once around its middle, nowhere back."""
    x, y = np.moveaxis(rings[..., :2] - rings[..., :2].mean(axis=1, keepdims=True), -1, 0)
    turned: NDArray[np.bool_] = x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1) > 0
    return bool(turned.all())


def _unfit(what: str, names: str) -> InvalidInput:
    return InvalidInput(
        f"This shape {what}.",
        f"The parameters {names} have to fit together.",
        "Bring them nearer to their usual values.",
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
    single: IntArray = faces[np.sort(first[count == 1])]
    return single


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
