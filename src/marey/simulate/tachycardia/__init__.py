"""Ventricular tachycardia: programmed stimulation of whole hearts, circuits of re-entry, ablation."""

from marey.simulate.tachycardia.sites import CLINICAL_SITES, SITES, pacing_sites
from marey.simulate.tachycardia.stimulate import (
    PROTOCOL,
    HeartInducibility,
    Tachycardia,
    ablation_ends,
    isthmus_lesion,
    stimulate_heart,
)
from marey.simulate.tachycardia.substrate import Substrate, ablated, conduction, lesion_at, substrate

__all__ = [
    "CLINICAL_SITES",
    "PROTOCOL",
    "SITES",
    "HeartInducibility",
    "Substrate",
    "Tachycardia",
    "ablated",
    "ablation_ends",
    "conduction",
    "isthmus_lesion",
    "lesion_at",
    "pacing_sites",
    "stimulate_heart",
    "substrate",
]
