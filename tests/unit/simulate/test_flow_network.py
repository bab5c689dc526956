import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marey.core import InvalidInput, MareyError, NotAnalysable, UnreadableFile
from marey.simulate.flow.network import Block, Network, Wave, check_periodic, periodic, read_svzerod, simulate
from marey.simulate.flow.network import _integrate as kernels
from marey.simulate.flow.network._system import System
from marey.simulate.flow.network.activation import ACTIVATIONS
from marey.simulate.flow.network.kinds import Clock
from marey.simulate.flow.network.network import Value

HEART = {
    "Tsa": 0.4,
    "tpwave": 9.0,
    "iml": 0.5,
    "imr": 0.8,
    "Erv_s": 2.1,
    "Elv_s": 3.1,
    "Lra_v": 2e-4,
    "Rra_v": 8e-3,
    "Lrv_a": 2e-4,
    "Rrv_a": 0.035,
    "Lla_v": 3e-4,
    "Rla_v": 5e-3,
    "Llv_a": 1e-4,
    "Rlv_ao": 0.034,
    "Vrv_u": 9.0,
    "Vlv_u": 5.0,
    "Rpd": 0.1,
    "Cp": 1.1,
    "Cpa": 0.55,
    "Kxp_ra": 9.0,
    "Kxv_ra": 0.005,
    "Kxp_la": 9.0,
    "Kxv_la": 0.008,
    "Emax_ra": 0.2,
    "Emax_la": 0.3,
    "Vaso_ra": 5.0,
    "Vaso_la": 9.0,
}
BELL = ("half_cosine", {"t_active": 0.1, "t_twitch": 0.4})


def wave(*values: float) -> Wave:
    return Wave(np.linspace(0, 1, len(values)), np.array(values))


def tube(kind: str = "BloodVessel", **values: Value) -> Network:
    blocks = (
        Block("in", "FLOW", {"Q": 5.0}),
        Block("tube", kind, values or {"R_poiseuille": 2.0}),
        Block("out", "RESISTANCE", {"R": 1.0, "Pd": 0.0}),
    )
    return Network(blocks, (("in", "tube"), ("tube", "out")), 1.0)


def between(block: Block) -> Network:
    ends = (
        Block("in", "PRESSURE", {"P": wave(9.0, 12.0, 9.0)}),
        block,
        Block("out", "RESISTANCE", {"R": 1.5, "Pd": 2.0}),
    )
    return Network(ends, (("in", block.name), (block.name, "out")), 1.0)


def outlet(kind: str, **values: Value) -> Network:
    return Network((Block("in", "FLOW", {"Q": 3.0}), Block("x", kind, values)), (("in", "x"),), 1.0)


def loop() -> Network:
    blocks = (
        Block("CLH", "ClosedLoopHeartAndPulmonary", HEART),
        Block("split", "NORMAL_JUNCTION"),
        Block("join", "NORMAL_JUNCTION"),
        Block("body", "ClosedLoopRCR", {"Rp": 0.1, "C": 0.2, "Rd": 1.3}),
        Block("left", "ClosedLoopCoronaryLeft", {"Ra": 9.0, "Ram": 15.0, "Rv": 33.0, "Ca": 5e-4, "Cim": 4e-3}),
    )
    return Network(
        blocks,
        (("CLH", "split"), ("split", "body"), ("split", "left"), ("body", "join"), ("left", "join"), ("join", "CLH")),
        1.0,
    )


