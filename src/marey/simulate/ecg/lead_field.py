"""From the transmembrane potential to potentials anywhere: lead fields in an infinite medium and in a trunk.

With the bulk conductivity sigma and the intracellular one sigma_i, ``div(sigma grad phi) = -div(sigma_i grad V)``; for
an electrode whose unit current makes the potential Z this gives ``phi = -integral (sigma_i grad V) . grad Z``
(Geselowitz 1989, Proc IEEE 77:857; Plonsey and Barr, Bioelectricity).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from marey.core import InvalidInput
from marey.simulate.ecg.conductor import Conductor, reciprocal_potential
from marey.simulate.ecg.electrodes import ELECTRODES, electrode_positions, ground_position
from marey.simulate.ecg.pose import Pose
from marey.simulate.ecg.tissue import IntracellularConductivity, Tissue, source_weights
from marey.simulate.ecg.torso import Torso

FloatArray = NDArray[np.float64]

ELECTRODE_RADIUS = 1.0
"""Mm: inside this distance an electrode is a sphere of one potential."""

BRODY = 2.5
"""By how much blood in the cavities favours sources across the wall (Brody 1956, Circ Res 4:731). Fitted, so that an
endless medium, which has none, gives about the QRS axis of the trunk; blood conducts 3.4 times as well as the heart."""

SKIN = 2.0
"""What an insulating plane beyond the electrodes does to their potentials: the source's mirror image doubles them."""


@dataclass(frozen=True, eq=False)
class LeadField:
    """Linear map from the transmembrane potential to the potentials of electrodes.

    Args:
        weights: (e, n): mV at the electrode for every mV of transmembrane potential in the voxel; rows sum to 0.
        names: of the electrodes.
        spacing: mm, of the voxels that it was made for.
    """

    weights: FloatArray
    names: tuple[str, ...]
    spacing: float


def infinite_sensitivity(points: FloatArray, electrodes: FloatArray, conductivity: float) -> FloatArray:
    """Gradient of ``1 / (4 pi sigma r)`` about each electrode: (e, n, 3) mV/mm for 1 uA.

    Args:
        points: (n, 3) mm.
        electrodes: (e, 3) mm in the same frame.
        conductivity: mS/mm of the medium.
    """
    arm = points[None] - electrodes[:, None]
    distance = np.maximum(np.linalg.norm(arm, axis=-1, keepdims=True), ELECTRODE_RADIUS)
    return np.asarray(-arm / (4 * np.pi * conductivity * distance**3), np.float64)


def conductor_sensitivity(body: Conductor, points: FloatArray, source: FloatArray, sink: FloatArray) -> FloatArray:
    """Gradient of the reciprocal potential between two electrodes of a bounded body: (n, 3) mV/mm for 1 uA.

    Args:
        body: the volume conductor.
        points: (n, 3) mm in the body's frame, at least one cell inside its grid.
        source, sink: (3,) mm, the electrode and its reference.
    """
    potential = reciprocal_potential(body, source, sink)
    position = ((points - body.origin) / body.spacing)[:, ::-1]  # (n, zyx)
    low = np.floor(position.min(axis=0)).astype(int) - 1
    high = np.floor(position.max(axis=0)).astype(int) + 3
    if (low < 0).any() or (high > potential.shape).any():
        raise InvalidInput(
            "Some of the heart lies outside the volume conductor.",
            "The whole heart must lie inside the trunk.",
            "Check the pose of the heart and the size of the torso.",
        )
    part = potential[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    slopes = np.gradient(part, body.spacing)
    return np.stack([map_coordinates(slopes[axis], (position - low).T, order=1) for axis in (2, 1, 0)], axis=-1)


def electrogram_field(
    tissue: Tissue,
    electrodes: FloatArray,
    names: tuple[str, ...],
    *,
    medium: float = 0.2,
    conductivity: IntracellularConductivity | None = None,
) -> LeadField:
    """Unipolar electrograms at points in or near the heart, in an infinite medium.

    A bipolar electrogram is the difference of two of them. Points nearer to the tissue than two voxels see the voxels.

    Args:
        tissue: the myocardium.
        electrodes: (e, 3) mm in the heart frame.
        names: one per electrode.
        medium: mS/mm (S/m) of the surroundings.
        conductivity: of the intracellular space.
    """
    if electrodes.shape != (len(names), 3) or not medium > 0:
        raise InvalidInput(
            f"There are {len(names)} names, electrodes of shape {electrodes.shape} and a medium of {medium} mS/mm.",
            "One (x, y, z) per name and a conductivity above 0 are needed.",
            "Check the list of electrodes and 'medium'.",
        )
    sensitivity = infinite_sensitivity(tissue.points, electrodes, medium)
    law = conductivity or IntracellularConductivity()
    weights = source_weights(tissue, law.along, law.across, sensitivity)
    return LeadField(weights, names, tissue.spacing)


def infinite_lead_field(
    tissue: Tissue, torso: Torso, pose: Pose, conductivity: IntracellularConductivity | None = None
) -> LeadField:
    """The nine electrodes of the 12-lead ECG in a medium without lungs and ends: the fastest field.

    `BRODY` and `SKIN` stand for the blood and the skin that it lacks: amplitudes and axis are rough.

    Args:
        tissue, torso, pose, conductivity: as for `torso_lead_field`.
    """
    law = conductivity or IntracellularConductivity()
    electrodes = pose.to_heart(electrode_positions(torso))
    sensitivity = SKIN * infinite_sensitivity(tissue.points, electrodes, torso.conductivities.trunk)
    weights = source_weights(tissue, law.along, BRODY * law.across, sensitivity)
    return LeadField(weights, ELECTRODES, tissue.spacing)


def torso_lead_field(
    tissue: Tissue, torso: Torso, pose: Pose, body: Conductor, conductivity: IntracellularConductivity | None = None
) -> LeadField:
    """The nine electrodes of the 12-lead ECG on a bounded trunk, against the right leg: one Poisson solve each.

    Args:
        tissue: the myocardium.
        torso: carries the electrodes.
        pose: of the heart in the torso.
        body: the trunk's volume conductor, from `trunk_conductor`.
        conductivity: of the intracellular space.
    """
    positions, ground = electrode_positions(torso), ground_position(torso)
    return surface_lead_field(tissue, pose, body, positions, ELECTRODES, ground=ground, conductivity=conductivity)


def surface_lead_field(
    tissue: Tissue,
    pose: Pose,
    body: Conductor,
    electrodes: FloatArray,
    names: tuple[str, ...],
    *,
    ground: FloatArray,
    conductivity: IntracellularConductivity | None = None,
) -> LeadField:
    """Any electrodes (e, 3) mm on or in the trunk against a ground, in the torso's frame: body-surface maps."""
    points = pose.to_torso(tissue.points)
    weights = np.empty((len(electrodes), len(points)))
    law = conductivity or IntracellularConductivity()
    for row, electrode in enumerate(electrodes):
        sensitivity = conductor_sensitivity(body, points, electrode, ground) @ pose.rotation
        weights[row] = source_weights(tissue, law.along, law.across, sensitivity[None])[0]
    return LeadField(weights, names, tissue.spacing)


__all__ = [
    "ELECTRODE_RADIUS", "LeadField", "conductor_sensitivity", "electrogram_field", "infinite_lead_field",
    "infinite_sensitivity", "surface_lead_field", "torso_lead_field",
]  # fmt: skip
