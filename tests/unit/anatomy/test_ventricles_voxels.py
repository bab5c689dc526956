"""The template on voxels and points located in it."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from marey.anatomy.ventricles import (
    COARSE,
    MEDIUM,
    average,
    locate,
    sample,
    spread,
    topology,
    ventricles,
    voxelise,
    wall_volume,
    with_coordinates,
    with_fibres,
)
from marey.anatomy.ventricles.voxels import VoxelHeart
from marey.core import InvalidInput, Mesh

KNOWN = topology(MEDIUM)


@pytest.fixture(scope="module")
def heart() -> Mesh:
    return with_fibres(with_coordinates(ventricles(), KNOWN), KNOWN)


@pytest.fixture(scope="module")
def voxels(heart: Mesh) -> VoxelHeart:
    return voxelise(heart, 2.0)


def test_the_volume_is_the_wall(heart: Mesh, voxels: VoxelHeart) -> None:
    assert voxels.inside.sum() * 8.0 == pytest.approx(wall_volume(heart), rel=0.01)


def test_the_border_is_empty(voxels: VoxelHeart) -> None:
    inner = np.zeros_like(voxels.inside)
    inner[1:-1, 1:-1, 1:-1] = True
    assert not (voxels.inside & ~inner).any()


def test_weights_give_the_voxels_own_places(heart: Mesh, voxels: VoxelHeart) -> None:
    assert sample(voxels, heart.points) == pytest.approx(voxels.places, abs=1e-5)
    assert voxels.weights.sum(axis=1) == pytest.approx(np.ones(len(voxels.cell)))
    index = np.argwhere(voxels.inside)[0]
    assert voxels.places[0] == pytest.approx(voxels.origin + 2.0 * index[::-1])


def test_fields_are_what_they_say(voxels: VoxelHeart) -> None:
    fields = voxels.fields
    for name in ("fibre", "sheet", "normal"):
        assert np.linalg.norm(fields[name], axis=1) == pytest.approx(np.ones(len(voxels.cell)))
    assert set(np.unique(fields["segment"])) == set(range(1, 19))
    assert fields["segment"].dtype == np.int8
    assert ((fields["segment"] == 18) == (fields["side"] == 1)).all()
    assert 0 <= fields["transmural"].min() < 0.1
    assert 0.9 < fields["transmural"].max() <= 1
    places = voxels.places
    lateral = (places[:, 0] > 20) & (np.abs(places[:, 1]) < 3) & (places[:, 2] > 30)
    assert np.abs(fields["rotational"][lateral]).min() > 2.8


def test_smooth_voxel_values_come_back_to_the_points(heart: Mesh, voxels: VoxelHeart) -> None:
    error = average(voxels, voxels.places[:, 2], heart) - heart.points[:, 2]
    assert np.abs(error).mean() < 1.0
    assert average(voxels, np.full(len(voxels.cell), 7.0), heart) == pytest.approx(np.full(KNOWN.points, 7.0))


def test_spread_puts_values_on_the_grid(voxels: VoxelHeart) -> None:
    grid = spread(voxels, voxels.fields["fibre"])
    assert grid.shape == (*voxels.inside.shape, 3)
    assert np.array_equal(grid[voxels.inside], voxels.fields["fibre"])
    assert spread(voxels, voxels.fields["transmural"], np.nan)[0, 0, 0] != 0


@pytest.mark.parametrize("spacing", [0.0, -1.0, 1e3, float("nan")])
def test_a_spacing_outside_its_range_is_refused(heart: Mesh, spacing: float) -> None:
    with pytest.raises(InvalidInput, match="'spacing'"):
        voxelise(heart, spacing)


def test_a_mesh_between_the_voxels_is_refused() -> None:
    corners = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], float)
    tiny = Mesh(1.0 + 0.1 * corners, np.array([[0, 1, 3, 2, 4, 5, 7, 6]]))
    with pytest.raises(InvalidInput, match="finer"):
        voxelise(tiny, 5.0)


def test_values_for_another_mesh_are_refused(voxels: VoxelHeart) -> None:
    with pytest.raises(InvalidInput, match="points"):
        sample(voxels, np.zeros(3))


def test_locating_inside_agrees_with_voxels(heart: Mesh, voxels: VoxelHeart) -> None:
    some = slice(0, None, 37)
    place = locate(heart, voxels.places[some])
    assert place.distance.max() < 1e-6
    assert place.fields["transmural"] == pytest.approx(voxels.fields["transmural"][some], abs=1e-5)


def test_locating_outside_finds_the_nearest_place(heart: Mesh) -> None:
    fine = voxelise(heart, 1.0).places
    far = np.random.default_rng(2).uniform((-100, -60, -20), (60, 60, 110), (150, 3))
    known = cKDTree(fine).query(far)[0]
    place = locate(heart, far)
    reached = np.einsum("pk,pki->pi", place.weights, heart.points[heart.cells[place.cell]])
    assert np.linalg.norm(reached - far, axis=1) == pytest.approx(place.distance)
    assert (place.distance < known + 1e-6).all()
    assert (place.distance > known - 1.8).all()


def test_located_surface_points_have_their_coordinates(heart: Mesh) -> None:
    nodes = KNOWN.outer[5:, KNOWN.resolution.lateral_sector, -1]
    place = locate(heart, heart.points[nodes] + [4.0, 0.0, 0.0])
    assert place.fields["transmural"] == pytest.approx(np.ones(len(nodes)), abs=1e-6)
    assert place.distance == pytest.approx(np.full(len(nodes), 4.0), abs=0.6)


def test_points_that_are_no_points_are_refused(heart: Mesh) -> None:
    with pytest.raises(InvalidInput, match="shape"):
        locate(heart, np.zeros((3, 2)))


def test_the_coarse_template_fits_finite_elements() -> None:
    assert 3 * topology(COARSE).points == pytest.approx(1500, rel=0.15)
    assert 3 * KNOWN.points == pytest.approx(6000, rel=0.05)
