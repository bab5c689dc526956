"""Coronary trees against closed forms and laws of conservation; the derivations are in flow.md."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marey.simulate.flow.coronary import CoronaryParameters, Lesion, Tree, ffr, perfuse, synthetic_tree

P = CoronaryParameters()


def one(radius: float = 1.5, length: float = 30.0, end: float | None = None, lesions: tuple[Lesion, ...] = ()) -> Tree:
    return Tree(
        np.array([-1]), np.array([length]), np.array([radius]), np.array([radius if end is None else end]), lesions
    )


def test_a_tube_obeys_poiseuille() -> None:
    flow = perfuse(one(), dilation=0.24)
    R = 8 * P.viscosity * 30.0 / (np.pi * 1.5**4)
    assert flow.flow[0] == pytest.approx(
        (P.aortic_pressure - P.venous_pressure) / (R + flow.outlet_resistance[0]), rel=1e-13
    )


def test_a_cone_is_the_limit_of_many_short_tubes() -> None:
    n = 2000
    r = 1.8 + (np.arange(n) + 0.5) / n * (0.9 - 1.8)
    R = (8 * P.viscosity * 30.0 / n / (np.pi * r**4)).sum()
    cone = perfuse(one(1.8, end=0.9))
    assert cone.inlet_pressure[0] - cone.outlet_pressure[0] == pytest.approx(R * cone.flow[0], rel=1e-6)


def test_one_stenosis_has_a_closed_form() -> None:
    """A Q + B Q^2 = Pa - Pv with A of tube, lesion and bed, B of the jet: the root of a quadratic."""
    lesion = Lesion(0, 0.5, 10.0, 0.6)
    flow = perfuse(one(lesions=(lesion,)), dilation=0.24)
    D0, Ds = 3.0, 3.0 * 0.4
    A0, As = np.pi * D0**2 / 4, np.pi * Ds**2 / 4
    tube = 8 * P.viscosity * 30.0 / (np.pi * 1.5**4)
    open_part = 8 * P.viscosity * 10.0 / (np.pi * 1.5**4)
    narrow = 128 * P.viscosity * (0.83 * 10.0 + 1.64 * Ds) / (np.pi * D0**4) * (A0 / As) ** 2 - open_part
    A, B = tube + narrow + flow.outlet_resistance[0], 1.52 * 1.06 / (2 * A0**2) * (A0 / As - 1) ** 2
    pressure = P.aortic_pressure - P.venous_pressure
    assert flow.flow[0] == pytest.approx((-A + np.sqrt(A**2 + 4 * B * pressure)) / (2 * B), rel=1e-12)


@given(st.integers(0, 10_000), st.sampled_from([1, 7, 63, 255]))
def test_flow_is_conserved_and_pressure_falls(seed: int, segments: int) -> None:
    tree = synthetic_tree(np.random.default_rng(seed), segments)
    flow = perfuse(tree, dilation=0.24)
    inside = np.zeros(segments)
    np.add.at(inside, tree.parent[tree.parent >= 0], flow.flow[tree.parent >= 0])
    inside[tree.leaves] = (flow.outlet_pressure - P.venous_pressure)[tree.leaves] / flow.outlet_resistance[tree.leaves]
    np.testing.assert_allclose(inside, flow.flow, rtol=1e-10)
    assert (flow.outlet_pressure < flow.inlet_pressure).all()
    assert flow.ratio.min() > P.venous_pressure / P.aortic_pressure


@given(st.integers(0, 10_000))
def test_a_tighter_stenosis_lowers_pressure_and_flow_behind_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    healthy = synthetic_tree(rng, 63)
    where = int(rng.integers(0, 7))
    length = 0.5 * float(healthy.length[where])
    ratios, flows = [], []
    for degree in (0.0, 0.2, 0.4, 0.6, 0.8, 0.95):
        tree = Tree(
            healthy.parent,
            healthy.length,
            healthy.inlet_radius,
            healthy.outlet_radius,
            (Lesion(where, 0.5, length, degree),),
        )
        flow = perfuse(tree, dilation=0.24)
        ratios.append(flow.ratio[where])
        flows.append(flow.flow[where])
    assert (np.diff(ratios) < 0).all()
    assert (np.diff(flows) < 0).all()


def test_a_healthy_tree_has_an_ffr_near_one() -> None:
    tree = synthetic_tree(np.random.default_rng(1))
    healthy = Tree(tree.parent, tree.length, tree.inlet_radius, tree.outlet_radius)
    large = healthy.inlet_radius > 0.75
    assert ffr(healthy)[large].min() > 0.9
    still = ffr(healthy, P.but(hyperaemia=1.0))
    assert still[large].min() > 0.97


def test_ffr_against_degree_falls_through_the_clinical_threshold() -> None:
    """Proximal lesion of 10 mm in a 3 mm artery: 0.80 lies between 50 and 70 % of the diameter."""
    values = [
        ffr(one(length=40.0, lesions=(Lesion(0, 0.5, 10.0, degree),)), P.but(mass=60e3))[0]
        for degree in (0.3, 0.5, 0.7)
    ]
    assert values[0] > 0.9
    assert values[1] > 0.8 > values[2]
