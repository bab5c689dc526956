"""A train of unbalanced echoes in MRpro, for `benchmarks/mr_signals.py`; its environment has MRpro and not Marey.

    python mr_signals_peer.py TRAIN.npz SIGNALS.npy

The file holds t1, t2 (atom,) ms, flips (echo,) radians, repetitions (echo,) and echo time in ms, orders.
"""

import json
import sys
import time

import mrpro  # type: ignore[import-not-found,unused-ignore]
import numpy as np
import torch
from mrpro.operators.models.EPG import FispBlock, Parameters  # type: ignore[import-not-found,unused-ignore]

if __name__ == "__main__":
    torch.set_num_threads(1)
    case = np.load(sys.argv[1])
    t1, t2, flips, repetitions = (torch.tensor(case[name]) for name in ("t1", "t2", "flips", "repetitions"))
    block = FispBlock(flips, 0.0, float(case["echo"]) / 1000, repetitions / 1000)
    tissue = Parameters(torch.ones_like(t1), t1 / 1000, t2 / 1000)
    start = time.perf_counter()
    with torch.no_grad():
        _, signals = block(tissue, int(case["orders"]))
    seconds = time.perf_counter() - start
    np.save(sys.argv[2], np.stack([signal.numpy() for signal in signals], -1))
    print(json.dumps({"peer": f"MRpro {mrpro.__version__}", "seconds": seconds}))
