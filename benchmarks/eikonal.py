"""Activation maps: time and error, beside fim-python on its CPU solver.

    export PYTHONPATH=tests:tests/verification      # the cases
    python benchmarks/eikonal.py                    # Marey alone
    python -m venv /tmp/peer && /tmp/peer/bin/pip install fim-python
    python benchmarks/eikonal.py --peer /tmp/peer/bin/python

fim-python is under the AGPL: it runs in its own process and environment, on the same box cut into tetrahedra, one core.
Times are CPU seconds of the solution alone, compilation and set-up left out.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Callable

import numpy as np
from eikonal_cases import constant_tensor

from marey.simulate.eikonal import (
    LV_LATERAL,
    ConductionSystem,
    activation_gradient,
    activation_library,
    activation_times,
    conduction_tissue,
    sites,
)
from voxel_biventricle import voxel_biventricle

PEER = """
import time, numpy as np
from fimpy.solver import FIMPY
n, h = {n}, {h}
x = np.arange(n) * h
P = np.stack(np.meshgrid(x, x, x, indexing="ij"), -1).reshape(-1, 3)
i, j, k = np.meshgrid(*[np.arange(n - 1)] * 3, indexing="ij")
v = [(((i + a) * n + j + b) * n + k + c).ravel() for a in (0, 1) for b in (0, 1) for c in (0, 1)]
T = np.concatenate([np.stack([v[a] for a in t], 1) for t in
    [(0, 1, 3, 7), (0, 1, 5, 7), (0, 2, 3, 7), (0, 2, 6, 7), (0, 4, 5, 7), (0, 4, 6, 7)]])
f = np.ones(3) / np.sqrt(3)
D = np.eye(3) * 0.24**2 + (0.6**2 - 0.24**2) * np.outer(f, f)
solver = FIMPY.create_fim_solver(P, T, np.repeat(D[None], len(T), 0), device="cpu")
c = np.argmin(np.linalg.norm(P - P.mean(0), axis=1))
t = time.process_time()
u = solver.comp_fim(np.array([c]), np.array([0.0]))
t = time.process_time() - t
d = P - P[c]
e = u - np.sqrt(np.einsum("ni,ij,nj->n", d, np.linalg.inv(D), d))
print(len(P), t, np.sqrt(np.mean(e**2)), np.abs(e).max())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", help="python of an environment with fim-python")
    parser.add_argument("--spacing", type=float, default=1.0, help="of the box, mm")
    arguments = parser.parse_args()
    print("| what | points | CPU s | rms error ms | largest ms |")
    ours = box(arguments.spacing)
    if arguments.peer:
        theirs = peer(arguments.peer, arguments.spacing)
        print(f"fim-python takes {theirs / ours:.0f} times as long")
    biventricle()


def cpu(work: Callable[[], object], repeats: int = 3) -> float:
    """Least CPU time of some runs, s."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def box(h: float) -> float:
    """Point source in the middle of the box with oblique fibres."""
    case = constant_tensor(h, (1, 1, 1))
    taken = cpu(lambda: constant_tensor(h, (1, 1, 1)))
    print(f"| Marey, box with network set up | {case.exact.size} | {taken:.2f} | {case.rms:.3f} | {case.largest:.2f} |")
    return taken


def peer(python: str, h: float) -> float:
    """The same box by fim-python."""
    script = PEER.format(n=round(40 / h) + 1, h=h)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True, env=environment)
    size, taken, rms, largest = map(float, run.stdout.split()[-4:])
    print(f"| fim-python, box, solution alone | {size:.0f} | {taken:.2f} | {rms:.3f} | {largest:.2f} |")
    return taken


def biventricle() -> None:
    """A biventricle at 1 mm, 5 sites."""
    heart = voxel_biventricle(1.0)
    tissue = conduction_tissue(heart.mask, heart.spacing, heart.fibre, origin=heart.origin)
    starts = sites(tissue, heart, [*ConductionSystem().leads(), LV_LATERAL])
    size = int(heart.mask.sum())
    start = time.process_time()
    _ = tissue.network
    print(f"| Marey, biventricle, neighbours and metric (once) | {size} | {time.process_time() - start:.2f} | | |")
    result = activation_times(tissue, starts)
    print(f"| Marey, biventricle, 5 sites | {size} | {cpu(lambda: activation_times(tissue, starts)):.2f} | | |")
    ones = np.ones_like(result.times)
    activation_gradient(tissue, result, ones)
    print(f"| its gradient | {size} | {cpu(lambda: activation_gradient(tissue, result, ones)):.2f} | | |")
    library = activation_library(tissue, [[s] for s in starts])
    taken = cpu(lambda: library.arrival({i: float(i) for i in range(5)}), 20)
    print(f"| five sources by superposition | {size} | {taken:.4f} | | |")


if __name__ == "__main__":
    main()
