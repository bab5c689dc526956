"""Networks from the JSON input files of svZeroDSolver.

Format: https://simvascular.github.io/documentation/rom_simulation.html#0d-solver. Everything in a file is understood or
refused; names that begin with an underscore are comments.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from marey.core.errors import InvalidInput, UnreadableFile
from marey.simulate.flow.network.network import Block, Network, Wave
from marey.simulate.flow.network.solve import Course, simulate

Json = Mapping[str, Any]
Joins = list[tuple[str, str]]

OUTPUT_ONLY = {"output_variable_based", "output_interval", "output_mean_only", "output_derivative",
               "output_all_cycles", "density", "viscosity", "model_name", "maximum_nonlinear_iterations"}  # fmt: skip
SECTIONS = {
    "description": set(), "initial_condition": set(),
    "simulation_parameters": {"number_of_cardiac_cycles", "number_of_time_pts_per_cardiac_cycle", "steady_initial",
                              "rho_infty", "absolute_tolerance", "cardiac_period", "use_cycle_to_cycle_error",
                              "sim_cycle_to_cycle_percent_error"} | OUTPUT_ONLY,
    "boundary_conditions": {"bc_name", "bc_type", "bc_values"},
    "vessels": {"vessel_name", "vessel_id", "vessel_length", "zero_d_element_type", "zero_d_element_values",
                "boundary_conditions"},
    "junctions": {"junction_name", "junction_type", "junction_values", "inlet_vessels", "outlet_vessels",
                  "inlet_blocks", "outlet_blocks", "areas"},
    "valves": {"name", "type", "params"},
    "chambers": {"name", "type", "values", "activation_function"},
    "closed_loop_blocks": {"closed_loop_type", "cardiac_cycle_period", "parameters", "outlet_blocks"},
    "external_solver_coupling_blocks": {"name", "type", "location", "connected_block", "values", "periodic"},
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Case:
    """An input file: the network and how it is to be run.

    Args:
        network: blocks and connections.
        beats, steps, rho, tolerance, steady_start, initial: as in `simulate`.
    """

    network: Network
    beats: int
    steps: int
    rho: float
    tolerance: float
    steady_start: bool
    initial: dict[str, float]

    def run(self, keep: int = 1) -> Course:
        """Simulate as the file says; returns the last `keep` beats."""
        return simulate(self.network, self.beats, self.steps, rho=self.rho, tolerance=self.tolerance,
                        steady_start=self.steady_start, initial=self.initial, keep=keep)  # fmt: skip


def read_svzerod(source: Path | Json) -> Case:
    """Read an input file, or what was parsed from one.

    Raises:
        UnreadableFile: it is missing or is not JSON.
        InvalidInput: a block, key or value that is not known, missing or out of range.
    """
    content = _parsed(source) if isinstance(source, Path) else source
    _known(content, set(SECTIONS), "The file")
    for section in SECTIONS.keys() - {"description", "initial_condition"}:
        for entry in _entries(content, section):
            _known(entry, SECTIONS[section], f"A part of '{section}'")
    blocks, joins = _blocks(content)
    settings = _get(content, "simulation_parameters", "The file")
    period = _period(content, settings, blocks)
    network = Network(tuple(blocks), tuple(joins), period)
    points = int(_get(settings, "number_of_time_pts_per_cardiac_cycle", "The simulation"))
    beats = _beats(settings, blocks, period)
    initial = {k: float(v) for k, v in content.get("initial_condition", {}).items() if not k.startswith("_")}
    steady = bool(settings.get("steady_initial", True))
    rho, tolerance = float(settings.get("rho_infty", 0.5)), float(settings.get("absolute_tolerance", 1e-8))
    return Case(network, beats, points - 1, rho, tolerance, steady, initial)


def _parsed(path: Path) -> Json:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFile(
            f"'{path.name}' cannot be read: {error}.",
            "A JSON file in svZeroDSolver's format is needed.",
            "Check the path and the file.",
        ) from error
    if not isinstance(content, dict):
        raise UnreadableFile(
            f"'{path.name}' holds no JSON object.", "An svZeroDSolver input is one object.", "Check the file."
        )
    return content


def _known(entry: Json, names: set[str], what: str) -> None:
    for key in entry:
        if key not in names and not key.startswith("_"):
            raise InvalidInput(
                f"{what} has the unknown key '{key}'.",
                f"Known are {', '.join(sorted(names))}.",
                "Correct or remove it.",
            )


def _get(entry: Json, key: str, what: str) -> Any:
    if key not in entry:
        raise InvalidInput(f"{what} has no '{key}'.", "It is needed to build the network.", "Add it to the file.")
    return entry[key]


def _entries(content: Json, section: str) -> list[Json]:
    found = content.get(section, [])
    return [found] if isinstance(found, Mapping) else list(found)


def _block(name: str, kind: str, values: Json, leave_out: Iterable[str] = (), activation: Json | None = None) -> Block:
    """A block from its JSON; a list with 't' beside it is a periodic input, one of equal numbers a constant."""
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key.startswith("_") or key in leave_out or key == "t":
            continue
        varies = isinstance(value, list) and "t" in values
        if varies and len(value) == 1:
            kept[key] = value[0]
        elif varies:
            kept[key] = Wave(np.asarray(values["t"], np.float64), np.asarray(value, np.float64))
        else:
            kept[key] = value
    if activation is None:
        return Block(name, kind, kept)
    numbers = {k: float(v) for k, v in activation.items() if k != "type" and not k.startswith("_")}
    return Block(name, kind, kept, (str(_get(activation, "type", f"The activation of '{name}'")), numbers))


def _blocks(content: Json) -> tuple[list[Block], Joins]:
    joins: Joins = []
    blocks = [
        *_vessels(content, joins), *_couplings(content, joins), *_boundaries(content), *_junctions(content, joins),
        *_hearts(content, joins), *_valves(content, joins), *_chambers(content),
    ]  # fmt: skip
    return blocks, joins


def _vessels(content: Json, joins: Joins) -> Iterable[Block]:
    for entry in _entries(content, "vessels"):
        name = str(_get(entry, "vessel_name", "A vessel"))
        ends = entry.get("boundary_conditions", {})
        _known(ends, {"inlet", "outlet"}, f"The vessel '{name}'")
        if "inlet" in ends:
            joins.append((ends["inlet"], name))
        if "outlet" in ends:
            joins.append((name, ends["outlet"]))
        yield _block(name, _get(entry, "zero_d_element_type", name), _get(entry, "zero_d_element_values", name))


def _couplings(content: Json, joins: Joins) -> Iterable[Block]:
    for entry in _entries(content, "external_solver_coupling_blocks"):
        name, other = str(_get(entry, "name", "A coupling")), str(_get(entry, "connected_block", "A coupling"))
        location = _get(entry, "location", f"The coupling '{name}'")
        if location not in {"inlet", "outlet"}:
            raise InvalidInput(
                f"The coupling '{name}' is at the '{location}'.", "It is an inlet or an outlet.", "Correct it."
            )
        if location == "inlet":
            joins.append((name, other))
        elif other != "ClosedLoopHeartAndPulmonary":
            joins.append((other, name))
        yield _block(name, _get(entry, "type", name), _get(entry, "values", name))


def _boundaries(content: Json) -> Iterable[Block]:
    for entry in _entries(content, "boundary_conditions"):
        name = str(_get(entry, "bc_name", "A boundary condition"))
        yield _block(name, _get(entry, "bc_type", name), _get(entry, "bc_values", name))


def _junctions(content: Json, joins: Joins) -> Iterable[Block]:
    vessels = {
        entry["vessel_id"]: entry["vessel_name"] for entry in _entries(content, "vessels") if "vessel_id" in entry
    }
    for entry in _entries(content, "junctions"):
        name = str(_get(entry, "junction_name", "A junction"))
        ends = {}
        for side in ("inlet", "outlet"):
            by_id = entry.get(f"{side}_vessels", [])
            if set(by_id) - set(vessels):
                raise InvalidInput(
                    f"The junction '{name}' joins vessel {by_id}.",
                    f"There are {list(vessels)}.",
                    "Correct the numbers.",
                )
            ends[side] = [vessels[i] for i in by_id] + list(entry.get(f"{side}_blocks", []))
        joins += [(other, name) for other in ends["inlet"]] + [(name, other) for other in ends["outlet"]]
        kind = _get(entry, "junction_type", name)
        yield _block(name, "NORMAL_JUNCTION" if kind == "internal_junction" else kind, entry.get("junction_values", {}))


def _hearts(content: Json, joins: Joins) -> Iterable[Block]:
    """The heart is named CLH; one junction gathers what returns to it, one spreads what leaves it."""
    for entry in _entries(content, "closed_loop_blocks"):
        back = [
            bc["bc_name"] for bc in _entries(content, "boundary_conditions")
            if bc["bc_type"].startswith("ClosedLoop") and bc["bc_values"].get("closed_loop_outlet", True)
        ]  # fmt: skip
        joins += [("J_heart_inlet", "CLH"), *((name, "J_heart_inlet") for name in back), ("CLH", "J_heart_outlet")]
        joins += [("J_heart_outlet", name) for name in _get(entry, "outlet_blocks", "The closed loop")]
        yield _block(
            "CLH", _get(entry, "closed_loop_type", "The closed loop"), _get(entry, "parameters", "The closed loop")
        )
        yield Block("J_heart_inlet", "NORMAL_JUNCTION")
        yield Block("J_heart_outlet", "NORMAL_JUNCTION")


def _valves(content: Json, joins: Joins) -> Iterable[Block]:
    for entry in _entries(content, "valves"):
        name, params = str(_get(entry, "name", "A valve")), _get(entry, "params", "A valve")
        joins += [(_get(params, "upstream_block", name), name), (name, _get(params, "downstream_block", name))]
        yield _block(name, _get(entry, "type", name), params, {"upstream_block", "downstream_block"})


def _chambers(content: Json) -> Iterable[Block]:
    for entry in _entries(content, "chambers"):
        name = str(_get(entry, "name", "A chamber"))
        yield _block(name, _get(entry, "type", name), _get(entry, "values", name), (), entry.get("activation_function"))


def _period(content: Json, settings: Json, blocks: list[Block]) -> float:
    found = [value.times[-1] for block in blocks for value in block.values.values() if isinstance(value, Wave)]
    found += [float(settings["cardiac_period"])] if "cardiac_period" in settings else []
    found += [
        float(entry["cardiac_cycle_period"])
        for entry in _entries(content, "closed_loop_blocks")
        if "cardiac_cycle_period" in entry
    ]
    for period in found[1:]:
        if not math.isclose(period, found[0], rel_tol=1e-9):
            raise InvalidInput(
                f"The file gives beats of {found[0]:g} and of {period:g}.",
                "All inputs must have one period.",
                "Correct the times.",
            )
    return float(found[0]) if found else 1.0


def _beats(settings: Json, blocks: list[Block], period: float) -> int:
    """As asked for, or as many as Windkessels need to settle within the asked-for error (Pfaller et al. 2021)."""
    beats = int(_get(settings, "number_of_cardiac_cycles", "The simulation"))
    slow = [float(b.values["Rd"]) * float(b.values["C"]) for b in blocks if b.kind == "RCR"]  # type: ignore[arg-type]
    if settings.get("use_cycle_to_cycle_error", False) and slow:
        error = float(settings.get("sim_cycle_to_cycle_percent_error", 1.0)) / 100
        beats = math.ceil(-max(slow) / period * math.log(error))
    return beats


__all__ = ["Case", "read_svzerod"]
