"""Blood in a cavity: the potential flow that its moving walls and its valves' flows drive.

The velocity is the gradient of a potential with no sources (incompressible, without vortices), whose normal slope is
the wall's velocity on walls and carries the asked flow through each opening: the Neumann problem, by trilinear finite
elements. Vortices and jets beyond the openings are not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from scipy.sparse.linalg import cg

from marey.core.hexahedra import GAUSS, shape_functions, shape_slopes
from marey.scan.scene.spindle import Filling

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
EDGE = 8
FLAT, PRECISION = 1e-9, 1e-6
_AT = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
_G = _AT / np.sqrt(3)
_VALUES = np.prod(1 + _AT[None] * _G[:, None], axis=-1) / 4
_SLOPES = np.stack([_AT[None, :, 0] * (1 + _AT[None, :, 1] * _G[:, None, 1]) / 4,
                    _AT[None, :, 1] * (1 + _AT[None, :, 0] * _G[:, None, 0]) / 4], axis=-1)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Opening:
    """Where blood passes a cavity's boundary.

    Args:
        centre: (3,) mm.
        direction: (3,) unit; only the distance from the line along it counts.
        radius: mm.
        flow: mm3/ms out of the cavity.
        reach: mm along the line, to both sides, within which the boundary is open.
    """

    centre: FloatArray
    direction: FloatArray
    radius: float
    flow: float
    reach: float


def cavity_velocity(
    inside: Filling, places: FloatArray, speed: FloatArray, openings: Sequence[Opening], *, on_lid: bool
) -> FloatArray:
    """(node, 3) mm/ms of blood at a filling's nodes.

    Args:
        inside: how the cavity is filled.
        places: (node, 3) mm.
        speed: (node, 3) mm/ms of the boundary's nodes; what inner nodes have does not matter.
        openings: of the cavity.
        on_lid: whether all openings lie in the lid; if not, the first does and the others lie in the walls.
    """
    middle = places.mean(axis=0)
    walls, lid = (_Face(quads, places, speed, middle) for quads in (inside.walls, inside.lid))
    for number, opening in enumerate(openings):
        (lid if on_lid or number == 0 else walls).open(opening)
    # what is left of the balance of volumes goes through the first opening
    rest = -(walls.flux.sum() + lid.flux.sum())
    if openings:
        first = openings[0]
        lid.open(Opening(first.centre, first.direction, first.radius, rest, first.reach))
    else:
        lid.flux += rest * lid.size / lid.size.sum()
    load = walls.load(len(places)) + lid.load(len(places))
    return _gradient(inside.cells, places, load)


class _Face:
    """Flux through a part of the boundary at its points of quadrature (f, 4)."""

    def __init__(self, quads: IntArray, places: FloatArray, speed: FloatArray, middle: FloatArray) -> None:
        self.quads = quads
        corners = places[quads]
        along = np.einsum("gka,fki->agfi", _SLOPES, corners)
        area = np.cross(along[0], along[1]).transpose(1, 0, 2)
        self.at = np.einsum("gk,fki->fgi", _VALUES, corners)
        outward = 1.0 if np.sum(area * (self.at - middle)) > 0 else -1.0
        self.size = np.linalg.norm(area, axis=-1)
        self.flux = outward * np.einsum("gk,fki,fgi->fg", _VALUES, speed[quads], area)

    def open(self, opening: Opening) -> None:
        """Let the opening's flow through, blunt over its width; through everything where it misses the boundary."""
        away = self.at - opening.centre
        along = away @ opening.direction
        aside = np.linalg.norm(away - along[..., None] * opening.direction, axis=-1) / opening.radius
        share = self.size * np.maximum(1 - aside**EDGE, 0.0) * (np.abs(along) < opening.reach)
        if share.sum() <= 0:
            share = self.size
        self.flux += opening.flow * share / share.sum()

    def load(self, nodes: int) -> FloatArray:
        """(node,) integrals of flux times shape function."""
        return np.bincount(self.quads.ravel(), (self.flux @ _VALUES).ravel(), nodes).astype(np.float64)


def _gradient(cells: IntArray, places: FloatArray, load: FloatArray) -> FloatArray:
    """(node, 3) slope of the potential with a given load, a mean of the cells around each node."""
    slopes = shape_slopes(GAUSS)
    along = np.einsum("qka,mki->mqai", slopes, places[cells], optimize=True)
    cross = np.stack([np.cross(along[..., (a + 1) % 3, :], along[..., (a + 2) % 3, :]) for a in range(3)], axis=-2)
    volume = np.sum(along[..., 0, :] * cross[..., 0, :], axis=-1)
    solid = np.abs(volume) > FLAT
    inverse = cross / np.where(solid, volume, np.inf)[..., None, None]
    gradients = np.einsum("qka,mqai->mqki", slopes, inverse, optimize=True)
    size = np.abs(volume)
    stiffness = np.einsum("mqki,mqli,mq->mkl", gradients, gradients, size, optimize=True)
    rows, columns = np.repeat(cells, 8, axis=1).ravel(), np.tile(cells, 8).ravel()
    matrix = csr_matrix((stiffness.ravel(), (rows, columns)), (len(places), len(places)))
    diagonal = matrix.diagonal()
    potential, _ = cg(matrix, load - load.mean(), rtol=PRECISION, M=diags_array(1 / np.maximum(diagonal, 1e-12)))
    slope = np.einsum("mqki,mk->mqi", gradients, potential[cells], optimize=True)
    share = size[..., None] * shape_functions(GAUSS)
    total = np.einsum("mqk,mqi->mki", share, slope, optimize=True)
    weight = np.bincount(cells.ravel(), share.sum(axis=1).ravel(), len(places))
    summed = [np.bincount(cells.ravel(), total[..., axis].ravel(), len(places)) for axis in range(3)]
    velocity: FloatArray = np.stack(summed, axis=-1) / np.maximum(weight, 1e-12)[:, None]
    return velocity


__all__ = ["Opening", "cavity_velocity"]
