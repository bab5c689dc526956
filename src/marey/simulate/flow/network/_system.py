"""A network as arrays for the compiled kernels."""

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput, NotAnalysable
from marey.simulate.flow.network import _equations as eq
from marey.simulate.flow.network import _integrate
from marey.simulate.flow.network.kinds import ACTIVATIONS, KINDS, Clock
from marey.simulate.flow.network.network import Block, Network, Wave

Reals = NDArray[np.float64]
Indices = NDArray[np.int64]
MOST_ITERATIONS = 60


class System:
    """Blocks, variables and parameters of a network, numbered."""

    def __init__(self, network: Network) -> None:
        self.network = network
        index = {name: i for i, name in enumerate(network.variables)}
        self.index = index
        columns = [_columns(network, block, index) for block in network.blocks]
        parameters = [len(_inputs(network, block, _clock(network, 1))) for block in network.blocks]
        rows = [_rows(block, len(column)) for block, column in zip(network.blocks, columns, strict=True)]
        if sum(rows) != len(index):
            raise InvalidInput(
                f"The network has {sum(rows)} equations for {len(index)} unknowns.",
                "As many are needed as there are unknowns.",
                "Check that every end is joined to exactly one other.",
            )
        self.kinds = np.array([KINDS[block.kind].equations for block in network.blocks], np.int64)
        self.rows, self.var_at, self.par_at = (
            np.cumsum([0, *n]).astype(np.int64) for n in (rows, map(len, columns), parameters)
        )
        self.var = np.array([i for column in columns for i in column], np.int64)
        self.group = groups(network)
        self.size = np.zeros(self.group.max() + 1)
        self.fixed = not any(_matrix_varies(block) for block in network.blocks)
        self.memory = np.zeros((len(network.blocks), 2))

    def start(self, initial: dict[str, float]) -> Reals:
        unknown = sorted(set(initial) - set(self.index))
        if unknown:
            raise InvalidInput(
                f"The initial state names '{unknown[0]}'.",
                f"The variables of this network are {', '.join(self.index)}.",
                "Correct or remove the name.",
            )
        return np.array([float(initial.get(name, 0.0)) for name in self.index])

    def remember(self, y: Reals, d: Reals) -> None:
        """Keep the wall pressure that coronary beds have at the start: their volume counts from there."""
        for b, block in enumerate(self.network.blocks):
            if self.kinds[b] == eq.CORONARY:
                p = _inputs(self.network, block, _clock(self.network, 1, first=0.0))
                Ra, Ram, Ca, Pim = (float(np.ravel(p[i])[0]) for i in (0, 1, 3, 5))
                P, Q = self.var[self.var_at[b]], self.var[self.var_at[b] + 1]
                through = y[Q] - Ca * (d[P] - Ra * d[Q])
                self.memory[b] = y[P] - Ra * y[Q] - Ram * through, Pim

    def advance(
        self, y: Reals, d: Reals, steps: int, phases: int, scheme: tuple[float, float], *, steady: bool = False
    ) -> tuple[Reals, Reals]:
        """(states, rates), each (steps + 1, variable), with `phases` steps in a beat."""
        rho, tolerance = scheme
        par, varying, courses = self._parameters(_clock(self.network, phases, 1 / (1 + rho), steady=steady))
        states, rates = (np.empty((steps + 1, y.size)) for _ in range(2))
        states[0], rates[0] = y, d
        status, step, where = _integrate.run(
            self.kinds, self.rows[:-1], self.var_at, self.var, self.par_at, par, self.group, varying, courses,
            self.network.period / phases, rho, MOST_ITERATIONS, tolerance, self.fixed, self.size, states, rates,
        )  # fmt: skip
        if status != _integrate.DONE:
            raise self._failure(status, step / phases, where)
        return states, rates

    def _parameters(self, clock: Clock) -> tuple[Reals, Indices, Reals]:
        """Parameters now, which of them vary, and (phase, varying) their values."""
        par = np.zeros(self.par_at[-1])
        varying: list[int] = []
        courses: list[Reals] = []
        for b, block in enumerate(self.network.blocks):
            inputs = _inputs(self.network, block, clock)
            if self.kinds[b] == eq.CORONARY:
                inputs[7:] = list(self.memory[b][:, None])
            for i, value in enumerate(inputs):
                at = int(self.par_at[b]) + i
                if clock.steady and i in KINDS[block.kind].discharged:
                    continue
                if np.size(value) > 1:
                    varying.append(at)
                    courses.append(value)
                else:
                    par[at] = float(np.ravel(value)[0])
        table = np.column_stack(courses) if courses else np.zeros((1, 0))
        return par, np.array(varying, np.int64), np.ascontiguousarray(table)

    def _failure(self, status: int, beat: float, where: int) -> NotAnalysable:
        name = self.network.variables[where]
        if status == _integrate.SINGULAR:
            return NotAnalysable(
                f"The equations have no unique solution for '{name}'.",
                "Every pressure and flow must be determined by the blocks and boundary conditions.",
                "Look for a part without a reference pressure, or two given flows in series.",
            )
        return NotAnalysable(
            f"Newton's method stalled {beat:.3f} beats into a run, at '{name}'.",
            "It should need a few iterations per time step.",
            "Use more time steps, softer valves, or an initial state nearer to the solution.",
        )


