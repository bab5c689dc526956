"""Elements, loads and cavities: patch test, invariance, derivatives by finite differences, closed volumes."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from marey.core import InvalidInput, Mesh
from marey.simulate.elasticity import (
    Assembly,
    Body,
    Guccione,
    Load,
    NeoHookean,
    Solver,
    Springs,
    State,
    block,
    equilibrium,
    fibre_frames,
    filled,
    frames_of,
    held,
    helical_fibres,
    truncated_ellipsoid,
)
from marey.simulate.elasticity.cavity import Cavity

FloatArray = NDArray[np.float64]
RNG = np.random.default_rng


def straight(mesh: Mesh) -> FloatArray:
    return np.tile(np.eye(3), (len(mesh.cells), 8, 1, 1))


def shell(**settings: object) -> Assembly:
    mesh = truncated_ellipsoid((1, 4, 6))
    frames = fibre_frames(helical_fibres(mesh))
    return Assembly(Body(mesh, frames, bulk=50.0, **settings))  # type: ignore[arg-type]


def shaken(assembly: Assembly, size: float = 0.1) -> State:
    noise = size * RNG(1).standard_normal(assembly.reference.shape)
    tensions = RNG(2).standard_normal(len(assembly.cell_volumes))
    return State(assembly.reference + noise, np.full(len(assembly.cavities), 2.0), tensions)


def test_patch_test() -> None:
    """Any linear displacement of the boundary of a distorted mesh is a state of equilibrium of homogeneous tissue."""
    mesh = block((3, 3, 3), (3, 3, 3))
    inner = np.ones(len(mesh.points), np.bool_)
    for faces in mesh.surfaces.values():
        inner[np.unique(faces)] = False
    mesh = mesh.moved(mesh.points + 0.2 * RNG(3).standard_normal(mesh.points.shape) * inner[:, None])
    assembly = Assembly(Body(mesh, straight(mesh), fixed=np.tile(~inner[:, None], (1, 3))))
    stretched = mesh.points @ (np.eye(3) + 0.05 * RNG(4).standard_normal((3, 3)))
    start = State(np.where(inner[:, None], mesh.points, stretched), np.zeros(0), np.zeros(len(mesh.cells)))
    found, _ = equilibrium(assembly, start, Load(Guccione()), mesh.points, Solver(tolerance=1e-11))
    np.testing.assert_allclose(found.positions, stretched, atol=1e-9)


def test_rigid_motion_excites_nothing_and_turns_forces() -> None:
    assembly = shell()
    load = Load(Guccione())
    turn = Rotation.from_rotvec([0.4, -1.0, 2.0]).as_matrix()
    at_rest = assembly.at_rest()
    moved = State(at_rest.positions @ turn.T + [3, -2, 1], at_rest.pressures, at_rest.tensions)
    balance = assembly.balance(moved, load, at_rest.positions)
    assert balance is not None
    assert np.abs(balance.forces).max() < 1e-10
    state = shaken(assembly)
    turned = State(state.positions @ turn.T, state.pressures, state.tensions)
    first, second = assembly.balance(state, load, state.positions), assembly.balance(turned, load, state.positions)
    assert first is not None
    assert second is not None
    number = assembly.pattern.number
    np.testing.assert_allclose(second.forces[number], first.forces[number] @ turn.T, atol=1e-9 * first.scale)


@pytest.mark.parametrize("kind", ["tissue", "open pressure", "cavity", "springs"])
def test_stiffness_is_the_derivative_of_the_forces(kind: str) -> None:
    springs = (Springs("epicardium", normal=1.0, tangential=0.3, damping=20.0),) if kind == "springs" else ()
    assembly = shell(springs=springs, cavities=("endocardium",) if kind == "cavity" else ())
    load = Load(NeoHookean(), {"endocardium": 3.0} if kind == "open pressure" else {}, step=5.0)
    state, before = shaken(assembly), assembly.reference
    K = assembly.stiffness(state, load)
    number, h = assembly.pattern.number, 1e-5
    for node, axis in ((0, 2), (5, 0), (20, 1), (len(number) - 1, 2)):
        forces = []
        for sign in (1, -1):
            x = state.positions.copy()
            x[node, axis] += sign * h
            balance = assembly.balance(State(x, state.pressures, state.tensions), load, before)
            assert balance is not None
            # with the tensions as unknowns of their own, `mixed` lacks what the bulk modulus adds to the stiffness
            forces.append((balance.forces, balance.mixed, balance.swelling, balance.dilatation))
        mixed = (forces[0][1] - forces[1][1]) / (2 * h)
        dilatation = (forces[0][3] - forces[1][3]) / (2 * h)
        swelling = (forces[0][2] + forces[1][2]) / 2
        bulk = np.zeros(assembly.pattern.size)
        np.add.at(
            bulk,
            number[assembly.body.mesh.cells].reshape(len(dilatation), 24),
            50.0 * dilatation[:, None] * swelling,
        )
        column = K[:, [number[node, axis]]].toarray()[:, 0]
        np.testing.assert_allclose(column, mixed + bulk, atol=1e-5 * np.abs(column).max())


def test_cavity_of_a_box() -> None:
    """Five walls that look inwards and a lid enclose the box whatever the rim's plane."""
    outer = block((2, 3, 4), (2, 2, 2))
    walls = np.concatenate([outer.surfaces[name][:, ::-1] for name in ("x0", "x1", "y0", "y1", "z0")])
    mesh = Mesh(outer.points, outer.cells, surfaces={"inside": walls})
    cavity = Cavity(mesh, "inside")
    assert cavity.volume(mesh.points) == pytest.approx(24)
    assert cavity.volume(mesh.points + np.array([5, -3, 2])) == pytest.approx(24)
    raised = mesh.points * [1, 1, 1] + np.array([0, 0, 1.0]) * (mesh.points[:, 2:] == 4) * mesh.points[:, :1] / 2
    assert cavity.volume(raised) == pytest.approx(24 + 2 * 3 * 0.5)


