"""The page docs/verification.md and its figures: cheap cases are run, long ones read from benchmarks/measured.

    python benchmarks/verification.py -o docs [--only waves ...]
    python benchmarks/verification.py --measure niederer land2015 networks [--data DATA]

The first takes a minute on one core once everything is compiled. The second runs the long cases again (niederer 3 min,
land2015 30 s, networks 5 s) and writes their rows; DATA holds circulation_0d, the input files and reference results of
svZeroDSolver.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "docs", help="folder of the page")
    parser.add_argument("--only", nargs="+", help="draw only these figures and leave the page as it is")
    parser.add_argument("--measure", nargs="+", default=[], choices=["niederer", "land2015", "networks"])
    data = Path(os.environ.get("MAREY_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data)
    chosen = parser.parse_args()
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "verification")]
    from figures.measured import measure

    for name in chosen.measure:
        measure(name, chosen.data)
    if not chosen.measure:
        from figures.page import write

        write(chosen.out, chosen.only)


if __name__ == "__main__":
    main()
