"""Sphinx settings."""

from importlib.metadata import version as installed_version
from pathlib import Path

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

if not any((Path(__file__).parent / "model_cards").glob("*.md")):
    exclude_patterns.append("model_cards")
