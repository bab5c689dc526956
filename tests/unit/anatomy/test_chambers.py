"""Atria, great vessels, valves and inner muscles: volumes, closedness, how they move, what is refused."""

import numpy as np
import pytest

from marey.anatomy.chambers import (
    AtriaShape,
    Chambers,
    InnerMuscles,
    anchors,
    attach,
    check_chambers,
    check_surface,
    crossings,
    enclosed_volume,
    inner_muscles,
    valve_rings,
)
from marey.anatomy.chambers._kernels import pierces
from marey.anatomy.chambers.surfaces import ring_stack
from marey.anatomy.ventricles import COARSE, FINE, MEDIUM, Resolution, VentricleShape, topology, ventricles
from marey.core import InvalidInput, Mesh
from marey.core.units import mL, mm

KNOWN = topology(COARSE)
POINTS = ventricles(resolution=COARSE).points
SHAPE = AtriaShape()
FIXED = anchors(SHAPE, KNOWN, POINTS)
ATRIA_AND_ARTERIES = ("left atrium", "right atrium", "aorta", "pulmonary trunk")


def contracted(points: np.ndarray, share: float) -> np.ndarray:
    """Ventricles whose base has come down by 15 % of their length, twisted and narrower, times a share."""
    turn = 0.15 * share * points[:, 2] / 90
    middle = np.array([-20.0, 0.0])
    x, y = ((points[:, :2] - middle) * (1 - 0.18 * share) + middle).T
    moved = [
        x * np.cos(turn) - y * np.sin(turn),
        x * np.sin(turn) + y * np.cos(turn),
        points[:, 2] * (1 - 0.15 * share),
    ]
    return np.stack(moved, axis=-1)


def at_moment(share: float) -> Chambers:
    volumes = (SHAPE.left_volume * (1 + share), SHAPE.right_volume * (1 + 0.8 * share))
    return attach(FIXED, KNOWN, contracted(POINTS, share), *volumes)


@pytest.mark.parametrize("share", [0.0, 0.35, 0.7, 1.0])
def test_atria_hold_exactly_the_asked_volumes_and_nothing_cuts_anything(share: float) -> None:
    found = at_moment(share)
    assert enclosed_volume(found.surfaces["left atrium"]) == pytest.approx(SHAPE.left_volume * (1 + share), rel=1e-9)
    right = SHAPE.right_volume * (1 + 0.8 * share)
    assert enclosed_volume(found.surfaces["right atrium"]) == pytest.approx(right, rel=1e-9)
    check_chambers(found)


def test_the_base_lengthens_the_atria_while_roofs_and_far_ends_stay() -> None:
    rest, systole = at_moment(0.0), at_moment(1.0)
    for name, surface in rest.surfaces.items():
        far, later = surface.points[-1], systole.surfaces[name].points[-1]
        assert later == pytest.approx(far, abs=1e-9), name
        assert (surface.cells == systole.surfaces[name].cells).all()
    for name in ("mitral", "aortic", "tricuspid", "pulmonary"):
        descent = rest.valves[name].centre[2] - systole.valves[name].centre[2]
        assert descent == pytest.approx(0.15 * rest.valves[name].centre[2])


def test_atria_start_at_the_ring_and_arteries_at_theirs() -> None:
    found = at_moment(0.5)
    for name, valve in (("left atrium", "mitral"), ("right atrium", "tricuspid"), ("aorta", "aortic")):
        distance = np.linalg.norm(found.valves[valve].points[:, None] - found.surfaces[name].points[None], axis=-1).min(
            axis=1
        )
        assert distance.max() < 1e-9, name


def test_veins_begin_within_their_atrium_and_end_outside() -> None:
    found = at_moment(0.0)
    for name, surface in found.surfaces.items():
        if name in ATRIA_AND_ARTERIES:
            continue
        atrium = found.surfaces["left atrium" if "pulmonary" in name else "right atrium"]
        assert winding(atrium, surface.points[0]) == pytest.approx(1, abs=1e-6), name
        assert winding(atrium, surface.points[-1]) == pytest.approx(0, abs=1e-6), name


def winding(surface: Mesh, place: np.ndarray) -> float:
    """How often a surface winds around a place: its solid angle over 4 pi (van Oosterom and Strackee 1983)."""
    a, b, c = (surface.points[surface.cells[:, k]] - place for k in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=-1) for v in (a, b, c))
    triple = np.sum(a * np.cross(b, c), axis=-1)
    below = la * lb * lc + np.sum(a * b, -1) * lc + np.sum(b * c, -1) * la + np.sum(c * a, -1) * lb
    return float(np.arctan2(triple, below).sum() / (2 * np.pi))


def test_rings_lie_where_valves_lie() -> None:
    rings = valve_rings(KNOWN, POINTS)
    mitral, aortic, tricuspid, pulmonary = (rings[name] for name in ("mitral", "aortic", "tricuspid", "pulmonary"))
    assert tricuspid.centre[0] < aortic.centre[0] < mitral.centre[0]
    assert pulmonary.centre[1] < aortic.centre[1] < mitral.centre[1]
    assert 14 * mm < mitral.radius < 20 * mm
    assert 8 * mm < aortic.radius < 13 * mm
    assert 8 * mm < pulmonary.radius < 14 * mm
    assert 17 * mm < tricuspid.radius < 26 * mm
    for ring in rings.values():
        assert ring.normal[2] > 0.9
        assert np.linalg.norm(ring.normal) == pytest.approx(1)
        assert ring.centre == pytest.approx(ring.points.mean(axis=0), abs=0.5 * ring.radius)


