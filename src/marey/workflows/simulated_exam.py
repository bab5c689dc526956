"""The exam of a patient who does not exist, as a scanner would have sent it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from marey.core import Facts
from marey.core.files import write_text
from marey.core.units import cm, g, kg, mL
from marey.io.cine_writer import write_cine
from marey.scan.cine import CineExam, Preset, Truth
from marey.workflows.output_folder import check_empty

TRUTH = "truth.json"


def simulate(
    preset: Preset,
    folder: Path,
    *,
    seed: int,
    slices: int = 12,
    phases: int = 30,
    matrix: int = 256,
    progress: Callable[[float, str], None] | None = None,
) -> Truth:
    """Write the short-axis cine exam of a simulated patient as DICOM files, and what is true of the heart beside them.

    The same arguments give the same exam, up to the time stamps of the files.

    Args:
        preset: the shape of the heart.
        folder: must be empty or not exist yet; gets one file per slice and phase, and truth.json (mL, %, g).
        seed: chooses the patient.
        slices, phases, matrix: as in `marey.scan.cine.CineExam`.
        progress: told the fraction done and what is being done.

    Raises:
        CannotWrite: the folder holds something or cannot be written.
    """
    told = progress or (lambda _fraction, _text: None)
    check_empty(folder, "An exam needs a folder of its own, so that it does not mix with another patient's.")
    rng = np.random.default_rng(seed)
    facts = _patient(rng, preset, seed)
    exam = CineExam(slices, phases, matrix)(rng, preset, lambda done: told(0.8 * done, "scanning"))
    told(0.8, "writing the DICOM files")
    name = f"{preset} {seed}"
    write_cine(exam.image, facts, folder, series_description="cine short axis", series_number=1, seed=name)
    write_text(folder / TRUTH, json.dumps(_record(exam.truth) | {"preset": preset, "seed": seed}, indent=2) + "\n")
    told(1.0, "done")
    return exam.truth


def _patient(rng: np.random.Generator, preset: Preset, seed: int) -> Facts:
    sex = "M" if rng.random() < 0.5 else "F"
    height = rng.normal(176 if sex == "M" else 163, 7) * cm
    weight = rng.normal(25, 3) * kg * (height / (100 * cm)) ** 2
    return Facts(
        f"SIM-{preset}-{seed}", "Simulated^Patient", sex, round(rng.uniform(30, 80)), height, weight, "", "Marey"
    )


def _record(truth: Truth) -> dict[str, object]:
    return {
        "lv_edv": truth.lv_edv / mL,
        "lv_esv": truth.lv_esv / mL,
        "lv_ef": 100 * truth.lv_ef,
        "lv_mass": truth.lv_mass / g,
        "rv_edv": truth.rv_edv / mL,
        "rv_esv": truth.rv_esv / mL,
        "rv_ef": 100 * truth.rv_ef,
    }


__all__ = ["TRUTH", "simulate"]
