"""Rule-based fibres, sheets and sheet normals.

Bayer, Blake, Plank and Trayanova, Ann Biomed Eng 2012, doi:10.1007/s10439-012-0593-5: three Laplace solutions give the
axes of each wall, the angles turn with depth, and quaternions join the walls.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from marey.anatomy.ventricles._laplace import Laplace, ends
from marey.anatomy.ventricles.topology import Topology
from marey.core import Mesh, Parameters, parameter
from marey.core.units import factor

FloatArray = NDArray[np.float64]
DEGREE = factor("deg")
BAYER = "Bayer et al. 2012, doi:10.1007/s10439-012-0593-5; range: histology and diffusion imaging, textbook"
HELIX = "textbook value (Streeter's +60 to -60 degrees)"


@dataclass(frozen=True)
class FibreAngles(Parameters):
    """Angles of fibres to the circumference, and of sheets to the way through the wall.

    Args:
        helix_endo, helix_epi: on the endocardium and epicardium; positive rises counter-clockwise seen from the base.
        sheet_endo, sheet_epi: turn of the sheets about the fibres.
    """

    helix_endo: float = parameter(60 * DEGREE, 0.0, 90 * DEGREE, "deg", HELIX)
    helix_epi: float = parameter(-60 * DEGREE, -90 * DEGREE, 0.0, "deg", HELIX)
    sheet_endo: float = parameter(-65 * DEGREE, -90 * DEGREE, 90 * DEGREE, "deg", BAYER)
    sheet_epi: float = parameter(25 * DEGREE, -90 * DEGREE, 90 * DEGREE, "deg", BAYER)


def with_fibres(mesh: Mesh, known: Topology, angles: FibreAngles | None = None) -> Mesh:
    """The mesh with point fields "fibre", "sheet" and "normal", (n, 3) each, orthonormal and right-handed.

    Args:
        mesh: of `ventricles`, at rest.
        known: its topology.
        angles: None for the usual ones.
    """
    matrix = _frames(_harmonic(mesh, known), angles or FibreAngles())
    return mesh.with_fields(fibre=matrix[..., 0], sheet=matrix[..., 1], normal=matrix[..., 2])


def frames_within(mesh: Mesh, known: Topology, weights: FloatArray, angles: FibreAngles | None = None) -> FloatArray:
    """Fibre, sheet and normal at places within the cells, as columns (m, g, 3, 3).

    The depth is interpolated, and the directions follow from it: where one cell spans a wall, directions between those
    of its two faces cannot be told from the directions alone.

    Args:
        mesh: of `ventricles`, at rest.
        known: its topology.
        weights: (g, 8) of a cell's corners, the shape functions at each place.
        angles: None for the usual ones.
    """
    within = np.einsum("gk,mkf->mgf", weights, _harmonic(mesh, known)[mesh.cells])
    frames = _frames(within.reshape(-1, within.shape[-1]), angles or FibreAngles())
    return np.ascontiguousarray(frames.reshape(*within.shape[:2], 3, 3))


def _harmonic(mesh: Mesh, known: Topology) -> FloatArray:
    """(n, 15): depths from the left and right endocardium and the epicardium, the way up, gradients of the depths."""
    laplace = Laplace(mesh.points, mesh.cells)
    depths = _depths(laplace, known)
    return np.column_stack([*depths, _upwards(laplace, known), *(laplace.gradient(depth) for depth in depths)])


def _frames(harmonic: FloatArray, angles: FibreAngles) -> FloatArray:
    """Fibre, sheet and normal as columns (n, 3, 3)."""
    left, right, outside = harmonic[:, :3].T
    up, *slope = (harmonic[:, start : start + 3] for start in (3, 6, 9, 12))
    share = right / np.maximum(left + right, 1e-12)
    helix, sheet = angles.helix_endo * (1 - 2 * share), angles.sheet_endo * (1 - 2 * share)
    septal = _join(
        _turn(_axes(up, -slope[0]), helix, sheet), _turn(_axes(up, slope[1]), helix, sheet), share
    )  # fmt: skip
    epicardial = _turn(
        _axes(up, slope[2]),
        angles.helix_endo * (1 - outside) + angles.helix_epi * outside,
        angles.sheet_endo * (1 - outside) + angles.sheet_epi * outside,
    )
    matrix = _join(septal, epicardial, outside).as_matrix()
    return np.stack([matrix[..., 0], matrix[..., 2], -matrix[..., 1]], axis=-1)


def _depths(laplace: Laplace, known: Topology) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Harmonic fields that are 1 on the left endocardium, the right one, the epicardium and 0 on the other two."""
    left = known.inner[..., 0]
    right = np.unique(known.surfaces["rv_endocardium"])
    outside = known.outer[..., -1]
    n = known.points
    one = laplace.solve(ends(n, (0.0, outside), (0.0, right), (1.0, left)))
    two = laplace.solve(ends(n, (0.0, outside), (1.0, right), (0.0, left)))
    return np.clip(one, 0, 1), np.clip(two, 0, 1), np.clip(1 - one - two, 0, 1)


