"""A cavity's volume (`marey.anatomy.ventricles.cavities`) and its first and second derivatives.

The rim of the surface is closed by a lid, a fan of triangles around the rim's mean. Pressure that works on this closed
volume has a potential, -p V, so that its stiffness is symmetric and a closed cavity pulls nothing along: the lid hands
its share of the load on to the rim, as closed valves do.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles.cavities import cavity_volume
from marey.anatomy.ventricles.topology import Cavity as Bounds
from marey.core import InvalidInput, Mesh
from marey.simulate.elasticity._kernels import face_normals
from marey.simulate.elasticity.body import surface_of
from marey.simulate.elasticity.hexahedron import FACE_SHAPE, FACE_SLOPES

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Cavity:
    """The space that a surface and its lid enclose."""

    def __init__(self, mesh: Mesh, name: str) -> None:
        """Find the rim of the surface and close it.

        Raises:
            InvalidInput: a surface with no rim or with more than one.
        """
        wall = surface_of(mesh, name)
        rim = _rim(wall, name)
        self.rim, self._n = rim, len(mesh.points)
        centre = np.full(rim.size, self._n)
        lid = np.stack([np.roll(rim, -1), rim, centre, centre], axis=1)
        self.wall, self._bounds = wall, Bounds(wall, rim)
        self._faces = np.concatenate([wall, lid])
        local = {int(node): k for k, node in enumerate(rim)}
        self._lid = np.array([[local.get(int(node), rim.size) for node in face] for face in lid])
        self._from_rim = np.kron(np.vstack([np.eye(rim.size), np.full((1, rim.size), 1 / rim.size)]), np.eye(3))

    def volume(self, x: FloatArray) -> float:
        """Volume in mm3 at positions x (n, 3)."""
        return float(cavity_volume(x, self._bounds))

    def gradient(self, x: FloatArray) -> FloatArray:
        """Derivative of the volume by the positions (n, 3), mm2."""
        areas, _ = face_normals(self._closed(x), self._faces, FACE_SHAPE, FACE_SLOPES)
        total = np.zeros((self._n + 1, 3))
        np.add.at(total, self._faces, -areas.reshape(-1, 4, 3))
        total[self.rim] += total[-1] / self.rim.size
        return total[:-1]

    def hessian(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Second derivative: of each face of the wall (f, 12, 12), and of the lid over the rim's nodes (1, 3r, 3r)."""
        _, derivative = face_normals(self._closed(x), self._faces, FACE_SHAPE, FACE_SLOPES)
        f = len(self.wall)
        size = 3 * (self.rim.size + 1)
        lid = np.zeros((size, size))
        dofs = (3 * self._lid[:, :, None] + np.arange(3)).reshape(len(self._lid), 12)
        np.add.at(lid, (dofs[:, :, None], dofs[:, None, :]), -derivative[f:])
        return -derivative[:f], (self._from_rim.T @ lid @ self._from_rim)[None]

    def _closed(self, x: FloatArray) -> FloatArray:
        return np.concatenate([x, x[self.rim].mean(axis=0, keepdims=True)])


def _rim(wall: IntArray, name: str) -> IntArray:
    """Nodes around the opening, in the direction of the faces."""
    edges = {(int(a), int(b)) for face in wall for a, b in pairwise([*face, face[0]]) if a != b}
    following = {a: b for a, b in edges if (b, a) not in edges}
    if not following:
        raise _unclosable(name, "no opening")
    loop = [next(iter(sorted(following)))]
    while len(loop) <= len(following):
        following_node = following.get(loop[-1], loop[0])
        if following_node == loop[0]:
            break
        loop.append(following_node)
    if len(loop) != len({(a, b) for a, b in edges if (b, a) not in edges}):
        raise _unclosable(name, "more than one opening, or faces turned against each other")
    return np.array(loop)


def _unclosable(name: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"The surface '{name}' has {what}.",
        "A cavity is one surface with one opening, at the base, whose faces all look into it.",
        "Check how the surface was tagged.",
    )


__all__ = ["Cavity"]
