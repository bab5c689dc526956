"""Forms against closed ones, and the findings of a mesh whose numbers are known."""

import numpy as np
import pytest

from marey.anatomy.ventricles import MEDIUM, VentricleShape, topology, ventricles
from marey.core import Mesh
from marey.core.units import mL
from marey.measure.shape import LEFT, RIGHT, MeasureShape
from marey.measure.shape_forms import curvature, sphericity, wall_thickness
from marey.shape import FittedHeart, Misfit

KNOWN = topology(MEDIUM)


def _fitted(*shapes: VentricleShape, rv_seen: bool = True) -> FittedHeart:
    points = np.stack([ventricles(shape, MEDIUM).points for shape in shapes])
    mesh = Mesh(points[0], KNOWN.cells, surfaces=KNOWN.surfaces)
    times = np.linspace(0.0, 100.0, len(shapes))
    shifts = np.array([[3.0, 4.0], [np.nan, np.nan], [1.0, 0.0]])
    return FittedHeart(
        mesh, points, times, 0, np.eye(3), np.zeros(3), np.zeros((len(shapes), 1)), shifts,
        Misfit(0.5, 0.0), rv_seen=rv_seen,
    )  # fmt: skip


def test_sphericity_of_a_sphere_and_an_ellipsoid() -> None:
    assert sphericity(4 / 3 * np.pi * 30**3, 60.0) == pytest.approx(1.0)
    assert sphericity(4 / 3 * np.pi * 20 * 20 * 40, 80.0) == pytest.approx(0.25)


@pytest.mark.parametrize("radius", [15.0, 40.0])
def test_curvature_of_an_arc_and_its_sign(radius: float) -> None:
    angle = np.linspace(0.2, 1.7, 15)
    arc = radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1) + [5.0, -7.0]
    assert curvature(arc) == pytest.approx(1 / radius)
    assert curvature(arc[::-1]) == pytest.approx(-1 / radius)


def test_wall_thickness_between_two_half_spheres() -> None:
    points = np.zeros((KNOWN.points, 3))
    levels, sectors = KNOWN.inner.shape[:2]
    down = np.linspace(np.pi, np.pi / 2, levels)[:, None]
    turn = np.linspace(0, 2 * np.pi, sectors, endpoint=False)
    ball = np.stack([np.sin(down) * np.cos(turn), np.sin(down) * np.sin(turn), np.cos(down) + 0 * turn], axis=-1)
    for block, radii in ((KNOWN.outer, (35.0, 35.0)), (KNOWN.inner, (25.0, 35.0))):
        radius = np.linspace(*radii, block.shape[-1])
        points[block] = ball[:, :, None] * radius[:, None]
    np.testing.assert_allclose(wall_thickness(points, KNOWN), 10.0, atol=0.25)


def test_findings_are_those_of_the_mesh() -> None:
    late = VentricleShape(lv_volume=60 * mL, rv_volume=80 * mL, lv_length=80.0, rv_length=66.0)
    found = {one.key: one for one in MeasureShape()(_fitted(VentricleShape(), late))}
    assert set(found) == {*LEFT, *RIGHT}
    assert found["lv_edv_mesh"].value == pytest.approx(150.0)
    assert found["lv_ef_mesh"].value == pytest.approx(60.0)
    assert found["rv_ef_mesh"].value == pytest.approx(50.0)
    assert found["lv_length_ed"].value == pytest.approx(90.0, rel=0.01)
    assert found["lv_length_shortening"].value == pytest.approx(100 * (1 - 80 / 90), abs=0.3)
    assert found["slice_shift_max"].value == pytest.approx(5.0)


def test_a_flat_septum_is_less_curved_than_the_free_wall() -> None:
    ratios = []
    for bow in (1.0, 0.5, 0.0):
        found = MeasureShape()(_fitted(VentricleShape(septal_curvature=bow)))
        value = next(one.value for one in found if one.key == "septal_curvature_ratio_ed")
        assert isinstance(value, float)
        ratios.append(value)
    assert ratios[0] == pytest.approx(1.0, abs=0.1)
    assert ratios[0] > ratios[1] > ratios[2]


def test_what_was_not_seen_has_no_value() -> None:
    found = {one.key: one for one in MeasureShape()(_fitted(VentricleShape(), rv_seen=False))}
    assert all(found[key].value is None and "right ventricle" in found[key].message for key in RIGHT)
    assert found["lv_ef_mesh"].value is None
    assert "One phase" in found["lv_ef_mesh"].message
