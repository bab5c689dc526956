"""The slab of Niederer et al. 2011 (doi:10.1098/rsta.2011.0139): activation times of its nine points.

    python benchmarks/niederer.py [--rows 0.5,0.05 0.2,0.05 0.2,0.01 0.1,0.01]

Each row is a spacing in mm and a time step in ms. Slab of 20 x 7 x 3 mm, fibres along its length, epicardial ten
Tusscher-Panfilov cells, a stimulus of 35.71 mV/ms for 2 ms in a corner cube of 1.5 mm, activation at 0 mV; voxels fill
the slab exactly and the points are continued from their centres. The last column but one is where an elliptic front
with the row's own speeds (P2, P3) would reach P8; below the rows are what fenicsx-beat prints for the same problem, and
P8 extrapolated to spacing 0.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.optimize import brentq

from marey.simulate.monodomain import Monodomain, Stimulus, TenTusscherCells, advance, even_fibre, fibre_tissue, rest

LENGTHS = (20.0, 7.0, 3.0)
CHI_CAPACITANCE = 140 * 0.01  # 1/mm times uF/mm2
ALONG = 0.17 * 0.62 / (0.17 + 0.62) / CHI_CAPACITANCE  # mm2/ms, from S/m
ACROSS = 0.019 * 0.24 / (0.019 + 0.24) / CHI_CAPACITANCE
POINTS = {
    "P1": (0, 0, 0), "P2": (0, 1, 0), "P3": (1, 0, 0), "P4": (1, 1, 0), "P5": (0, 0, 1), "P6": (0, 1, 1),
    "P7": (1, 0, 1), "P8": (1, 1, 1), "P9": (0.5, 0.5, 0.5),
}  # fmt: skip
PUBLISHED = {
    "fenicsx-beat 0.2, 0.005": (29.015, 31.05, 38.475, 9.315, 29.32, 31.08, 38.235, 18.045),
    "fenicsx-beat 0.1, 0.005": (25.5, 31.26, 37.81, 7.99, 26.09, 31.72, 37.93, 17.835),
}


def slab(spacing: float, dt: float, longest: float = 250.0) -> NDArray[np.float64]:
    """(z, y, x) activation times (ms) of the slab."""
    counts = [round(length / spacing) for length in LENGTHS]
    mask = np.ones(counts[::-1], np.bool_)
    tissue = fibre_tissue(mask, spacing, even_fibre(mask, (1, 0, 0)), along=ALONG, across=ACROSS)
    model = Monodomain(tissue, TenTusscherCells(), dt)
    z, y, x = (np.indices(mask.shape) + 0.5) * spacing
    corner = Stimulus(np.maximum(np.maximum(x, y), z) <= 1.5 + 1e-9, strength=50 / CHI_CAPACITANCE)
    state = rest(model)
    while np.isinf(state.first).any() and state.step * dt < longest:
        state, _ = advance(model, state, state.step * dt + 5, [corner])
    return tissue.on_grid(state.first)


def at_points(activation: NDArray[np.float64]) -> dict[str, float]:
    """Activation times (ms) of P1 to P9: those of the voxels' centres, continued linearly to the slab's corners."""
    centres = [(np.arange(size) + 0.5) / size for size in activation.shape]
    times = RegularGridInterpolator(centres, activation, bounds_error=False, fill_value=None)
    return {name: float(times(np.array([place[::-1]]))[0]) for name, place in POINTS.items()}


def ellipse(points: dict[str, float]) -> float:
    """P8 (ms) of an elliptic front with the run's own speeds along (P3) and across (P2), after 1.3 ms in the cube."""
    along, across = 18.5 / (points["P3"] - 1.3), 5.5 / (points["P2"] - 1.3)
    return 1.3 + float(np.hypot(18.5 / along, np.hypot(5.5, 1.5) / across))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", nargs="+", default=["0.5,0.05", "0.2,0.05", "0.2,0.01"])
    rows: dict[tuple[float, float], dict[str, float]] = {}
    print(f"{'dx, dt':<24}" + "".join(f"{name:>8}" for name in POINTS) + "  ellipse   CPU s")
    for row in parser.parse_args().rows:
        spacing, dt = (float(part) for part in row.split(","))
        began = time.process_time()
        found = rows[spacing, dt] = at_points(slab(spacing, dt))
        line = "".join(f"{value:8.2f}" for value in found.values())
        print(f"{row:<24}{line}{ellipse(found):9.2f}{time.process_time() - began:8.0f}", flush=True)
    for name, values in PUBLISHED.items():
        print(f"{name:<24}{'':8}" + "".join(f"{value:8.2f}" for value in values))
    shortest: dict[float, float] = {}
    for (spacing, _), found in sorted(rows.items(), key=lambda row: -row[0][1]):
        shortest[spacing] = found["P8"]
    if len(shortest) >= 3:
        limit = extrapolated(shortest)
        print(
            f"P8 at spacing 0: {limit.value:.1f} +- {limit.error:.1f} ms, with the fitted order {limit.order:.2f} "
            f"({limit.second:.1f} with order 2)"
        )


@dataclass(frozen=True)
class Limit:
    """Where values go as the spacing goes to 0: with the fitted order, with order 2; and how uncertain that is."""

    value: float
    error: float
    order: float
    second: float


def extrapolated(values: dict[float, float]) -> Limit:
    """Fit value = limit + factor * spacing^order through the three finest spacings."""
    (fine, low), (middle, mid), (coarse, high) = sorted(values.items())[:3]
    order = brentq(lambda p: (coarse**p - middle**p) / (middle**p - fine**p) - (high - mid) / (mid - low), 0.2, 6)
    value, second = (low - (mid - low) / ((middle / fine) ** p - 1) for p in (order, 2))
    return Limit(value, max(abs(value - second), 0.1 * (low - value)), order, second)


if __name__ == "__main__":
    main()
