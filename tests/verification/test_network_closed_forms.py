"""Lumped networks against closed forms; the derivations are in flow.md."""

import numpy as np
import pytest

from marey.simulate.flow.network import Block, Network, Wave, periodic, simulate


def chain(inlet: Block, tube: dict[str, float], outlet: Block, period: float = 1.0) -> Network:
    blocks = (inlet, Block("tube", "BloodVessel", tube), outlet)
    return Network(blocks, ((inlet.name, "tube"), ("tube", outlet.name)), period)


FLOW = Block("in", "FLOW", {"Q": 5.0})
DRAIN = Block("out", "RESISTANCE", {"R": 100.0, "Pd": 100.0})


@pytest.mark.parametrize(
    ("tube", "outlet", "inlet_pressure", "outlet_pressure"),
    [
        ({"R_poiseuille": 100.0}, DRAIN, 1100, 600),
        ({"R_poiseuille": 100.0, "C": 1e-4, "L": 1.0}, DRAIN, 1100, 600),
        ({"R_poiseuille": 100.0, "stenosis_coefficient": 100.0}, DRAIN, 3600, 600),
        ({"R_poiseuille": 100.0}, Block("out", "RCR", {"Rp": 1000.0, "C": 1e-4, "Rd": 1000.0}), 10500, 10000),
        (
            {"R_poiseuille": 100.0},
            Block(
                "out",
                "CORONARY",
                {"Ra1": 100.0, "Ra2": 100.0, "Rv1": 100.0, "Ca": 1e-4, "Cc": 1e-4, "Pim": 1000.0, "P_v": 0.0},
            ),
            2000,
            1500,
        ),
    ],
)
def test_steady_states(tube: dict[str, float], outlet: Block, inlet_pressure: float, outlet_pressure: float) -> None:
    course = simulate(chain(FLOW, tube, outlet), 30, 100)
    np.testing.assert_allclose(course["pressure:in:tube"], inlet_pressure, rtol=1e-7)
    np.testing.assert_allclose(course["pressure:tube:out"], outlet_pressure, rtol=1e-7)


def test_equal_branches_share_the_flow() -> None:
    names = ("root", "left", "right")
    blocks = (
        FLOW, *(Block(name, "BloodVessel", {"R_poiseuille": 100.0}) for name in names), Block("j", "NORMAL_JUNCTION"),
        *(Block(f"out {name}", "RESISTANCE", {"R": 100.0, "Pd": 100.0}) for name in names[1:]),
    )  # fmt: skip
    joins = (("in", "root"), ("root", "j"), ("j", "left"), ("j", "right"), ("left", "out left"), ("right", "out right"))
    course = simulate(Network(blocks, joins, 1.0), 10, 10)
    for name, expected in (
        ("flow:left:out left", 2.5),
        ("pressure:left:out left", 350),
        ("pressure:j:left", 600),
        ("pressure:in:root", 1100),
    ):
        np.testing.assert_allclose(course[name], expected, rtol=1e-7)


def test_windkessel_impedance_and_order_of_the_integrator() -> None:
    """Z = R1 + R2 / (1 + i w R2 C); the error of the first harmonic falls with the square of the step."""
    Rp, C, Rd = 1.0, 0.5, 4.0
    errors = []
    for steps in (50, 100, 200):
        times = np.linspace(0, 1, 20 * steps + 1)
        flow = Block("in", "FLOW", {"Q": Wave(times, 3 + np.cos(2 * np.pi * times))})
        network = Network((flow, Block("out", "RCR", {"Rp": Rp, "C": C, "Rd": Rd})), (("in", "out"),), 1.0)
        course = periodic(network, steps, within=1e-12)
        harmonic = np.fft.rfft(course["pressure:in:out"][:-1])[:2] / np.fft.rfft(course["flow:in:out"][:-1])[:2]
        assert harmonic[0].real == pytest.approx(Rp + Rd, rel=1e-4)
        errors.append(abs(harmonic[1] - (Rp + Rd / (1 + 2j * np.pi * Rd * C))))
    order = np.log2(np.array(errors[:-1]) / errors[1:])
    assert errors[-1] < 1e-4
    np.testing.assert_allclose(order, 2, atol=0.15)


def test_a_windkessel_empties_exponentially() -> None:
    """P = P0 exp(-t / (R C)) without inflow."""
    R, C, P0 = 2.0, 0.7, 100.0
    network = Network(
        (Block("in", "FLOW", {"Q": 0.0}), Block("out", "RCR", {"Rp": 0.0, "C": C, "Rd": R})), (("in", "out"),), 1.0
    )
    course = simulate(
        network, 3, 1000, steady_start=False, initial={"pressure_c:out": P0, "pressure:in:out": P0}, keep=3
    )
    late = course.times > 0.1  # the integrator starts from rest: its first steps carry that
    decay = course["pressure_c:out"][late] / course["pressure_c:out"][late][0]
    np.testing.assert_allclose(decay, np.exp(-(course.times[late] - course.times[late][0]) / (R * C)), rtol=1e-5)


def test_pulsatile_stenosis_before_a_capacitor() -> None:
    """Q = sin t through S = 1 onto a fixed pressure 0.1: P = |sin t| sin t + 0.1."""
    period = 2 * np.pi
    times = np.linspace(0, period, 4001)
    inlet = Block("in", "FLOW", {"Q": Wave(times, np.sin(times))})
    network = chain(
        inlet, {"R_poiseuille": 0.0, "stenosis_coefficient": 1.0}, Block("out", "PRESSURE", {"P": 0.1}), period
    )
    course = simulate(network, 5, 2000)
    np.testing.assert_allclose(
        course["pressure:in:tube"], np.abs(np.sin(course.times)) * np.sin(course.times) + 0.1, atol=2e-5
    )
