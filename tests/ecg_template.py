"""The template heart with the eikonal's activation and its ECG, for tests and benchmarks that need the whole chain."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.ventricles import COARSE, topology, ventricles, voxelise, with_coordinates, with_fibres
from marey.simulate.ecg import DurationGradients, Tissue, durations, enclosed_points
from marey.simulate.eikonal import Lead, activation_times, conduction_tissue, sites

FloatArray = NDArray[np.float64]

LEFT = (
    Lead(apicobasal=0.65, rotational=0.37 * math.pi, delay=2.0),
    Lead(apicobasal=0.9),
    Lead(apicobasal=0.9, rotational=-0.85 * math.pi, delay=28.0),
)
RIGHT = (
    Lead(apicobasal=0.8, rotational=-0.4 * math.pi, side=1, delay=10.0),
    Lead(apicobasal=0.8, side=1, delay=9.0),
    Lead(apicobasal=0.45, side=1, delay=36.0),
)
"""Breakthroughs fitted to a normal ECG: high septal and anterior, then the RV's base, late inferolateral.

Without `LEFT` it is left bundle branch block.
"""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Ventricular coordinates on the grid, (z, y, x)."""

    transmural: FloatArray
    apicobasal: FloatArray
    rotational: FloatArray
    side: NDArray[np.int64]


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
    depths, heights, angles = (on_grid(name) for name in ("transmural", "apicobasal", "rotational"))
    fields = Coordinates(depths, heights, angles, on_grid("side").astype(np.int64))
    times = activation_times(wall, sites(wall, fields, leads)).times[heart.inside]
    depth, height = (np.clip(values[name], 0, 1) for name in ("transmural", "apicobasal"))
    return TemplateBeat(
        Tissue(heart.inside, values["fibre"], spacing, heart.origin),
        times - times.min(),
        durations(DurationGradients(), depth, height, values["side"] > 0.5),
        enclosed_points(heart.inside, spacing, heart.origin),
    )
