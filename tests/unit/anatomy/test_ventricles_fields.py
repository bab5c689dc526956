"""Coordinates, segments and fibres on the biventricular template."""

import numpy as np
import pytest

from marey.anatomy.aha17 import segment_at
from marey.anatomy.ventricles import (
    MEDIUM,
    FibreAngles,
    Resolution,
    VentricleShape,
    frames_within,
    topology,
    ventricles,
    with_coordinates,
    with_fibres,
)
from marey.anatomy.ventricles._laplace import Laplace, ends
from marey.anatomy.views import Level
from marey.core import InvalidInput, Mesh

KNOWN = topology(MEDIUM)
DEGREE = np.pi / 180


@pytest.fixture(scope="module")
def heart() -> Mesh:
    return with_fibres(with_coordinates(ventricles(), KNOWN), KNOWN)


def test_transmural_runs_from_each_endocardium(heart: Mesh) -> None:
    depth = heart.fields["transmural"]
    assert (depth[KNOWN.inner[..., 0]] == 0).all()
    assert (depth[KNOWN.free_columns[:, -1]] == 1).all()
    assert (depth[KNOWN.septal_columns[:, -1]] == 1).all()
    assert (depth[KNOWN.rv_columns[:, 0]] == 0).all()
    assert (depth[KNOWN.rv_columns[:, -1]] == 1).all()
    for columns in (KNOWN.free_columns, KNOWN.septal_columns, KNOWN.rv_columns):
        assert (np.diff(depth[columns], axis=1) > 0).all()


def test_apicobasal_grows_evenly_from_the_apex(heart: Mesh) -> None:
    height = heart.fields["apicobasal"]
    assert (height[KNOWN.inner[-1]] == 1).all()
    assert (height[KNOWN.inner[0]] == 0).all()
    lateral = height[KNOWN.inner[:, KNOWN.resolution.lateral_sector, 0]]
    points = heart.points[KNOWN.inner[:, KNOWN.resolution.lateral_sector, 0]]
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    assert (np.diff(lateral) > 0).all()
    assert lateral == pytest.approx(length / length[-1], abs=0.05)


