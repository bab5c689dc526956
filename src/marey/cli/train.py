"""`marey train`: repeat the training of a network."""

from pathlib import Path
from typing import Annotated

import typer

from marey.cli.exits import EXIT_HELP, errors_as_sentences
from marey.cli.terminal import progress

app = typer.Typer(help="Train the networks again.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Train the networks again."""


@app.command("cine", epilog=EXIT_HELP)
def cine(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for checkpoints and the network.", metavar="DIR")],
    minutes: Annotated[float, typer.Option(help="Stop after so many minutes; start again to go on.", min=0.0)] = 240.0,
    steps: Annotated[int, typer.Option(help="Optimiser steps of the whole training.", min=1)] = 4_000,
    batch: Annotated[int, typer.Option(help="Samples in a step.", min=1)] = 48,
    seed: Annotated[int, typer.Option(help="Chooses the simulated hearts and the first weights.", min=0)] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Train the short-axis cine network.

    It learns from simulated exams only, and is exported as short_axis.onnx. Needs torch: pip install "marey[train]".
    A run that was stopped goes on where it was when the same command is given again.

    For example:

      marey train cine --minutes 60 -o runs/cine
    """
    with errors_as_sentences():
        from marey.learn.export import export_onnx
        from marey.learn.train import Recipe, Trainer

        trainer = Trainer(Recipe(seed=seed, steps=steps, batch=batch), out)
        with progress(quiet) as move:
            trainer.train(lambda step, loss: move(step / steps, f"training, loss {loss:.3f}"), until=60 * minutes)
        network = export_onnx(trainer.trained(), out / "short_axis.onnx")
        if not quiet:
            typer.echo(f"Step {trainer.step} of {steps}; the network is in {network}.")


@app.command("diagnosis", epilog=EXIT_HELP)
def diagnosis(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for patients and the model.", metavar="DIR")],
    patients: Annotated[int, typer.Option(help="Simulated patients, a quarter of them for the test.", min=40)] = 960,
    seed: Annotated[int, typer.Option(help="Chooses the patients.", min=0)] = 20_000_000,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Train the classifier of five classes of heart disease.

    Patients are simulated, pictured, segmented and measured, some seconds each on every core. A run that was stopped
    goes on. Needs scikit-learn: pip install "marey[risk]".

    For example:

      marey train diagnosis -o runs/diagnosis
    """
    with errors_as_sentences():
        from marey.workflows.train_diagnosis import train_diagnosis

        with progress(quiet) as move:
            made = train_diagnosis(out, patients=patients, seed=seed, progress=move)
        if not quiet:
            error = f"calibration error {made.calibration_error:.3f}"
            typer.echo(f"Accuracy {made.accuracy:.3f}, {error}, {made.patients} patients kept apart: {made.path}")


__all__ = ["app", "cine", "diagnosis"]
