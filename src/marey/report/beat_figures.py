"""Figures of a simulated beat as SVG text."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from marey.core import Beat, Signal
from marey.core.units import mL, mmHg
from marey.report.beat_sections import outline, section

LEFT, RIGHT, ARTERY, ATRIUM = "#c62f3d", "#1f6fd0", "#7a2430", "#b8860b"
ISOCHRONES = "viridis_r"
ECG_ROWS = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))


def sections(beat: Beat) -> str:
    """Short-axis and long-axis cuts at end-diastole and end-systole, coloured by activation time."""
    times = np.asarray(beat.mesh.fields["activation_time"], np.float64)
    smallest = int(np.argmin(np.interp(beat.times, beat.volumes.times, beat.volumes["left ventricle"])))
    figure = Figure(figsize=(10, 4.1), layout="constrained")
    axes = figure.subplots(1, 4)
    top = float(beat.mesh.points[:, 2].max())
    planes = (
        ("short axis", np.array([0.0, 0, 1]), 0.55 * top, (0, 1)),
        ("long axis", _through_left_atrium(beat), 0.0, (0, 2)),
    )
    for row, (moment, name) in enumerate(((0, "end-diastole"), (smallest, "end-systole"))):
        for column, (view, normal, offset, shown) in enumerate(planes):
            ax = axes[2 * column + row]
            polygons, colours = section(beat.points(moment), beat.mesh.cells, times, normal, offset)
            drawn = PolyCollection([p[:, shown] for p in polygons], array=colours, cmap=ISOCHRONES, edgecolors="face")
            drawn.set_clim(0, times.max())
            drawn.set_rasterized(True)
            for surface in beat.chambers[moment].values() if beat.chambers else ():
                lines = outline(surface.points, surface.cells, normal, offset)
                ax.add_collection(LineCollection(list(lines[..., shown]), colors="#5c6672", linewidths=0.8))
            ax.add_collection(drawn)
            _frame(ax, beat, shown, f"{view}, {name}", upside_down=shown == (0, 1))
    figure.colorbar(drawn, ax=axes, location="bottom", shrink=0.3, aspect=40, label="activation time [ms]")
    return svg(figure)


def _through_left_atrium(beat: Beat) -> np.ndarray:
    """Normal of the plane through septum, apex and the left atrium's middle, as in a four-chamber view."""
    normal = np.array([0.0, 1, 0])
    if beat.chambers:
        middle = beat.chambers[0]["left atrium"].points.mean(axis=0)
        normal = np.array([0.0, middle[2], -middle[1]]) / np.hypot(middle[1], middle[2])
    return normal


def pressure_volume(beat: Beat) -> str:
    """Pressure-volume loops of both ventricles."""
    figure = Figure(figsize=(4.6, 3.8), layout="constrained")
    ax = figure.subplots()
    for name, colour in (("left ventricle", LEFT), ("right ventricle", RIGHT)):
        ax.plot(beat.volumes[name] / mL, beat.pressures[name] / mmHg, color=colour, label=name)
    labelled(ax, "volume [mL]", "pressure [mmHg]")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    return svg(figure)


