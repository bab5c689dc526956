"""The template heart with the eikonal's activation and its ECG, for tests and benchmarks that need the whole chain."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import COARSE, topology, ventricles, voxelise, with_coordinates, with_fibres
from marey.simulate.ecg import DurationGradients, Tissue, durations, enclosed_points
from marey.simulate.eikonal import Lead, activation_times, conduction_tissue, sites

FloatArray = NDArray[np.float64]

LEFT = (Lead(apicobasal=0.65, rotational=0.37 * math.pi), Lead(apicobasal=0.9))
RIGHT = (
    Lead(apicobasal=0.8, rotational=-0.4 * math.pi, side=1, delay=2.0),
    Lead(apicobasal=0.8, rotational=0.4 * math.pi, side=1, delay=8.0),
)
"""Breakthroughs fitted to a normal ECG: high anterior, high septal, and both ends of the RV's base."""

RIGHT_ONLY = (Lead(apicobasal=0.45, rotational=0.1 * math.pi, side=1),)
"""Left bundle branch block: the right bundle's exit alone."""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Ventricular coordinates on the grid, (z, y, x)."""

    transmural: FloatArray
    apicobasal: FloatArray
    rotational: FloatArray
    side: FloatArray


@dataclass(frozen=True, eq=False)
class TemplateBeat:
    """Activation and durations (n,) ms of a tissue, and its blood (m, 3) mm."""

    tissue: Tissue
    activation: FloatArray
    duration: FloatArray
    blood: FloatArray


def template_beat(spacing: float, leads: tuple[Lead, ...] = LEFT + RIGHT) -> TemplateBeat:
    known = topology(COARSE)
    heart = voxelise(with_fibres(with_coordinates(ventricles(None, COARSE), known), known), spacing)
    values = {name: np.asarray(field, np.float64) for name, field in heart.fields.items()}

    def on_grid(name: str) -> FloatArray:
        out = np.zeros(heart.inside.shape + values[name].shape[1:])
        out[heart.inside] = values[name]
        return out

    x, y, z = (float(v) for v in heart.origin)
    wall = conduction_tissue(heart.inside, spacing, on_grid("fibre"), origin=(x, y, z))
    fields = Coordinates(*(on_grid(name) for name in ("transmural", "apicobasal", "rotational", "side")))
    times = activation_times(wall, sites(wall, fields, leads)).times[heart.inside]
    depth, height = (np.clip(values[name], 0, 1) for name in ("transmural", "apicobasal"))
    return TemplateBeat(
        Tissue(heart.inside, values["fibre"], spacing, heart.origin),
        times - times.min(),
        durations(DurationGradients(), depth, height, values["side"] > 0.5),
        enclosed_points(heart.inside, spacing, heart.origin),
    )