def _clock(network: Network, phases: int, first: float = 0.5, *, steady: bool = False) -> Clock:
    phase = (np.arange(phases, dtype=np.float64) + first) * (network.period / phases)
    return Clock(np.asarray(phase % network.period), network.period, steady)


def _columns(network: Network, block: Block, index: dict[str, int]) -> list[int]:
    ends = [*network.inlets(block.name), *network.outlets(block.name)]
    names = [f"{what}:{a}:{b}" for a, b in ends for what in ("pressure", "flow")]
    names += [f"{own}:{block.name}" for own in KINDS[block.kind].own]
    if KINDS[block.kind].equations == eq.CORONARY_LOOP:
        side = "P_LV" if block.kind.endswith("Left") else "P_RV"
        names.append(f"{side}:{_heart(network).name}")
    return [index[name] for name in names]


def _rows(block: Block, columns: int) -> int:
    kind = KINDS[block.kind]
    return kind.rows if kind.rows > 0 else columns // 2


def _heart(network: Network) -> Block:
    return next(block for block in network.blocks if block.kind == "ClosedLoopHeartAndPulmonary")


def _inputs(network: Network, block: Block, clock: Clock) -> list[Reals]:
    """Parameters of a block's equations, each () or (phase,)."""
    kind = KINDS[block.kind]
    if kind.equations == eq.JUNCTION:
        return [np.array(float(len(network.inlets(block.name))))]
    if kind.each:
        return [np.array(float(v)) for key in kind.keys for v in np.ravel(np.asarray(block.values[key], np.float64))]
    values = {key: _sampled(block.values.get(key, default), clock) for key, default in kind.keys.items()}
    if kind.equations == eq.CORONARY_LOOP:
        heart = _heart(network).values["iml" if block.kind.endswith("Left") else "imr"]
        return [*values.values(), _sampled(heart, clock)]
    active = np.zeros_like(clock.phase)
    if block.activation is not None:
        active = ACTIVATIONS[block.activation[0]][0](clock.phase, clock.period, block.activation[1])
    return kind.inputs(values, active, clock) if kind.inputs else list(values.values())


def _sampled(value: object, clock: Clock) -> Reals:
    if isinstance(value, Wave):
        return np.asarray(value.values.mean()) if clock.steady else value.at(clock.phase)
    return np.asarray(value, np.float64)


def _matrix_varies(block: Block) -> bool:
    kind = KINDS[block.kind]
    sources = kind.equations in {eq.FLOW, eq.PRESSURE} or block.kind == "CORONARY"
    waves = not sources and any(isinstance(value, Wave) for value in block.values.values())
    stenosed = bool(np.any(np.asarray(block.values.get("stenosis_coefficient", 0.0), np.float64)))
    return kind.newton or kind.activated or block.kind == "CORONARY_VAR_RES" or stenosed or waves


def groups(network: Network) -> Indices:
    """(variable,) which share a scale: all flows, all pressures, each own variable by itself."""
    kinds = {"flow": 0, "pressure": 1}
    return np.array([kinds.get(name.split(":")[0], 2 + i) for i, name in enumerate(network.variables)], np.int64)


__all__ = ["System", "groups"]
