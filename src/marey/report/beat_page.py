"""The page of a simulated beat: one HTML file that needs nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from marey.core import Beat
from marey.core.files import write_text
from marey.core.units import factor
from marey.report import beat_figures
from marey.report.assets import asset, template
from marey.report.bullseye import Scale, bulls_eye
from marey.report.charts import SCREEN
from marey.report.wording import number

GROUPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Volumes": (
        ("edv", "LV end-diastolic volume"), ("esv", "LV end-systolic volume"), ("ef", "LV ejection fraction"),
        ("stroke_volume", "forward stroke volume"), ("cardiac_output", "cardiac output"), ("lv_mass", "LV mass"),
        ("rv_edv", "RV end-diastolic volume"), ("rv_esv", "RV end-systolic volume"), ("rv_ef", "RV ejection fraction"),
    ),
    "Pressures": (
        ("systolic_pressure", "systolic arterial pressure"), ("diastolic_pressure", "diastolic arterial pressure"),
        ("lv_end_diastolic_pressure", "LV end-diastolic pressure"),
        ("left_atrial_pressure", "mean left atrial pressure"),
        ("rv_peak_pressure", "RV systolic pressure"), ("mean_pulmonary_pressure", "mean pulmonary arterial pressure"),
        ("dpdt_max", "LV dP/dt max"), ("aortic_gradient", "mean aortic gradient"),
        ("mitral_regurgitation", "mitral regurgitant fraction"),
    ),
    "Electrical activation": (
        ("qrs_duration", "QRS duration"), ("qrs_axis", "QRS axis"), ("qt", "QT interval"),
        ("activation_duration", "ventricular activation"),
    ),
    "Motion": (
        ("fibre_strain", "peak mean fibre strain"), ("base_descent", "descent of the base"),
        ("septal_flash", "septal flash"), ("septal_rebound", "septal rebound stretch"),
        ("peak_spread", "spread of the time to peak strain"), ("wasted_work", "wasted work"),
        ("lateral_minus_septal_work", "lateral less septal work density"),
    ),
}  # fmt: skip
ACTIVATION = Scale(0, 140, "ms")
SHORTENING = Scale(0, 30, "%", (250, 240, 225), (130, 52, 10))


@dataclass(frozen=True)
class Row:
    """One number of the page."""

    name: str
    value: str
    unit: str


def write_beat_page(
    path: Path,
    beat: Beat,
    title: str,
    units: Mapping[str, str],
    made: Mapping[str, str],
    *,
    beside: Mapping[str, str] | None = None,
) -> Path:
    """Write the page; whole or not at all.

    Args:
        path: the file, ".html".
        beat: what to show.
        title: for example the preset's name.
        units: unit of each biomarker.
        made: provenance: what made this, in which version.
        beside: files in the same folder, and what each holds.

    Raises:
        CannotWrite: the file cannot be written.
    """
    figures = {
        "sections": beat_figures.sections(beat),
        "ecg": beat_figures.twelve_leads(beat.ecg) if beat.ecg else "",
        "loops": beat_figures.pressure_volume(beat),
        "wiggers": beat_figures.wiggers(beat),
        "strains": beat_figures.strains(beat),
    }
    page: str = template("beat.html.j2").render(
        title=title,
        groups=[(name, [_row(beat, units, *row) for row in rows]) for name, rows in GROUPS.items()],
        figures={name: Markup(svg) for name, svg in figures.items()},  # noqa: S704
        maps=[Markup(svg) for svg in _polar_maps(beat)],  # noqa: S704
        made=list(made.items()),
        beside=list((beside or {}).items()),
        style=Markup(asset("style.css")),  # noqa: S704
    )
    return write_text(path, page)


def _row(beat: Beat, units: Mapping[str, str], key: str, name: str) -> Row:
    return Row(
        name,
        number(beat.biomarkers[key] / factor(units[key]), units[key]),
        {"1": "", "deg": "°"}.get(units[key], units[key]),
    )


def _polar_maps(beat: Beat) -> list[str]:
    """Activation time and peak shortening of the 17 segments."""
    import numpy as np

    segment = np.asarray(beat.mesh.cell_fields["segment"])
    times = np.asarray(beat.mesh.fields["activation_time"], np.float64)[beat.mesh.cells].mean(axis=1)
    activation = {k: float(times[segment == k].mean()) for k in range(1, 18)}
    shortening = {k + 1: float(-100 * beat.strain.values[k].min()) for k in range(17)}
    return [
        bulls_eye(activation, "Activation time [ms]", ACTIVATION, SCREEN),
        bulls_eye(shortening, "Peak fibre shortening [%]", SHORTENING, SCREEN),
    ]


__all__ = ["GROUPS", "Row", "write_beat_page"]
