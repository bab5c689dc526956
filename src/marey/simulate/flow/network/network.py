"""What a network of lumped elements is made of; every fault is refused when it is put together."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marey.core.errors import InvalidInput
from marey.simulate.flow.network.kinds import ACTIVATIONS, KINDS, Kind

Reals = NDArray[np.float64]
ENDS = ("inlets", "outlets")
POSITIVE = frozenset({"Rpd", "radius0", "thick0", "tpwave", "Tsa", "t_twitch", "tau_1", "tau_2", "contract_duration",
                      "relax_duration", "T_vc", "T_vr", "steepness"})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Wave:
    """A periodic input, linear between its samples.

    Args:
        times: (sample,) increasing from 0; the last is the period.
        values: (sample,).

    Raises:
        InvalidInput: fewer than two samples, times that do not increase from 0, values that are not numbers.
    """

    times: Reals
    values: Reals

    def __post_init__(self) -> None:
        shapes = self.times.ndim == 1 and self.times.shape == self.values.shape and self.times.size > 1
        if not (shapes and self.times[0] == 0 and (np.diff(self.times) > 0).all() and np.isfinite(self.values).all()):
            raise InvalidInput(
                f"A periodic input has {self.times.size} times and {self.values.size} values.",
                "As many finite values as times are needed, at least two, and times that increase from 0.",
                "Correct the list; its last time is the period.",
            )

    def at(self, phase: Reals) -> Reals:
        """(step,) values at times since the beat began."""
        return np.asarray(np.interp(phase % self.times[-1], self.times, self.values))


Value = float | Wave | Sequence[float]


@dataclass(frozen=True, eq=False)
class Block:
    """One element.

    Args:
        name: unique in its network.
        kind: one of `KINDS`.
        values: its parameters by name, in one coherent system of units; a `Wave` where it changes over the beat.
        activation: name and parameters of when it contracts, for chambers.

    Raises:
        InvalidInput: a kind, parameter or activation that does not exist, is missing or is out of range.
    """

    name: str
    kind: str
    values: Mapping[str, Value] = field(default_factory=dict)
    activation: tuple[str, Mapping[str, float]] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise _wrong(self.name, f"is of the unknown kind '{self.kind}'", f"Known are {', '.join(KINDS)}.")
        kind = KINDS[self.kind]
        self._check_names(set(self.values), set(kind.keys), {k for k, v in kind.keys.items() if v is None}, "parameter")
        for key, value in self.values.items():
            numbers = value.values if isinstance(value, Wave) else np.asarray(value, np.float64)
            if isinstance(value, Sequence) and not kind.each:
                raise _wrong(self.name, f"has a list for '{key}'", "One number, or a periodic input, is needed.")
            self._check_range(key, numbers, key in kind.signed)
        self._check_activation(kind)

    def _check_activation(self, kind: Kind) -> None:
        if not kind.activated and self.activation is None:
            return
        name, values = self.activation or ("", {})
        if not kind.activated or name not in ACTIVATIONS:
            found = f"has the activation '{name}'" if name else "has no activation"
            raise _wrong(self.name, found, f"Chambers with an elastance need one of {', '.join(ACTIVATIONS)}.")
        keys = set(ACTIVATIONS[name][1])
        self._check_names(set(values), keys, keys, "activation parameter")
        for key, value in values.items():
            self._check_range(key, np.asarray(value, np.float64), signed=False)

    def _check_names(self, given: set[str], known: set[str], needed: set[str], what: str) -> None:
        for key in sorted(given - known):
            raise _wrong(
                self.name,
                f"has the unknown {what} '{key}'",
                f"A {self.kind} takes {', '.join(sorted(known)) or 'none'}.",
            )
        for key in sorted(needed - given):
            raise _wrong(self.name, f"lacks the {what} '{key}'", f"A {self.kind} needs {', '.join(sorted(needed))}.")

    def _check_range(self, key: str, numbers: Reals, signed: bool) -> None:
        low = numbers.min() if numbers.size else math.nan
        if not np.isfinite(numbers).all() or not (signed or low >= 0) or (key in POSITIVE and not low > 0):
            needed = (
                "Finite numbers" if signed else "Positive numbers" if key in POSITIVE else "Finite numbers from 0 up"
            )
            raise _wrong(self.name, f"has {low:g} for '{key}'", f"{needed} are needed.")


@dataclass(frozen=True, eq=False)
class Network:
    """Blocks and how they are joined; no number in it is converted, so all must be of one coherent system of units.

    Args:
        blocks: the elements.
        connections: pairs of names; blood flows from the first to the second where the flow is positive.
        period: length of the beat.

    Raises:
        InvalidInput: names that are not unique or do not exist, ends that are open or too many, periods that do not
            agree.
    """

    blocks: tuple[Block, ...]
    connections: tuple[tuple[str, str], ...]
    period: float

    def __post_init__(self) -> None:
        names = Counter(block.name for block in self.blocks)
        for name, count in names.items():
            if count > 1:
                raise _wrong(name, f"exists {count} times", "Every block needs its own name.")
        for name in (name for pair in self.connections for name in pair if name not in names):
            raise _wrong(name, "is connected but does not exist", f"There are {', '.join(names)}.")
        if not (math.isfinite(self.period) and self.period > 0):
            raise InvalidInput(f"The period is {self.period}.", "It must be positive.", "Give the length of one beat.")
        for block in self.blocks:
            self._check_ends(block)
            self._check_periods(block)
        hearts = [block.name for block in self.blocks if block.kind == "ClosedLoopHeartAndPulmonary"]
        for block in self.blocks:
            if block.kind.startswith("ClosedLoopCoronary") and len(hearts) != 1:
                raise _wrong(block.name, f"meets {len(hearts)} hearts", "Its wall belongs to exactly one.")

    def inlets(self, name: str) -> list[tuple[str, str]]:
        """Connections that lead into a block."""
        return [pair for pair in self.connections if pair[1] == name]

    def outlets(self, name: str) -> list[tuple[str, str]]:
        """Connections that lead out of a block."""
        return [pair for pair in self.connections if pair[0] == name]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of the unknowns: flow and pressure of each connection, then the blocks' own."""
        nodes = [f"{what}:{a}:{b}" for a, b in self.connections for what in ("flow", "pressure")]
        return (*nodes, *(f"{own}:{block.name}" for block in self.blocks for own in KINDS[block.kind].own))

    def _check_ends(self, block: Block) -> None:
        found = (len(self.inlets(block.name)), len(self.outlets(block.name)))
        wanted = KINDS[block.kind].ends
        fits = (
            sum(found) == 1
            if wanted == (-2, -2)
            else all(f == w or (w == -1 and f > 0) for f, w in zip(found, wanted, strict=True))
        )
        if not fits:
            words = "one end" if wanted == (-2, -2) else " and ".join(
                f"{'any number of' if w < 0 else w} {what}" for w, what in zip(wanted, ENDS, strict=True)
            )  # fmt: skip
            raise _wrong(block.name, f"has {found[0]} inlets and {found[1]} outlets", f"A {block.kind} has {words}.")
        each = {len(v) for v in block.values.values() if isinstance(v, Sequence)}
        if KINDS[block.kind].each and each != {found[1]}:
            raise _wrong(block.name, f"has {found[1]} outlets", "One value per outlet is needed in each of its lists.")

    def _check_periods(self, block: Block) -> None:
        for key, value in block.values.items():
            if isinstance(value, Wave) and not math.isclose(value.times[-1], self.period, rel_tol=1e-9):
                raise _wrong(
                    block.name,
                    f"has a period of {value.times[-1]:g} in '{key}'",
                    f"The network's beat lasts {self.period:g}.",
                )


def _wrong(name: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(f"The block '{name}' {found}.", expected, "Correct the network.")


__all__ = ["Block", "Network", "Wave"]
