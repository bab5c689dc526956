"""Forces and stiffness of a whole body."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from marey.core import InvalidInput
from marey.simulate.elasticity._kernels import cell_forces, cell_stiffness, deformation, face_normals, scatter
from marey.simulate.elasticity._sparse import Pattern
from marey.simulate.elasticity.body import Body, Springs, surface_of
from marey.simulate.elasticity.cavity import Cavity
from marey.simulate.elasticity.hexahedron import FACE_SHAPE, FACE_SLOPES, integration_points
from marey.simulate.elasticity.law import Law
from marey.simulate.elasticity.load import Load, State

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ABSURD = 1e9  # kPa; a trial state with such stress is none


@dataclass(frozen=True, eq=False)
class Balance:
    """How far a state is from equilibrium.

    Args:
        forces: (u,) mN, internal minus external, at the free unknowns, tensions as the dilatation asks.
        mixed: (u,) the same with the tensions that the state carries.
        dilatation: (m,) mean of J in each cell, minus 1.
        swelling: (m, 24) mm2, derivative of the cells' volumes by their displacements.
        scale: mN, size of the forces that cancel.
        volumes: (k,) mm3, volumes minus what the chambers hold.
        gradients: (u, k) mm2, derivative of the volumes by the unknowns.
        compliance: (k, k) mm3/kPa of the chambers.
    """

    forces: FloatArray
    mixed: FloatArray
    dilatation: FloatArray
    swelling: FloatArray
    scale: float
    volumes: FloatArray
    gradients: FloatArray
    compliance: FloatArray


class Assembly:
    """A body made ready: gradients at the points of integration, pattern of the matrix, cavities, supports."""

    def __init__(self, body: Body) -> None:
        """Prepare everything that does not change with the deformation."""
        self.body = body
        mesh = body.mesh
        self.reference = mesh.points
        self.points = integration_points(mesh.points, mesh.cells, body.frames)
        self.cell_volumes = self.points.weights.sum(axis=1)
        self.cavities = [Cavity(mesh, name) for name in body.cavities]
        rims = [cavity.rim[None] for cavity in self.cavities]
        self.pattern = Pattern(mesh.points, body.fixed, [mesh.cells, *rims])
        self._cells = self.pattern.places(mesh.cells)
        self._walls = [(self.pattern.places(c.wall)[0], self.pattern.places(c.rim[None])[0]) for c in self.cavities]
        self._surfaces = {name: self.pattern.places(surface_of(mesh, name)) for name in mesh.surfaces}
        self.reference_volumes = self.volumes(mesh.points)
        self._springs = [(s, *_spring_matrices(mesh.points, surface_of(mesh, s.surface), s)) for s in body.springs]

    def at_rest(self) -> State:
        """The reference configuration, without pressure."""
        return State(self.reference.copy(), np.zeros(len(self.cavities)), np.zeros(len(self.body.mesh.cells)))

    def volumes(self, x: FloatArray) -> FloatArray:
        """(k,) mm3 in the cavities."""
        return np.array([cavity.volume(x) for cavity in self.cavities])

    def jacobians(self, x: FloatArray) -> FloatArray:
        """(m,) mean of the volume ratio in each cell."""
        _, _, J = deformation(x, self.body.mesh.cells, self.points.gradients)
        return self._dilatation(J) + 1

    def stretch(self, x: FloatArray) -> FloatArray:
        """(m, 8) stretch of the fibres at the points of integration."""
        _, E, _ = deformation(x, self.body.mesh.cells, self.points.gradients)
        return np.sqrt(1 + 2 * E[..., 0])

    def fibre_stress(self, x: FloatArray, law: Law) -> FloatArray:
        """(m, 8) kPa, Cauchy stress of a law along the fibres, without the hydrostatic tension."""
        _, E, J = deformation(x, self.body.mesh.cells, self.points.gradients)
        S, _ = law.stress(E.reshape(-1, 6))
        return np.asarray(S[:, 0].reshape(J.shape) * (1 + 2 * E[..., 0]) / J)

    def in_cells(self, change: FloatArray) -> FloatArray:
        """(m, 24) a change of the unknowns (u,) seen from the cells."""
        return np.append(change, 0.0)[self._cells[1]].reshape(-1, 24)

    def given_pressures(self, load: Load) -> FloatArray:
        """(k,) pressures of the cavities as the load gives them."""
        return np.array([load.pressures.get(name, 0.0) for name in self.body.cavities])

    def balance(self, state: State, load: Load, before: FloatArray) -> Balance | None:
        """Forces and volumes at a state, None where a cell is inside out or the stress overflows.

        Args:
            state: any.
            load: what acts.
            before: (n, 3) positions one step ago.
        """
        x = state.positions
        F, E, J = deformation(x, self.body.mesh.cells, self.points.gradients)
        k, size = len(self.cavities), self.pattern.size
        with np.errstate(over="ignore", invalid="ignore"):
            S = load.law.stress(E.reshape(-1, 6))[0] if (J > 0).all() else np.array([np.nan])
        if not (np.abs(S) < ABSURD).all():
            return None
        of_stress, swelling = cell_forces(F, S.reshape(E.shape), *self._geometry)
        dilatation = self._dilatation(J)
        cells = of_stress + self.body.bulk * dilatation[:, None] * swelling
        forces, scale, difference = np.zeros(size), np.zeros(size), np.zeros(size)
        scatter(cells.ravel(), self._cells[1], forces)
        scatter(np.abs(cells).ravel(), self._cells[1], scale)
        excess = state.tensions - self.body.bulk * dilatation
        scatter((excess[:, None] * swelling).ravel(), self._cells[1], difference)
        for name, p in self._open(load):
            areas, _ = face_normals(x, surface_of(self.body.mesh, name), FACE_SHAPE, FACE_SLOPES)
            scatter((p * areas).ravel(), self._surfaces[name][1], forces)
            scatter(np.abs(p * areas).ravel(), self._surfaces[name][1], scale)
        for spring, elastic, viscous in self._springs:
            faces = surface_of(self.body.mesh, spring.surface)
            push = _times(elastic, x - self.reference, faces) + _times(viscous, x - before, faces) / load.step
            scatter(push.ravel(), self._surfaces[spring.surface][1], forces)
        gradients = self.volume_gradients(x)
        forces -= gradients @ state.pressures
        scale += np.abs(gradients) @ np.abs(state.pressures)
        held, compliance = load.chambers(state.pressures) if load.chambers else (np.zeros(k), np.zeros((k, k)))
        volumes = self.volumes(x) - held if load.chambers else np.zeros(k)
        size_of_forces = float(np.linalg.norm(scale))
        return Balance(
            forces, forces + difference, dilatation, swelling, size_of_forces, volumes, gradients, compliance
        )

    def stiffness(self, state: State, load: Load) -> csc_array:
        """Derivative of the forces by the unknowns (u, u)."""
        x = state.positions
        F, E, J = deformation(x, self.body.mesh.cells, self.points.gradients)
        S, D = load.law.stress(E.reshape(-1, 6))
        shape = E.shape
        stress = S.reshape(shape), D.reshape(*shape, 6)
        cells = cell_stiffness((F, J), stress, (state.tensions, self.body.bulk), *self._geometry)
        parts = [(cells, self._cells[0])]
        for name, p in self._open(load):
            _, derivative = face_normals(x, surface_of(self.body.mesh, name), FACE_SHAPE, FACE_SLOPES)
            parts.append((p * derivative, self._surfaces[name][0]))
        for spring, elastic, viscous in self._springs:
            parts.append((elastic + viscous / load.step, self._surfaces[spring.surface][0]))
        for p, cavity, (wall, lid) in zip(state.pressures, self.cavities, self._walls, strict=True):
            of_wall, of_lid = cavity.hessian(x)
            parts += [(-p * of_wall, wall), (-p * of_lid, lid)]
        return self.pattern.matrix(parts)

    @property
    def _geometry(self) -> tuple[FloatArray, FloatArray]:
        return self.points.gradients, self.points.weights

    def _dilatation(self, J: FloatArray) -> FloatArray:
        return np.asarray(np.sum(J * self.points.weights, axis=1) / self.cell_volumes - 1)

    def _open(self, load: Load) -> list[tuple[str, float]]:
        for name in load.pressures:
            surface_of(self.body.mesh, name)
        return [(name, p) for name, p in load.pressures.items() if name not in self.body.cavities]

    def volume_gradients(self, x: FloatArray) -> FloatArray:
        """(u, k) mm2, derivative of the cavities' volumes by the unknowns."""
        free = self.pattern.number >= 0
        gradients = np.zeros((self.pattern.size, len(self.cavities)))
        for k, cavity in enumerate(self.cavities):
            gradients[self.pattern.number[free], k] = cavity.gradient(x)[free]
        return gradients