NETWORKS: dict[str, Callable[[], Network]] = {
    "vessel": lambda: tube(R_poiseuille=2.0, C=0.3, L=0.2, stenosis_coefficient=0.7),
    "CRL": lambda: tube("BloodVesselCRL", R_poiseuille=2.0, C=0.3, L=0.2, stenosis_coefficient=0.7),
    "RC": lambda: tube("BloodVesselRC", Rpd=2.0, Cp=0.3),
    "tanh valve": lambda: between(Block("x", "ValveTanh", {"Rmin": 0.1, "Rmax": 50.0, "Steepness": 0.3})),
    "switching valve": lambda: between(Block("x", "PiecewiseValve", {"Rmin": 0.1, "Rmax": 50.0})),
    "chamber": lambda: between(
        Block(
            "x", "ChamberElastanceInductor", {"Emax": 2.0, "Emin": 0.1, "Vrd": 9.0, "Vrs": 5.0, "Impedance": 1e-3}, BELL
        )
    ),
    "atrium": lambda: between(
        Block(
            "x",
            "ChamberElastanceInductorExponential",
            {"Emax": 0.3, "Kxp": 9.0, "Kxv": 0.05, "Vaso": 4.0, "Impedance": 1e-3},
            BELL,
        )
    ),
    "linear chamber": lambda: between(
        Block("x", "LinearElastanceChamber", {"Emax": 2.0, "Epass": 0.1, "Vrest": 5.0}, BELL)
    ),
    "sphere": lambda: between(
        Block(
            "x",
            "ChamberSphere",
            {
                "rho": 1.0,
                "thick0": 1.0,
                "radius0": 2.0,
                "W1": 10.0,
                "W2": 0.4,
                "eta": 0.3,
                "sigma_max": 100.0,
                "alpha_max": 30.0,
                "alpha_min": -30.0,
                "tsys": 0.2,
                "tdias": 0.5,
                "steepness": 0.01,
            },
        )
    ),
    "RCR": lambda: outlet("RCR", Rp=1.0, C=0.4, Rd=9.0, Pd=2.0),
    "coronary": lambda: outlet("CORONARY", Ra1=1.0, Ra2=2.0, Rv1=3.0, Ca=0.1, Cc=0.2, Pim=wave(1.0, 5.0, 1.0), P_v=0.5),
    "varying coronary": lambda: outlet(
        "CORONARY_VAR_RES",
        Ra1=1.0,
        Ra2_min=2.0,
        Ra2_max=4.0,
        Rv1=3.0,
        Ca=0.1,
        Cc=0.2,
        Pim=1.0,
        P_v=0.5,
        T_vc=0.3,
        T_vr=0.2,
    ),
    "heart": loop,
    "branches": lambda: Network(
        (
            Block("in", "FLOW", {"Q": 5.0}),
            Block(
                "j",
                "BloodVesselJunction",
                {"R_poiseuille": [1.0, 2.0], "L": [0.1, 0.2], "stenosis_coefficient": [0.3, 0.4]},
            ),
            Block("a", "RESISTANCE", {"R": 1.0, "Pd": 0.0}),
            Block("b", "RESISTANCE", {"R": 3.0, "Pd": 1.0}),
        ),
        (("in", "j"), ("j", "a"), ("j", "b")),
        1.0,
    ),
}
NO_SLOPE = {"heart"}  # the wall pressure of the closed loop is taken from the last iterate


