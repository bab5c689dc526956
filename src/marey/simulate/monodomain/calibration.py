"""Diffusivities that deliver a wanted conduction velocity on the grid and with the time step that are used.

On a line of voxels the front moves F(D / h^2) voxels a ms, for every spacing h: F is tabulated by runs on a line, once
per set of parameters and time step, and inverted. In three dimensions a plane wave along n meets the second moment
M2 = sum_k w_k (e_k . n)^2 = n D n of the stencil and, to leading order of its dispersion, the fourth,
M4 = sum_k w_k (e_k . n)^4: it moves as on a line of spacing h sqrt(M4 / M2), which is what the table is read at.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from marey.core.errors import InvalidInput
from marey.simulate.monodomain.diffusion import selling
from marey.simulate.monodomain.mitchell_schaeffer import MitchellSchaeffer, MitchellSchaefferCells, front_speed
from marey.simulate.monodomain.solve import Monodomain, Stimulus, advance, rest
from marey.simulate.monodomain.tissue import Tissue, at_nodes, even_fibre, fibre_at_nodes, fibre_tissue

_ROUNDS = 12


def calibrated_diffusivity(
    speed: float, spacing: float, parameters: MitchellSchaeffer | None = None, dt: float = 0.1
) -> float:
    """Diffusivity (mm2/ms) that gives a planar front in rested tissue the wanted speed along the axes of the grid.

    Args:
        speed: mm/ms.
        spacing: mm.
        parameters: of the cells.
        dt: ms, the time step of the simulation.

    Raises:
        InvalidInput: a speed that this grid and time step cannot carry.
    """
    if not (speed > 0 and spacing > 0):
        raise InvalidInput(
            f"A speed of {speed:g} mm/ms on voxels of {spacing:g} mm is not possible.",
            "Both must be positive.",
            "Check their values and units.",
        )
    table = _inverse(parameters or MitchellSchaeffer(), dt)
    return float(_look_up(table, np.array([speed]), np.array([spacing]))[0])


def calibrated_tissue(
    mask: NDArray[np.bool_],
    spacing: float,
    fibre: NDArray[np.floating],
    *,
    along: float | NDArray[np.floating],
    across: float | NDArray[np.floating],
    cells: MitchellSchaefferCells,
    dt: float = 0.1,
    zone: NDArray[np.uint8] | None = None,
) -> Tissue:
    """Tissue in which fronts have the wanted speeds along and across the fibre, whatever its direction on the grid.

    Args:
        mask: (z, y, x) conducting voxels.
        spacing: mm.
        fibre: (z, y, x, 3) unit vectors.
        along, across: mm/ms, a number or (z, y, x).
        cells: their parameters, one set per zone.
        dt: ms, the time step of the simulation.
        zone: (z, y, x) set of parameters of each voxel.

    Raises:
        InvalidInput: a speed that this grid and time step cannot carry, or input that `Tissue` refuses.
    """
    axes = _axes(fibre_at_nodes(mask, fibre))
    side = at_nodes(mask, across, "across")
    speeds = np.stack([at_nodes(mask, along, "along"), side, side], axis=1).astype(float)
    zones = at_nodes(mask, 0 if zone is None else zone, "zone")
    if not (speeds > 0).all() or zones.max() >= cells.zones:
        raise InvalidInput(
            f"The speeds go down to {speeds.min():g} mm/ms and the zones up to {zones.max()}.",
            f"Positive speeds and zones 0 to {cells.zones - 1} are needed.",
            "Take voxels that do not conduct out of the mask, and give the cells parameters for every zone.",
        )
    values = np.empty(speeds.shape)
    for number in np.unique(zones):
        chosen = zones == number
        values[chosen] = _calibrate(axes[chosen], speeds[chosen], spacing, _inverse(cells.sets[number], dt))
    return Tissue(mask, spacing, _tensors(values, axes), zone)


def _axes(fibre: NDArray[np.float64]) -> NDArray[np.float64]:
    """(node, 3, 3) fibre and two directions across it, one of them in a plane of the grid."""
    least = np.eye(3)[np.abs(fibre).argmin(axis=1)]
    side = np.cross(fibre, least)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    return np.stack([fibre, side, np.cross(fibre, side)], axis=1)


def _calibrate(
    axes: NDArray[np.float64], speeds: NDArray[np.float64], spacing: float, table: PchipInterpolator
) -> NDArray[np.float64]:
    values = _look_up(table, speeds, np.full(speeds.shape, spacing))
    for _ in range(_ROUNDS):
        offsets, weights = selling(_tensors(values, axes))
        steps = np.einsum("nia,nka->nik", axes, offsets.astype(float))
        fourth, second = (np.einsum("nk,nik->ni", weights, steps**power) for power in (4, 2))
        new = _look_up(table, speeds, spacing * np.sqrt(fourth / second))
        values = np.sqrt(values * new)
    return values


def _tensors(values: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ni,nia,nib->nab", values, axes, axes, optimize=True))


def _look_up(table: PchipInterpolator, speed: NDArray[np.float64], spacing: NDArray[np.float64]) -> NDArray[np.float64]:
    rate = np.log(speed / spacing)
    low, high = table.x[0], table.x[-1]
    if rate.min() < low or rate.max() > high:
        worst = np.unravel_index(rate.argmin() if rate.min() < low else rate.argmax(), rate.shape)
        h = spacing[worst]
        raise InvalidInput(
            f"A conduction velocity of {speed[worst]:.3g} mm/ms is wanted where a wave meets voxels of {h:.3g} mm.",
            f"There it must lie between {h * np.exp(low):.3g} (block) and {h * np.exp(high):.3g} mm/ms (unstable).",
            "Change the velocity, or the size of the voxels, or take a shorter time step.",
        )
    return np.asarray(np.exp(table(rate)) * spacing**2)


@lru_cache(maxsize=64)
def _inverse(parameters: MitchellSchaeffer, dt: float) -> PchipInterpolator:
    """log(D / h^2) over log(voxels per ms), by runs on a line of voxels 1 mm apart."""
    diffusivities = np.geomspace(0.002, 0.49 / dt, 20)
    rates = np.array([_speed_on_line(parameters, float(value), dt) for value in diffusivities])
    carried = np.isfinite(rates)
    return PchipInterpolator(np.log(rates[carried]), np.log(diffusivities[carried]))


def _speed_on_line(parameters: MitchellSchaeffer, diffusivity: float, dt: float) -> float:
    width = np.sqrt(diffusivity)
    count = int(50 + 50 * width)
    mask = np.ones((1, 1, count), np.bool_)
    cells = MitchellSchaefferCells((parameters,), np.dtype(np.float64))
    model = Monodomain(
        fibre_tissue(mask, 1.0, even_fibre(mask, (1, 0, 0)), along=diffusivity, across=diffusivity), cells, dt
    )
    region = np.zeros_like(mask)
    region[..., : int(5 + 8 * width)] = True
    start, end = int(0.4 * count), int(0.8 * count)
    state, lap = rest(model), count / front_speed(parameters, diffusivity)
    for turn in range(1, 5):
        state, _ = advance(model, state, turn * lap, [Stimulus(region, strength=0.5 * parameters.amplitude)])
        if np.isfinite(state.first[end]):
            return float((end - start) / (state.first[end] - state.first[start]))
    return np.nan


__all__ = ["calibrated_diffusivity", "calibrated_tissue"]
