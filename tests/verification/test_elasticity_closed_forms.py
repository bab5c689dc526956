"""Finite elements against closed forms, order of convergence, energy balance; see elasticity.md."""

import numpy as np
import pytest
from numpy.typing import NDArray

from marey.simulate.elasticity import (
    Assembly,
    Body,
    Load,
    NeoHookean,
    Solver,
    State,
    block,
    equilibrium,
    fibre_frames,
    filled,
    follow,
    held,
    helical_fibres,
    truncated_ellipsoid,
)
from marey.simulate.elasticity._kernels import deformation
from marey.simulate.elasticity.invariants import isochoric_first_invariant

FloatArray = NDArray[np.float64]
INNER, OUTER, MU = 10.0, 20.0, 5.0


def quarter_tube(cells: int) -> Assembly:
    """A quarter of a thick tube in plane strain."""
    mesh = block((1, 1, 1), (cells, 2 * cells, 1))
    r, angle = INNER + (OUTER - INNER) * mesh.points[:, 0], mesh.points[:, 1] * np.pi / 2
    mesh = mesh.moved(np.stack([r * np.cos(angle), r * np.sin(angle), mesh.points[:, 2]], axis=1))
    fixed = held(mesh, "y0", "y") | held(mesh, "y1", "x")
    fixed[:, 2] = True
    frames = np.tile(np.eye(3), (len(mesh.cells), 8, 1, 1))
    return Assembly(Body(mesh, frames, bulk=1e6, fixed=fixed))


def pressure_of_tube(a: float) -> float:
    """Pressure that widens the incompressible neo-Hookean tube to the inner radius a, kPa."""
    c = a**2 - INNER**2
    b = np.sqrt(OUTER**2 + c)
    return float(MU * (np.log(OUTER / INNER) - np.log(b / a) - c / 2 * (1 / b**2 - 1 / a**2)))


def test_inflated_tube_converges_to_the_closed_form_with_second_order() -> None:
    wanted = 13.0
    p = pressure_of_tube(wanted)
    errors = []
    for cells in (2, 4, 8):
        assembly = quarter_tube(cells)
        state = follow(assembly, assembly.at_rest(), lambda f: Load(NeoHookean(mu=MU), {"x0": p * f}))
        errors.append(abs(float(state.positions[0, 0]) - wanted))
    order = np.log2(errors[0] / errors[2]) / 2
    assert errors[2] < 0.01
    assert 1.8 < order < 2.4


def energy(assembly: Assembly, state: State, mu: float) -> float:
    """Stored energy in uJ: isochoric neo-Hookean plus bulk/2 (theta - 1)^2."""
    _, E, _ = deformation(state.positions, assembly.body.mesh.cells, assembly.points.gradients)
    I1 = isochoric_first_invariant(E.reshape(-1, 6))[0]
    swelling = assembly.jacobians(state.positions) - 1
    volumetric = assembly.body.bulk / 2 * np.sum(swelling**2 * assembly.cell_volumes)
    return float(np.sum(mu / 2 * (I1 - 3) * assembly.points.weights.ravel()) + volumetric)


def test_work_of_the_blood_is_stored_in_the_wall() -> None:
    """Simpson's rule over the pressure-volume curve gives the energy to 1e-5; the base is free, the lid pulls at it."""
    mesh = truncated_ellipsoid((1, 6, 8))
    fixed = np.zeros(mesh.points.shape, np.bool_)
    fixed[0] = True  # the inner apex
    fixed[:2, :2] = True  # and the outer one on the axis
    fixed[2, 1] = True
    body = Body(mesh, fibre_frames(helical_fibres(mesh)), bulk=500.0, fixed=fixed, cavities=("endocardium",))
    assembly, law = Assembly(body), NeoHookean(mu=MU)
    state, solver = assembly.at_rest(), Solver(tolerance=1e-10)
    start = assembly.reference_volumes
    volumes = np.linspace(start[0], 1.3 * start[0], 9)
    pressures = [0.0]
    for volume in volumes[1:]:
        state, _ = equilibrium(assembly, state, Load(law, chambers=filled(np.array([volume]))), state.positions, solver)
        pressures.append(float(state.pressures[0]))
    simpson = np.array([1, 4, 2, 4, 2, 4, 2, 4, 1]) * (volumes[1] - volumes[0]) / 3
    assert float(simpson @ pressures) == pytest.approx(energy(assembly, state, MU), rel=1e-5)
