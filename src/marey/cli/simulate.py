"""`marey simulate`: hearts and exams of patients who do not exist, with their truth."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from marey.cli.exits import EXIT_HELP, errors_as_sentences
from marey.cli.terminal import progress

app = typer.Typer(help="Make beating hearts and exams of simulated patients.", no_args_is_help=True)


class HeartPreset(StrEnum):
    """Hearts, as `marey.simulate.presets` knows them."""

    HEALTHY = "healthy"
    DCM = "dcm"
    DCM_LBBB = "dcm-lbbb"
    HCM = "hcm"
    INFARCT = "infarct"
    LBBB = "lbbb"
    RBBB = "rbbb"
    RV_OVERLOAD = "rv-overload"
    HFPEF = "hfpef"
    AORTIC_STENOSIS = "aortic-stenosis"
    MITRAL_REGURGITATION = "mitral-regurgitation"


class Scan(StrEnum):
    """How well an exam is taken."""

    CLINICAL = "clinical"
    PERFECT = "perfect"


class Resolution(StrEnum):
    """How fine the mesh is."""

    COARSE = "coarse"
    MEDIUM = "medium"
    FINE = "fine"


class Fidelity(StrEnum):
    """Of the ventricles, as `SimulateBeat` knows them."""

    PATCHES = "patches"
    ELEMENTS = "elements"


@app.callback()
def _group() -> None:
    """Make beating hearts and exams of simulated patients."""


@app.command("study", epilog=EXIT_HELP)
def study(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the exam.", metavar="DIR")],
    preset: Annotated[HeartPreset, typer.Option(help="The heart and its disease.")] = HeartPreset.HEALTHY,
    heart: Annotated[
        Path | None, typer.Option(help="A folder that `marey simulate heart` made: scan that heart.", metavar="DIR")
    ] = None,
    protocol: Annotated[str, typer.Option(help="Series, with commas: cine,lax,lge,t1,...", metavar="SERIES")] = "cine",
    seed: Annotated[int, typer.Option(help="Chooses body, scanner and noise; same seed, same exam.", min=0)] = 0,
    scan: Annotated[Scan, typer.Option(help="Clinical, or without noise and misplacement.")] = Scan.CLINICAL,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of a series, such as cine.phases=40; repeat it.", metavar="NAME=VALUE"),
    ] = None,
    enhanced: Annotated[bool, typer.Option("--enhanced", help="One Enhanced MR file a series.")] = False,
    kspace: Annotated[bool, typer.Option("--kspace", help="Raw data of all coils as well, as ISMRMRD.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary; errors only.")] = False,
) -> None:
    """Scan a simulated patient: DICOM as a scanner would send it, with the truth beside it in DIR/truth.

    For example:

      marey simulate study --preset infarct --protocol cine,lax --seed 12 -o exam
    """
    with errors_as_sentences():
        from marey.scan.mr.series import perfect_scanner
        from marey.workflows.heart_file import read_heart
        from marey.workflows.simulated_exam import Exam, simulate_study

        exam = Exam(
            tuple(name.strip() for name in protocol.split(",")),
            perfect_scanner() if scan is Scan.PERFECT else None,
            _numbers(changes or []),
            "enhanced" if enhanced else "classic",
            kspace,
        )
        known = read_heart(heart) if heart else None
        name = heart.name if heart else preset.value
        with progress(quiet) as move:
            simulate_study(out, heart=known, name=name, exam=exam, seed=seed, progress=move)
        if not quiet:
            typer.echo(f"A simulated exam ({name}, seed {seed}) is in {out}. Next: marey analyze {out} -o REPORT")


@app.command("heart", epilog=EXIT_HELP)
def heart(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the beat.", metavar="DIR")],
    preset: Annotated[HeartPreset, typer.Option(help="The heart and its disease.")] = HeartPreset.HEALTHY,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter and its value, as in parameters.csv; repeat it.", metavar="NAME=VALUE"),
    ] = None,
    resolution: Annotated[Resolution, typer.Option(help="Of the mesh.")] = Resolution.MEDIUM,
    fidelity: Annotated[
        Fidelity, typer.Option(help="Ventricles of patches (seconds) or of finite elements (minutes).")
    ] = Fidelity.PATCHES,
    moments: Annotated[int, typer.Option(help="Meshes over the beat.", min=2, max=1000)] = 30,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary; errors only.")] = False,
) -> None:
    """Simulate a beating heart: meshes, activation, pressures and volumes, 12-lead ECG, strains, a page with figures.

    For example:

      marey simulate heart --preset lbbb --set circulation.heart_rate=80 -o beat
    """
    with errors_as_sentences():
        from marey.simulate.beat import SimulateBeat
        from marey.workflows.simulated_heart import PAGE, simulate_heart

        with progress(quiet) as move:
            step = SimulateBeat(resolution=resolution.value, moments=moments, fidelity=fidelity.value)
            simulate_heart(preset.value, out, changes=_numbers(changes or []), step=step, progress=move)
        if not quiet:
            typer.echo(f"The beat ({preset.value}) is in {out}. Open {out / PAGE} in a browser, beat.pvd in ParaView.")


@app.command("population", epilog=EXIT_HELP)
def population(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the cohort.", metavar="DIR")],
    count: Annotated[int, typer.Option("--n", help="Number of hearts.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="Chooses the cohort; the same seed gives the same hearts.", min=0)] = 0,
    group: Annotated[
        str | None, typer.Option(help="One disease group (healthy, dcm, hcm, infarct, ...); all when left out.")
    ] = None,
    sex: Annotated[str | None, typer.Option(help="F or M; both when left out.")] = None,
    motion: Annotated[bool, typer.Option("--motion", help="Keep each heart's moving mesh, ECG and PV loops.")] = False,
    processes: Annotated[
        int | None, typer.Option(help="Hearts at a time; as many as there are cores when left out.", min=1)
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary; errors only.")] = False,
) -> None:
    """Simulate a virtual cohort: random hearts and their beats, with a table of all parameters and biomarkers.

    A run that was stopped goes on when it is started again with the same arguments.

    For example:

      marey simulate population --n 1000 --seed 7 -o cohort
    """
    with errors_as_sentences():
        from marey.workflows.cohort_table import DICTIONARY, FAILURES, TABLE
        from marey.workflows.simulated_population import simulate_population

        with progress(quiet) as move:
            made = simulate_population(
                out, count=count, seed=seed, group=group, sex=sex, motion=motion, processes=processes, progress=move
            )
        if not quiet:
            typer.echo(
                f"{made.beating} hearts are in {out / TABLE}, its columns explained in {DICTIONARY}; "
                f"{made.failing} had no beat ({FAILURES} says why)."
            )


def _numbers(changes: list[str]) -> dict[str, float]:
    """NAME=VALUE as a table.

    Raises:
        InvalidInput: something else.
    """
    from marey.core import InvalidInput

    table = {}
    for change in changes:
        name, _, value = change.partition("=")
        try:
            table[name.strip()] = float(value)
        except ValueError:
            raise InvalidInput(
                f"'--set {change}' was given.", "NAME=VALUE with a number is needed.", "See parameters.csv of any beat."
            ) from None
    return table


__all__ = ["Fidelity", "HeartPreset", "Resolution", "Scan", "app", "heart", "population", "study"]