def test_cavity_of_an_ellipsoid_and_its_gradient() -> None:
    mesh = truncated_ellipsoid((1, 24, 32))
    cavity, (a, c, z) = Cavity(mesh, "endocardium"), (7.0, 17.0, 5.0)
    exact = np.pi * a**2 * ((z + c) - (z**3 + c**3) / (3 * c**2))
    assert cavity.volume(mesh.points) == pytest.approx(exact, rel=0.015)
    gradient, h = cavity.gradient(mesh.points), 1e-5
    for node in (0, int(cavity.rim[3]), int(cavity.wall[40, 2])):
        for axis in range(3):
            step = np.zeros_like(mesh.points)
            step[node, axis] = h
            difference = (cavity.volume(mesh.points + step) - cavity.volume(mesh.points - step)) / (2 * h)
            assert gradient[node, axis] == pytest.approx(difference, abs=1e-5)


def test_frames_from_fields_ignore_the_sign_of_fibres() -> None:
    mesh = block((1, 1, 1), (2, 1, 1))
    signs = np.where(np.arange(len(mesh.points)) % 2, 1.0, -1.0)
    fibre = signs[:, None] * np.array([0.6, 0.8, 0.0])
    frames = frames_of(mesh.with_fields(fibre=fibre, sheet=np.tile([0.0, 0, 1], (len(fibre), 1))))
    np.testing.assert_allclose(np.abs(frames[..., 0] @ [0.6, 0.8, 0.0]), 1, atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(frames), 1)
    in_cells = Mesh(mesh.points, mesh.cells, cell_fields={"fibre": np.tile([0.0, 1, 0], (2, 1))})
    np.testing.assert_allclose(frames_of(in_cells)[..., 0], np.broadcast_to([0.0, 1, 0], (2, 8, 3)))


def test_bad_bodies_are_refused() -> None:
    mesh = block((1, 1, 1), (1, 1, 1))
    frames = straight(mesh)
    with pytest.raises(InvalidInput, match="inside out"):
        Assembly(Body(mesh.moved(mesh.points * [1, 1, -1]), frames))
    with pytest.raises(InvalidInput, match="no surface 'lid'"):
        Body(mesh, frames, cavities=("lid",))
    with pytest.raises(InvalidInput, match="no surface"):
        held(mesh, "lid")
    with pytest.raises(InvalidInput, match="frames"):
        Body(mesh, frames[:, :4])
    with pytest.raises(InvalidInput, match="bulk modulus"):
        Body(mesh, frames, bulk=1e9)
    with pytest.raises(InvalidInput, match="normal = -1"):
        Springs("x0", normal=-1)
    with pytest.raises(InvalidInput, match="no fibres"):
        frames_of(mesh)
    with pytest.raises(InvalidInput, match="no length"):
        fibre_frames(np.zeros((1, 3)))
    with pytest.raises(InvalidInput, match="A mesh of"):
        block((1, 1, 1), (0, 1, 1))


def test_surfaces_that_enclose_nothing_are_refused() -> None:
    mesh = block((1, 1, 1), (1, 1, 1))
    everything = np.concatenate(list(mesh.surfaces.values()))
    closed = Mesh(mesh.points, mesh.cells, surfaces={"skin": everything})
    with pytest.raises(InvalidInput, match="no opening"):
        Cavity(closed, "skin")
    tube = Mesh(mesh.points, mesh.cells, surfaces={"tube": np.concatenate([mesh.surfaces[s] for s in ("x0", "x1")])})
    with pytest.raises(InvalidInput, match="more than one opening"):
        Cavity(tube, "tube")


def test_filled_cavities_give_the_pressure_that_fills_them() -> None:
    assembly = shell(fixed=held(truncated_ellipsoid((1, 4, 6)), "base"), cavities=("endocardium",))
    rest = assembly.at_rest()
    inflated, _ = equilibrium(assembly, rest, Load(NeoHookean(), {"endocardium": 1.0}), rest.positions)
    volumes = assembly.volumes(inflated.positions)
    back, _ = equilibrium(assembly, rest, Load(NeoHookean(), chambers=filled(volumes)), rest.positions)
    assert back.pressures[0] == pytest.approx(1.0, rel=1e-4)
    np.testing.assert_allclose(back.positions, inflated.positions, atol=1e-4)