@pytest.mark.parametrize("name", NETWORKS)
def test_jacobian_is_the_derivative_of_the_residual(name: str) -> None:
    network = NETWORKS[name]()
    system = System(network)
    rng = np.random.default_rng(1)
    n, c = len(network.variables), 7.0
    y, d = rng.uniform(0.2, 1.0, n), rng.uniform(-1.0, 1.0, n)
    par, varying, courses = system._parameters(Clock(np.array([0.3, 0.35]), 1.0))
    par[varying] = courses[0]

    def residual(shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        r, M, shut = np.zeros(n), np.zeros((n, n)), np.zeros(n, np.bool_)
        kernels.evaluate(
            system.kinds,
            system.rows[:-1],
            system.var_at,
            system.var,
            system.par_at,
            par,
            c,
            y + shift,
            d + c * shift,
            r,
            M,
            shut,
        )
        return r, M

    M, h = residual(np.zeros(n))[1], 1e-6
    slope = np.stack([(residual(h * e)[0] - residual(-h * e)[0]) / (2 * h) for e in np.eye(n)], axis=1)
    if name in NO_SLOPE:
        missing = np.argwhere(np.abs(M - slope) > 1e-5)
        assert [network.variables[j] for _, j in missing] == ["P_LV:CLH"]
    else:
        np.testing.assert_allclose(M, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_runs_and_keeps_its_flows_balanced(name: str) -> None:
    network = NETWORKS[name]()
    course = simulate(
        network,
        3,
        200,
        initial={"V_LV:CLH": 90.0, "V_RV:CLH": 90.0, "V_LA:CLH": 40.0, "V_RA:CLH": 40.0} if name == "heart" else None,
        steady_start=name != "heart",
    )
    assert np.isfinite(course.values).all()
    for block in network.blocks:
        if "JUNCTION" in block.kind.upper():
            total = sum(course[f"flow:{a}:{b}"] for a, b in network.inlets(block.name)) - sum(
                course[f"flow:{a}:{b}"] for a, b in network.outlets(block.name)
            )
            assert np.abs(total).max() < 1e-9 * np.abs(course.values).max()


def test_a_closed_loop_keeps_its_blood() -> None:
    vessel = {"R_poiseuille": 1.0, "C": 0.8, "L": 0.01}
    blocks = (
        Block("LV", "LinearElastanceChamber", {"Emax": 2.5, "Epass": 0.1, "Vrest": 5.0}, BELL),
        Block("AV", "ValveTanh", {"Rmin": 0.01, "Rmax": 100.0, "Steepness": 5.0}),
        Block("art", "BloodVesselCRL", vessel),
        Block("j", "NORMAL_JUNCTION"),
        Block("ven", "BloodVesselCRL", {"R_poiseuille": 0.05, "C": 20.0, "L": 0.001}),
        Block("MV", "ValveTanh", {"Rmin": 0.01, "Rmax": 100.0, "Steepness": 5.0}),
    )
    ring = (("LV", "AV"), ("AV", "art"), ("art", "j"), ("j", "ven"), ("ven", "MV"), ("MV", "LV"))
    course = simulate(
        Network(blocks, ring, 1.0),
        10,
        400,
        steady_start=False,
        initial={"Vc:LV": 120.0, "pressure:AV:art": 80.0, "pressure:j:ven": 8.0},
        keep=10,
    )
    volume = course["Vc:LV"] + 0.8 * course["pressure:AV:art"] + 20.0 * course["pressure:j:ven"]
    assert np.ptp(course["Vc:LV"]) > 10
    assert np.ptp(volume) < 1e-10 * volume[0]


def test_periodic_stops_when_beats_agree_and_says_so_when_they_do_not() -> None:
    network = Network(
        (Block("in", "FLOW", {"Q": wave(0.0, 5.0, 0.0)}), Block("out", "RCR", {"Rp": 1.0, "C": 1.0, "Rd": 3.0})),
        (("in", "out"),),
        1.0,
    )
    course = periodic(network, 100, within=1e-8, steady_start=False)
    assert course.change <= 1e-8
    assert 30 < course.beats < 80  # exp(-n / 3) below 1e-8 from n = 56 on, a little earlier for the change
    check_periodic(course)
    with pytest.raises(NotAnalysable, match="not periodic after 3 beats"):
        periodic(network, 100, most=3, steady_start=False)
    with pytest.raises(NotAnalysable, match="After 2 beats"):
        check_periodic(simulate(network, 2, 100, steady_start=False))
    with pytest.raises(NotAnalysable):
        check_periodic(simulate(network, 1, 100))


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: Block("a", "Wormhole"), "Wormhole"),
        (lambda: Block("a", "RCR", {"Rp": 1.0, "C": 1.0, "Rd": 1.0, "Rx": 1.0}), "Rx"),
        (lambda: Block("a", "RCR", {"Rp": 1.0, "C": 1.0}), "Rd"),
        (lambda: Block("a", "RCR", {"Rp": -1.0, "C": 1.0, "Rd": 1.0}), "Rp"),
        (lambda: Block("a", "RCR", {"Rp": float("nan"), "C": 1.0, "Rd": 1.0}), "Rp"),
        (lambda: Block("a", "RCR", {"Rp": [1.0, 2.0], "C": 1.0, "Rd": 1.0}), "list"),
        (lambda: Block("a", "BloodVesselRC", {"Rpd": 0.0, "Cp": 1.0}), "Rpd"),
        (lambda: Block("a", "LinearElastanceChamber", {"Emax": 1.0, "Epass": 1.0, "Vrest": 0.0}), "no activation"),
        (lambda: Block("a", "LinearElastanceChamber", {"Emax": 1.0, "Epass": 1.0, "Vrest": 0.0}, ("sine", {})), "sine"),
        (
            lambda: Block(
                "a",
                "LinearElastanceChamber",
                {"Emax": 1.0, "Epass": 1.0, "Vrest": 0.0},
                ("half_cosine", {"t_active": 0.1}),
            ),
            "t_twitch",
        ),
        (lambda: Wave(np.array([0.0, 0.0]), np.ones(2)), "increase"),
        (lambda: Network(tube().blocks, (("in", "tube"),), 1.0), "outlets"),
        (lambda: Network(tube().blocks, (("in", "tube"), ("tube", "nowhere")), 1.0), "nowhere"),
        (lambda: Network((*tube().blocks, tube().blocks[0]), tube().connections, 1.0), "2 times"),
        (lambda: Network(tube().blocks, tube().connections, 0.0), "period"),
        (lambda: Network(between(tube().blocks[1]).blocks, (("in", "tube"), ("tube", "out")), 2.0), "period"),
        (lambda: outlet("ClosedLoopCoronaryLeft", Ra=1.0, Ram=1.0, Rv=1.0, Ca=1.0, Cim=1.0), "outlets"),
        (lambda: simulate(tube(), 0, 10), "0 beats"),
        (lambda: simulate(tube(), 1, 10, initial={"flow:x:y": 1.0}), "flow:x:y"),
    ],
)
def test_faults_are_refused(build: Callable[[], Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        build()


def test_two_flows_in_series_have_no_solution() -> None:
    blocks = (
        Block("in", "FLOW", {"Q": 5.0}),
        Block("tube", "BloodVessel", {"R_poiseuille": 1.0}),
        Block("out", "FLOW", {"Q": 5.0}),
    )
    with pytest.raises(NotAnalysable, match="no unique solution"):
        simulate(Network(blocks, (("in", "tube"), ("tube", "out")), 1.0), 1, 10)


def test_a_stalled_newton_iteration_is_told() -> None:
    valve = Block("x", "ValveTanh", {"Rmin": 0.0, "Rmax": 1e8, "Steepness": 1e6})
    with pytest.raises(NotAnalysable, match="stalled"):
        simulate(between(valve), 1, 4, tolerance=0.0)


def test_activations_lie_between_0_and_1_and_last_as_long_as_asked() -> None:
    phase = np.linspace(0, 1, 2001)[:-1]
    settings = {
        "half_cosine": {"t_active": 0.2, "t_twitch": 0.3},
        "piecewise_cosine": {
            "contract_start": 0.2,
            "relax_start": 0.3,
            "contract_duration": 0.1,
            "relax_duration": 0.2,
        },
        "wrapping_cosine": {"Tsa": 0.3, "tpwave": 2.0},
        "two_hill": {"t_shift": 0.2, "tau_1": 0.1, "tau_2": 0.2, "m1": 2.0, "m2": 20.0},
        "fourier": {},
    }
    for name, (activation, _) in ACTIVATIONS.items():
        a = activation(phase, 1.0, settings[name])
        assert a.min() >= 0, name
        assert a.max() == pytest.approx(1, abs=1e-3), name
        if "cosine" in name:
            assert 0.2 <= phase[a > 1e-9].min() < 0.202
            assert 0.498 < phase[a > 1e-9].max() <= 0.5


def case() -> dict[str, Any]:
    return {
        "simulation_parameters": {"number_of_cardiac_cycles": 2, "number_of_time_pts_per_cardiac_cycle": 11},
        "boundary_conditions": [
            {"bc_name": "IN", "bc_type": "FLOW", "bc_values": {"Q": [5.0, 5.0], "t": [0.0, 1.0]}},
            {"bc_name": "OUT", "bc_type": "RESISTANCE", "bc_values": {"R": 100.0, "Pd": 100.0}},
        ],
        "vessels": [
            {
                "vessel_id": 0,
                "vessel_name": "v",
                "vessel_length": 1.0,
                "boundary_conditions": {"inlet": "IN", "outlet": "OUT"},
                "zero_d_element_type": "BloodVessel",
                "zero_d_element_values": {"R_poiseuille": 100.0, "_comment_": "x"},
            },
        ],
    }


def test_input_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case()))
    course = read_svzerod(path).run()
    assert course["pressure:IN:v"][-1] == pytest.approx(1100, rel=1e-7)
    with pytest.raises(KeyError, match="no variable"):
        course["pressure:nowhere"]


