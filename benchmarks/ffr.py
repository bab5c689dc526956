"""Fractional flow reserve over coronary trees: time and errors; run as `python benchmarks/ffr.py`."""

import time
from itertools import pairwise

import numpy as np

from marey.simulate.flow.coronary import CoronaryParameters, Lesion, Tree, ffr, perfuse, synthetic_tree

REPEATS = 200


def tree_with(segments: int, degree: float) -> Tree:
    t = synthetic_tree(np.random.default_rng(1), segments)
    return Tree(
        t.parent, t.length, t.inlet_radius, t.outlet_radius, (Lesion(0, 0.5, 0.4 * float(t.length[0]), degree),)
    )


def milliseconds(tree: Tree) -> float:
    ffr(tree)
    start = time.perf_counter()
    for _ in range(REPEATS):
        ffr(tree)
    return (time.perf_counter() - start) / REPEATS * 1e3


def imbalance(tree: Tree) -> float:
    flow = perfuse(tree, dilation=CoronaryParameters().hyperaemia)
    out = np.zeros(tree.parent.size)
    np.add.at(out, tree.parent[tree.parent >= 0], flow.flow[tree.parent >= 0])
    inner = np.setdiff1d(np.arange(tree.parent.size), tree.leaves)
    return float(np.abs(out - flow.flow)[inner].max() / flow.flow.max()) if inner.size else 0.0


def main() -> None:
    print("| segments | ms per tree | flow imbalance |\n|---|---|---|")
    for segments in (31, 255, 2047):
        tree = tree_with(segments, 0.6)
        print(f"| {segments} | {milliseconds(tree):.3f} | {imbalance(tree):.1e} |")
    degrees = (0.3, 0.4, 0.5, 0.6, 0.7)
    values = [ffr(tree_with(255, d))[0] for d in degrees]
    print(
        "\n| diameter stenosis of the root | " + " | ".join(f"{d:.0%}" for d in degrees) + " |\n|---" + "|---" * 5 + "|"
    )
    print("| FFR | " + " | ".join(f"{v:.3f}" for v in values) + " |")
    print(f"\nmonotone: {all(b < a for a, b in pairwise(values))}")
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    trees = [synthetic_tree(rng) for _ in range(200)]
    drawn = time.perf_counter()
    for tree in trees:
        ffr(tree)
    solved = time.perf_counter()
    print(f"200 random trees of 255 segments: drawn in {drawn - start:.2f} s, solved in {solved - drawn:.3f} s")


if __name__ == "__main__":
    main()
