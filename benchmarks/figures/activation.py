"""The eikonal solver: errors against closed forms, its adjoint against finite differences."""

import dataclasses

import numpy as np
from eikonal_cases import CASES, fitted_order, orientation_bias

from figures.section import FOURTH, OTHER, OURS, SECOND, THIRD, Section, charts, log_axis, slope, table
from marey.simulate.eikonal import (
    ConductionSystem,
    ConductionTissue,
    Site,
    activation_gradient,
    activation_times,
    conduction_tissue,
    sites,
)
from voxel_biventricle import voxel_biventricle

SPACINGS = [2.0, 1.0, 0.5]
FIM_PYTHON = 1.356  # rms, ms: constant tensor, fibre (1, 1, 1), 1 mm; python benchmarks/eikonal.py --peer PYTHON


def eikonal() -> Section:
    """Errors of six closed forms, and how the grid's directions show."""
    figure, (left, right) = charts(2, height=3.4)
    rows = []
    colours = (OURS, SECOND, THIRD, FOURTH, "#b08b2e", "#3d3d3d")
    for (name, case), colour in zip(CASES.items(), colours, strict=True):
        found = [case(h) for h in SPACINGS]
        errors = [one.rms for one in found]
        left.plot(SPACINGS, errors, "o-", color=colour, label=name.replace("constant tensor, ", ""))
        order, mean = fitted_order(SPACINGS, errors), found[1].exact.mean()
        values = (f"{one.rms:.3f} / {one.largest:.2f}" for one in found)
        rows.append([name, *values, f"{100 * errors[1] / mean:.2f} %", f"{order:.2f}"])
    left.plot([1.0], [FIM_PYTHON], "v", color=OTHER, ms=8, label="fim-python, fibre (1, 1, 1)")
    left.axhline(1.0, color=OTHER, ls=":", lw=1)
    slope(left, SPACINGS, 0.13, 2)
    left.set_yscale("log")
    log_axis(left, SPACINGS)
    left.set(title="Root mean square error", ylabel="ms", ylim=(7e-4, 5))
    left.legend(fontsize=6.5, loc="lower center", ncols=2)
    low, high = np.array([orientation_bias(seed) for seed in range(10)]).T * 100
    order_of = np.argsort(high)
    right.vlines(range(1, 11), low[order_of], high[order_of], color=OURS, lw=6)
    right.axhline(0, color="black", lw=0.8)
    for edge in (-2, 2):
        right.axhline(edge, color=OTHER, ls=":", lw=1)
    right.axhline(7, color=SECOND, ls="--", lw=1)
    right.text(1, 6.4, "arritmic3d 3.0b8, measured once", color=SECOND, fontsize=7.5)
    right.set(title="Error by direction, 17 to 20 mm from the site", xlabel="random fibre direction", ylabel="%")
    right.set_xticks(range(1, 11))
    text = (
        "Times with a closed form: straight paths in a constant tensor (0.6 and 0.24 mm/ms in a box of 41 "
        "mm), refraction "
        "and head wave at a plane, the detour round a scar, geodesics round a cavity. Required are an rms error below "
        "1 ms in the box at 1 mm (dotted) and an orientation bias below 2 %. Where the exact path bends at "
        "an edge that "
        "voxels place only to half a voxel, first order is what can be had."
    )
    header = ["case", *(f"{h:g} mm" for h in SPACINGS), "rms / mean time, 1 mm", "order"]
    return Section(
        "eikonal", "Eikonal activation times", text, figure,
        "Errors fall with second order in a constant tensor and with first order where paths bend at edges",
        table(header, rows) + f"\n\nrms / largest error in ms. Bias: {low.min():.2f} to {high.max():.2f} %. "
        f"fim-python, the same box in tetrahedra at 1 mm, fibre (1, 1, 1): {FIM_PYTHON} ms rms. The bias of arritmic3d "
        "was measured once; no command of this repository repeats it.",
    )  # fmt: skip


def _case() -> tuple[ConductionTissue, list[Site], np.ndarray]:
    """A biventricle with a scar, a fast layer and sites off the centres of voxels; weights of a function of times."""
    heart = voxel_biventricle(4.0)
    scar = np.zeros_like(heart.mask)
    scar[8:12, :, -8:] = True
    tissue = conduction_tissue(heart.mask, heart.spacing, heart.fibre, scar=scar, origin=heart.origin)
    starts = [
        Site((s.point[0] + 0.3, s.point[1] - 0.4, s.point[2] + 0.7), s.delay + 0.37 * i)
        for i, s in enumerate(sites(tissue, heart, ConductionSystem().leads()))
    ]
    return tissue, starts, np.random.default_rng(7).normal(size=heart.mask.shape)


def adjoint() -> Section:
    """Relative difference between the adjoint and difference quotients of all steps."""
    tissue, starts, weights = _case()

    def function(tissue: ConductionTissue, starts: list[Site]) -> float:
        result = activation_times(tissue, starts, 1e-12)
        return float(np.sum(weights[result.reached] * result.times[result.reached]))

    gradient = activation_gradient(tissue, activation_times(tissue, starts, 1e-12), weights)
    steps = 10.0 ** np.arange(-2, -9.5, -1)
    random = np.random.default_rng(3)
    figure, (chart,) = charts(1, width=5.2)
    best = {}
    for name, colour in (("along", OURS), ("across", SECOND), ("delay of a site", THIRD)):
        differences = []
        direction = random.normal(size=weights.shape)
        for step in steps:
            if name == "delay of a site":
                moved = [
                    function(tissue, [Site(starts[0].point, starts[0].delay + sign * step), *starts[1:]])
                    for sign in (-1, 1)
                ]
                exact = gradient.delays[0]
            else:
                change = direction * getattr(tissue, name)
                moved = [
                    function(
                        dataclasses.replace(tissue, **{name: getattr(tissue, name) + sign * step * change}), starts
                    )
                    for sign in (-1, 1)
                ]
                exact = np.sum(getattr(gradient, name) * change)
            differences.append(abs((moved[1] - moved[0]) / (2 * step) / exact - 1))
        chart.loglog(steps, differences, "o-", color=colour, label=name if name[0] == "d" else f"velocity {name}")
        best[name] = min(differences)
    chart.axhline(1e-4, color=OTHER, ls=":", lw=1, label="required")
    chart.set(
        title="Adjoint against central differences",
        xlabel="step of the difference quotient",
        ylabel="relative difference",
    )
    chart.legend()
    text = (
        "The gradient of a random function of all activation times in a biventricle with a scar, a fast "
        "endocardial layer "
        "and oblique sites, by every voxel's velocities and by the sites' delays. Large steps move voxels "
        "from one front to "
        "another, tiny ones drown in rounding; between them the difference quotient agrees with the adjoint to "
        + ", ".join(f"{value:.0e} ({name})" for name, value in best.items())
        + " (required: 1e-4)."
    )
    return Section(
        "adjoint", "Adjoint of the activation map", text, figure,
        "The relative difference lies far below 1e-4 for steps between 1e-5 and 1e-8",
    )  # fmt: skip
