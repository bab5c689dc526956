"""Fronts and cells: the Niederer slab, Mitchell-Schaeffer, ten Tusscher-Panfilov."""

import numpy as np
from matplotlib.ticker import NullLocator
from test_monodomain_speed import speed_on_line

from figures.measured import measured
from figures.section import BAND, FOURTH, OTHER, OURS, SECOND, THIRD, Section, charts, log_axis, table
from marey.simulate.monodomain import MitchellSchaeffer, MitchellSchaefferCells, TenTusscherCells, pace
from marey.simulate.monodomain.mitchell_schaeffer import duration, front_speed
from niederer import POINTS, PUBLISHED, ellipse, extrapolated

PROTOTYPE_SLAB = (30.31, 32.26, 43.39, 9.09, 31.72, 33.44, 44.29, 20.16)  # P2 to P9, 0.1 mm, 0.01 ms
PROTOTYPE_SPEED = {
    0.2: {0.1: 0.4814, 0.2: 0.4788, 0.5: 0.4700, 1.0: 0.4464},
    0.1: {0.1: 0.3391, 0.2: 0.3373, 0.5: 0.3257, 1.0: 0.3023},
    0.05: {0.1: 0.2394, 0.2: 0.2368, 0.5: 0.2232, 1.0: 0.2017},
}
PROTOTYPE_TUSSCHER = {0.0953: {0.5: 0.4219, 0.2: 0.5590, 0.1: 0.5984}, 0.01258: {0.2: 0.1447, 0.1: 0.1911}}
LIMIT_TUSSCHER = {0.0953: (0.614, 0.615), 0.01258: (0.223, 0.223)}
PROTOTYPE_DURATIONS = {1000: 284.4, 600: 275.9, 400: 244.8, 350: 229.0}


def niederer() -> Section:
    """Convergence of the far corner, and all points at the finest spacing."""
    rows = {float(row["spacing"]): {name: float(row[name]) for name in POINTS} for row in measured("niederer")}
    far = {spacing: found["P8"] for spacing, found in rows.items()}
    limit, finest = extrapolated(far), rows[min(rows)]
    figure, (left, right) = charts(2)
    h = np.linspace(0, 0.52, 100)
    factor = (far[0.2] - limit.value) / 0.2**limit.order
    left.axhspan(40.8, 43.2, color=BAND, lw=0, label="prototype, spacing 0")
    left.plot(h, limit.value + factor * h**limit.order, "-", color=OURS, lw=1, label=f"fit of order {limit.order:.1f}")
    left.plot(list(far), list(far.values()), "o", color=OURS, label="Marey")
    left.errorbar([0], [limit.value], [limit.error], fmt="D", color=OURS, capsize=3, label="Marey, spacing 0")
    left.plot([0.2, 0.1], [54.07, 44.29], "s", color=THIRD, mfc="none", label="prototype")
    left.plot([0.2, 0.1], [row[6] for row in PUBLISHED.values()], "^", color=SECOND, label="fenicsx-beat, documented")
    left.set(title="Far corner P8", xlabel="spacing, mm", ylabel="activation, ms", xlim=(-0.02, 0.53))
    left.set_yscale("log")
    left.set_yticks([40, 60, 80, 100, 130], ["40", "60", "80", "100", "130"])
    left.yaxis.set_minor_locator(NullLocator())
    left.legend(fontsize=7.5, loc="upper left")
    names = [name for name in POINTS if name != "P1"]
    right.plot(names, [finest[name] for name in names], "o", color=OURS, label="Marey")
    right.plot(names, PROTOTYPE_SLAB, "s", color=THIRD, mfc="none", label="prototype")
    right.plot(names, list(PUBLISHED.values())[1], "^", color=SECOND, label="fenicsx-beat, documented")
    right.set(title="All points, spacing 0.1 mm", ylabel="activation, ms")
    right.set_ylim(0, 62)
    right.legend(loc="upper left", ncols=3, fontsize=7.5)
    body = [
        [f"Marey {spacing:g}, 0.01", *(f"{found[name]:.2f}" for name in names), f"{ellipse(found):.2f}"]
        for spacing, found in rows.items()
    ]
    body.append(["prototype 0.1, 0.01", *(f"{value:.2f}" for value in PROTOTYPE_SLAB), "44.45"])
    for name, values in PUBLISHED.items():
        points = dict(zip(POINTS, (0.0, *values), strict=True))
        body.append([name, *(f"{value:.2f}" for value in values), f"{ellipse(points):.2f}"])
    text = (
        "The slab of Niederer et al. 2011 ([doi:10.1098/rsta.2011.0139](https://doi.org/10.1098/rsta.2011.0139)), ten "
        "Tusscher-Panfilov cells, activation at 0 mV. Extrapolated to spacing 0 the far corner is reached after "
        f"**{limit.value:.1f} ± {limit.error:.1f} ms** (order 2 would give {limit.second:.1f}; a prototype "
        "refined in each "
        "direction 42.5, band 40.8 to 43.2). The paper's own table could not be read, so beside Marey stand "
        "the numbers of "
        "fenicsx-beat's documentation. Its oblique points P4, P8 come 6 to 7 ms before Marey's at 0.1 mm, "
        "and 2 ms before an "
        "elliptic front with that table's own speeds (last column); why is not established."
    )
    return Section(
        "niederer", "Slab of Niederer et al.", text, figure,
        "Activation of the far corner falls monotonically with the spacing to the extrapolated value",
        table(["spacing mm, step ms", *names, "P8 of an ellipse"], body)
        + "\n\nRows: `python benchmarks/verification.py --measure niederer`.",
    )  # fmt: skip


