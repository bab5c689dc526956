"""Lumped networks against svZeroDSolver; waves against closed forms."""

import numpy as np
from matplotlib.ticker import NullLocator
from test_waves_analytic import INVISCID, artery_speed, matched, peak, pulse, tube

from figures.measured import measured
from figures.section import FOURTH, OTHER, OURS, SECOND, THIRD, Section, charts, log_axis, slope, table
from marey.simulate.flow.waves import (
    Arteries,
    Artery,
    Blood,
    Windkessel,
    carotid_inflow,
    common_carotid,
    periodic_waves,
    propagate,
)


def networks() -> Section:
    """One bar a case."""
    rows = sorted(measured("networks"), key=lambda row: float(row["error"]))
    figure, (chart,) = charts(1, height=6.2)
    errors = [float(row["error"]) for row in rows]
    colours = [OURS if error < 1e-5 else SECOND for error in errors]
    chart.barh([row["case"] for row in rows], errors, left=1e-16, color=colours, height=0.7)
    chart.axvline(1e-5, color=OTHER, ls=":", lw=1)
    chart.text(1.2e-5, 0, "required", color=OTHER, fontsize=8)
    chart.set_xscale("log")
    chart.set(xlim=(1e-14, 1e-3), xlabel="largest relative error of any variable at any time")
    chart.tick_params(axis="y", labelsize=7, length=0)
    chart.grid(visible=False, axis="y")
    chart.margins(y=0.01)
    within = sum(error < 1e-5 for error in errors)
    text = (
        "Every input file of svZeroDSolver that comes with a reference result, read and solved by Marey: "
        f"**{within} of {len(rows)}** within 1e-5, the median {np.median(errors):.0e}. The one that is not "
        "(`coupledBlock_closedLoopHeart_withCoronaries`) has not become periodic after its 100 beats: its "
        "last two differ by "
        "as much as the two solvers do. The closed forms of these circuits are kept to 1e-7 "
        "(`pytest tests/verification/test_network_closed_forms.py`)."
    )
    return Section(
        "networks", "Lumped circulations: reference results of svZeroDSolver", text, figure,
        "Errors of all cases, from rounding to 2e-4",
        "Rows: `python benchmarks/verification.py --measure networks --data DATA`.",
    )  # fmt: skip


def _bifurcation(daughter: float) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Times, pressure halfway along the parent relative to the pulse, expected and found reflection."""
    ends = matched(daughter, 300.0, Blood().reference_pressure)
    stiffness = (300.0, 300.0)
    network = Arteries((
        Artery("parent", 300.0, 6.0, 6.0, stiffness),
        Artery("left", 300.0, daughter, daughter, stiffness, "parent", ends),
        Artery("right", 300.0, daughter, daughter, stiffness, "parent", ends),
    ), INVISCID)  # fmt: skip
    waves = propagate(network, pulse(0.01), 400.0, spacing=2.0, samples=800)
    pressure = waves.pressure["parent"][:, 75] - Blood().reference_pressure
    Y0, Y1 = (np.pi * r**2 / artery_speed(r, 300.0) for r in (6.0, daughter))
    passed = 40 + 300 / artery_speed(6.0, 300.0)
    first, later = waves.times < passed, (waves.times > passed) & (waves.times < 2 * passed - 40)
    relative = pressure / pressure[first].max()
    back = relative[later][np.abs(relative[later]).argmax()]
    return waves.times, relative, float((Y0 - 2 * Y1) / (Y0 + 2 * Y1)), float(back)


def waves() -> Section:
    """Speed, reflection, impedance."""
    figure, (left, middle, right) = charts(3)
    spacings, speed, errors = [4.0, 2.0, 1.0], artery_speed(6.0, 300.0), []
    for spacing in spacings:
        found = propagate(tube(), pulse(0.01), 400.0, spacing=spacing, samples=1600)
        p = found.pressure["a"]
        far = 3 * (p.shape[1] - 1) // 4
        errors.append(abs(300.0 / (peak(found.times, p[:, far]) - peak(found.times, p[:, 0])) / speed - 1))
    left.plot(spacings, errors, "o-", color=OURS, label="Marey")
    slope(left, spacings, 5e-3, 2)
    left.set_yscale("log")
    left.set_yticks([3e-4, 1e-3, 3e-3], ["0.03 %", "0.1 %", "0.3 %"])
    left.yaxis.set_minor_locator(NullLocator())
    log_axis(left, spacings, "cells, mm")
    left.set(title="Speed of a pulse", ylabel="relative error")
    left.legend()
    rows = [
        [f"speed, cells of {h:g} mm", f"{speed:.3f} mm/ms", f"{100 * error:+.2f} %"]
        for h, error in zip(spacings, errors, strict=True)
    ]
    for daughter, colour in ((3.0, OURS), (4.5, THIRD), (6.0, SECOND)):
        times, relative, expected, back = _bifurcation(daughter)
        shown = times < 160
        middle.plot(times[shown], relative[shown], color=colour, label=f"daughters {daughter:g} mm")
        middle.plot([94.5, 119], [expected] * 2, "--", color=colour, lw=1)
        rows.append([f"reflection, daughters of {daughter:g} mm", f"{expected:+.3f}", f"{back:+.3f}"])
    middle.set(title="Reflection (dashed: expected)", xlabel="ms", ylabel="pressure / incoming pulse")
    middle.legend(fontsize=7)
    end = Windkessel(2.4875e-1, 1.8697, 175.29)
    beat = periodic_waves(common_carotid(), carotid_inflow(), 1100.0, spacing=4.0, within=1e-6)
    P, Q = (np.fft.rfft(x["common carotid"][:-1, -1])[:9] for x in (beat.pressure, beat.flow))
    w = 2 * np.pi * np.arange(9) / 1100.0
    exact = np.abs(end.R1 + end.R2 / (1 + 1j * w * end.R2 * end.C))
    fine = np.linspace(0, w[-1], 300)
    curve = np.abs(end.R1 + end.R2 / (1 + 1j * fine * end.R2 * end.C))
    right.semilogy(fine * 1100 / (2 * np.pi), curve, "-", color=FOURTH, lw=1, label="R1 + R2 / (1 + iωR2C)")
    right.semilogy(np.arange(9), np.abs(P / Q), "o", color=OURS, label="Marey, carotid")
    right.set_yticks([0.3, 0.5, 1, 2], ["0.3", "0.5", "1", "2"])
    right.yaxis.set_minor_locator(NullLocator())
    right.set(title="Impedance at the outlet", xlabel="harmonic of 1/1.1 s", ylabel="kPa ms/mm³")
    right.legend(fontsize=7)
    worst = float(np.abs(np.abs(P / Q)[:6] / exact[:6] - 1).max())
    rows.append(["Windkessel impedance, 5 harmonics", "closed form", f"within {worst:.0e}"])
    text = (
        "One-dimensional arteries: a small pulse travels at the speed of Moens and Korteweg, a bifurcation reflects "
        "(Y₀ - Y₁ - Y₂) / (Y₀ + Y₁ + Y₂) with Y = A / ρc, and the Windkessel at the end of the common "
        "carotid of Boileau et al. 2015 "
        "([doi:10.1002/cnm.2732](https://doi.org/10.1002/cnm.2732)) has its own impedance."
    )
    return Section(
        "waves", "Waves in arteries", text, figure,
        "Speed converges with second order; reflected pulses reach the expected height; impedances lie on the curve",
        table(["what", "expected", "Marey"], rows),
    )  # fmt: skip
