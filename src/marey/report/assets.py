"""Templates, style and scripts of the pages, as they lie in the package."""

from functools import cache
from importlib.resources import files
from typing import Any


def asset(name: str) -> str:
    """The text of a file of the folder "templates"."""
    return (files("marey.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def template(name: str) -> Any:
    """A page's Jinja template: it escapes what it is given, and does not accept names that it is not given."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(asset(name))


__all__ = ["asset", "template"]