def wiggers(beat: Beat) -> str:
    """Pressures and volumes over the beat."""
    figure = Figure(figsize=(5.4, 5.2), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    lines = (
        ("left ventricle", LEFT),
        ("systemic arteries", ARTERY),
        ("left atrium", ATRIUM),
        ("right ventricle", RIGHT),
    )
    for name, colour in lines:
        upper.plot(beat.pressures.times, beat.pressures[name] / mmHg, color=colour, label=name)
    for name, colour in (("left ventricle", LEFT), ("right ventricle", RIGHT), ("left atrium", ATRIUM)):
        lower.plot(beat.volumes.times, beat.volumes[name] / mL, color=colour)
    labelled(upper, "", "pressure [mmHg]")
    labelled(lower, "time after the R wave [ms]", "volume [mL]")
    upper.legend(frameon=False, fontsize="small", ncols=2)
    return svg(figure)


def strains(beat: Beat) -> str:
    """Fibre strain of all segments, septal and lateral ones in colour."""
    figure = Figure(figsize=(5.4, 3.6), layout="constrained")
    ax = figure.subplots()
    groups: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
        ("septal", RIGHT, lambda name: "sept" in name),
        ("lateral", LEFT, lambda name: "lateral" in name),
        ("other left", "#9aa5b1", lambda name: "sept" not in name and "lateral" not in name and "right" not in name),
    )
    for label, colour, chosen in groups:
        for k, name in enumerate(filter(chosen, beat.strain.names)):
            ax.plot(beat.strain.times, 100 * beat.strain[name], color=colour, lw=1, label=label if k == 0 else None)
    labelled(ax, "time after the R wave [ms]", "fibre strain [%]")
    ax.axhline(0, color="#1a2028", lw=0.6)
    ax.legend(frameon=False, fontsize="small")
    return svg(figure)


def twelve_leads(ecg: Signal) -> str:
    """The ECG in the usual layout: four columns of three leads, 25 mm/s and 10 mm/mV in proportion."""
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    axes = figure.subplots(3, 4, sharex=True, sharey=True, gridspec_kw={"hspace": 0, "wspace": 0})
    low, high = float(ecg.values.min()) - 0.2, float(ecg.values.max()) + 0.3
    for row, leads in enumerate(ECG_ROWS):
        for column, lead in enumerate(leads):
            ax = axes[row, column]
            ax.plot(ecg.times, ecg[lead], color="#1a2028", lw=1)
            ax.set_xlim(ecg.times[0], ecg.times[-1])
            ax.set_ylim(low, high)
            _ecg_paper(ax)
            ax.text(0.02, 0.96, lead, transform=ax.transAxes, va="top", fontsize="small", fontweight="bold")
    figure.supxlabel("time after the first activation [ms]; small squares 40 ms, 0.1 mV", fontsize="small")
    return svg(figure)


def _ecg_paper(ax: Axes) -> None:
    from matplotlib.ticker import MultipleLocator

    ax.xaxis.set_major_locator(MultipleLocator(200))
    ax.xaxis.set_minor_locator(MultipleLocator(40))
    ax.yaxis.set_major_locator(MultipleLocator(0.5))
    ax.yaxis.set_minor_locator(MultipleLocator(0.1))
    ax.grid(which="minor", color="#f3cfcf", lw=0.3)
    ax.grid(which="major", color="#e39a9a", lw=0.6)
    ax.tick_params(which="both", length=0, labelsize="x-small")


def _frame(ax: Axes, beat: Beat, shown: Sequence[int], title: str, *, upside_down: bool) -> None:
    everything = np.vstack([beat.mesh.points, *(s.points for part in beat.chambers[:1] for s in part.values())])
    low, high = everything.min(axis=0) - 4, everything.max(axis=0) + 4
    x, y = shown
    ax.set_xlim(low[x], high[x])
    ax.set_ylim((high[y], low[y]) if upside_down else (low[y], high[y]))
    ax.set_aspect("equal")
    ax.set_title(title, fontsize="small")
    ax.axis("off")


def labelled(ax: Axes, x: str, y: str) -> None:
    """Name the axes and drop the frame above and to the right."""
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.spines[["top", "right"]].set_visible(False)


def svg(figure: Figure) -> str:
    """The figure as SVG to put into a page: no header, no date, no random names."""
    import matplotlib as mpl

    buffer = io.StringIO()
    settings: dict[Any, Any] = {"svg.hashsalt": "marey", "svg.fonttype": "path"}
    with mpl.rc_context(settings):
        figure.savefig(buffer, format="svg", dpi=140, transparent=True, metadata={"Date": None, "Creator": "Marey"})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


__all__ = ["labelled", "pressure_volume", "sections", "strains", "svg", "twelve_leads", "wiggers"]
