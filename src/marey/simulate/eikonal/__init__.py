"""Activation times by the anisotropic eikonal equation, their derivatives, and what starts them."""

from marey.simulate.eikonal.activation import ActivationMap, Site, activation_times
from marey.simulate.eikonal.adjoint import ActivationGradient, activation_gradient
from marey.simulate.eikonal.batch import ActivationLibrary, activation_library
from marey.simulate.eikonal.conduction_system import (
    LV_LATERAL,
    RV_APEX,
    Block,
    Breakthrough,
    ConductionSystem,
    Lead,
    VentricularFields,
    biventricular_pacing,
    his_pacing,
    left_bundle_pacing,
    sites,
    without_bundle,
)
from marey.simulate.eikonal.tissue import Conduction, ConductionTissue, conduction_tissue, endocardial_layer

__all__ = [
    "LV_LATERAL",
    "RV_APEX",
    "ActivationGradient",
    "ActivationLibrary",
    "ActivationMap",
    "Block",
    "Breakthrough",
    "Conduction",
    "ConductionSystem",
    "ConductionTissue",
    "Lead",
    "Site",
    "VentricularFields",
    "activation_gradient",
    "activation_library",
    "activation_times",
    "biventricular_pacing",
    "conduction_tissue",
    "endocardial_layer",
    "his_pacing",
    "left_bundle_pacing",
    "sites",
    "without_bundle",
]
