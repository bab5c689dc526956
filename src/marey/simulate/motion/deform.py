"""A heart's shape at any moment from its fibre strains and cavity volumes.

The multi-patch mechanics know how far each segment's fibres shorten and how large the cavities are, but have no mesh.
This finds the deformation of the mesh that comes nearest to them: every cell is asked for its fibre stretch, for its
volume (muscle is nearly incompressible) and for little shear beyond that, and the cavities for exactly their volumes.
The patches' strains are those of midwall. As the wall keeps its volume, every surface within it encloses as much less
blood as the cavity ejects: one that encloses V shrinks in area by (1 - ejected / V)^(2/3), the inner layers more than
the outer ones (as in Arts et al., Biophys J 1991). Without that, a thick wall leaves the cavity too large, and what
makes it small enough is suction, which flattens it.
Local and global steps alternate (projective dynamics, Bouaziz et al. 2014, doi:10.1145/2601097.2601116), so that one
factorised matrix serves every cell, every iteration and every moment. Twist, wall thickening and the descent of the
base are not put in: they follow from the fibres.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

from marey.anatomy.ventricles.coordinates import RIGHT_FREE_WALL
from marey.core import Mesh, NotAnalysable, Parameters, parameter
from marey.simulate.elasticity.cavity import Cavity
from marey.simulate.elasticity.hexahedron import integration_points
from marey.simulate.motion import _kernels as kernels
from marey.simulate.motion.fixed_point import fixed_point

Array = NDArray[np.float64]
LARGEST_VOLUME_CHANGE = 0.03
LARGEST_MISFIT = 0.1
APEX = 0.12
_CHOICE = "numerical choice, verified in tests/verification/motion.md"


@dataclass(frozen=True)
class Tethers(Parameters):
    """What holds the deformed heart, and how much each wish of a cell weighs. Relative weights without units.

    Args:
        shape: wish of a cell for the whole stretch tensor that follows from its fibre stretch.
        fibre: wish for the asked fibre stretch.
        volume: wish to keep the volume.
        cross_fibre: how much midwall shortens across the fibres, within the wall: logarithmic strain there relative to
            that of the fibres (sheets slide, so that the wall thickens).
        apex: springs of the epicardial apex to its place (pericardium).
        base: springs of the base to its place within its plane (great vessels).
        iterations: of local and global steps a moment, at most.
        tolerance: stop when no point moves more in one iteration.
    """

    shape: float = parameter(0.3, 0.01, 10, "1", _CHOICE)
    fibre: float = parameter(2.0, 0.01, 100, "1", _CHOICE)
    volume: float = parameter(20.0, 0.1, 1000, "1", _CHOICE)
    cross_fibre: float = parameter(
        0.8, -0.5, 1.5, "1", "textbook value: midwall shortens nearly alike in all directions"
    )
    apex: float = parameter(0.05, 0.0, 10, "1", _CHOICE)
    base: float = parameter(0.02, 1e-6, 10, "1", _CHOICE)
    iterations: int = parameter(80, 1, 10_000, "1", _CHOICE)
    tolerance: float = parameter(0.01, 1e-9, 1, "mm", _CHOICE)

    @property
    def total(self) -> float:
        """Weight of all wishes of a cell together."""
        return self.shape + self.fibre + self.volume


class Deformation:
    """Deforms one biventricular mesh.

    Args:
        mesh: the reference: the biventricular template with its point fields "apicobasal", "transmural" and "fibre" and
            its cell field "segment".
        tethers: weights.
    """

    def __init__(self, mesh: Mesh, tethers: Tethers | None = None) -> None:
        self.mesh, self.tethers = mesh, tethers or Tethers()
        self.cavities = {name: Cavity(mesh, f"{name}_endocardium") for name in ("lv", "rv")}
        self.fibres, self.normals = _cell_fibres(mesh), _wall_normals(mesh)
        frames = np.broadcast_to(np.eye(3), (len(mesh.cells), 8, 3, 3))
        at = integration_points(mesh.points, mesh.cells, frames)
        self.gradients, self.weights = np.ascontiguousarray(at.gradients), at.weights
        self._left = np.asarray(mesh.cell_fields["segment"]) != RIGHT_FREE_WALL
        self._rest = self.cavities["lv"].volume(mesh.points)
        self._enclosed, self._midwall = self._enclosures()
        springs = self._springs()
        self._held = springs[[0, 0, 1]].T
        stiffness = _laplacian(mesh, self.gradients, self.weights) * self.tethers.total
        self._factors = tuple(splu(csc_array(stiffness + diags_array(held))) for held in springs)

    def _enclosures(self) -> tuple[Array, float]:
        """Blood and muscle within each cell of the left wall and septum (k,) and within their midwall, mm3."""
        depth = np.asarray(self.mesh.fields["transmural"], np.float64)[self.mesh.cells[self._left]].mean(axis=1)
        muscle = self.weights[self._left].sum(axis=1)
        _, layer = np.unique(depth.round(6), return_inverse=True)
        layers = np.bincount(layer, muscle)
        return self._rest + (np.cumsum(layers) - layers / 2)[layer], float(self._rest + muscle.sum() / 2)

    def _springs(self) -> Array:
        """(2, n) stiffness that ties the points to their places within the short-axis plane and along the axis."""
        surfaces, held = self.mesh.surfaces, np.zeros((2, len(self.mesh.points)))
        outside = np.unique(surfaces["epicardium"])
        height = np.asarray(self.mesh.fields["apicobasal"], np.float64)[outside]
        apex, base = outside[height < APEX], np.unique(surfaces["base"])
        scale = float(self.weights.sum()) ** (1 / 3) * self.tethers.total
        held[:, apex] = self.tethers.apex * scale / len(apex)
        held[0, base] += self.tethers.base * scale / len(base)
        return held

    def __call__(self, stretch: Array, volumes: Mapping[str, float], start: Array | None = None) -> Array:
        """Points (n, 3) in mm at one moment.

        Args:
            stretch: (m,), asked along the fibres of every cell, relative to the reference.
            volumes: mm3, asked of every cavity.
            start: points of a moment nearby; the reference when not given.

        Raises:
            NotAnalysable: the cells fold, the muscle changes its volume by more than 3 %, or fibres and cavities stay
                further than 10 % from what is asked.
        """
        first = self.mesh.points if start is None else start
        wanted = self._stretch_tensors(stretch, self._areas(stretch, volumes["lv"]))
        points = fixed_point(
            lambda at: self._step(at, stretch, wanted, volumes), first, self.tethers.tolerance, self.tethers.iterations
        )
        self._check(points, stretch, volumes)
        return points

    def _areas(self, stretch: Array, left_volume: float) -> Array:
        """(m,) area within the wall relative to the reference: the patch's at midwall, smaller inside it in systole."""
        area, ejected = stretch ** (1 + self.tethers.cross_fibre), self._rest - left_volume
        within, midwall = 1 - ejected / self._enclosed, 1 - ejected / self._midwall
        area[self._left] *= (within / midwall) ** (2 / 3)
        return np.asarray(area)

    def _stretch_tensors(self, stretch: Array, area: Array) -> Array:
        """Fibres and the wall's area change as asked, the thickness so that the volume stays; (m, 3, 3)."""
        across, thick = area / stretch, 1 / area
        f, n = self.fibres, self.normals
        along, through = (np.einsum("mi,mj->mij", axis, axis) for axis in (f, n))
        return np.asarray(
            across[:, None, None] * np.eye(3)
            + (stretch - across)[:, None, None] * along
            + (thick - across)[:, None, None] * through
        )

    def _step(self, points: Array, stretch: Array, wanted: Array, volumes: Mapping[str, float]) -> Array:
        wishes = self.tethers
        strength = np.array([wishes.shape, wishes.fibre, wishes.volume])
        reference = (self.mesh.cells, self.gradients, self.weights, self.fibres)
        load = kernels.project(points, *reference, stretch, wanted, strength)
        load += self._held * self.mesh.points
        changes = [(cavity.volume(points), cavity.gradient(points)) for cavity in self.cavities.values()]
        free, *pushes = self._solve(np.array([load, *(gradient for _, gradient in changes)]))
        gradients = np.array([gradient for _, gradient in changes])
        missing = [
            volumes[name] - volume - float(np.sum(gradient * (free - points)))
            for name, (volume, gradient) in zip(self.cavities, changes, strict=True)
        ]
        pressures = np.linalg.solve(np.einsum("anx,bnx->ab", gradients, np.array(pushes)), np.array(missing))
        return np.asarray(free + np.einsum("a,anx->nx", pressures, np.array(pushes)))

    def _solve(self, loads: Array) -> Array:
        """Places (k, n, 3) that balance loads (k, n, 3)."""
        k, n, _ = loads.shape
        in_plane, along = self._factors
        flat = in_plane.solve(loads[..., :2].transpose(1, 0, 2).reshape(n, 2 * k)).reshape(n, k, 2)
        upward = along.solve(loads[..., 2].T.copy())
        return np.concatenate([flat, upward[..., None]], axis=2).transpose(1, 0, 2)

    def _check(self, points: Array, stretch: Array, volumes: Mapping[str, float]) -> None:
        cells, share = self.mesh.cells, self.weights.sum(1) / self.weights.sum()
        least = float(kernels.least_jacobian(points, cells, self.gradients))
        change = kernels.volume_changes(points, cells, self.gradients, self.weights) - 1
        attained = kernels.fibre_stretches(points, cells, self.gradients, self.weights, self.fibres)
        muscle, fibres = (float(np.sum(np.abs(off) * share)) for off in (change, attained - stretch))
        blood = max(abs(cavity.volume(points) / volumes[name] - 1) for name, cavity in self.cavities.items())
        if not (least > 0 and muscle < LARGEST_VOLUME_CHANGE and fibres < LARGEST_MISFIT and blood < LARGEST_MISFIT):
            raise NotAnalysable(
                f"The moved heart has a smallest Jacobian of {least:.2g}; its muscle changes volume by {muscle:.1%}, "
                f"its fibres miss their length by {fibres:.1%} and its cavities their volume by {blood:.1%}.",
                f"No cell may fold, muscle keeps its volume to within {LARGEST_VOLUME_CHANGE:.0%}, fibres and cavities "
                f"come within {LARGEST_MISFIT:.0%} of what is asked.",
                "Bring the asked strains and cavity volumes closer to each other, or use a finer mesh.",
            )


