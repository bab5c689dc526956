"""Where all points of a beating heart are, and how fast they move, at any time of its beat."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from marey.anatomy.chambers.valves import SECTORS
from marey.anatomy.ventricles import COARSE, FINE, MEDIUM, Topology, topology
from marey.core import Beat, InvalidInput

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
STILL = 1e-6  # mm
COLUMNS = ("muscle", "band", "vein", "cava")


@dataclass(frozen=True, eq=False)
class Moment:
    """The heart at one time, in its own frame.

    Args:
        points: (n, 3) mm of the ventricles' mesh.
        surfaces: (k, 3) mm of the points of each surface of atria, vessels, valves and inner muscles, by name.
    """

    points: FloatArray
    surfaces: Mapping[str, FloatArray]


class Movement:
    """A beat between its moments: periodic cubic splines through all points, which make the velocities continuous.

    Args:
        beat: with at least two moments.

    Raises:
        InvalidInput: a beat without motion.
    """

    def __init__(self, beat: Beat) -> None:
        _check_moving(beat)
        self.period = beat.period
        self.triangles: dict[str, IntArray] = {}
        ends, clouds = [len(beat.mesh.points)], [beat.mesh.points + beat.displacement]
        for name, first in beat.chambers[0].items() if beat.chambers else ():
            cloud = np.array([surfaces[name].points for surfaces in beat.chambers])
            clouds.append(_without_twist(cloud) if name.endswith(COLUMNS) else cloud)
            self.triangles[name] = first.cells
            ends.append(ends[-1] + cloud.shape[1])
        self._ends = np.array(ends)
        every = np.concatenate(clouds, axis=1)
        knots = np.append(beat.times, beat.times[0] + beat.period)
        self._spline = CubicSpline(knots, np.concatenate([every, every[:1]]), bc_type="periodic")

    def at(self, time: float) -> Moment:
        """Where everything is, mm; times repeat with the period."""
        return self._moment(time, 0)

    def velocity(self, time: float) -> Moment:
        """How fast everything moves, mm/ms: the exact derivative of `at`."""
        return self._moment(time, 1)

    def _moment(self, time: float, order: int) -> Moment:
        ventricles, *others = np.split(self._spline(time % self.period, order), self._ends[:-1])
        return Moment(ventricles, dict(zip(self.triangles, others, strict=True)))


def topology_of(beat: Beat) -> Topology:
    """The topology of the template that the beat's mesh is.

    Raises:
        InvalidInput: another mesh.
    """
    for resolution in (COARSE, MEDIUM, FINE):
        known = topology(resolution)
        if np.array_equal(known.cells, beat.mesh.cells):
            return known
    raise InvalidInput(
        f"The beat's mesh has {len(beat.mesh.points)} points and {len(beat.mesh.cells)} cells.",
        "A mesh of the biventricular template in its coarse, medium or fine resolution is needed.",
        "Simulate the beat with SimulateBeat, or give its topology.",
    )


def _without_twist(cloud: FloatArray) -> FloatArray:
    """Points (t, k, 3) of columns whose rings begin where they did before: a column's first sector may jump around."""
    rings = cloud[:, 1:-1].reshape(len(cloud), -1, SECTORS, 3)
    turns = (np.arange(SECTORS)[:, None] + np.arange(SECTORS)) % SECTORS
    for before, now in pairwise(rings):
        rolled = now[:, turns] - now.mean(axis=1)[:, None, None]
        fit = np.einsum("lsi,lrsi->r", before - before.mean(axis=1, keepdims=True), rolled)
        now[:] = now[:, turns[int(fit.argmax())]]
    straight = cloud.copy()
    straight[:, 1:-1] = rings.reshape(len(cloud), -1, 3)
    return straight


def _check_moving(beat: Beat) -> None:
    if len(beat.times) < 2 or np.abs(beat.displacement).max() < STILL:
        raise InvalidInput(
            f"The beat has {len(beat.times)} moment(s) and no motion.",
            "A heart that moves, known at two moments or more, is needed.",
            "Simulate the beat with more moments.",
        )


__all__ = ["Moment", "Movement", "topology_of"]