@pytest.mark.parametrize("resolution", [COARSE, MEDIUM, FINE])
def test_rings_hardly_depend_on_the_resolution(resolution: Resolution) -> None:
    rings = valve_rings(topology(resolution), ventricles(resolution=resolution).points)
    for name, ring in valve_rings(topology(FINE), ventricles(resolution=FINE).points).items():
        assert rings[name].centre == pytest.approx(ring.centre, abs=2)
        assert rings[name].radius == pytest.approx(ring.radius, rel=0.08)


def test_papillary_muscles_keep_their_volume_shorten_and_stay_in_the_cavity() -> None:
    form = InnerMuscles()
    rest, systole = (inner_muscles(form, KNOWN, contracted(POINTS, share)) for share in (0.0, 1.0))
    names = {"anterolateral papillary muscle": form.anterolateral_volume,
             "posteromedial papillary muscle": form.posteromedial_volume,
             "moderator band": form.moderator_band_volume}  # fmt: skip
    assert set(rest) == set(names)
    middle = POINTS[KNOWN.inner[-1, :, 0]].mean(axis=0)
    for name, volume in names.items():
        for muscle in (rest[name], systole[name]):
            check_surface(muscle, name)
            assert enclosed_volume(muscle) == pytest.approx(volume, rel=1e-9)
        assert length(systole[name]) < 0.9 * length(rest[name])
    for name in ("anterolateral papillary muscle", "posteromedial papillary muscle"):
        root, tip = rest[name].points[[0, -1]]
        assert np.linalg.norm(tip - middle) < np.linalg.norm(root - middle)
        assert root[0] > 0
        assert root[1] * (-1 if "antero" in name else 1) > 0


def length(muscle: Mesh) -> float:
    return float(np.linalg.norm(muscle.points[-1] - muscle.points[0]))


def test_no_moderator_band_when_it_has_no_volume() -> None:
    assert "moderator band" not in inner_muscles(InnerMuscles(moderator_band_volume=0.0), KNOWN, POINTS)


def test_a_muscle_thicker_than_long_is_refused() -> None:
    small = ventricles(VentricleShape(lv_volume=35 * mL, lv_length=52, rv_length=40, rv_volume=40 * mL), COARSE).points
    with pytest.raises(InvalidInput, match="anterolateral papillary muscle"):
        inner_muscles(InnerMuscles(anterolateral_volume=12 * mL), KNOWN, small)


@pytest.mark.parametrize(("left", "right", "named"), [(3000, 45, "left atrium"), (38, 0.3, "right atrium")])
def test_volumes_that_do_not_fit_are_refused(left: float, right: float, named: str) -> None:
    with pytest.raises(InvalidInput, match=f"No {named}"):
        attach(FIXED, KNOWN, POINTS, left * mL, right * mL)


def test_a_valve_at_the_roof_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too near to its roof"):
        attach(FIXED, KNOWN, POINTS + np.array([0, 0, 45]), 38 * mL, 45 * mL)


def test_arteries_that_do_not_fit_beside_each_other_are_refused() -> None:
    small = ventricles(VentricleShape(lv_volume=40 * mL, lv_length=60, rv_length=45, rv_volume=40 * mL), COARSE).points
    shape = AtriaShape(ascending_aorta_radius=31.0, aortic_root_radius=31.0, pulmonary_trunk_radius=24.0)
    with pytest.raises(InvalidInput, match="cut each other"):
        anchors(shape, KNOWN, small)


def test_parameters_out_of_range_are_refused() -> None:
    with pytest.raises(InvalidInput, match="'left_volume'"):
        AtriaShape(left_volume=40.0)
    with pytest.raises(InvalidInput, match="'root'"):
        InnerMuscles(root=0.9)


def ball(radius: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0), count: int = 12) -> Mesh:
    turn, height = 2 * np.pi * np.arange(count) / count, np.linspace(-0.9, 0.9, count // 2)
    ring = np.sqrt(1 - height**2)[:, None]
    rings = np.stack(
        [ring * np.cos(turn), ring * np.sin(turn), np.broadcast_to(height[:, None], (len(height), count))], -1
    )
    middle, pole = np.array(centre), np.array([0, 0, radius])
    return ring_stack(radius * rings + middle, middle - pole, middle + pole)


def test_volume_of_a_ball_and_crossings_of_two() -> None:
    check_surface(ball(10), "ball")
    assert enclosed_volume(ball(10, count=120)) == pytest.approx(4 / 3 * np.pi * 1000, rel=6e-3)
    assert crossings(ball(10), ball(10, (30, 0, 0))) == 0
    assert crossings(ball(10), ball(3, (1, 0, 0))) == 0
    assert crossings(ball(10), ball(10, (7, 1, 2))) > 10


def test_surfaces_that_are_none_are_refused() -> None:
    whole = ball(10)
    with pytest.raises(InvalidInput, match="ball has holes"):
        check_surface(Mesh(whole.points, whole.cells[1:]), "ball")
    with pytest.raises(InvalidInput, match="inside out"):
        check_surface(Mesh(whole.points, whole.cells[:, ::-1].copy()), "ball")
    dented = whole.points.copy()
    dented[0] = [0, 0, 14]
    with pytest.raises(InvalidInput, match="cuts itself"):
        check_surface(whole.moved(dented), "ball")


def test_a_segment_pierces_a_triangle_or_not() -> None:
    triangle = np.array([[0.0, 0, 0], [2, 0, 0], [0, 2, 0]])
    assert pierces(np.array([0.5, 0.5, 1]), np.array([0.5, 0.5, -1]), triangle)
    assert not pierces(np.array([1.5, 1.5, 1]), np.array([1.5, 1.5, -1]), triangle)
    assert not pierces(np.array([0.5, 0.5, 2]), np.array([0.5, 0.5, 1]), triangle)
    assert not pierces(np.array([0.5, 0.5, 0]), np.array([0.7, 0.5, 0]), triangle)
