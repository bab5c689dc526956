"""How imaging planes lie to a heart, and what that makes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import View
from marey.anatomy.axes import HeartAxes
from marey.core import Grid

FOUR_CHAMBER_TURN, THREE_CHAMBER_TURN, TWO_CHAMBER_TURN = -15.0, 45.0, 105.0  # degrees
TURNS = {
    View.FOUR_CHAMBER: FOUR_CHAMBER_TURN,
    View.THREE_CHAMBER: THREE_CHAMBER_TURN,
    View.TWO_CHAMBER: TWO_CHAMBER_TURN,
}
HALF_SECTOR = 30.0  # degrees on either side of each turn


@dataclass(frozen=True)
class PlaneToHeart:
    """How one plane lies to the heart.

    Args:
        tilt: degrees between the plane and the LV's long axis; 0 when the plane is parallel to it.
        turn: degrees, modulo 180, from the direction LV -> RV towards the anterior wall, of the plane's trace seen
            from the base down the long axis; meaningless when `tilt` is near 90.
        lv_distance: mean distance of the long axis (apex to base) from the plane, mm.
        lv_share: how the plane divides the LV (cavity and wall): the smaller part, 0 (beside it) to 0.5 (in halves).
        rv_share: the same for the RV cavity; 0 when none is known.
    """

    tilt: float
    turn: float
    lv_distance: float
    lv_share: float
    rv_share: float


def plane_to_heart(grid: Grid, axes: HeartAxes) -> PlaneToHeart:
    """The pose of the slice that lies nearest to the LV's long axis."""
    along = np.linspace(axes.apex_position, axes.base_position, 9)
    line = axes.lv_centre + np.outer(along, axes.base)
    height = (line - grid.world([0.0, 0.0, 0.0])) @ grid.normal
    distances = np.abs(height[None] - grid.slice_positions[:, None]).mean(axis=1)
    nearest = int(distances.argmin())
    shares = (_smaller_part(points, grid, nearest) for points in (axes.lv_points, axes.rv_points))
    tilt = np.degrees(np.arcsin(np.clip(np.abs(grid.normal @ axes.base), 0.0, 1.0)))
    return PlaneToHeart(float(tilt), plane_turn(grid.normal, axes), float(distances[nearest]), *shares)


def _smaller_part(points: NDArray[np.float64], grid: Grid, z: int) -> float:
    if not len(points):
        return 0.0
    beyond = float(np.mean((points - grid.world([float(z), 0.0, 0.0])) @ grid.normal > 0))
    return min(beyond, 1 - beyond)


def plane_turn(normal: NDArray[np.float64], axes: HeartAxes) -> float:
    """Degrees in [-75, 105) from septal towards anterior of the line in which the plane cuts the short axis."""
    trace = np.cross(normal, axes.base)
    turn = np.degrees(np.arctan2(trace @ axes.anterior, trace @ axes.septal))
    return float((turn + 75.0) % 180.0 - 75.0)


def turn_difference(first: float, second: float) -> float:
    """Degrees, 0 to 90, between two turns of undirected lines."""
    return abs((first - second + 90.0) % 180.0 - 90.0)


def nearest_view(turn: float) -> View:
    """The long-axis view whose usual turn is nearest."""
    return min(TURNS, key=lambda view: turn_difference(turn, TURNS[view]))


def margin_to(turn: float, view: View) -> float:
    """Degrees by which a turn lies outside the sector of a view; negative inside."""
    return turn_difference(turn, TURNS[view]) - HALF_SECTOR
