"""Marey: cardiovascular studies in, measurements, a report and a simulated heart out."""

from importlib.metadata import version

__version__ = version("marey")

__all__ = ["__version__"]
