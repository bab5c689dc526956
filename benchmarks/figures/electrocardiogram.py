"""Lead fields against a closed form, and the 12 leads of a healthy and a blocked heart."""

import numpy as np
from test_ecg_physics import sphere_error

from figures.section import OURS, SECOND, Section, charts, log_axis, slope, table
from marey.core.units import factor
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.ecg import LEADS
from marey.simulate.presets import preset

EXPECTED = {
    "qrs_duration": ("70 to 110", "130 or more"), "qrs_axis": ("-30 to 90", ""), "qt": ("350 to 450", ""),
}  # fmt: skip


def lead_field() -> Section:
    """A dipole in an insulated conducting sphere."""
    spacings = [10.0, 5.0, 2.5]
    errors = [100 * sphere_error(spacing) for spacing in spacings]
    order = np.polyfit(np.log(spacings), np.log(errors), 1)[0]
    figure, (chart,) = charts(1, width=5.2)
    chart.plot(spacings, errors, "o-", color=OURS, label="Marey")
    slope(chart, spacings, errors[0] * 1.3, 2)
    chart.set_yscale("log")
    log_axis(chart, spacings, "cells, mm")
    chart.set(title="Lead field of a sphere of radius 60 mm", ylabel="relative error, %")
    chart.legend()
    text = (
        "The potential of a dipole anywhere in an insulated conducting sphere is known in closed form "
        "(Wilson and Bayley "
        "1950). By reciprocity it is also the lead field, so this case tests the Poisson solver, its boundary and the "
        f"sampled gradient together: order {order:.2f}. Exact to rounding, in every field: fully depolarised "
        "tissue gives "
        "no potential, I + III = II, aVR + aVL + aVF = 0 (`pytest tests/verification/test_ecg_physics.py`). "
        "Other public "
        "codes print no number for these cases."
    )
    rows = [[f"{h:g}", f"{error:.2f} %"] for h, error in zip(spacings, errors, strict=True)]
    return Section(
        "lead_field", "ECG: lead field of a conducting sphere", text, figure,
        "The error falls with the square of the cell", table(["cells, mm", "relative error"], rows),
    )  # fmt: skip


def twelve_leads() -> Section:
    """The leads of two presets in the torso."""
    beats = {name: SimulateBeat("coarse", 2.0, 4, "torso")(preset(name)) for name in ("healthy", "lbbb")}
    figure, axes = charts(4, 3, height=1.5)
    order = ["I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6"]
    for chart, lead in zip(axes, order, strict=True):
        for (name, beat), colour in zip(beats.items(), (OURS, SECOND), strict=True):
            if beat.ecg is not None:
                chart.plot(beat.ecg.times[::2], beat.ecg[lead][::2], color=colour, lw=1.1, label=name)
        chart.set_title(lead, fontsize=8, pad=2)
        chart.set(ylim=(-2.6, 2.6), xlim=(-60, 560))
        chart.tick_params(labelsize=7, labelbottom=lead in order[-4:], labelleft=lead in order[::4])
    axes[0].legend(fontsize=7, loc="lower right")
    figure.supxlabel("ms", fontsize=8)
    figure.supylabel("mV", fontsize=8)
    rows = []
    for name, (normal, blocked) in EXPECTED.items():
        values = [f"{beat.biomarkers[name] / factor(UNITS[name]):.0f}" for beat in beats.values()]
        rows.append([f"{name.replace('_', ' ')}, {UNITS[name]}", normal, values[0], blocked, values[1]])
    text = (
        "The 12 leads of two presets, in a torso with lungs and ribs. The simulated normal among recorded ones: "
        "`python benchmarks/ecg.py normals DATA` and tests/verification/ecg.md."
    )
    return Section(
        "twelve_leads", "ECG: twelve leads", text, figure,
        f"Leads {', '.join(LEADS)} of a healthy heart and of one with left bundle branch block",
        table(["", "normal, textbook", "healthy", "LBBB, textbook", "lbbb"], rows),
    )  # fmt: skip
