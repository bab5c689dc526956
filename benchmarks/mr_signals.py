"""Speed of MR signals: dictionaries by phase graphs (beside MRpro), matching, maps; one core.

Run: python benchmarks/mr_signals.py [--peer PYTHON], where PYTHON is an interpreter of an environment that has MRpro.
"""

import argparse
import json
import math
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from marey.scan.mr import epg
from marey.scan.mr.program import joined, pulse, read, wait
from marey.scan.mr.sequences.bssfp import Bssfp
from marey.scan.mr.sequences.fingerprinting import Fingerprinting, build_dictionary, match
from marey.scan.mr.sequences.molli import Molli, molli_t1
from marey.scan.mr.spins import spins

ATOMS, ECHOES, ORDERS, ECHO = 3000, 750, 20, 1.4
T1, T2 = np.geomspace(200, 3000, 60), np.geomspace(15, 300, 50)


def seconds(do: Callable[[], object], repeats: int = 3) -> float:
    do()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        do()
        taken.append(time.perf_counter() - start)
    return min(taken)


def row(what: str, value: str) -> None:
    print(f"| {what} | {value} |")


def train(peer: str | None) -> None:
    """The same unbalanced train with the same orders by Marey and by MRpro."""
    rng = np.random.default_rng(0)
    t1 = np.exp(rng.uniform(np.log(200), np.log(3000), ATOMS))
    t2, flips, repetitions = (
        t1 * rng.uniform(0.03, 0.3, ATOMS),
        rng.uniform(0.05, 0.6, ECHOES),
        rng.uniform(5, 6, ECHOES),
    )
    program = joined([
        pulse(flip) + wait(ECHO) + read() + wait(repetition - ECHO, 1)
        for flip, repetition in zip(flips.tolist(), repetitions.tolist(), strict=True)
    ])  # fmt: skip
    ours = seconds(lambda: epg.play(program, t1, t2, orders=ORDERS))
    row(f"{ATOMS} atoms, {ECHOES} echoes, {ORDERS} orders", f"{ours:.2f} s, {1e9 * ours / ATOMS / ECHOES:.0f} ns each")
    if peer is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        case, result = Path(folder) / "train.npz", Path(folder) / "signals.npy"
        np.savez(case, t1=t1, t2=t2, flips=flips, repetitions=repetitions, echo=ECHO, orders=ORDERS)
        script = Path(__file__).with_name("mr_signals_peer.py")
        command = [peer, "-W", "ignore", str(script), str(case), str(result)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        said = json.loads(done.stdout.splitlines()[-1])
        theirs = np.load(result)
    mine = epg.play(program, t1, t2, orders=ORDERS)
    row(f"the same in {said['peer']}", f"{said['seconds']:.2f} s, {said['seconds'] / ours:.0f} times ours")
    row("largest difference of the magnitudes, of 1", f"{np.abs(np.abs(mine) - np.abs(theirs)).max():.1e}")


def maps() -> None:
    sequence, rng = Fingerprinting(), np.random.default_rng(1)
    dictionary = build_dictionary(sequence, 1000.0, T1, T2)
    taken = seconds(lambda: build_dictionary(sequence, 1000.0, T1, T2), 2)
    row(f"cardiac dictionary, {len(dictionary.t1)} atoms, {sequence.images} echoes", f"{taken:.2f} s")
    signals = sequence(spins(1.5).at(rng.integers(1, 42, 200)), 1000.0)
    voxels = np.repeat(signals.astype(np.complex64), 100, 0)
    row(f"matching {len(voxels)} voxels", f"{seconds(lambda: match(dictionary, voxels), 2):.2f} s")
    molli, many = Molli(), spins(1.5).at(rng.integers(1, 42, 40_000))
    off = rng.uniform(-0.1, 0.1, many.t1.shape)
    row("MOLLI of 40000 voxels, each with its own field", f"{seconds(lambda: molli(many, 1000.0, off), 1):.2f} s")
    noisy = np.abs(molli(many, 1000.0)) * np.sign(molli(many, 1000.0).real) + rng.normal(0, 0.002, (40_000, 8))
    row("T1 map of 40000 voxels", f"{seconds(lambda: molli_t1(molli.times(1000.0), noisy), 2):.2f} s")
    field = rng.uniform(-0.2, 0.2, (256, 256))
    here = spins(1.5).at(rng.integers(0, 42, (256, 256)))
    row("bSSFP of 65536 voxels", f"{1000 * seconds(lambda: Bssfp(flip_angle=math.pi / 3)(here, field)):.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", help="interpreter of an environment that has MRpro")
    row("what", "time")
    row("---", "---")
    train(parser.parse_args().peer)
    maps()