def _cell_fibres(mesh: Mesh) -> Array:
    """(m, 3) unit axes: the first principal direction of the fibres at the corners, whose signs are free."""
    corners = np.asarray(mesh.fields["fibre"], np.float64)[mesh.cells]
    _, axes = np.linalg.eigh(np.einsum("mki,mkj->mij", corners, corners))
    return np.ascontiguousarray(axes[..., -1])


def _wall_normals(mesh: Mesh) -> Array:
    """(m, 3) unit normals of the layers; the template's cells run across the wall from corner 0 to corner 1."""
    corner = mesh.points[mesh.cells]
    around = corner[:, [2, 3, 6, 7]].mean(1) - corner[:, [0, 1, 4, 5]].mean(1)
    upward = corner[:, 4:].mean(1) - corner[:, :4].mean(1)
    normal = np.cross(around, upward)
    return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))


def _laplacian(mesh: Mesh, gradients: Array, weights: Array) -> csc_array:
    local = np.einsum("mq,mqai,mqbi->mab", weights, gradients, gradients)
    rows = np.repeat(mesh.cells, 8, axis=1).ravel()
    columns = np.tile(mesh.cells, (1, 8)).ravel()
    n = len(mesh.points)
    return csc_array(coo_array((local.ravel(), (rows, columns)), shape=(n, n)))


__all__ = ["LARGEST_MISFIT", "LARGEST_VOLUME_CHANGE", "Deformation", "Tethers"]
