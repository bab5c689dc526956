"""Tissue and supports of a healthy adult's ventricles."""

from dataclasses import dataclass, field

from marey.core.parameter import Parameters, parameter
from marey.core.units import kPa, mm, ms
from marey.simulate.elasticity.contraction import Contraction
from marey.simulate.elasticity.guccione import Guccione

GENET = "Genet et al. 2014, doi:10.1152/japplphysiol.00255.2014, five healthy adults"
PFALLER = "Pfaller et al. 2019, doi:10.1007/s10237-018-1098-4"
STROCCHI = "Strocchi et al. 2020, Simulating ventricular systolic motion in a four-chamber heart model, J Biomech"
ADULT = "set so that the base of a healthy adult's heart descends by 10 to 15 mm"


@dataclass(frozen=True)
class Myocardium(Guccione):
    """The passive law with numbers of healthy people; bt and bfs keep their ratios to bf of 0.4 and 0.7."""

    C: float = parameter(0.115 * kPa, 0.01 * kPa, 10 * kPa, "kPa", GENET)
    bf: float = parameter(14.4, 1.0, 60.0, "1", GENET)
    bt: float = parameter(5.76, 0.5, 40.0, "1", "0.4 bf, textbook ratio")
    bfs: float = parameter(10.08, 0.5, 60.0, "1", "0.7 bf, textbook ratio")


@dataclass(frozen=True)
class Support(Parameters):
    """What holds the ventricles.

    Args:
        pericardium, damping: normal to the epicardium, against displacement and velocity, at the apex.
        reach: apicobasal coordinate (0 apex, 1 base) at which the pericardium's hold has faded linearly to nothing.
        base: in all directions, by atria and vessels.
    """

    pericardium: float = parameter(0.2 * kPa / mm, 0.0, 5 * kPa / mm, "kPa/mm", PFALLER)
    damping: float = parameter(5 * kPa * ms / mm, 0.0, 100 * kPa * ms / mm, "kPa*ms/mm", PFALLER)
    reach: float = parameter(0.8, 0.1, 2.0, "1", STROCCHI)
    base: float = parameter(0.02 * kPa / mm, 0.001 * kPa / mm, 5 * kPa / mm, "kPa/mm", ADULT)


@dataclass(frozen=True)
class Elasticity(Parameters):
    """All numbers of the finite elements.

    Args:
        passive: law of the muscle at rest; contraction: of its tension after activation; support: what holds it.
        right: factor of the passive stress of the right free wall.
    """

    passive: Myocardium = field(default_factory=Myocardium)
    right: float = parameter(2.5, 0.2, 20.0, "1", "set so that a healthy right ventricle unloads to half its volume")
    contraction: Contraction = field(default_factory=Contraction)
    support: Support = field(default_factory=Support)


__all__ = ["Elasticity", "Myocardium", "Support"]