def test_files_that_cannot_be_understood_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text("{")
    with pytest.raises(UnreadableFile):
        read_svzerod(path)
    path.write_text("[]")
    with pytest.raises(UnreadableFile):
        read_svzerod(path)

    def change(edit: Callable[[dict[str, Any]], object]) -> MareyError:
        content = case()
        edit(content)
        with pytest.raises(InvalidInput) as refusal:
            read_svzerod(content)
        return refusal.value

    assert "heart_rate" in str(change(lambda c: c.update(heart_rate=1)))
    assert "colour" in str(change(lambda c: c["vessels"][0].update(colour=1)))
    assert "middle" in str(change(lambda c: c["vessels"][0]["boundary_conditions"].update(middle="IN")))
    assert "Rx" in str(change(lambda c: c["vessels"][0]["zero_d_element_values"].update(Rx=1.0)))
    assert "bc_type" in str(change(lambda c: c["boundary_conditions"][0].pop("bc_type")))
    assert "simulation_parameters" in str(change(lambda c: c.pop("simulation_parameters")))
    assert "1.2" in str(change(lambda c: c["simulation_parameters"].update(cardiac_period=1.2)))
    assert "[9]" in str(
        change(
            lambda c: c.update(
                junctions=[{"junction_name": "J", "junction_type": "NORMAL_JUNCTION", "inlet_vessels": [9]}]
            )
        )
    )
    coupling = {"name": "e", "type": "FLOW", "location": "above", "connected_block": "v", "values": {"Q": 1.0}}
    assert "above" in str(change(lambda c: c.update(external_solver_coupling_blocks=[coupling])))
