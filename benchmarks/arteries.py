"""Waves in the systemic arteries: what the pulse looks like along the tree, and what a beat costs.

    python benchmarks/arteries.py [--preset healthy]

The first rows are the published tree with its published inflow, in cells of 20, 10 and 5 mm and a stiffer wall;
the last rows the same tree fed by a simulated beat.
"""

import argparse
import os
import time

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from marey.core import Beat
from marey.core.signal import Signal
from marey.core.units import kPa, mmHg
from marey.simulate.beat import SimulateBeat
from marey.simulate.flow.waves import (
    BRACHIAL,
    FEMORAL,
    RADIAL,
    ROOT,
    SystemicTree,
    adan56_inflow,
    amplification,
    arterial_waves,
    at,
    foot,
    pulse_wave_velocity,
    separated,
)
from marey.simulate.flow.waves.indices import speed_at
from marey.simulate.presets import PRESETS, preset

ABDOMEN = ("abdominal aorta V", 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=PRESETS, default="healthy")
    chosen = parser.parse_args()
    flow = adan56_inflow(500)
    published = Signal(np.array([[*flow, flow[0]]]), np.linspace(0.0, 1000.0, 501), ("aortic",), "mL/s")
    beat = SimulateBeat(resolution="coarse", moments=4, medium="endless")(preset(chosen.preset))
    arterial_waves(published, spacing=50.0)  # compiles
    print(f"{'':26}{'CPU s':>6}{'root':>9}{'PP brachial':>13}{'radial':>8}{'femoral':>9}{'cf m/s':>8}"
          f"{'reflection':>12}{'aorta ms, c ms':>17}{'lost':>10}")  # fmt: skip
    for spacing in (20.0, 10.0, 5.0):
        row(f"published, {spacing:.0f} mm", published, SystemicTree(), spacing)
    row("published flow, 400 kPa", published, SystemicTree(young_modulus=400 * kPa), 10.0)
    row(f"{chosen.preset} beat", beat, SystemicTree(), 10.0)
    row(f"{chosen.preset} beat, 400 kPa", beat, SystemicTree(young_modulus=400 * kPa), 10.0)


def row(label: str, source: Beat | Signal, tree: SystemicTree, spacing: float) -> None:
    """Pressures in mmHg, pulse pressures over that of the root, time that the foot needs down the aorta."""
    start = time.process_time()
    waves = arterial_waves(source, tree, spacing=spacing)
    spent = time.process_time() - start
    root = at(waves, ROOT)[0] / mmHg
    theory = 0.0
    for artery in waves.network.arteries:
        if "aort" in artery.name:
            for position in (np.arange(10) + 0.5) / 10:
                least = float(at(waves, (artery.name, position))[0].min())
                theory += artery.length / 10 / speed_at(waves, artery.name, position, least)
    ratios = [amplification(waves, place) for place in (BRACHIAL, RADIAL, FEMORAL)]
    print(f"{label:26}{spent:6.1f}{f'{root.max():.0f}/{root.min():.0f}':>9}{ratios[0]:13.2f}{ratios[1]:8.2f}"
          f"{ratios[2]:9.2f}{pulse_wave_velocity(waves):8.2f}{separated(waves, ROOT).reflection:12.2f}"
          f"{foot(waves, ABDOMEN) - foot(waves, ROOT):11.1f},{theory:5.1f}{waves.imbalance:10.0e}")  # fmt: skip


if __name__ == "__main__":
    main()
