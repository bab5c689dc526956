"""The biventricular template: volumes, thickness, topology, and the hearts it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from marey.anatomy.ventricles import (
    COARSE,
    FINE,
    MEDIUM,
    Resolution,
    VentricleShape,
    cavity_volume,
    check_mesh,
    mass,
    topology,
    ventricles,
    wall_volume,
)
from marey.anatomy.ventricles.check import boundary
from marey.core import InvalidInput, Mesh
from marey.core.units import g, mL

THICK_SEPTUM = (13.0, 22.0, 20.0, 9.0, 9.0, 9.0, 13.0, 22.0, 20.0, 9.0, 9.0, 9.0, 8.0, 14.0, 8.0, 8.0, 5.0)
HEARTS = {
    "healthy": VentricleShape(),
    "dilated": VentricleShape(
        lv_volume=280 * mL, lv_length=103, apical_shape=2.4, rv_volume=180 * mL, rv_length=85, septal_curvature=0.9
    ),
    "thick septum": VentricleShape(lv_volume=125 * mL, lv_length=88, rv_volume=140 * mL, wall_thickness=THICK_SEPTUM),
    "right overload": VentricleShape(
        lv_volume=110 * mL, lv_length=84, rv_volume=300 * mL, septal_curvature=0.0, rv_wall_thickness=6.0, rv_length=79
    ),
    "septum bowed": VentricleShape(lv_volume=100 * mL, lv_length=84, septal_curvature=-0.3, rv_volume=250 * mL),
    "waves": VentricleShape(waves=(0.05, -0.04, 0.03, 0.03, -0.03, 0.04)),
}


@pytest.mark.parametrize("resolution", [COARSE, MEDIUM, FINE])
@pytest.mark.parametrize("name", HEARTS)
def test_cavities_have_the_asked_volumes_and_the_mesh_is_a_heart(name: str, resolution: Resolution) -> None:
    shape, known = HEARTS[name], topology(resolution)
    mesh = ventricles(shape, resolution)
    check_mesh(mesh)
    assert cavity_volume(mesh.points, known.cavities["lv"]) == pytest.approx(shape.lv_volume, rel=1e-6)
    assert cavity_volume(mesh.points, known.cavities["rv"]) == pytest.approx(shape.rv_volume, rel=1e-6)


def test_a_healthy_heart_weighs_what_hearts_weigh() -> None:
    known, mesh = topology(), ventricles()
    assert 90 < mass(mesh, known.side == 0) / g < 150
    assert 25 < mass(mesh, known.side == 1) / g < 60
    assert wall_volume(mesh) * 1.05 == pytest.approx(mass(mesh))


@pytest.mark.parametrize("name", ["healthy", "dilated", "thick septum"])
def test_wall_thickness_in_the_middle_of_each_segment(name: str) -> None:
    shape, known = HEARTS[name], topology(FINE)
    points = ventricles(shape, FINE).points
    endo = points[known.inner[..., 0]]
    outside = np.where(known.open[..., None], points[known.inner[..., -1]], points[known.outer[..., -1]])
    dense = _densely(outside)
    angle = np.degrees(np.arctan2(-endo[..., 1], -endo[..., 0]))
    for number, wanted in enumerate(shape.wall_thickness[:12], start=1):
        middle = [90, 30, -30, -90, -150, 150][(number - 1) % 6]
        height = (5 / 6 if number <= 6 else 1 / 2) * shape.lv_length
        off = np.abs(np.angle(np.exp(1j * np.radians(angle - middle)))) * 30 + np.abs(endo[..., 2] - height)
        place = endo[np.unravel_index(off.argmin(), off.shape)]
        assert np.linalg.norm(dense - place, axis=-1).min() == pytest.approx(wanted, rel=0.06)


def _densely(sheet: np.ndarray) -> np.ndarray:
    ring = np.concatenate([sheet, sheet[:, :1]], axis=1)
    steps = np.linspace(0, 1, 6)
    rows = np.concatenate([ring[:-1] * (1 - s) + ring[1:] * s for s in steps])
    return np.concatenate([rows[:, :-1] * (1 - s) + rows[:, 1:] * s for s in steps])


def test_the_frame() -> None:
    points, known = ventricles().points, topology()
    assert points[known.inner[0, 0, 0]] == pytest.approx([0, 0, 0])
    assert points[known.inner[-1, :, 0], 2].mean() == pytest.approx(90, abs=1)
    right = points[np.unique(known.cells[known.side == 1])]
    assert right[:, 0].mean() < -30
    anterior = points[known.inner[-1, known.resolution.septal_sectors, 0]]
    assert anterior[1] < -15
    assert points[known.inner[-1, known.resolution.lateral_sector, 0], 0] > 15


@pytest.mark.parametrize("resolution", [COARSE, MEDIUM])
def test_surfaces_are_the_outward_boundary(resolution: Resolution) -> None:
    mesh = ventricles(None, resolution)
    outward = boundary(mesh.cells)
    first = {frozenset(face): tuple(face) for face in outward.tolist()}
    for quads in mesh.surfaces.values():
        for quad in quads.tolist():
            match = first[frozenset(quad)]
            turns = {match[i:] + match[:i] for i in range(4)}
            assert tuple(quad) in turns or len(set(quad)) == 3
    volume = sum(_enclosed(mesh.points, quads) for quads in mesh.surfaces.values())
    assert volume == pytest.approx(wall_volume(mesh), rel=1e-9)


def _enclosed(points: np.ndarray, quads: np.ndarray) -> float:
    a, b, c, d = (points[quads[:, corner]] for corner in range(4))
    triples = [(a, b, c), (a, c, d), (a, b, d), (b, c, d)]
    return sum(float(np.sum(p * np.cross(q, r))) for p, q, r in triples) / 12


@pytest.mark.parametrize("resolution", [COARSE, MEDIUM, FINE])
def test_columns_and_layers_name_every_point(resolution: Resolution) -> None:
    known = topology(resolution)
    assert known.points == known.cells.max() + 1 == len(np.unique(known.cells))
    chains = [known.free_columns, known.septal_columns, known.rv_columns]
    named = np.concatenate([chain.ravel() for chain in chains])
    assert len(np.unique(named)) == len(named) == known.points
    assert topology(resolution) is known


def test_correspondence_is_the_same_for_all_hearts() -> None:
    first, second = ventricles(HEARTS["dilated"], COARSE), ventricles(HEARTS["right overload"], COARSE)
    assert np.array_equal(first.cells, second.cells)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"lv_volume": 150.0}, "lv_volume"),
        ({"septal_curvature": -2.0}, "septal_curvature"),
        ({"wall_thickness": (8.0,) * 16}, "wall_thickness"),
        ({"wall_thickness": (8.0,) * 16 + (0.5,)}, "wall_thickness.17"),
        ({"wall_thickness": (8.0,) * 16 + (float("nan"),)}, "wall_thickness.17"),
        ({"waves": (0.0, 0.5, 0.0, 0.0, 0.0, 0.0)}, "waves.2"),
        ({"rv_length": 100.0}, "rv_length"),
    ],
)
def test_numbers_outside_their_range_are_refused_by_name(change: dict[str, object], name: str) -> None:
    with pytest.raises(InvalidInput, match=f"'{name}'"):
        VentricleShape().but(change)


def test_the_table_names_every_thickness() -> None:
    paths = [known.path for known in VentricleShape().table("lv.")]
    assert "lv.wall_thickness.17" in paths
    assert "lv.waves.6" in paths
    assert len(paths) == len(set(paths))


def test_a_wall_that_does_not_fit_is_refused_by_name() -> None:
    shape = VentricleShape(
        lv_volume=60 * mL, lv_length=50, rv_length=35, septal_curvature=-0.5, wall_thickness=(35.0,) * 17
    )
    with pytest.raises(InvalidInput, match="'wall_thickness'"):
        ventricles(shape, FINE)


def test_a_right_wall_that_does_not_fit_is_refused_by_name() -> None:
    shape = VentricleShape(lv_volume=60 * mL, lv_length=120, rv_volume=400 * mL, rv_length=40, rv_wall_thickness=12)
    with pytest.raises(InvalidInput, match="'rv_volume'"):
        ventricles(shape, FINE)


def test_no_template_from_wrong_numbers() -> None:
    with pytest.raises(InvalidInput, match="makes no template"):
        Resolution(septal_sectors=7)


def _coarse() -> Mesh:
    return ventricles(None, COARSE)


def test_a_flipped_cell_is_refused() -> None:
    mesh = _coarse()
    cells = mesh.cells.copy()
    cells[200] = cells[200][[4, 5, 6, 7, 0, 1, 2, 3]]
    with pytest.raises(InvalidInput, match="1 flipped"):
        check_mesh(replace(mesh, cells=cells))


def test_a_hole_is_refused() -> None:
    mesh = _coarse()
    with pytest.raises(InvalidInput, match="holes"):
        check_mesh(replace(mesh, cells=np.delete(mesh.cells, 150, axis=0)))


def test_tissue_in_pieces_is_refused() -> None:
    mesh = _coarse()
    twice = Mesh(
        np.concatenate([mesh.points, mesh.points + 300.0]),
        np.concatenate([mesh.cells, mesh.cells + len(mesh.points)]),
        surfaces={name: np.concatenate([quads, quads + len(mesh.points)]) for name, quads in mesh.surfaces.items()},
    )
    with pytest.raises(InvalidInput, match="2 pieces"):
        check_mesh(twice)


def test_a_face_of_three_cells_is_refused() -> None:
    mesh = _coarse()
    with pytest.raises(InvalidInput, match="more than two"):
        check_mesh(replace(mesh, cells=np.concatenate([mesh.cells, mesh.cells[200:202]])))


def test_other_cells_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Hexahedra"):
        check_mesh(Mesh(np.eye(4, 3), np.arange(4)[None]))
