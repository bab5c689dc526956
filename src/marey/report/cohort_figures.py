"""Figures of models learned from cohorts, as SVG text."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from marey.diagnose.classify import Classification
from marey.diagnose.kaplan_meier import still_followed
from marey.diagnose.phenogroups import Phenogroups
from marey.diagnose.survival import Prognosis
from marey.report.beat_figures import labelled, svg
from marey.report.charts import axis_ticks

COLOURS = ("#1f6fd0", "#b8860b", "#c62f3d", "#1b6e47", "#7a4fb5", "#5c6672")
MARKS = ("o", "s", "^", "D", "v", "P")
IDEAL = "#9aa5b1"


def group_names(count: int) -> tuple[str, ...]:
    """Names of groups of rising risk."""
    return {1: ("all",), 2: ("low", "high"), 3: ("low", "middle", "high")}.get(
        count, tuple(f"group {number + 1}" for number in range(count))
    )


def survival_curves(found: Prognosis, times: NDArray[np.float64]) -> str:
    """Kaplan-Meier curves of the risk groups with their intervals and numbers at risk."""
    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(5, 1))
    names = group_names(len(found.groups))
    ticks = [tick for tick in axis_ticks(0, float(times.max()), 6) if tick <= times.max()]
    for number, (group, name) in enumerate(zip(found.groups, names, strict=True)):
        curve, colour = group.curve, COLOURS[number % len(COLOURS)]
        own = times[list(group.rows)]
        end = float(own.max())
        at = (*curve.times, end)
        upper.step(at, (*curve.survival, curve.survival[-1]), where="post", color=colour, label=f"{name} risk")
        bounds = ((*side, side[-1]) for side in (curve.low, curve.high))
        upper.fill_between(at, *bounds, step="post", color=colour, alpha=0.15, lw=0)
        for tick, left in zip(ticks, still_followed(own, np.array(ticks)), strict=True):
            lower.text(tick, -number, str(left), ha="center", va="center", color=colour, fontsize="small")
    upper.axvline(found.horizon, color=IDEAL, lw=0.8, ls=":")
    upper.set_ylim(0, 1.02)
    upper.legend(frameon=False, loc="lower left")
    labelled(upper, "", "without the event")
    lower.set_ylim(-len(names) + 0.5, 0.5)
    lower.set_yticks([-number for number in range(len(names))], names)
    lower.set_xticks(ticks)
    lower.spines[["top", "right", "left"]].set_visible(False)
    lower.tick_params(length=0)
    lower.set_xlabel("follow-up; below: patients at risk")
    return svg(figure)


def risk_calibration(found: Prognosis) -> str:
    """Predicted against observed chance of the event until the horizon."""
    predicted = [group.predicted for group in found.groups]
    observed = [group.observed.value for group in found.groups]
    errors = [[g.observed.value - g.observed.low for g in found.groups]]
    errors += [[g.observed.high - g.observed.value for g in found.groups]]
    figure, ax = _square(max(*predicted, *(group.observed.high for group in found.groups)))
    ax.errorbar(predicted, observed, yerr=errors, fmt="o", color=COLOURS[0], capsize=3)
    labelled(ax, f"predicted chance of the event until {found.horizon:g}", "observed (Kaplan-Meier)")
    return svg(figure)


def class_calibration(found: Classification) -> str:
    """Predicted against observed chance of the class, in bins of equally many patients."""
    calibration = found.calibration
    figure, ax = _square(1.0)
    ax.plot(calibration.predicted, calibration.observed, "o-", color=COLOURS[0], lw=1)
    labelled(ax, "predicted chance", "observed share")
    return svg(figure)


def roc(found: Classification, positive: NDArray[np.bool_]) -> str:
    """Receiver operating characteristic of the out-of-fold chances."""
    order = np.argsort(-found.chance, kind="stable")
    hits, false = np.cumsum(positive[order]) / positive.sum(), np.cumsum(~positive[order]) / (~positive).sum()
    figure, ax = _square(1.0)
    ax.plot((0, *false), (0, *hits), color=COLOURS[0])
    labelled(ax, "1 - specificity", "sensitivity")
    return svg(figure)


def decision_curve(found: Classification) -> str:
    """Net benefit over the threshold."""
    figure = Figure(figsize=(4.6, 4.2), layout="constrained")
    ax = figure.subplots()
    ax.plot(found.thresholds, found.benefit, color=COLOURS[0], label="act on the model")
    ax.plot(found.thresholds, found.benefit_of_all, color=COLOURS[2], ls="--", label="act on everybody")
    ax.axhline(0, color=IDEAL, lw=1, label="act on nobody")
    ax.set_ylim(-0.1 * found.benefit_of_all[0], 1.15 * max(found.benefit[0], found.benefit_of_all[0]))
    labelled(ax, "chance from which one acts", "net benefit per patient")
    ax.legend(frameon=False)
    return svg(figure)


def phenogroup_map(found: Phenogroups) -> str:
    """Patients in the first two dimensions of the common space."""
    figure = Figure(figsize=(5.4, 4.4), layout="constrained")
    ax = figure.subplots()
    for number in range(int(found.group.max()) + 1):
        places = found.places[found.group == number]
        colour, mark = COLOURS[number % 6], MARKS[number % 6]
        ax.scatter(
            places[:, 0], places[:, 1], s=14, lw=0, alpha=0.75, c=colour, marker=mark, label=f"group {number + 1}"
        )
    labelled(ax, "first dimension", "second dimension")
    ax.legend(frameon=False)
    return svg(figure)


def _square(top: float) -> tuple[Figure, Axes]:
    """Axes from 0 to a little above `top` with the line of equality."""
    figure = Figure(figsize=(4.6, 4.2), layout="constrained")
    ax = figure.subplots()
    end = min(1.0, 1.1 * top)
    ax.plot((0, end), (0, end), color=IDEAL, lw=1, ls=":")
    ax.set_xlim(-0.02, end + 0.02)
    ax.set_ylim(-0.02, end + 0.02)
    return figure, ax


__all__ = [
    "class_calibration", "decision_curve", "group_names", "phenogroup_map", "risk_calibration", "roc",
    "survival_curves",
]  # fmt: skip
