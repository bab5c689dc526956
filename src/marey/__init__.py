"""Marey: cardiovascular studies in, measurements, a report and a simulated heart out."""

__version__ = "0.1.0"

__all__ = ["__version__"]
