"""What it costs to acquire and reconstruct a cine, and the Fourier transform of spokes beside a peer.

    python benchmarks/mr_acquisition.py [--slices 12] [--peer PYTHON]

Rows: 25 phases, matrix 160 x 208 shown as 256 x 288, 8 coils, retrospective gating, rendered states given; CPU seconds
for all slices, by step. PYTHON is an interpreter of an environment that has finufft.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np

from marey.scan.mr.acquisition import (
    BreathHold,
    Encoding,
    Patient,
    Receiver,
    Reconstruction,
    StateTable,
    acquire,
    by_phase,
    full,
    reconstruct,
    retrospective,
    segments,
    sensitivities,
    sort,
    uniform,
)
from marey.scan.mr.acquisition.radial import Nufft
from mr_phantoms import axial, chest, plane

PHASES = 25
PEER = """
import json, sys, time
import numpy as np, finufft
side, count = json.loads(sys.argv[1])
rng = np.random.default_rng(0)
image = rng.standard_normal((8, side, side)) + 1j * rng.standard_normal((8, side, side))
k = 2 * np.pi * (rng.random((2, count)) - 0.5)
image, k = image.astype(np.complex64), k.astype(np.float32)
plan = finufft.Plan(2, (side, side), n_trans=8, eps=1e-4, isign=-1, dtype="complex64", nthreads=1)
plan.setpts(*k); plan.execute(image)
start = time.process_time()
plan.setpts(*k); middle = time.process_time(); plan.execute(image)
print(json.dumps([middle - start, time.process_time() - middle]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=int, default=12)
    parser.add_argument("--peer", help="interpreter of an environment with finufft")
    chosen = parser.parse_args()
    title = f"cine, {chosen.slices} slices"
    print(f"{title:38}{'maps':>7}{'acquire':>9}{'sort':>7}{'pictures':>10}{'all':>7}  CPU s")
    for oversampling in (1, 2):
        for acceleration in (2, 1):
            cine(chosen.slices, oversampling, acceleration)
    spokes(chosen.peer)


def cine(slices: int, oversampling: int, acceleration: int) -> None:
    encoding = Encoding((320.0, 360.0), (160, 208), 0.93, oversampling)
    scene = axial(encoding)
    rng = np.random.default_rng(0)
    radii = 25 + 8 * np.cos(2 * np.pi * np.arange(PHASES) / PHASES)
    states = StateTable(np.arange(0, 900.0, 36.0), np.zeros(1), [[chest(scene, radius)] for radius in radii], 900.0)
    lines = uniform(160, acceleration, 24) if acceleration > 1 else full(160)
    deviation = Receiver().sample_noise(encoding, 8.0)
    spent = np.zeros(4)
    for number in range(slices + 1):
        r_waves = np.cumsum(np.r_[0.0, rng.normal(900, 27, 20)])
        schedule = retrospective(Patient(r_waves, BreathHold(), 900.0), rng, segments(lines, 12), 2.9)
        clock = [time.process_time()]
        sensitivities(scene.array, plane(scene.reduced.shape, scene.reduced.pixel(encoding)))
        clock.append(time.process_time())
        raw = acquire(states, schedule, scene.encoder, scene.grid, rng, noise_covariance=scene.array.noise_covariance,
                      noise=deviation, time_step=36.0, breath_step=5.0)  # fmt: skip
        clock.append(time.process_time())
        sorting = by_phase(schedule, PHASES)
        kspace = sort(raw, sorting)
        clock.append(time.process_time())
        reconstruct(kspace, sorting.lines, encoding, Reconstruction((256, 288), 0.3))
        clock.append(time.process_time())
        spent += np.diff(clock) * (number > 0)  # the first compiles and warms up
    label = f"readout x{oversampling}, " + (
        f"GRAPPA {acceleration}, 24 calibration" if acceleration > 1 else "all lines"
    )
    print(f"{label:38}{spent[0]:7.2f}{spent[1]:9.2f}{spent[2]:7.2f}{spent[3]:10.2f}{spent.sum():7.2f}")


def spokes(peer: str | None) -> None:
    """8 coils, 256 x 256, 30 spokes of 512 samples."""
    side, count = 256, 30 * 512
    rng = np.random.default_rng(0)
    image = (rng.standard_normal((8, side, side)) + 1j * rng.standard_normal((8, side, side))).astype(np.complex64)
    frequencies = rng.random((count, 2)) - 0.5
    Nufft((side, side), frequencies).forward(image)
    start = time.process_time()
    transform = Nufft((side, side), frequencies)
    middle = time.process_time()
    transform.forward(image)
    print(f"\n{'spokes, 8 coils':38}{'plan':>7}{'transform':>11}  CPU ms")
    print(f"{'ours':38}{1e3 * (middle - start):7.0f}{1e3 * (time.process_time() - middle):11.0f}")
    if peer:
        command = [peer, "-c", PEER, json.dumps([side, count])]
        plan, run = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{'finufft, 1e-4, one thread':38}{1e3 * plan:7.0f}{1e3 * run:11.0f}")


if __name__ == "__main__":
    main()
