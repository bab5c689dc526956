"""An array of receive loops around the chest: sensitivities by reciprocity, noise from the body that they share.

The voltage that a spin induces in a loop is proportional to the transverse field that a unit current in the loop makes
at the spin, as seen in the frame that turns against the spin: B1- = (Bx - i By) / 2 with z along the main field (Hoult,
doi:10.1002/1099-0534(2000)12:4<173::AID-CMR1>3.0.CO;2-Q). Noise comes from currents in the conducting body: coils that
see the same body share it, R_ij = sigma w^2 integral of A_i . A_j (Roemer, doi:10.1002/mrm.1910160203).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import make_interp_spline

from marey.core import Grid, InvalidInput, Parameters, parameter
from marey.scan.mr.acquisition.biot_savart import circle, magnetic_field, vector_potential

Array = NDArray[np.float64]
LARGEST_ARRAY = 64
KNOTS = 4.5  # mm between the points at which the field of a loop is evaluated in a slice


@dataclass(frozen=True)
class ChestArray(Parameters):
    """Half of the loops on the chest, half on the back, on an elliptic cylinder along the body.

    Args:
        width, depth: of the cylinder that the loops lie on, mm (right to left, front to back).
        length: that the array covers from foot to head, mm.
        overlap: of a loop's diameter with its neighbour's.
        own_resistance: of the loop and its electronics, relative to what the body puts into it.
    """

    width: float = parameter(390.0, 200, 700, "mm", "textbook value")
    depth: float = parameter(270.0, 120, 600, "mm", "textbook value")
    length: float = parameter(280.0, 80, 600, "mm", "textbook value")
    overlap: float = parameter(0.15, 0, 0.4, "1", "textbook value")
    own_resistance: float = parameter(0.25, 0.01, 5, "1", "textbook value")


@dataclass(frozen=True, eq=False)
class CoilArray:
    """Loops in the patient, and the noise that they share.

    Args:
        loops: ``(coil, segment, 3)`` corners, LPS mm.
        noise_covariance: ``(coil, coil)``, of mean diagonal 1.
    """

    loops: Array
    noise_covariance: NDArray[np.complex128]

    @property
    def coils(self) -> int:
        """Number of loops."""
        return len(self.loops)


def chest_array(centre: Array, coils: int = 8, geometry: ChestArray | None = None) -> CoilArray:
    """Loops in rows over chest and back.

    Args:
        centre: (3,) LPS mm of the array's middle, about the heart.
        coils: 4 to 64, an even number.
        geometry: of the cylinder; of a normal chest when not given.

    Raises:
        InvalidInput: a number of coils that cannot be placed.
    """
    if coils % 2 or not 4 <= coils <= LARGEST_ARRAY:
        raise InvalidInput(
            f"The coil array has {coils} coils.",
            f"An even number from 4 to {LARGEST_ARRAY} is expected: half on the chest, half on the back.",
            "Choose 8, 16 or 32 coils.",
        )
    geometry = geometry or ChestArray()
    half = coils // 2
    rows = max(row for row in range(1, int(np.sqrt(half)) + 1) if half % row == 0)
    columns = half // rows
    arc = 0.75 * np.pi  # of chest or back that the loops cover
    step = (arc / columns * (geometry.width + geometry.depth) / 4, geometry.length / rows)
    radius = 0.5 * float(np.mean(step)) * (1 + geometry.overlap)
    loops = []
    for side in (-1, 1):  # chest (anterior is -y), back
        for row in range(rows):
            stagger = 0.25 * (-1) ** row if rows > 1 else 0.0
            for column in range(columns):
                angle = side * np.pi / 2 + arc * ((column + 0.5 + stagger) / columns - 0.5)
                along = geometry.length * ((row + 0.5) / rows - 0.5)
                loops.append(_loop(np.asarray(centre, float), angle, along, radius, geometry))
    array = np.array(loops)
    return CoilArray(array, loaded_covariance(array, np.asarray(centre, float), geometry))


def _loop(centre: Array, angle: float, along: float, radius: float, geometry: ChestArray) -> Array:
    """A circle bent onto the cylinder."""
    a, b = geometry.width / 2, geometry.depth / 2
    middle = np.array([a * np.cos(angle), b * np.sin(angle), along])
    normal = np.array([np.cos(angle) / a, np.sin(angle) / b, 0])
    flat = circle(middle, -normal, radius)
    onto = np.hypot(flat[:, 0] / a, flat[:, 1] / b)[:, None]
    bent = np.concatenate([flat[:, :2] / onto, flat[:, 2:]], axis=1)
    return np.asarray(centre + bent, np.float64)


def loaded_covariance(loops: Array, centre: Array, geometry: ChestArray, step: float = 12.0) -> NDArray[np.complex128]:
    """Noise covariance of loops ``(coil, segment, 3)`` around a conducting elliptic cylinder, of mean diagonal 1.

    The body is taken 20 mm within the loops and conducts evenly; the electric field is that of the vector potential,
    the charges on the skin are neglected.
    """
    a, b, half = geometry.width / 2 - 20, geometry.depth / 2 - 20, geometry.length / 2 + 60
    axes = [np.arange(-side, side + step, step) for side in (a, b, half)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    body = points[(points[:, 0] / a) ** 2 + (points[:, 1] / b) ** 2 <= 1] + centre
    potential = np.array([vector_potential(loop, body).ravel() for loop in loops])
    resistance = potential @ potential.T
    resistance += geometry.own_resistance * np.diag(np.diag(resistance))
    return np.asarray(resistance / np.diag(resistance).mean(), np.complex128)


def sensitivities(array: CoilArray, grid: Grid, reference: Array | None = None) -> NDArray[np.complex64]:
    """Receive sensitivity of every coil on every slice of a grid.

    Evaluated on a lattice of 4.5 mm in the slice and interpolated by cubic splines.

    Args:
        array: of coils.
        grid: slices.
        reference: (3,) LPS mm, where the root of the sum of squares is made 1; the grid's centre when not given.

    Returns:
        ``(coil, slice, row, column)``.
    """
    slices, rows, columns = grid.shape
    row_knots, across = _spline(rows, grid.spacing[1])
    column_knots, along = _spline(columns, grid.spacing[2])
    index = np.stack(np.meshgrid(np.arange(slices), row_knots, column_knots, indexing="ij"), axis=-1)
    knots = receive_field(array.loops, grid.world(index))  # (coil, slice, knot, knot)
    centre = grid.centre if reference is None else np.asarray(reference, float)
    scale = np.linalg.norm(receive_field(array.loops, centre[None])[:, 0])
    return np.asarray(across @ (knots / scale).astype(np.complex64) @ along.T, np.complex64)


def receive_field(loops: Array, points: Array) -> NDArray[np.complex128]:
    """``(coil, ...)`` tesla per ampere: B1- of loops at points ``(..., 3)``; the main field is along LPS z."""
    fields = np.array([magnetic_field(loop, points) for loop in loops])
    return np.asarray((fields[..., 0] - 1j * fields[..., 1]) / 2, np.complex128)


def _spline(pixels: int, spacing: float) -> tuple[Array, NDArray[np.float32]]:
    """Knots (in pixels) and the (pixel, knot) weights of cubic interpolation between them."""
    count = max(4, int(np.ceil((pixels - 1) * spacing / KNOTS)) + 1)
    knots = np.linspace(0, max(pixels - 1, 1), count)
    return knots, np.asarray(make_interp_spline(knots, np.eye(count))(np.arange(pixels)), np.float32)


__all__ = ["ChestArray", "CoilArray", "chest_array", "loaded_covariance", "receive_field", "sensitivities"]
