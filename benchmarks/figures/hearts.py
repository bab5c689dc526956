"""Whole hearts: pressure-volume loops of all presets, and what a late lateral wall does."""

import numpy as np

from figures.section import OURS, SECOND, Section, charts, table
from marey.core.units import factor, mL, mmHg
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.presets import PRESETS, preset

SHOWN = ("edv", "ef", "systolic_pressure", "right_atrial_pressure", "lv_peak_pressure", "lv_end_diastolic_pressure",
         "rv_peak_pressure", "cardiac_output", "fibre_strain", "activation_duration", "septal_flash")  # fmt: skip
SEPTAL, LATERAL = ("basal inferoseptal", "mid inferoseptal"), ("basal inferolateral", "mid inferolateral")


def pressure_volume_loops() -> Section:
    """Both ventricles of every preset, and strains of septum and lateral wall."""
    beats = {name: SimulateBeat("coarse", 2.0, 4, "endless")(preset(name)) for name in PRESETS}
    columns = 4
    figure, axes = charts(columns, -(-len(beats) // columns), height=1.9)
    rows = []
    for chart, (name, beat) in zip(axes, beats.items(), strict=False):
        for side, colour in (("left ventricle", OURS), ("right ventricle", SECOND)):
            chart.plot(beat.volumes[side] / mL, beat.pressures[side] / mmHg, color=colour, lw=1.2, label=side)
        chart.set_title(name, fontsize=8, pad=2)
        chart.set(xlim=(0, 300), ylim=(0, 210))
        chart.tick_params(labelsize=7)
        rows.append([name, *(f"{beat.biomarkers[key] / factor(UNITS[key]):.3g}" for key in SHOWN)])
    for chart in axes[len(beats) :]:
        chart.set_axis_off()
    if len(axes) > len(beats):
        axes[len(beats)].legend(*axes[0].get_legend_handles_labels(), loc="center", fontsize=8)
    figure.supxlabel("volume, mL", fontsize=8)
    figure.supylabel("pressure, mmHg", fontsize=8)
    text = (
        "Every preset run to its periodic beat with multi-patch ventricles in the closed loop. These are "
        "signs of disease by "
        "construction, not a validation on patients."
    )
    return Section(
        "pressure_volume", "Presets: pressure-volume loops", text, figure,
        "Loops of both ventricles of each preset",
        table(["preset", *(f"{key.replace('_', ' ')}, {UNITS[key]}" for key in SHOWN)], rows),
    )  # fmt: skip


def dyssynchrony() -> Section:
    """Strain of septum and lateral wall with and without block."""
    figure, axes = charts(2, height=2.8)
    for chart, name in zip(axes, ("healthy", "lbbb"), strict=True):
        beat = SimulateBeat("coarse", 2.0, 4, "endless")(preset(name))
        for walls, colour, label in ((SEPTAL, OURS, "septum"), (LATERAL, SECOND, "lateral wall")):
            strain = 100 * np.mean([beat.strain[wall] for wall in walls], axis=0)
            chart.plot(beat.strain.times, strain, color=colour, lw=1.4, label=label)
        flow = beat.flows["aortic"]
        ejecting = beat.flows.times[flow > 0.02 * flow.max()]
        chart.axvspan(ejecting[0], ejecting[-1], color="#eef2f6", lw=0, label="ejection")
        flash = beat.biomarkers["septal_flash"]
        chart.set(title=f"{name}: septal flash {flash:.1f} mm", xlabel="ms", ylabel="fibre strain, %", ylim=(-35, 25))
        chart.legend(fontsize=7)
    text = (
        "With the left bundle blocked the septum shortens before ejection and rebounds while the late lateral wall, "
        "stretched first, does the work (Walmsley et al. 2015, [doi:10.1371/journal.pcbi.1004284]"
        "(https://doi.org/10.1371/journal.pcbi.1004284))."
    )
    return Section(
        "dyssynchrony", "Presets: left bundle branch block", text, figure,
        "Strain of septum and lateral wall: together in health, opposed in left bundle branch block",
    )  # fmt: skip
