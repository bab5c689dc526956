"""The deformation obeys what it is asked for: volumes exactly, muscle's volume nearly, rest at rest."""

from functools import cache

import numpy as np
import pytest

from marey.anatomy.ventricles import COARSE, cavity_volume, topology, ventricles, with_coordinates, with_fibres
from marey.core import InvalidInput, Mesh, NotAnalysable
from marey.simulate.motion import Deformation, Tethers
from marey.simulate.motion import _kernels as kernels
from marey.simulate.motion.fixed_point import fixed_point

KNOWN = topology(COARSE)


@cache
def deformation() -> Deformation:
    mesh = with_fibres(with_coordinates(ventricles(None, COARSE), KNOWN), KNOWN)
    return Deformation(mesh)


def volumes(points: np.ndarray) -> dict[str, float]:
    return {name: float(cavity_volume(points, KNOWN.cavities[name])) for name in ("lv", "rv")}


def systole() -> np.ndarray:
    it = deformation()
    rest = volumes(it.mesh.points)
    points = it.mesh.points
    for part in (0.5, 1.0):
        asked = {"lv": rest["lv"] * (1 - 0.6 * part), "rv": rest["rv"] * (1 - 0.55 * part)}
        points = it(np.full(len(it.mesh.cells), 1 - 0.14 * part), asked, points)
    return points


def test_nothing_asked_nothing_moves() -> None:
    it = deformation()
    points = it(np.ones(len(it.mesh.cells)), volumes(it.mesh.points))
    assert np.abs(points - it.mesh.points).max() < 1e-6


def test_cavities_get_exactly_their_volumes_and_muscle_keeps_its_own() -> None:
    it, points = deformation(), systole()
    rest, now = volumes(it.mesh.points), volumes(points)
    assert now["lv"] == pytest.approx(0.4 * rest["lv"], rel=1e-3)
    assert now["rv"] == pytest.approx(0.45 * rest["rv"], rel=1e-3)
    change = kernels.volume_changes(points, it.mesh.cells, it.gradients, it.weights) - 1
    assert np.average(np.abs(change), weights=it.weights.sum(1)) < 0.015
    assert kernels.least_jacobian(points, it.mesh.cells, it.gradients) > 0.4


def test_systole_shows_what_fibres_do() -> None:
    """Wall thickening, descent of the base and a twist, counter-clockwise at the apex seen from there, are outcomes."""
    it, points = deformation(), systole()
    moved = points - it.mesh.points
    inner, outer = (
        KNOWN.inner[3, KNOWN.resolution.lateral_sector, 0],
        KNOWN.outer[3, KNOWN.resolution.lateral_sector, -1],
    )
    thick = [np.linalg.norm(p[inner] - p[outer]) for p in (it.mesh.points, points)]
    assert 1.25 < thick[1] / thick[0] < 1.8
    assert -16 < moved[KNOWN.cavities["lv"].rim, 2].mean() < -5

    def turn(level: int) -> float:
        ring = KNOWN.inner[level, :, 0]
        before, after = (p[ring, :2] - p[ring, :2].mean(axis=0) for p in (it.mesh.points, points))
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        return float(np.degrees(np.arctan2(cross.sum(), (before * after).sum())))

    # from the apex one looks along +z: counter-clockwise there is a negative turn about z
    assert -25 < turn(2) - turn(COARSE.levels) < -1


def test_stretch_follows_the_wish() -> None:
    it = deformation()
    points = systole()
    stretch = kernels.fibre_stretches(points, it.mesh.cells, it.gradients, it.weights, it.fibres)
    assert np.average(stretch, weights=it.weights.sum(1)) == pytest.approx(0.86, abs=0.02)


def test_wishes_that_contradict_each_other_are_refused() -> None:
    it = deformation()
    rest = volumes(it.mesh.points)
    with pytest.raises(NotAnalysable, match="fibres miss their length by"):
        it(np.full(len(it.mesh.cells), 0.7), {"lv": 2 * rest["lv"], "rv": 2 * rest["rv"]})


def test_tethers_know_their_ranges() -> None:
    with pytest.raises(InvalidInput, match="'volume' is -1"):
        Tethers(volume=-1.0)


def test_the_motion_does_not_depend_on_where_the_heart_lies() -> None:
    it = deformation()
    shift = np.array([30.0, -20.0, 11.0])
    there = Deformation(
        Mesh(it.mesh.points + shift, it.mesh.cells, it.mesh.fields, it.mesh.cell_fields, it.mesh.surfaces)
    )
    rest = volumes(it.mesh.points)
    asked = {"lv": 0.8 * rest["lv"], "rv": 0.8 * rest["rv"]}
    stretch = np.full(len(it.mesh.cells), 0.95)
    assert np.abs(there(stretch, asked) - shift - it(stretch, asked)).max() < 0.02


def test_acceleration_finds_the_fixed_point_of_a_slow_map() -> None:
    matrix = np.diag([0.99, 0.9, 0.5, -0.7])
    target = np.array([1.0, -2.0, 3.0, 0.5])
    calls = []

    def step(at: np.ndarray) -> np.ndarray:
        calls.append(1)
        return np.asarray(matrix @ (at - target) + target)

    found = fixed_point(step, np.zeros(4), 1e-9, 200)
    assert np.abs(found - target).max() < 1e-6
    assert len(calls) < 15
