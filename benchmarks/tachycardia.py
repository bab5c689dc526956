"""Programmed stimulation of whole hearts after an infarct: what is inducible, along which circuit, in how long.

    python benchmarks/tachycardia.py [--voxel 2.0] [--sites "RV apex" "RV outflow tract"] [--extras 2]

Rows: the preset `infarct` with a channel in its scar, without one, and without a scar. One core; the time is that of
the stimulation, the voxels are made before. "Ended" says when the tachycardia ends after a lesion of 6 mm radius in the
middle of its isthmus.
"""

import argparse
import time

from marey.simulate.monodomain import Outcome
from marey.simulate.presets import preset
from marey.simulate.scar import Scar
from marey.simulate.tachycardia import CLINICAL_SITES, PROTOCOL, SITES, ablation_ends, stimulate_heart, substrate
from marey.simulate.tachycardia.stimulate import Tachycardia

SCARS: dict[str, tuple[Scar, ...]] = {"channel": (Scar(channel=0.3),), "no channel": (Scar(),), "no scar": ()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--voxel", type=float, default=2.0)
    parser.add_argument("--sites", nargs="+", default=CLINICAL_SITES, choices=SITES)
    parser.add_argument("--extras", type=float, default=2)
    parser.add_argument("--hearts", nargs="+", default=list(SCARS), choices=list(SCARS))
    chosen = parser.parse_args()
    programme = PROTOCOL.but(extras=chosen.extras)
    for name in chosen.hearts:
        heart = substrate(preset("infarct").but(scars=SCARS[name]), chosen.voxel)
        for site in chosen.sites:
            began = time.process_time()
            found = stimulate_heart(heart, [site], programme)
            spent = time.process_time() - began
            refractory = found.search.refractory_period(site)
            some = sum(trial.outcome is Outcome.NONSUSTAINED for trial in found.trials)
            print(
                f"{name:10} {site:16} {heart.model.tissue.nodes:7} nodes {spent:6.0f} s  ERP {refractory:3.0f} ms  "
                f"{len(found.trials):3} stimuli, {some} non-sustained; ",
                end="",
            )
            if found.tachycardia is None:
                print("not inducible", flush=True)
                continue
            couplings = " ".join(f"{value:.0f}" for value in found.trials[-1].couplings)
            print(f"inducible at {couplings}: {_shown(found.tachycardia)}", end="")
            if len(found.tachycardia.isthmus):
                ended = ablation_ends(found)
                print(f", ended {'not' if ended is None else f'after {ended:.0f} ms'}", end="")
            print(flush=True)


def _shown(tachycardia: Tachycardia) -> str:
    return (
        f"cycle {tachycardia.cycle_length:.0f} ms, circuit {tachycardia.length:.0f} mm, isthmus of "
        f"{len(tachycardia.isthmus)} voxels, exit in segment {tachycardia.exit_segment}"
    )


if __name__ == "__main__":
    main()
