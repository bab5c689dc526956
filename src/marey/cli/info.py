"""`marey info`: what a folder of images holds."""

import json
from pathlib import Path
from typing import Annotated

import typer

from marey.cli.exits import errors_as_sentences
from marey.cli.terminal import progress


def info(
    study: Annotated[
        list[Path],
        typer.Argument(help="A folder of DICOM files, one NIfTI file, or several.", metavar="STUDY"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Show what an exam holds.

    Views, phases and geometry, what can be analysed and what is missing.

    For example:

      marey info exam
    """
    with errors_as_sentences(as_json):
        from marey.workflows.contents import look

        with progress(quiet) as move:
            contents = look(study, progress=move)
        if as_json:
            from dataclasses import asdict

            typer.echo(json.dumps(asdict(contents), indent=2, allow_nan=False))
        else:
            from marey.cli.summary import show_contents

            show_contents(contents)


__all__ = ["info"]
