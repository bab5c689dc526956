"""Public names: each module says which they are, and each of them is documented (the reference is made from that)."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import marey

NEED_EXTRA = {"marey.learn": "torch"}


def _modules() -> list[str]:
    found = [name for _, name, _ in pkgutil.walk_packages(marey.__path__, "marey.", onerror=lambda _: None)]
    return [name for name in found if not name.rpartition(".")[2].startswith("_")]


def _import(name: str) -> ModuleType:
    for package, extra in NEED_EXTRA.items():
        if name.startswith(package):
            pytest.importorskip(extra)
    return importlib.import_module(name)


@pytest.mark.parametrize("name", _modules())
def test_module_says_what_is_public_and_documents_it(name: str) -> None:
    module = _import(name)
    assert inspect.getdoc(module), f"{name} has no docstring"
    assert name.endswith("__main__") or hasattr(module, "__path__") or getattr(module, "__all__", []), (
        f"{name}: no __all__"
    )
    for public in getattr(module, "__all__", []):
        thing = getattr(module, public)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), f"{name}.{public} has no docstring"