def mitchell_schaeffer() -> Section:
    """Front speed against spacing and the closed form; restitution."""
    cells, cell = MitchellSchaefferCells(dtype=np.dtype(np.float64)), MitchellSchaeffer()
    spacings = (0.1, 0.2, 0.5, 1.0)
    figure, (left, right) = charts(2)
    rows = []
    for diffusivity, colour in zip(PROTOTYPE_SPEED, (OURS, SECOND, THIRD), strict=True):
        found = [
            speed_on_line(cells, diffusivity, h, min(0.02, 0.2 * h**2 / diffusivity), 50.0 if h > 0.1 else 25.0)
            for h in spacings
        ]
        exact, other = front_speed(cell, diffusivity), PROTOTYPE_SPEED[diffusivity]
        left.axhline(exact, color=colour, ls="--", lw=1)
        left.plot(spacings, found, "o-", color=colour, label=f"D = {diffusivity:g} mm²/ms")
        left.plot(list(other), list(other.values()), "s", color=colour, mfc="none", ms=8)
        rows.append(
            [
                f"{diffusivity:g}",
                f"{exact:.4f}",
                *(f"{v:.4f} ({other[h]:.4f})" for h, v in zip(spacings, found, strict=True)),
            ]
        )
    log_axis(left, spacings)
    left.set(title="Front speed (dashed: closed form; squares: prototype)", ylabel="mm/ms", ylim=(0.15, 0.52))
    left.legend(ncols=3, loc="lower left", fontsize=7, columnspacing=1)
    cycles = (320, 350, 400, 500, 600, 800, 1000)
    lasting = [pace(MitchellSchaefferCells(), cycle, beats=10).gate_duration for cycle in cycles]
    rest = np.array(cycles) - lasting
    axis = np.linspace(min(rest) * 0.8, max(rest), 200)
    closed = np.array([duration(cell, d) for d in axis])
    tail = lasting[-1] - duration(cell, rest[-1])
    right.plot(axis, closed, "--", color=OTHER, label="closed form (plateau)")
    right.plot(axis, closed + tail, "-", color=OURS, lw=1, label=f"closed form + {tail:.1f} ms")
    right.plot(rest, lasting, "o", color=OURS, label="Marey, gate to gate")
    known = list(PROTOTYPE_DURATIONS.items())
    right.plot([c - a for c, a in known], [a for _, a in known], "s", color=THIRD, mfc="none", ms=8, label="prototype")
    right.set(title="Restitution", xlabel="diastolic interval, ms", ylabel="duration, ms")
    right.legend()
    text = (
        "The front of the cubic with the gate open has the closed form √(D/2τ_in) (v₊ - 2v₋). Fronts on a grid are "
        "slower, and Marey's calibration inverts this curve, so that the velocity that was asked for is "
        "delivered on the "
        "grid that is used. The duration of an action potential is the closed form of its plateau and a tail that is "
        "nearly constant."
    )
    header = ["D, mm²/ms", "closed form, mm/ms", *(f"{h:g} mm" for h in spacings)]
    return Section(
        "mitchell_schaeffer", "Mitchell-Schaeffer: front speed and restitution", text, figure,
        "Front speeds approach the closed form as the grid is refined; durations follow the closed restitution curve",
        table(header, rows) + "\n\nIn parentheses: an independent prototype in finite differences.",
    )  # fmt: skip


