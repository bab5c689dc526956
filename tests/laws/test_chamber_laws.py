"""Laws of the chambers: rigid motion, equal topology of all hearts, hearts drawn at random stay whole over a beat."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from marey.anatomy.chambers import (
    AtriaShape,
    InnerMuscles,
    anchors,
    attach,
    check_chambers,
    enclosed_volume,
    inner_muscles,
    valve_rings,
)
from marey.anatomy.ventricles import COARSE, VentricleShape, topology, ventricles
from marey.core import InvalidInput, Parameter

KNOWN = topology(COARSE)


def within(random: np.random.Generator, known: Parameter, share: float) -> float:
    low, high = (known.value + share * (end - known.value) for end in (known.low, known.high))
    return float(random.uniform(low, high))


def drawn(random: np.random.Generator, share: float) -> VentricleShape:
    """Clinical numbers that reach that share of the way from the default to the ends of their ranges."""
    default = VentricleShape()
    found = {known.path: within(random, known, share) for known in default.table() if "." not in known.path}
    found["rv_length"] = float(np.clip(found["rv_length"], 0.35 * found["lv_length"], 0.93 * found["lv_length"]))
    return default.but(found)


def beat(points: np.ndarray, share: float) -> np.ndarray:
    moved = points * np.array([1 - 0.18 * share, 1 - 0.18 * share, 1 - 0.15 * share])
    turn = Rotation.from_rotvec([0.03 * share, -0.02 * share, 0.12 * share]).as_matrix()
    return np.asarray(moved @ turn.T)


@pytest.mark.parametrize("seed", range(10))
def test_hearts_over_half_of_every_range_keep_whole_chambers_over_a_beat(seed: int) -> None:
    points, shape = ventricles(drawn(np.random.default_rng(seed), 0.5), COARSE).points, AtriaShape()
    fixed = anchors(shape, KNOWN, points)
    for share, growth in ((0.0, 1.0), (0.5, 1.4), (1.0, 1.8)):
        volumes = shape.left_volume * growth, shape.right_volume * growth
        found = attach(fixed, KNOWN, beat(points, share), *volumes)
        check_chambers(found)
        assert enclosed_volume(found.surfaces["left atrium"]) == pytest.approx(volumes[0], rel=1e-9)
        assert enclosed_volume(found.surfaces["right atrium"]) == pytest.approx(volumes[1], rel=1e-9)


def test_atria_and_vessels_over_a_third_of_their_range_are_whole_or_refused() -> None:
    random, points, whole = np.random.default_rng(4), ventricles(resolution=COARSE).points, 0
    default = AtriaShape()
    for _ in range(20):
        changed = {known.path: within(random, known, 1 / 3) for known in default.table()}
        try:
            anchors(default.but(changed), KNOWN, points)
            whole += 1
        except InvalidInput as error:
            assert "cut each other" in error.found  # noqa: PT017
    assert whole >= 15


def test_rings_and_muscles_follow_a_rigid_motion() -> None:
    points = ventricles(resolution=COARSE).points
    turn, shift = Rotation.from_rotvec([0.4, -0.2, 0.9]).as_matrix(), np.array([30.0, -12.0, 7.0])
    moved = points @ turn.T + shift
    for name, ring in valve_rings(KNOWN, points).items():
        later = valve_rings(KNOWN, moved)[name]
        assert later.points == pytest.approx(ring.points @ turn.T + shift, abs=1e-9)
        assert later.normal == pytest.approx(ring.normal @ turn.T, abs=1e-9)
        assert later.radius == pytest.approx(ring.radius)
    for name, muscle in inner_muscles(InnerMuscles(), KNOWN, points).items():
        ends = inner_muscles(InnerMuscles(), KNOWN, moved)[name].points[[0, -1]]
        assert ends == pytest.approx(muscle.points[[0, -1]] @ turn.T + shift, abs=1e-9)


def test_points_correspond_between_hearts() -> None:
    surfaces = []
    for shape in (VentricleShape(), drawn(np.random.default_rng(2), 0.4)):
        fixed = anchors(AtriaShape(), KNOWN, ventricles(shape, COARSE).points)
        surfaces.append(attach(fixed, KNOWN, ventricles(shape, COARSE).points, 38e3, 45e3).surfaces)
    assert list(surfaces[0]) == list(surfaces[1])
    for name, surface in surfaces[0].items():
        assert (surface.cells == surfaces[1][name].cells).all()
