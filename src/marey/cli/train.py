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
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the network and its checkpoints.", metavar="DIR")
    ],
    minutes: Annotated[float, typer.Option(help="How long to train.", min=0.0)] = 240.0,
    seed: Annotated[int, typer.Option(help="Chooses the simulated hearts.", min=0)] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Train the short-axis cine network on simulated exams, and export it as ONNX with its model card.

    Needs torch: pip install "marey[train]". A run that was stopped goes on where it was when it is started again.

    For example:

      marey train cine --minutes 60 -o runs/cine
    """
    with errors_as_sentences():
        import marey.learn  # noqa: F401

        with progress(quiet) as move:
            move(0.0, "training")


__all__ = ["app", "cine"]