def test_rotational_follows_the_insertions_and_goes_once_round(heart: Mesh) -> None:
    turn, septal = np.asarray(heart.fields["rotational"], float), KNOWN.resolution.septal_sectors
    base = KNOWN.inner[-1]
    assert turn[base[septal]] == pytest.approx(np.full(3, np.pi / 3), abs=1e-9)
    assert turn[base[0]] == pytest.approx(np.full(3, -np.pi / 3), abs=1e-9)
    assert turn[base[septal // 2]] == pytest.approx(np.zeros(3), abs=0.08)
    assert turn[base[KNOWN.resolution.lateral_sector]] == pytest.approx(np.full(3, np.pi))
    steps = np.diff(np.unwrap(turn[KNOWN.inner[-1, :, 0]]))
    assert (steps > 0).all()
    assert (np.diff(turn[KNOWN.outer[-1, : septal + 1, 0]]) > 0).all()


def test_coordinates_do_not_depend_on_a_turn_about_the_axis(heart: Mesh) -> None:
    c, s = np.cos(0.5), np.sin(0.5)
    turned = heart.moved(heart.points @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T)
    again = with_coordinates(turned, KNOWN)
    for name in ("transmural", "apicobasal", "rotational"):
        assert again.fields[name] == pytest.approx(heart.fields[name], abs=1e-6)


def test_side_tells_the_ventricles_apart(heart: Mesh) -> None:
    assert set(np.unique(heart.fields["side"])) == {0, 1}
    assert (heart.fields["side"][KNOWN.rv_columns] == 1).all()
    assert (heart.fields["side"][KNOWN.septal_columns] == 0).all()


def test_every_segment_has_cells_where_the_aha_wants_them(heart: Mesh) -> None:
    segment = heart.cell_fields["segment"]
    assert set(np.unique(segment)) == set(range(1, 19))
    assert ((segment == 18) == (KNOWN.side == 1)).all()
    middle = heart.points[heart.cells].mean(axis=1)
    angle = np.degrees(np.arctan2(-middle[:, 1], -middle[:, 0]))
    basal = (middle[:, 2] > 70) & (KNOWN.side == 0)
    away = np.abs((angle + 360) % 60 - 30) < 15
    for cell in np.flatnonzero(basal & away):
        assert segment[cell] == segment_at(Level.BASAL, float(angle[cell])).number
    assert middle[segment == 17, 2].max() < 12


def test_axes_are_orthonormal_and_right_handed(heart: Mesh) -> None:
    axes = np.stack([heart.fields[name] for name in ("fibre", "sheet", "normal")], axis=-1)
    assert np.einsum("nij,nik->njk", axes, axes) == pytest.approx(np.broadcast_to(np.eye(3), axes.shape), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(np.ones(len(axes)))


@pytest.mark.parametrize(("endo", "epi"), [(60.0, -60.0), (40.0, -50.0), (80.0, -30.0)])
def test_helix_angles_are_those_asked_for(endo: float, epi: float) -> None:
    level = ventricles(VentricleShape(base_tilt=0.0))
    mesh = with_fibres(level, KNOWN, FibreAngles(helix_endo=endo * DEGREE, helix_epi=epi * DEGREE))
    size = KNOWN.resolution
    sectors = np.arange(size.septal_sectors + 4, size.sectors - 3)
    helix = _helix(mesh, KNOWN.inner[8, sectors, 0])
    assert helix == pytest.approx(np.full(len(sectors), endo), abs=5)
    assert _helix(mesh, KNOWN.outer[8, sectors, -1]) == pytest.approx(np.full(len(sectors), epi), abs=5)
    septum = np.arange(4, size.septal_sectors - 3)
    assert _helix(mesh, KNOWN.inner[8, septum, -1]) == pytest.approx(np.full(len(septum), -endo), abs=6)


def _helix(mesh: Mesh, nodes: np.ndarray) -> np.ndarray:
    """Degrees of the fibre above the circumference, in the plane tangent to the wall."""
    fibre, out = mesh.fields["fibre"][nodes], mesh.points[nodes] * [1, 1, 0]
    around = np.cross([0, 0, 1], out)
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    along = np.sum(fibre * around, axis=1)
    up = np.sqrt(np.maximum(1 - along**2, 0)) * np.sign(fibre[:, 2] * along)
    angle: np.ndarray = np.degrees(np.arctan2(up, np.abs(along)))
    return angle


def test_the_helix_turns_steadily_through_the_free_wall(heart: Mesh) -> None:
    size = KNOWN.resolution
    chain = np.append(KNOWN.inner[8, size.lateral_sector], KNOWN.outer[8, size.lateral_sector, 1:])
    assert (np.diff(_helix(heart, chain)) < 0).all()


def test_angles_outside_their_range_are_refused() -> None:
    with pytest.raises(InvalidInput, match="'helix_endo'"):
        FibreAngles(helix_endo=60.0)


def test_insertions_that_are_not_symmetric_still_divide_the_septum() -> None:
    shape = VentricleShape(anterior_insertion=70 * DEGREE, inferior_insertion=50 * DEGREE)
    mesh = with_coordinates(ventricles(shape), KNOWN)
    base = KNOWN.inner[-1, :, 0]
    assert mesh.fields["rotational"][base[0]] == pytest.approx(-np.pi / 3)
    assert set(np.unique(mesh.cell_fields["segment"])) == set(range(1, 19))


def test_a_linear_field_is_harmonic() -> None:
    mesh = ventricles()
    laplace = Laplace(mesh.points, mesh.cells)
    surface = np.unique(np.concatenate([quads.ravel() for quads in mesh.surfaces.values()]))
    fixed = ends(KNOWN.points)
    fixed[surface] = mesh.points[surface] @ [0.3, -0.2, 0.9]
    assert laplace.solve(fixed) == pytest.approx(mesh.points @ [0.3, -0.2, 0.9], abs=1e-6)
    slope = laplace.gradient(mesh.points @ np.array([0.3, -0.2, 0.9]))
    assert slope == pytest.approx(np.broadcast_to([0.3, -0.2, 0.9], slope.shape), abs=1e-9)


def test_laplace_refuses_tissue_without_ends() -> None:
    points = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], float)
    cells = np.array([[0, 1, 3, 2, 4, 5, 7, 6], [8, 9, 11, 10, 12, 13, 15, 14]])
    laplace = Laplace(np.concatenate([points, points + 5]), cells)
    fixed = ends(16, (0.0, np.array([0, 1, 2, 3])), (1.0, np.array([4])))
    laplace.stiffness[1] = np.nan
    with pytest.raises(InvalidInput, match="could not be solved"):
        laplace.solve(fixed)


def test_frames_within_cells_are_those_of_the_points_at_their_corners(heart: Mesh) -> None:
    frames = frames_within(heart, KNOWN, np.eye(8))
    for column, name in enumerate(("fibre", "sheet", "normal")):
        expected = np.asarray(heart.fields[name], np.float64)[heart.cells]
        np.testing.assert_allclose(frames[..., column], expected, atol=1e-9)
    assert np.linalg.det(frames) == pytest.approx(np.ones(frames.shape[:2]))


def test_in_the_middle_of_a_wall_of_one_cell_fibres_are_those_of_a_wall_of_two() -> None:
    """Means of the two faces' directions would be steeper than either."""
    thin, thick = Resolution(6, 12, 2, 1, 6, 2), Resolution(6, 12, 2, 2, 6, 2)
    known, finer = topology(thin), topology(thick)
    mesh = with_coordinates(ventricles(resolution=thin), known)
    inside, outside = known.outer[4, 3]
    cell = int(np.flatnonzero((known.cells == inside).any(axis=1) & (known.cells == outside).any(axis=1))[0])
    halfway = np.isin(known.cells[cell], (inside, outside)) / 2
    found = frames_within(mesh, known, halfway[None])[cell, 0, :, 0]
    wanted = with_fibres(ventricles(resolution=thick), finer).fields["fibre"][int(finer.outer[4, 3, 1])]
    assert abs(found @ wanted) > np.cos(8 * DEGREE)
    steep = with_fibres(mesh, known).fields["fibre"]
    assert abs(found[2]) < 0.8 * min(abs(steep[inside][2]), abs(steep[outside][2]))
