"""Parameters of models: every one has a unit, a range outside which it is refused, and a source.

A model's parameters are a frozen dataclass that inherits from `Parameters` and whose numbers are `parameter(...)`:

    @dataclass(frozen=True)
    class Rhythm(Parameters):
        heart_rate: float = parameter(65 / minute, 30 / minute, 220 / minute, "1/min", "textbook")
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from marey.core.errors import InvalidInput
from marey.core.units import factor


@dataclass(frozen=True)
class Parameter:
    """What is known of one parameter.

    Args:
        path: its name, with the groups it lies in: "circulation.systemic.resistance".
        value, low, high: in Marey's coherent units.
        unit: what it is shown in.
        source: DOI or standard work of its value and range.
    """

    path: str
    value: float
    low: float
    high: float
    unit: str
    source: str


def parameter(default: float, low: float, high: float, unit: str, source: str) -> Any:
    """A number in a dataclass of parameters; default, low and high in coherent units (``80 * mmHg``).

    Raises:
        ValueError: the unit is not known, or the default lies outside the range: a fault in the model's own file.
    """
    factor(unit)
    if not low <= default <= high:
        raise ValueError(f"the default {default} lies outside {low} to {high}")
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "unit": unit, "source": source})


class Parameters:
    """Base of all dataclasses of parameters: refuses values outside their range, knows names and units."""

    def __post_init__(self) -> None:
        for known in _own_parameters(self, ""):
            value: object = known.value
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise _refusal(known, repr(value), "A finite number is needed.")
            if not known.low <= value <= known.high:
                scale = factor(known.unit)
                raise _refusal(
                    known,
                    f"{value / scale:.6g} {known.unit}",
                    f"It must lie between {known.low / scale:.6g} and {known.high / scale:.6g} {known.unit}.",
                )

    def table(self, prefix: str = "") -> Iterator[Parameter]:
        """Every parameter, also those of groups inside this one."""
        yield from _own_parameters(self, prefix)
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            group = getattr(self, field.name)
            if isinstance(group, Parameters):
                yield from group.table(f"{prefix}{field.name}.")

    def but(self, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """The same parameters with some changed, by name or by dotted path.

        Raises:
            InvalidInput: a name that does not exist, a value outside its range.
        """
        own: dict[str, Any] = {}
        inner: dict[str, dict[str, Any]] = {}
        for path, value in {**(changes or {}), **named}.items():
            head, _, rest = path.partition(".")
            self._check_name(head)
            if rest:
                inner.setdefault(head, {})[rest] = value
            else:
                own[head] = value
        for head, part in inner.items():
            group = own.get(head, getattr(self, head))
            if not isinstance(group, Parameters):
                raise self._unknown(f"{head}.{next(iter(part))}")
            own[head] = group.but(part)
        return dataclasses.replace(self, **own)  # type: ignore[type-var]

    def _check_name(self, name: str) -> None:
        if name not in {field.name for field in dataclasses.fields(self)}:  # type: ignore[arg-type]
            raise self._unknown(name)

    def _unknown(self, name: str) -> InvalidInput:
        known = ", ".join(field.name for field in dataclasses.fields(self))  # type: ignore[arg-type]
        return InvalidInput(
            f"There is no parameter '{name}' in {type(self).__name__}.", f"Known are {known}.", "Correct the name."
        )


def _own_parameters(group: Parameters, prefix: str) -> Iterator[Parameter]:
    for field in dataclasses.fields(group):  # type: ignore[arg-type]
        about = field.metadata
        if "unit" in about:
            value = getattr(group, field.name)
            yield Parameter(prefix + field.name, value, about["low"], about["high"], about["unit"], about["source"])


def _refusal(known: Parameter, found: str, expected: str) -> InvalidInput:
    scale = f" (write for example 'value * {known.unit}' with the names of marey.core.units)" if known.unit else ""
    return InvalidInput(f"The parameter '{known.path}' is {found}.", expected, f"Check its value and its unit{scale}.")


__all__ = ["Parameter", "Parameters", "parameter"]
