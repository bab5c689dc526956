"""Parameters of models: every one has a unit, a range outside which it is refused, and a source.

A model's parameters are a frozen dataclass that inherits from `Parameters` and whose numbers are `parameter(...)`:

    @dataclass(frozen=True)
    class Rhythm(Parameters):
        heart_rate: float = parameter(65 / minute, 30 / minute, 220 / minute, "1/min", "textbook")
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
                raise _refusal(known, repr(value))
            if not known.low <= value <= known.high:
                raise _refusal(known, f"{value / factor(known.unit):.6g} {known.unit}")
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            _check_group(field, getattr(self, field.name))

    def table(self, prefix: str = "") -> Iterator[Parameter]:
        """Every parameter, also those of groups inside this one."""
        yield from _own_parameters(self, prefix)
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            group = getattr(self, field.name)
            if isinstance(group, Parameters):
                yield from group.table(f"{prefix}{field.name}.")

    def but(self, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """The same parameters with some changed, by name or by dotted path; members of a row by their number, from 1.

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
            if isinstance(group, tuple):
                own[head] = _row_but(head, group, part)
            elif isinstance(group, Parameters):
                with _named_within(head):
                    own[head] = group.but(part)
            else:
                raise self._unknown(f"{head}.{next(iter(part))}")
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


def _check_group(field: "dataclasses.Field[Any]", value: object) -> None:
    """A group of parameters must stay one of its model, or of a kind of it."""
    kind: object = field.default_factory
    if not (isinstance(kind, type) and issubclass(kind, Parameters)):
        return
    model = kind.__mro__[kind.__mro__.index(Parameters) - 1]
    if not isinstance(value, model):
        inside = ", ".join(f"'{field.name}.{one.name}'" for one in dataclasses.fields(kind))  # type: ignore[arg-type]
        raise InvalidInput(
            f"The parameter '{field.name}' is {value!r}.",
            f"It is a group of parameters, {model.__name__}, not a number.",
            f"Change what is in it: {inside}.",
        )


def _row_but(name: str, row: tuple[Any, ...], changes: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row with some of its members changed: by number, or by number and the path in a group."""
    members = dict(enumerate(row, start=1))
    for path, value in changes.items():
        head, _, rest = path.partition(".")
        number = int(head) if head.isascii() and head.isdigit() else 0
        if number not in members or (rest and not isinstance(members[number], Parameters)):
            raise InvalidInput(
                f"There is no parameter '{name}.{path}'.",
                f"'{name}' has the members {name}.1 to {name}.{len(row)}." if row else f"'{name}' has no members.",
                "Correct the name, or give the whole row.",
            )
        with _named_within(f"{name}.{number}"):
            members[number] = members[number].but({rest: value}) if rest else value
    return tuple(members.values())


@contextmanager
def _named_within(group: str) -> Iterator[None]:
    """Let an error say which group the parameter is in."""
    try:
        yield
    except InvalidInput as error:
        error.found = error.found.replace("parameter '", f"parameter '{group}.", 1)
        raise


def _refusal(known: Parameter, found: str) -> InvalidInput:
    scale = factor(known.unit)
    return InvalidInput(
        f"The parameter '{known.path}' is {found}.",
        f"It must be a finite number between {known.low / scale:.6g} and {known.high / scale:.6g} {known.unit}.",
        "Check its value and its unit; in Python write '75 / minute', '80 * mmHg' (marey.core.units).",
    )


__all__ = ["Parameter", "Parameters", "parameter"]
