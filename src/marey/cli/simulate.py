"""`marey simulate`: exams of patients who do not exist, with their truth."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from marey.cli.exits import EXIT_HELP, errors_as_sentences
from marey.cli.terminal import progress

app = typer.Typer(help="Make exams of simulated patients.", no_args_is_help=True)


class Preset(StrEnum):
    """Shapes of a simulated heart, as `marey.scan` knows them."""

    HEALTHY = "healthy"
    DILATED = "dilated"
    HYPERTROPHIC = "hypertrophic"
    INFARCT = "infarct"
    THINNED = "thinned"
    RV_OVERLOAD = "rv-overload"


@app.callback()
def _group() -> None:
    """Make exams of simulated patients."""


@app.command("study", epilog=EXIT_HELP)
def study(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the DICOM files.", metavar="DIR")],
    preset: Annotated[Preset, typer.Option(help="The shape of the heart.")] = Preset.HEALTHY,
    seed: Annotated[int, typer.Option(help="Chooses the patient; the same seed gives the same exam.", min=0)] = 0,
    slices: Annotated[int, typer.Option(help="Number of short-axis slices.", min=4, max=40)] = 12,
    phases: Annotated[int, typer.Option(help="Number of phases over the beat.", min=1, max=100)] = 30,
    matrix: Annotated[int, typer.Option(help="Pixels along each side of a slice.", min=64, max=512)] = 256,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary; errors only.")] = False,
) -> None:
    """Make the short-axis cine exam of a simulated patient as DICOM, with its true volumes in truth.json.

    For example:

      marey simulate study --preset infarct --seed 12 -o exam
    """
    with errors_as_sentences():
        from marey.workflows.simulated_exam import simulate

        with progress(quiet) as move:
            simulate(preset.value, out, seed=seed, slices=slices, phases=phases, matrix=matrix, progress=move)
        if not quiet:
            typer.echo(
                f"A simulated exam ({preset.value}, seed {seed}) is in {out}. Next: marey analyze {out} -o REPORT"
            )


__all__ = ["Preset", "app", "study"]
