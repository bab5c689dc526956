"""The exam of a patient who does not exist, as a scanner would have sent it, with its truth beside it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from marey.anatomy import LV_CAVITY, RV_CAVITY
from marey.core import Beat, Facts, Grid, InvalidInput, MrSeries
from marey.core.files import write_text
from marey.core.units import cm, factor, g, kg, mL
from marey.io.mr_enhanced import write_enhanced
from marey.io.mr_writer import write_series
from marey.scan.body import random_thorax
from marey.scan.mr.protocol import SeriesSettings, series_settings
from marey.scan.mr.series import (
    SCANS,
    ScannedSlice,
    Scanner,
    Subject,
    assembled,
    planned,
    random_scanner,
    slice_by_slice,
    subject,
)  # fmt: skip
from marey.scan.mr.series.raw import raw_slice
from marey.simulate.beat import SimulateBeat
from marey.simulate.heart import Heart
from marey.simulate.presets import preset
from marey.workflows.exam_files import ExamFiles
from marey.workflows.output_folder import check_empty

TRUTH = "truth/truth.json"
MOST_BYTES = 4e9
MOMENTS_OF_TRUTH = 60


@dataclass(frozen=True)
class Exam:
    """What is scanned, and how.

    Args:
        protocol: names of series, in `SCANS`.
        scanner: drawn by the seed when None.
        changes: of the series' settings, by "series.parameter" in the units of their tables.
        form: of the DICOM files: "classic", one a picture, or "enhanced", one a series.
        kspace: whether to write the raw data of all coils as well.
        moments: of the simulated beat.

    Raises:
        InvalidInput: an unknown series or parameter, pictures that do not fit into memory.
    """

    protocol: tuple[str, ...] = ("cine",)
    scanner: Scanner | None = None
    changes: Mapping[str, float] = field(default_factory=dict)
    form: Literal["classic", "enhanced"] = "classic"
    kspace: bool = False
    moments: int = 30

    def __post_init__(self) -> None:
        for name in (*self.protocol, *(path.partition(".")[0] for path in self.changes)):
            if name not in SCANS:
                raise InvalidInput(
                    f"There is no series '{name}'.", f"Known are {', '.join(SCANS)}.", "Correct the protocol."
                )
        for name in self.protocol:
            _check_size(name, self.settings(name, 1.5))

    def settings(self, name: str, field_strength: float) -> SeriesSettings:
        """Of one series."""
        usual = series_settings(name, field_strength)
        known = {parameter.path: parameter for parameter in usual.table()}
        own: dict[str, float] = {}
        for whole, value in self.changes.items():
            series, _, path = whole.partition(".")
            if series == name:
                unit = factor(known[path].unit) if path in known else 1.0
                own[path] = round(value) if path in known and isinstance(known[path].value, int) else value * unit
        return usual.but(own)


def simulate_study(
    folder: Path,
    *,
    heart: Heart | None = None,
    name: str = "healthy",
    exam: Exam | None = None,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, float]:
    """Scan a simulated heart and write the exam: DICOM by series, NIfTI and truth in folders of their own.

    The same arguments give the same exam, up to the time stamps of the files.

    Args:
        folder: must be empty or not exist yet.
        heart: that is scanned; the preset `name` when None.
        name: of the heart, for the patient's identifier.
        exam: what is scanned; a cine when None.
        seed: chooses body, scanner, operator and noise.
        progress: told the fraction done and what is being done.

    Returns:
        What is written to truth.json: volumes in mL, ejection fractions in %, mass in g.

    Raises:
        InvalidInput: a preset or series that does not exist, a plane that misses the heart.
        NotAnalysable: the heart does not beat periodically.
        CannotWrite: the folder holds something or cannot be written.
    """
    told, exam = progress or (lambda _fraction, _text: None), exam or Exam()
    check_empty(folder, "An exam needs a folder of its own, so that it does not mix with another patient's.")
    heart = heart or preset(name)
    told(0.0, "simulating the beat")
    beat = SimulateBeat(resolution="medium", moments=exam.moments, medium="endless")(heart)
    told(0.1, "laying the patient into the scanner")
    rng = np.random.default_rng(seed)
    facts, it = draw_patient(rng, heart, beat, name=name, seed=seed)
    scanner = exam.scanner or random_scanner(rng)
    facts = replace(facts, field_strength=scanner.field_strength)
    numbers = _numbers(it)
    chances = rng.spawn(len(exam.protocol))
    files = ExamFiles(folder, facts, f"{name} {seed}", write_enhanced if exam.form == "enhanced" else write_series)
    for place, (series, chance) in enumerate(zip(exam.protocol, chances, strict=True)):
        told(0.1 + 0.9 * place / len(exam.protocol), f"scanning: {series}")
        for made, slices in _scan(it, series, exam.settings(series, scanner.field_strength), scanner, chance):
            files.write(made)
            if exam.kspace:
                raw = [raw_slice(part, slice_number=z, encoding=encoding)
                       for z, one in enumerate(slices) for encoding, part in enumerate(one.measured)]  # fmt: skip
                files.write_raw(made[0], raw, chance)
    record = {**numbers, "preset": name, "seed": seed, "scanner": str(scanner)}
    write_text(folder / TRUTH, json.dumps(record, indent=2) + "\n")
    told(1.0, "done")
    return numbers


def _scan(
    it: Subject, name: str, settings: SeriesSettings, scanner: Scanner, rng: np.random.Generator
) -> Iterator[tuple[list[MrSeries], list[ScannedSlice]]]:
    """Of every plane: the series that the scanner makes, and the slices that they are made of."""
    for plane, grid in planned(it, settings, scanner, rng).items():

        def scan(one: Grid, chance: np.random.Generator, short_axis: bool = plane == "short axis") -> ScannedSlice:
            return SCANS[name](it, one, settings, scanner, chance, short_axis=short_axis)

        slices = slice_by_slice(grid, rng, scan)
        yield assembled(name, plane, grid, slices, settings=settings, scanner=scanner), slices


def draw_patient(rng: np.random.Generator, heart: Heart, beat: Beat, *, name: str, seed: int) -> tuple[Facts, Subject]:
    """Facts of a patient with this heart, and the body to be scanned; the first that `rng` is asked for in an exam."""
    sex = "M" if rng.random() < 0.5 else "F"
    height = rng.normal(176 if sex == "M" else 163, 7) * cm
    weight = rng.normal(25, 3) * kg * (height / (100 * cm)) ** 2
    age = round(rng.uniform(30, 80))
    thorax = random_thorax(rng, height, weight, sex)
    it = subject(beat, heart, thorax, person=int(rng.integers(2**31)), rng=rng)
    return Facts(f"SIM-{name}-{seed}", "Simulated^Patient", sex, age, height, weight, "", "Marey"), it


def _numbers(it: Subject) -> dict[str, float]:
    """True volumes (mL), ejection fractions (%) and mass (g) of the beat."""
    moments = np.linspace(0, it.beat.period, MOMENTS_OF_TRUTH, endpoint=False)
    volumes = [it.motion.volumes(float(moment)) for moment in moments]
    record: dict[str, float] = {}
    for side, cavity in (("lv", LV_CAVITY), ("rv", RV_CAVITY)):
        curve = np.array([known[cavity] for known in volumes])
        record |= {
            f"{side}_edv": float(curve.max() / mL),
            f"{side}_esv": float(curve.min() / mL),
            f"{side}_ef": float(100 * (1 - curve.min() / curve.max())),
        }
    return record | {"lv_mass": float(it.beat.biomarkers["lv_mass"] / g)}


def _check_size(name: str, settings: SeriesSettings) -> None:
    slices = 1 if name == "lax" else 16
    wanted = 16.0 * settings.slices.matrix**2 * settings.phases * slices
    if wanted > MOST_BYTES:
        raise InvalidInput(
            f"The series '{name}' has {settings.phases} phases of {settings.slices.matrix} pixels a side.",
            f"Its pictures would take {wanted / 1e9:.0f} GB; {MOST_BYTES / 1e9:.0f} GB are allowed.",
            f"Lower '{name}.slices.matrix' or '{name}.phases'.",
        )


__all__ = ["TRUTH", "Exam", "draw_patient", "simulate_study"]
