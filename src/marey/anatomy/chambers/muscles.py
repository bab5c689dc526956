"""Papillary muscles and the moderator band: columns that are tied to the ventricles' walls and ride on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.chambers.surfaces import enclosed_volume
from marey.anatomy.chambers.valves import sector_angles
from marey.anatomy.chambers.vessels import column
from marey.anatomy.ventricles import Topology
from marey.core import InvalidInput, Mesh, Parameters, parameter
from marey.core.units import factor, mL

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DEGREE = factor("deg")
TEXTBOOK = "textbook value"
TEMPLATE = "a shape setting of this template, without a clinical counterpart"
PROFILE = np.array([0.45, 0.8, 0.95, 1.0, 1.0, 0.96, 0.9, 0.8, 0.68, 0.5, 0.2])
LEVELS = len(PROFILE)
ROOT, TARGET = 0.85, 0.4
BAND_SEPTUM, BAND_WALL = (0.5, 0.62), (0.38, 0.55)
BAND_OVERLAP = 1.5


@dataclass(frozen=True)
class InnerMuscles(Parameters):
    """Muscles within the cavities.

    Args:
        anterolateral_volume, posteromedial_volume: of the two papillary muscles, from the wall to their tip.
        root: height of their roots on the endocardium, as a fraction of its length from apex to base.
        reach: how far they go from their root towards the mitral plane; chords bridge the rest.
        spread: angle between the roots and the middle of the lateral wall, to the anterior and to the inferior side.
        moderator_band_volume: of the band from the septum to the right free wall; 0 is none.

    Raises:
        InvalidInput: a value outside its range.
    """

    anterolateral_volume: float = parameter(3.0 * mL, 0.3 * mL, 12 * mL, "mL", TEXTBOOK)
    posteromedial_volume: float = parameter(2.6 * mL, 0.3 * mL, 12 * mL, "mL", TEXTBOOK)
    root: float = parameter(0.42, 0.25, 0.6, "1", TEMPLATE)
    reach: float = parameter(0.5, 0.3, 0.7, "1", TEMPLATE)
    spread: float = parameter(52 * DEGREE, 30 * DEGREE, 75 * DEGREE, "deg", TEXTBOOK)
    moderator_band_volume: float = parameter(0.8 * mL, 0.0, 4 * mL, "mL", TEXTBOOK)


def inner_muscles(form: InnerMuscles, known: Topology, points: FloatArray) -> Mapping[str, Mesh]:
    """Papillary muscles and moderator band in ventricles whose points (n, 3) are where they are at one moment.

    Each is a closed surface of triangles that keeps its volume: it thickens as the ventricle shortens. It begins
    within the wall.

    Args:
        form: sizes and places.
        known: the ventricles' topology.
        points: mm.

    Returns:
        By name: "anterolateral papillary muscle", "posteromedial papillary muscle" and, where it has a volume,
        "moderator band".

    Raises:
        InvalidInput: ventricles so small that a muscle would be wider than long.
    """
    angle, rows = sector_angles(known.resolution), form.root * known.resolution.levels
    found = {}
    for name, turn, volume in (
        ("anterolateral papillary muscle", np.pi - form.spread, form.anterolateral_volume),
        ("posteromedial papillary muscle", np.pi + form.spread, form.posteromedial_volume),
    ):
        column_at = float(np.interp(turn, angle, np.arange(len(angle))))
        root = _within(points, known.inner[..., 0], rows, column_at, ROOT)
        target = _within(points, known.inner[..., 0], known.resolution.levels, column_at, TARGET)
        found[name] = _muscle(name, root, root + form.reach * (target - root), volume)
    if form.moderator_band_volume > 0:
        found["moderator band"] = _band(known, points, form.moderator_band_volume)
    return MappingProxyType(found)


def _band(known: Topology, points: FloatArray, volume: float) -> Mesh:
    apex, sectors = known.resolution.rv_apex, known.resolution.septal_sectors
    rows = known.resolution.levels - apex
    septum, wall = known.inner[apex:, : sectors + 1, -1], known.outer[apex:, : sectors + 1, 0]
    start = _place(points, septum, BAND_SEPTUM[0] * rows, BAND_SEPTUM[1] * sectors)
    stop = _place(points, wall, BAND_WALL[0] * rows, BAND_WALL[1] * sectors)
    over = BAND_OVERLAP * (stop - start) / np.linalg.norm(stop - start)
    return _muscle("moderator band", start - over, stop + over, volume, slender=True)


def _within(points: FloatArray, rings: IntArray, row: float, column: float, share: float) -> FloatArray:
    """(3,) mm on the way from the middle (share 0) of a cavity's rings (rows, columns) to its wall (share 1)."""
    low = min(int(row), len(rings) - 2)
    middle = points[rings].mean(axis=1)
    at = middle[low] + (row - low) * (middle[low + 1] - middle[low])
    place: FloatArray = at + share * (_place(points, rings, row, column) - at)
    return place


def _place(points: FloatArray, nodes: IntArray, row: float, column: float) -> FloatArray:
    """(3,) mm between the points of a sheet of nodes (rows, columns), whose columns may close to a ring."""
    i, j = min(int(row), nodes.shape[0] - 2), int(column)
    near, far = points[nodes[i : i + 2, j]], points[nodes[i : i + 2, (j + 1) % nodes.shape[1]]]
    edge = near + (column - j) * (far - near)
    place: FloatArray = edge[0] + (row - i) * (edge[1] - edge[0])
    return place


def _muscle(name: str, start: FloatArray, stop: FloatArray, volume: float, *, slender: bool = False) -> Mesh:
    """A column of a given volume; its profile is that of a papillary muscle, or even where it is slender."""
    length = float(np.linalg.norm(stop - start))
    axis = (stop - start) / length
    profile = np.ones(LEVELS) if slender else PROFILE
    unscaled = enclosed_volume(column(start, stop, axis, profile))
    radius = np.sqrt(volume / unscaled)
    if radius > length:
        raise InvalidInput(
            f"The {name} of {volume / mL:.2g} mL would be {2 * radius:.0f} mm thick and {length:.0f} mm long.",
            "It has to be longer than its radius.",
            "Choose a smaller volume of the muscle, or a longer ventricle.",
        )
    return column(start, stop, axis, radius * profile)


__all__ = ["InnerMuscles", "inner_muscles"]
