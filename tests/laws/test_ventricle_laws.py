"""Laws of the biventricular template: rigid motion, additivity, harmonic coordinates, hearts drawn at random."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from marey.anatomy.ventricles import (
    COARSE,
    VentricleShape,
    cavity_volume,
    check_mesh,
    topology,
    ventricles,
    with_coordinates,
    with_fibres,
)
from marey.core import InvalidInput

ROWS = ("wall_thickness", "waves")


def drawn(random: np.random.Generator, share: float) -> VentricleShape:
    """A shape whose numbers reach that share of the way from the default to the ends of their ranges."""
    default = VentricleShape()
    found: dict[str, float] = {}
    for known in default.table():
        low, high = (known.value + share * (end - known.value) for end in (known.low, known.high))
        found[known.path] = float(random.uniform(low, high))
    found["rv_length"] = float(np.clip(found["rv_length"], 0.35 * found["lv_length"], 0.93 * found["lv_length"]))
    rows = {row: tuple(v for path, v in found.items() if path.startswith(row)) for row in ROWS}
    return default.but({**{path: v for path, v in found.items() if "." not in path}, **rows})


@pytest.mark.parametrize("seed", range(8))
def test_hearts_over_half_of_every_range_are_hearts(seed: int) -> None:
    shape, known = drawn(np.random.default_rng(seed), 0.5), topology(COARSE)
    mesh = ventricles(shape, COARSE)
    check_mesh(mesh)
    assert cavity_volume(mesh.points, known.cavities["lv"]) == pytest.approx(shape.lv_volume, rel=1e-6)
    assert cavity_volume(mesh.points, known.cavities["rv"]) == pytest.approx(shape.rv_volume, rel=1e-6)


def test_over_the_whole_range_a_heart_is_valid_or_refused() -> None:
    random, valid = np.random.default_rng(5), 0
    for _ in range(40):
        try:
            check_mesh(ventricles(drawn(random, 1.0), COARSE))
            valid += 1
        except InvalidInput as error:
            assert "folds the" in error.found or "No heart" in error.found  # noqa: PT017
    assert valid > 20


def test_cavity_volumes_are_invariant_under_rigid_motion_and_cubic_in_size() -> None:
    points, known = ventricles().points, topology()
    turn = Rotation.from_rotvec([0.3, -0.7, 0.2]).as_matrix()
    frames = np.stack([points, points @ turn.T + [500.0, -80.0, 33.0], 1.1 * points])
    for cavity in known.cavities.values():
        still, moved, grown = cavity_volume(frames, cavity)
        assert moved == pytest.approx(still, rel=1e-10)
        assert grown == pytest.approx(1.1**3 * still, rel=1e-12)


def test_the_volume_is_the_integral_of_a_uniform_strain() -> None:
    points, known = ventricles().points, topology()
    strain = np.diag([0.8, 0.9, 0.7])
    for cavity in known.cavities.values():
        squeezed = cavity_volume(points @ strain, cavity)
        assert squeezed == pytest.approx(0.8 * 0.9 * 0.7 * cavity_volume(points, cavity), rel=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_harmonic_coordinates_keep_to_their_ends(seed: int) -> None:
    known = topology(COARSE)
    mesh = with_coordinates(ventricles(drawn(np.random.default_rng(seed), 0.4), COARSE), known)
    for name in ("transmural", "apicobasal"):
        assert mesh.fields[name].min() > -0.02
        assert mesh.fields[name].max() < 1.02


def test_fibres_turn_with_the_heart_frame() -> None:
    known, mesh = topology(COARSE), ventricles(None, COARSE)
    turn = Rotation.from_rotvec([0.0, 0.0, 0.4]).as_matrix()
    still = np.asarray(with_fibres(mesh, known).fields["fibre"], float)
    turned = np.asarray(with_fibres(mesh.moved(mesh.points @ turn.T), known).fields["fibre"], float)
    inside = np.setdiff1d(np.arange(known.points), np.append(known.inner[0], known.outer[0]))
    assert np.abs(np.sum(turned * (still @ turn.T), axis=-1))[inside] == pytest.approx(1.0, abs=1e-6)
