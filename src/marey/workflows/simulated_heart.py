"""A simulated heart's beat, written so that others can look at it and compute with it."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np

from marey.anatomy.ventricles import topology
from marey.core import Beat, InvalidInput, Mesh, Parameter, Signal
from marey.core.files import write_text, write_with
from marey.core.units import factor
from marey.io.nifti_out import write_labels
from marey.io.vtk_out import write_moments, write_vtu
from marey.report.beat_page import write_beat_page
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.beat.step import RESOLUTIONS
from marey.simulate.beat.whole import beat_labels
from marey.simulate.heart import Heart
from marey.simulate.presets import preset
from marey.workflows.output_folder import check_empty
from marey.workflows.provenance import library_versions, program_digest

PAGE = "beat.html"
FILES = {
    "beat.pvd, meshes": "the moving ventricles with their fields, for ParaView",
    "chambers.pvd, chambers": "surfaces over the beat: atria, great vessels, veins, valves, papillary muscles",
    "labels.nii.gz, labels.json": "the structure of every voxel at every moment, as the heart lies in the chest",
    "motion.npz": "the moving mesh as arrays",
    "volumes.csv, pressures.csv, flows.csv": "of chambers, vessels and valves",
    "strain.csv, ecg.csv": "fibre strain of the segments; the 12 leads",
    "biomarkers.json, parameters.csv": "all numbers that come out and go in",
}


def simulate_heart(
    name: str,
    folder: Path,
    *,
    changes: Mapping[str, float] | None = None,
    step: SimulateBeat | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Beat:
    """Simulate a preset's beat and write it: page, meshes, curves, ECG, numbers, parameters.

    Args:
        name: one of `marey.simulate.presets.PRESETS`.
        folder: must be empty or not exist yet.
        changes: parameters by dotted path in the units of their table, on top of the preset.
        step: how to simulate; the defaults if not given.
        progress: told the fraction done and what is being done.

    Raises:
        InvalidInput: a preset or parameter that does not exist, a value outside its range.
        NotAnalysable: the heart does not beat periodically.
        CannotWrite: the folder holds something or cannot be written.
    """
    told = progress or (lambda _fraction, _text: None)
    check_empty(folder, "A beat needs a folder of its own.")
    heart = with_changes(preset(name), changes or {})
    told(0.05, "simulating the beat")
    simulate = step or SimulateBeat()
    beat = simulate(heart)
    told(0.8, "writing")
    write_beat(folder, beat, heart, name, simulate)
    told(1.0, "done")
    return beat


def with_changes(heart: Heart, changes: Mapping[str, float]) -> Heart:
    """The heart with numbers changed, each given in the unit that the table of parameters shows it in.

    Raises:
        InvalidInput: a path that does not exist or is no number, a value outside its range.
    """
    units = {known.path: known.unit for known in heart.table()}
    changed = heart.but({path: value * factor(units.get(path, "1")) for path, value in changes.items()})
    for path in changes.keys() - units.keys():
        raise InvalidInput(
            f"The parameter '{path}' is set to a number.",
            "It has none: parameters.csv of any beat lists those that have.",
            "Choose a preset that comes near, or change it from Python.",
        )
    return changed


def write_beat(folder: Path, beat: Beat, heart: Heart, name: str, step: SimulateBeat) -> None:
    """Write all files of a beat; the page last, so that it is there only when everything is."""
    meshes = folder / "meshes"
    files = [
        write_vtu(meshes / f"moment_{moment:03d}.vtu", beat.mesh.moved(beat.points(moment)))
        for moment in range(len(beat.times))
    ]
    write_moments(folder / "beat.pvd", [Path("meshes") / file.name for file in files], beat.times.tolist())
    around = [
        write_vtu(folder / "chambers" / f"moment_{moment:03d}.vtu", joined(surfaces))
        for moment, surfaces in enumerate(beat.chambers)
    ]
    write_moments(folder / "chambers.pvd", [Path("chambers") / file.name for file in around], beat.times.tolist())
    write_labels(folder / "labels.nii.gz", beat_labels(heart, beat, topology(RESOLUTIONS[step.resolution])))
    for file, signal in (("volumes", beat.volumes), ("pressures", beat.pressures), ("flows", beat.flows)):
        write_signal(folder / f"{file}.csv", signal)
    write_signal(folder / "strain.csv", beat.strain)
    if beat.ecg is not None:
        write_signal(folder / "ecg.csv", beat.ecg)
    write_with(folder / "motion.npz", lambda path: _save_motion(path, beat))
    made = {"preset": name, "Marey": version("marey"), "settings": str(step), "program": program_digest()}
    numbers = {key: {"value": value / factor(UNITS[key]), "unit": UNITS[key]} for key, value in beat.biomarkers.items()}
    record = {"made": made | library_versions(), "biomarkers": numbers}
    write_text(folder / "biomarkers.json", json.dumps(record, indent=1) + "\n")
    write_parameters(folder / "parameters.csv", list(heart.table()))
    write_beat_page(folder / PAGE, beat, f"Simulated heart: {name}", UNITS, made, beside=FILES)


def joined(surfaces: Mapping[str, Mesh]) -> Mesh:
    """Surfaces as one mesh; the cell field "part" numbers them in the order of their names."""
    names = sorted(surfaces)
    starts = np.cumsum([0, *(len(surfaces[name].points) for name in names)])
    return Mesh(
        np.vstack([surfaces[name].points for name in names]),
        np.vstack([surfaces[name].cells + start for name, start in zip(names, starts, strict=False)]),
        cell_fields={"part": np.repeat(np.arange(len(names)), [len(surfaces[name].cells) for name in names])},
    )


def write_signal(path: Path, signal: Signal) -> Path:
    """Times in ms and one column per lead in the signal's unit, as CSV."""
    scale = factor(signal.unit)
    header = ["time [ms]", *(f"{name} [{signal.unit}]" for name in signal.names)]
    rows = np.column_stack([signal.times, signal.values.T / scale])
    return write_text(path, _csv([header, *([f"{value:.7g}" for value in row] for row in rows)]))


def write_parameters(path: Path, parameters: list[Parameter]) -> Path:
    """Every parameter with its unit, range and source, as CSV."""
    rows = [
        [known.path, f"{known.value / scale:.7g}", known.unit, f"{known.low / scale:g}", f"{known.high / scale:g}",
         known.source]
        for known in parameters
        for scale in [factor(known.unit)]
    ]  # fmt: skip
    return write_text(path, _csv([["parameter", "value", "unit", "lowest", "highest", "source"], *rows]))


def _csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _save_motion(path: Path, beat: Beat) -> None:
    with path.open("wb") as file:
        np.savez_compressed(
            file, times=beat.times, points=beat.mesh.points, cells=beat.mesh.cells,
            displacement=beat.displacement.astype(np.float32),
        )  # fmt: skip


__all__ = ["PAGE", "joined", "simulate_heart", "with_changes", "write_beat", "write_parameters", "write_signal"]