def _spring_matrices(points: FloatArray, faces: IntArray, springs: Springs) -> tuple[FloatArray, FloatArray]:
    """Stiffness and damping of each face (f, 12, 12), normals as in the reference."""
    tangents = np.einsum("gab,fai->fgbi", FACE_SLOPES, points[faces])
    normals = np.cross(tangents[:, :, 0], tangents[:, :, 1])
    area = np.linalg.norm(normals, axis=-1)
    if (area <= 0).any():
        raise InvalidInput(
            f"The surface '{springs.surface}' has a face without area.", "Springs need faces.", "Check the mesh."
        )
    along = np.einsum("fgi,fgj->fgij", normals, normals) / area[..., None, None] ** 2
    if springs.share is not None:
        area = area * np.einsum("ga,fa->fg", FACE_SHAPE, springs.share[faces])
    matrices = []
    for normal, tangential in ((springs.normal, springs.tangential), (springs.damping, 0.0)):
        k = normal * along + tangential * (np.eye(3) - along)
        parts = np.einsum("ga,gb,fg,fgij->faibj", FACE_SHAPE, FACE_SHAPE, area, k, optimize=True)
        matrices.append(np.ascontiguousarray(parts.reshape(len(faces), 12, 12)))
    return matrices[0], matrices[1]


def _times(matrices: FloatArray, displacements: FloatArray, faces: IntArray) -> FloatArray:
    return np.asarray(np.einsum("fab,fb->fa", matrices, displacements[faces].reshape(len(faces), 12)))


__all__ = ["Assembly", "Balance"]
