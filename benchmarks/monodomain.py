"""Time of a monodomain step with Mitchell-Schaeffer cells and error of its front speed, beside finitewave.

    python benchmarks/monodomain.py [--side 52] [--peer PYTHON]

PYTHON is an interpreter with finitewave installed (pip install finitewave, in an environment of its own); without it
the peer's rows are left out. One core. The block is a cube of voxels of 1 mm whose fibres turn by 120 degrees and rise
out of the plane, a speed of 0.6 mm/ms along and 0.25 mm/ms across them; the peer gets fibres along an axis, its
cheapest anisotropic case. Speeds are those of plane waves along the fibre on a line of voxels of 1 mm, with the
diffusivity of which the closed form says 0.6 mm/ms for both, and the calibrated one for Marey.
"""

import argparse
import json
import math
import os
import subprocess
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marey.simulate.monodomain import (
    MitchellSchaeffer,
    MitchellSchaefferCells,
    Monodomain,
    Stimulus,
    TenTusscherCells,
    advance,
    calibrated_diffusivity,
    calibrated_tissue,
    even_fibre,
    fibre_tissue,
    rest,
    solve,
)
from marey.simulate.monodomain.cells import Cells
from marey.simulate.monodomain.mitchell_schaeffer import front_speed

PEER = """
import json, sys, time
import finitewave as fw, numpy as np

def run(shape, region, steps, diffusivity, dt):
    tissue = fw.CardiacTissue3D(shape)
    tissue.fibers = np.zeros((*shape, 3)); tissue.fibers[..., 0] = 1
    tissue.D_al, tissue.D_ac = 1.0, 1 / 5.76
    sequence = fw.StimSequence(); sequence.add_stim(fw.StimVoltageCoord3D(0, 1, *region))
    model = fw.MitchellSchaeffer3D()
    model.dt, model.dr, model.prog_bar, model.D_model = dt, 1.0, False, diffusivity
    model.cardiac_tissue, model.stim_sequence = tissue, sequence
    tracker = fw.ActivationTime3DTracker(); tracker.threshold = 0.5
    model.tracker_sequence = fw.TrackerSequence(); model.tracker_sequence.add_tracker(tracker)
    model.t_max = 20 * dt; model.run()
    model.t_max = steps * dt
    began = time.process_time(); model.run(initialize=True)
    spent = time.process_time() - began
    return spent / steps / np.prod(shape) * 1e9, np.asarray(tracker.output)

side, diffusivity = int(sys.argv[1]), float(sys.argv[2])
cost, _ = run((side,) * 3, (0, 5, 0, side, 0, side), 300, diffusivity, 0.1)
_, times = run((80, 5, 5), (0, 8, 0, 5, 0, 5), 1500, diffusivity, 0.1)
print(json.dumps({"cost": cost, "speed": 30 / (times[65, 2, 2] - times[35, 2, 2])}))
"""


def block(side: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    mask = np.ones((side, side, side), np.bool_)
    angle = np.radians(np.linspace(-60, 60, side))[:, None, None]
    fibre = np.empty((*mask.shape, 3))
    fibre[..., 0], fibre[..., 1], fibre[..., 2] = 0.9 * np.cos(angle), 0.9 * np.sin(angle), math.sqrt(1 - 0.81)
    return mask, fibre


def cost(model: Monodomain, steps: int) -> float:
    """Nanoseconds of one core per node and step, of a wave through tissue."""
    region = np.zeros_like(model.tissue.mask)
    region[:5] = True
    state, _ = advance(model, rest(model), 2 * model.dt, [Stimulus(region)])
    began = time.process_time()
    advance(model, state, (steps + 2) * model.dt, [Stimulus(region)])
    return (time.process_time() - began) / steps / model.tissue.nodes * 1e9


def speed(diffusivity: float, dt: float) -> float:
    mask = np.ones((1, 1, 80), np.bool_)
    tissue = fibre_tissue(mask, 1.0, even_fibre(mask, (1, 0, 0)), along=diffusivity, across=diffusivity)
    region = np.zeros_like(mask)
    region[..., :8] = True
    found = solve(Monodomain(tissue, MitchellSchaefferCells(), dt), [Stimulus(region)], 150).activation[0, 0]
    return float(30 / (found[65] - found[35]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--side", type=int, default=52)
    parser.add_argument("--peer", type=Path)
    chosen = parser.parse_args()
    diffusivity = (0.6 / front_speed(MitchellSchaeffer(), 1.0)) ** 2
    mask, fibre = block(chosen.side)
    cells = MitchellSchaefferCells()
    tissue = calibrated_tissue(mask, 1.0, fibre, along=0.6, across=0.25, cells=cells)
    print(f"{'':34}{'ns per node and step':>22}{'speed for 0.6 mm/ms':>22}")
    plain, calibrated = speed(diffusivity, 0.1), speed(calibrated_diffusivity(0.6, 1.0), 0.1)
    ours = cost(Monodomain(tissue, cells, 0.1), 300)
    print(f"{'Marey, Mitchell-Schaeffer':34}{ours:22.1f}{plain:15.4f} / {calibrated:.4f} calibrated")
    slow: Cells = TenTusscherCells()
    print(f"{'Marey, ten Tusscher 2006':34}{cost(Monodomain(tissue, slow, 0.05), 40):22.1f}")
    if chosen.peer:
        _print_peer(chosen.peer, chosen.side, diffusivity, ours)


def _print_peer(python: Path, side: int, diffusivity: float, ours: float) -> None:
    command = [str(python), "-c", PEER, str(side), str(diffusivity)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "NUMBA_NUM_THREADS": "1"}
    )
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{'finitewave, Mitchell-Schaeffer':34}{found['cost']:22.1f}{found['speed']:15.4f}")
    print(f"{'ratio of costs':34}{found['cost'] / ours:22.1f}")


if __name__ == "__main__":
    main()