def _upwards(laplace: Laplace, known: Topology) -> FloatArray:
    apex, base = np.append(known.inner[0], known.outer[0]), np.append(known.inner[-1], known.outer[-1])
    return laplace.gradient(laplace.solve(ends(known.points, (0.0, apex), (1.0, base))))


def _axes(up: FloatArray, through: FloatArray) -> FloatArray:
    """(n, 3, 3) whose columns are circumferential, longitudinal and transmural unit vectors."""
    long = _unit(up, np.array([0.0, 0.0, 1.0]))
    across = through - np.sum(through * long, axis=-1, keepdims=True) * long
    spare = np.cross(long, _unit(np.cross(long, [0.31, 0.82, 0.48]), np.array([1.0, 0.0, 0.0])))
    across = _unit(np.where(np.linalg.norm(across, axis=-1, keepdims=True) > 1e-9, across, spare), spare)
    return np.stack([np.cross(long, across), long, across], axis=-1)


def _unit(vectors: FloatArray, otherwise: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: FloatArray = np.where(length > 1e-12, vectors / np.maximum(length, 1e-12), otherwise)
    return unit


def _turn(axes: FloatArray, helix: FloatArray, sheet: FloatArray) -> Rotation:
    about_transmural = Rotation.from_rotvec(helix[:, None] * np.array([0.0, 0.0, 1.0]))
    about_fibre = Rotation.from_rotvec(-sheet[:, None] * np.array([1.0, 0.0, 0.0]))
    return Rotation.from_matrix(axes) * about_transmural * about_fibre


def _join(first: Rotation, second: Rotation, share: FloatArray) -> Rotation:
    """Spherical interpolation from the first to the second, with the first turned by half turns to lie nearest."""
    a, b = first.as_quat(), second.as_quat()
    x, y, z, w = a.T
    same = np.stack([a.T, [w, z, -y, -x], [-z, w, x, -y], [y, -x, w, -z]])  # a times 1, i, j, k
    likeness = np.einsum("cqn,nq->cn", same, b)
    best = np.abs(likeness).argmax(axis=0)
    row = np.arange(len(b))
    near = same[best, :, row] * np.where(likeness[best, row] < 0, -1.0, 1.0)[:, None]
    angle = np.arccos(np.clip(np.abs(likeness[best, row]), 0.0, 1.0))
    wide = np.maximum(np.sin(angle), 1e-9)
    from_first = np.where(angle < 1e-6, 1 - share, np.sin((1 - share) * angle) / wide)
    from_second = np.where(angle < 1e-6, share, np.sin(share * angle) / wide)
    return Rotation.from_quat(from_first[:, None] * near + from_second[:, None] * b)


__all__ = ["FibreAngles", "frames_within", "with_fibres"]
