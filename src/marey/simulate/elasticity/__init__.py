"""Finite elements of large deformation: passive and active tissue, cavities, supports, equilibrium, a beat."""

from marey.simulate.elasticity.assembly import Assembly
from marey.simulate.elasticity.beat import ElasticBeat, Tissue, elastic_beat
from marey.simulate.elasticity.blood import Blood, OpenLoop, Windkessel
from marey.simulate.elasticity.body import Body, Springs, frames_of, held
from marey.simulate.elasticity.closed_loop import ClosedLoop, joined
from marey.simulate.elasticity.contraction import Contraction
from marey.simulate.elasticity.guccione import Guccione
from marey.simulate.elasticity.hexahedron import fibre_frames
from marey.simulate.elasticity.holzapfel_ogden import HolzapfelOgden
from marey.simulate.elasticity.law import Law
from marey.simulate.elasticity.linearised import LinearisedVentricles, linearised
from marey.simulate.elasticity.load import Load, State, filled
from marey.simulate.elasticity.neo_hookean import NeoHookean
from marey.simulate.elasticity.parameters import Elasticity, Myocardium, Support
from marey.simulate.elasticity.periodic import PeriodicBeat, periodic_beat
from marey.simulate.elasticity.shapes import block, helical_fibres, truncated_ellipsoid
from marey.simulate.elasticity.solver import NoEquilibrium, Solver, equilibrium, follow
from marey.simulate.elasticity.tension import FibreTension
from marey.simulate.elasticity.unload import Unloaded, unload

__all__ = [
    "Assembly", "Blood", "Body", "ClosedLoop", "Contraction", "ElasticBeat", "Elasticity", "FibreTension", "Guccione",
    "HolzapfelOgden", "Law", "LinearisedVentricles", "Load", "Myocardium", "NeoHookean", "NoEquilibrium", "OpenLoop",
    "PeriodicBeat", "Solver", "Springs", "State", "Support", "Tissue", "Unloaded", "Windkessel", "block",
    "elastic_beat", "equilibrium", "fibre_frames", "filled", "follow", "frames_of", "held", "helical_fibres", "joined",
    "linearised", "periodic_beat", "truncated_ellipsoid", "unload",
]  # fmt: skip
