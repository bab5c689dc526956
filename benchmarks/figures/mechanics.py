"""Finite elements against Land 2015; energy of multi-patch ventricles and of the closed loop."""

import numpy as np

from figures.measured import measured
from figures.section import BAND, OURS, SECOND, THIRD, Section, charts, log_axis, slope, table
from marey.simulate.circulation import Circulation, balance, periodic
from marey.simulate.mechanics import ElastanceVentricles, SphereVentricles, Ventricles
from marey.simulate.mechanics.patches import PatchedVentricles
from multipatch import BARE, blocked, work_gap

BANDS = {"1": ((4.05, 4.20),), "2": ((-26.8, -26.5), (-28.5, -28.1)), "3": ((-12.4, -11.6), (-15.9, -15.1))}
FELUPE = {  # 11.3, by python benchmarks/elasticity.py --peer PYTHON
    ("1", "10x2x2"): (3.608,), ("1", "20x2x2"): (4.018,), ("1", "40x4x4"): (4.120,),
    ("2", "2x10x12"): (-26.651, -28.387), ("2", "3x20x20"): (-26.629, -28.307),
    ("3", "2x10x12"): (-11.955, -16.215), ("3", "4x20x20"): (-12.204, -15.549),
}  # fmt: skip
PULSE = {"1": (4.17,), "2": (-26.533, -28.179), "3": (-11.996, -15.223)}  # fenicsx-pulse's demos and PR 98
TITLES = {"1": "1: beam, end", "2": "2: inflation, apex", "3": "3: contraction, apex"}


def land2015() -> Section:
    """Refinement of the three problems with the expected bands."""
    figure, axes = charts(3, height=3.3)
    rows = []
    for chart, (problem, bands) in zip(axes, BANDS.items(), strict=True):
        found = [row for row in measured("land2015") if row["problem"] == problem]
        unknowns = [int(row["unknowns"]) for row in found]
        for side, band, colour in zip(("inside", "outside"), bands, (OURS, THIRD), strict=False):
            chart.axhspan(*band, color=BAND, lw=0)
            values = [float(row[side]) for row in found]
            name = "Marey" if len(bands) == 1 else f"Marey, {side}"
            chart.plot(unknowns, values, "o-", color=colour, label=name)
        for k in range(len(bands)):
            other = [
                (n, FELUPE[key][k])
                for n, row in zip(unknowns, found, strict=True)
                if (key := (problem, row["cells"])) in FELUPE
            ]
            chart.plot(
                *zip(*other, strict=True), "s", color="black", mfc="none", ms=9, label="FElupe 11.3" if k == 0 else None
            )
            chart.axhline(PULSE[problem][k], color=SECOND, ls="--", lw=1, label="fenicsx-pulse" if k == 0 else None)
        log_axis(chart, [300, 1000, 3000, 10000], "unknowns")
        chart.set(title=TITLES[problem], ylabel="z, mm", xlim=(min(unknowns) / 1.5, max(unknowns) * 1.5))
        chart.margins(y=0.15)
        chart.legend(fontsize=7, loc="lower right" if problem == "1" else "center right")
        for row in found:
            ours = " / ".join(value for value in (row["inside"], row["outside"]) if value)
            peer = " / ".join(f"{value:.3f}" for value in FELUPE.get((problem, row["cells"]), ()))
            pulse = " / ".join(f"{value:g}" for value in PULSE[problem]) if row is found[-1] else ""
            expected = ", ".join(f"{low:g} to {high:g}" for low, high in bands)
            rows.append([problem, row["cells"], row["unknowns"], ours, peer, pulse, expected])
    text = (
        "Three problems on which eleven groups agreed (Land et al. 2015, [doi:10.1098/rspa.2015.0641]"
        "(https://doi.org/10.1098/rspa.2015.0641)): a beam bent by a pressure that follows it, a ventricle "
        "inflated, a ventricle "
        "that contracts. The grey bands are what the tests ask for. FElupe solves the same discrete equations on "
        "the same mesh and agrees to all digits; fenicsx-pulse's numbers are those of its own repository, on "
        "tetrahedra."
    )
    header = ["problem", "cells", "unknowns", "Marey, mm", "FElupe 11.3", "fenicsx-pulse", "expected"]
    return Section(
        "land2015", "Finite elements: Land et al.", text, figure,
        "All three problems run into their bands as the mesh is refined",
        table(header, rows) + "\n\nInside / outside. Rows: `python benchmarks/verification.py --measure land2015`; "
        "peer: `python benchmarks/elasticity.py --peer PYTHON`.",
    )  # fmt: skip


def energy() -> Section:
    """Works that have to agree, against the time step."""
    figure, (left, right) = charts(2)
    steps = [1.0, 0.5, 0.25]
    rows = []
    for (name, ventricles), colour in zip(
        {"healthy": PatchedVentricles(), "left bundle branch block": blocked()}.items(), (OURS, SECOND), strict=True
    ):
        gaps = [abs(work_gap(ventricles, periodic(BARE, ventricles, step=step))) for step in steps]
        left.loglog(steps, gaps, "o-", color=colour, label=name)
        rows.append([f"fibres and pump, {name}", *(f"{gap:.1e}" for gap in gaps)])
    slope(left, steps, 2e-5, 2)
    left.set(title="Multi-patch: work of fibres against the pump's", ylabel="relative difference")
    log_axis(left, steps, "time step, ms")
    left.legend()
    steps = [0.5, 0.25, 0.125]
    models: dict[str, Ventricles] = {"elastance": ElastanceVentricles(), "sphere": SphereVentricles()}
    for (name, model), colour in zip(models.items(), (OURS, SECOND), strict=True):
        gaps = [balance(periodic(Circulation(), model, tolerance=1e-8, step=step)).energy for step in steps]
        right.loglog(steps, gaps, "o-", color=colour, label=name)
        rows.append([f"closed loop, {name} (0.5, 0.25, 0.125 ms)", *(f"{gap:.1e}" for gap in gaps)])
    slope(right, steps, 6e-7, 2)
    right.set(title="Closed loop: chambers' work against all losses", ylabel="relative difference")
    log_axis(right, steps, "time step, ms")
    right.legend()
    volumes = periodic(Circulation(), SphereVentricles()).volumes.values.sum(axis=0)
    blood = float(np.abs(volumes / Circulation().blood_volume - 1).max())
    text = (
        "Over a periodic beat the fibres of all 20 patches must do the work that the ventricles do on the "
        "blood, and the "
        "four chambers the work that vessels and valves lose. The terms come from different formulas; what "
        "is left is the "
        f"trapezoidal rule of the integrals, of second order. The total blood changes by {blood:.0e} of itself."
    )
    return Section(
        "energy", "Energy and volume balance", text, figure,
        "Both gaps fall with the square of the time step",
        table(["works compared", *(f"{step:g} ms" for step in (1.0, 0.5, 0.25))], rows),
    )  # fmt: skip
