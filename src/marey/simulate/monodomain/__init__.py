"""The monodomain equation on voxels: Mitchell-Schaeffer and ten Tusscher-Panfilov cells, stimulation, re-entry."""

from marey.simulate.monodomain.calibration import calibrated_diffusivity, calibrated_tissue
from marey.simulate.monodomain.cells import ActionPotential, Cells, pace
from marey.simulate.monodomain.mitchell_schaeffer import MitchellSchaeffer, MitchellSchaefferCells
from marey.simulate.monodomain.reentry import Reentry, isthmus
from marey.simulate.monodomain.scar import Conduction, scarred_heart
from marey.simulate.monodomain.solve import Monodomain, Solution, State, Stimulus, advance, rest, solve
from marey.simulate.monodomain.stimulation import (
    Inducibility,
    Outcome,
    Programme,
    Trial,
    programmed_stimulation,
)
from marey.simulate.monodomain.ten_tusscher_2006 import (
    ENDOCARDIAL,
    EPICARDIAL,
    MIDMYOCARDIAL,
    TenTusscher2006,
    TenTusscherCells,
)
from marey.simulate.monodomain.tissue import Tissue, even_fibre, fibre_tissue

__all__ = [
    "ENDOCARDIAL",
    "EPICARDIAL",
    "MIDMYOCARDIAL",
    "ActionPotential",
    "Cells",
    "Conduction",
    "Inducibility",
    "MitchellSchaeffer",
    "MitchellSchaefferCells",
    "Monodomain",
    "Outcome",
    "Programme",
    "Reentry",
    "Solution",
    "State",
    "Stimulus",
    "TenTusscher2006",
    "TenTusscherCells",
    "Tissue",
    "Trial",
    "advance",
    "calibrated_diffusivity",
    "calibrated_tissue",
    "even_fibre",
    "fibre_tissue",
    "isthmus",
    "pace",
    "programmed_stimulation",
    "rest",
    "scarred_heart",
    "solve",
]