def ten_tusscher() -> Section:
    """Action potentials of three layers, and front speed against spacing."""
    from marey.simulate.monodomain import ENDOCARDIAL, EPICARDIAL, MIDMYOCARDIAL

    figure, (left, right) = charts(2)
    layers = {"epicardial": EPICARDIAL, "endocardial": ENDOCARDIAL, "M cell": MIDMYOCARDIAL}
    found = {}
    for (name, layer), colour in zip(layers.items(), (OURS, SECOND, THIRD), strict=True):
        one = found[name] = pace(TenTusscherCells((layer,)), 1000, 20)
        shown = one.curve.times < 500
        thin = np.flatnonzero(shown)
        thin = thin[(one.curve.times[thin] < 5) | (np.arange(thin.size) % 25 == 0)]
        left.plot(one.curve.times[thin], one.curve["cell"][thin], color=colour, lw=1.4, label=name)
    epi = found["epicardial"]
    left.axvline(305.2, color=OTHER, ls="--", lw=1, label="APD90, prototype")
    left.axhline(epi.rest + 0.1 * (epi.peak - epi.rest), color=OTHER, ls=":", lw=1)
    left.set(title="20th beat at 1 Hz", xlabel="ms", ylabel="mV")
    left.legend()
    rows = []
    for (diffusivity, other), colour in zip(PROTOTYPE_TUSSCHER.items(), (OURS, FOURTH), strict=True):
        spacings = sorted(other)
        speeds = [
            speed_on_line(TenTusscherCells(), diffusivity, h, 0.01, 24 if diffusivity > 0.05 else 12) for h in spacings
        ]
        low, high = LIMIT_TUSSCHER[diffusivity]
        right.axhline((low + high) / 2, color=colour, ls="--", lw=1)
        right.plot(spacings, speeds, "o-", color=colour, label=f"Marey, D = {diffusivity:g} mm²/ms")
        right.plot(spacings, [other[h] for h in spacings], "s", color=colour, mfc="none", ms=8)
        rows += [
            [f"speed, D {diffusivity:g}, {h:g} mm", f"{other[h]:.4f} mm/ms", f"{v:.4f}"]
            for h, v in zip(spacings, speeds, strict=True)
        ]
    log_axis(right, (0.1, 0.2, 0.5))
    right.set(title="Planar front (squares: prototype; dashed: its limit)", ylabel="mm/ms", ylim=(0, 0.68))
    right.legend(loc="center left")
    finer = pace(TenTusscherCells(), 1000, 20, 0.01)
    cell_rows = [
        ["rest", "-85.51 mV", f"{finer.rest:.2f}"],
        ["peak, step 0.01 / 0.02 ms", "39.6 / 40.7 mV", f"{finer.peak:.2f} / {epi.peak:.2f}"],
        ["fastest rise", "384 to 385 mV/ms", f"{finer.upstroke:.1f}"],
        ["duration at 90 %", "305.2 ms", f"{finer.duration:.1f}"],
    ]
    text = (
        "The cell of ten Tusscher and Panfilov 2006 ([doi:10.1152/ajpheart.00109.2006]"
        "(https://doi.org/10.1152/ajpheart.00109.2006)). The expected numbers are an independent "
        "prototype's; at 0.5 mm "
        "its fronts are a third too slow, which is why the model serves for verification and action potentials, and "
        "Mitchell-Schaeffer for hearts."
    )
    return Section(
        "ten_tusscher", "ten Tusscher-Panfilov: action potential and front speed", text, figure,
        "Action potentials of three layers; front speeds rise towards their limit as the grid is refined",
        table(["what", "prototype", "Marey"], cell_rows + rows),
    )  # fmt: skip
