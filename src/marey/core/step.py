"""The one interface of everything that turns a carrier into another."""

import dataclasses
import json
from typing import Protocol, TypeVar, runtime_checkable

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)


@runtime_checkable
class Step(Protocol[In_contra, Out_co]):
    """A frozen dataclass whose fields are its settings, called on one value."""

    def __call__(self, value: In_contra, /) -> Out_co:
        """Do the step."""
        ...


def settings(step: object) -> dict[str, object]:
    """The settings of a step, by field name, as they go into provenance and cache keys."""
    if not dataclasses.is_dataclass(step) or isinstance(step, type):
        raise TypeError(f"{step!r} is not a step: a step is an instance of a frozen dataclass")
    return {field.name: getattr(step, field.name) for field in dataclasses.fields(step)}


def describe(step: object) -> str:
    """One line that repeats the step: ``FindHeart({"margin": 20.0})``."""
    return f"{type(step).__name__}({json.dumps(settings(step), default=str, sort_keys=True)})"


__all__ = ["Step", "describe", "settings"]
