"""Sphinx settings."""

import pkgutil
import re
from importlib.metadata import version as installed_version
from pathlib import Path

from sphinx.application import Sphinx

import marey

project = "Marey"
copyright = "The Marey developers"
release = version = installed_version("marey")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Marey"
html_static_path = ["_static"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_use_param = False
napoleon_use_rtype = False


def write_reference(_app: object = None) -> None:
    """Write docs/api: one page per package and per package inside it, with the public names of each module."""
    folder = Path(__file__).parent / "api"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.rst"):
        old.unlink()
    pages: dict[str, list[str]] = {}
    for _, name, is_package in pkgutil.walk_packages(marey.__path__, "marey."):
        if not is_package and not name.rpartition(".")[2].startswith("_"):
            pages.setdefault(".".join(name.split(".")[:-1][:3]), []).append(name)
    for package, modules in pages.items():
        text = f"{package}\n{'=' * len(package)}\n\n.. py:module:: {package}\n\n"
        text += "".join(f"{name}\n{'-' * len(name)}\n\n.. automodule:: {name}\n\n" for name in modules)
        (folder / f"{package}.rst").write_text(text, encoding="utf-8")


def keep_signs(_app: object, _what: str, _name: str, _thing: object, _options: object, lines: list[str]) -> None:
    """Docstrings are plain text: no links by underscores, no substitutions by bars; formulas stay as they are."""
    formula = False
    for number, line in enumerate(lines):
        formula = formula and (not line or line.startswith("    "))
        if formula:
            continue
        text = re.sub(r"(?<![`\w])(\w*\w)_(?!\w)", r"\1\\_", line).replace("|", "\\|")
        empty, indented = [*lines[number + 1 : number + 3], "", ""][:2]
        formula = bool(re.search(r"[^:]:$", line)) and not empty and indented.startswith("    ")
        lines[number] = text + ":" * formula


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("builder-inited", write_reference)
    app.connect("autodoc-process-docstring", keep_signs)


if not any((Path(__file__).parent / "model_cards").glob("*.md")):
    exclude_patterns.append("model_cards")
