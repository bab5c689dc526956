"""From a heart to its beat: the models of this layer put together."""

from marey.simulate.beat.biomarkers import UNITS
from marey.simulate.beat.step import SimulateBeat

__all__ = ["UNITS", "SimulateBeat"]
