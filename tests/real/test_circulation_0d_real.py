"""Lumped networks against the reference results that come with svZeroDSolver."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marey.core import InvalidInput
from marey.simulate.flow.network import Case, Course, read_svzerod

CASES = [
    "chamber_elastance_inductor",
    "chamber_sphere",
    "closedLoopHeart_singleVessel",
    "closedLoopHeart_singleVessel_decomposed",
    "closedLoopHeart_withCoronaries",
    "closed_loop_two_hill",
    "coupledBlock_closedLoopHeart_singleVessel",
    "piecewise_Chamber_and_Valve",
    "pulsatileFlow_CRL",
    "pulsatileFlow_CStenosis_steadyPressure",
    "pulsatileFlow_CStenosis_steadyPressure_definedPeriod",
    "pulsatileFlow_R_RCR",
    "pulsatileFlow_R_RCR_derivative",
    "pulsatileFlow_R_RCR_derivative_variable",
    "pulsatileFlow_R_RCR_mean",
    "pulsatileFlow_R_RCR_mean_derivative",
    "pulsatileFlow_R_RCR_mean_derivative_variable",
    "pulsatileFlow_R_RCR_mean_variable",
    "pulsatileFlow_R_RCR_variable",
    "pulsatileFlow_R_coronary",
    "pulsatileFlow_R_coronary_cycle_error",
    "pulsatileFlow_R_coronary_varres",
    "pulsatileFlow_bifurcationR_RCR_cycle_error",
    "steadyFlow_RC_R",
    "steadyFlow_RLC_R",
    "steadyFlow_RL_R",
    "steadyFlow_R_R",
    "steadyFlow_R_RCR",
    "steadyFlow_R_coronary",
    "steadyFlow_R_steadyPressure",
    "steadyFlow_bifurcationR_R1",
    "steadyFlow_bifurcationR_R1_blockNames",
    "steadyFlow_bifurcationR_R2",
    "steadyFlow_blood_vessel_junction",
    "steadyFlow_confluenceR_R",
    "steadyFlow_stenosis_R",
    "valve_tanh",
]
BEATS = {"pulsatileFlow_R_coronary_cycle_error": 31}  # 20 and the 11 that the reference solver added


def read(folder: Path, name: str) -> tuple[Case, dict[str, Any]]:
    content = json.loads((folder / f"{name}.json").read_text())
    variables = content.get("initial_condition", {})
    for stray in ("flow:Rpul_artery:J0b", "flow:Lpul_artery:J0b", "flow:pul_vein:J3"):
        variables.pop(stray, None)
    found = read_svzerod(content)
    return dataclasses.replace(found, beats=BEATS.get(name, found.beats)), content["simulation_parameters"]


def worst_error(run: Case, course: Course, reference: dict[str, np.ndarray], mean: bool) -> float:
    """Largest difference of any variable, relative to that variable's largest value."""

    def column(variable: str, derivative: bool) -> np.ndarray:
        values = (course.rates if derivative else course.values)[:, course.variables.index(variable)]
        return np.array([values.mean()]) if mean else values

    worst = 0.0
    for name in np.unique(reference["name"]):
        if name.startswith("valve_status"):
            continue
        rows = reference["name"] == name
        for key, values in reference.items():
            if key in {"name", "time"}:
                continue
            if key in {"y", "ydot"}:
                variable = str(name)
            else:
                ends = run.network.inlets(name) if key.endswith("in") else run.network.outlets(name)
                variable = f"{'flow' if 'flow' in key else 'pressure'}:{':'.join(ends[0])}"
            ours = column(variable, key == "ydot" or key.startswith("d_"))
            worst = max(worst, float(np.abs(ours - values[rows]).max() / max(np.abs(values[rows]).max(), 1e-9)))
    return worst


@pytest.mark.parametrize("name", CASES)
def test_reference_results_to_1e_5(data_dir: Path, name: str) -> None:
    folder = data_dir / "circulation_0d"
    run, settings = read(folder, name)
    stored = json.loads((folder / "results" / f"result_{name}.json").read_text())
    reference = {key: np.array(list(column.values())) for key, column in stored.items()}
    course = run.run(run.beats if settings.get("output_all_cycles", False) else 1)
    assert worst_error(run, course, reference, settings.get("output_mean_only", False)) < 1e-5


@pytest.mark.parametrize("name", ["closedLoopHeart_singleVessel_mistmatchPeriod", "pulsatileFlow_R_RCR_mismatchPeriod"])
def test_periods_that_differ_are_refused(data_dir: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="beats of"):
        read(data_dir / "circulation_0d", name)


def test_variables_that_do_not_exist_are_refused(data_dir: Path) -> None:
    path = data_dir / "circulation_0d" / "piecewise_Chamber_and_Valve.json"
    with pytest.raises(InvalidInput, match="flow:Lpul_artery:J0b"):
        read_svzerod(path).run()


def test_calibration_input_is_refused(data_dir: Path) -> None:
    with pytest.raises(InvalidInput, match="unknown key"):
        read_svzerod(data_dir / "circulation_0d" / "steadyFlow_calibration.json")


def test_negative_stenoses_of_a_calibration_are_refused(data_dir: Path) -> None:
    """Two of the calibrated patient models have stenosis coefficients below zero: no vessel gains pressure by flow."""
    for name in ("0080_0001", "0104_0001"):
        with pytest.raises(InvalidInput, match="stenosis_coefficient"):
            read_svzerod(data_dir / "circulation_0d" / "vmr" / "reference" / f"{name}_optimal_from_0d.json")


def test_a_calibrated_patient_model_reproduces_what_it_was_calibrated_to(data_dir: Path) -> None:
    folder = data_dir / "circulation_0d" / "vmr"
    course = read_svzerod(folder / "reference" / "0140_2001_optimal_from_0d.json").run()
    target = json.loads((folder / "input" / "0140_2001_calibrate_from_0d.json").read_text())["y"]
    assert len(target) == 160
    for name, values in target.items():
        ours = np.interp(np.linspace(0, 1, len(values)), np.linspace(0, 1, course.times.size), course[name])
        assert np.abs(ours - values).max() < 3e-3 * np.abs(values).max()
