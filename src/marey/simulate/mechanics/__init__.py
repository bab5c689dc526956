"""Ventricles: from cavity volumes and activation to pressures and strains, in several fidelities, one interface."""

from marey.simulate.mechanics.elastance import ElastanceVentricles
from marey.simulate.mechanics.interface import PressureFunction, Ventricles
from marey.simulate.mechanics.sphere import SphereVentricles

__all__ = ["ElastanceVentricles", "PressureFunction", "SphereVentricles", "Ventricles"]
