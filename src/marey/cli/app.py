"""The command `marey`."""

from importlib.metadata import version
from typing import Annotated

import typer

from marey.cli import analyze, cohort, info, simulate, train
from marey.cli.exits import EXIT_HELP

HELP = """Reads the heart from moving pictures: cardiac MR exams in, measurements and a report out.

Start with:  marey info EXAM  to see what a folder of images holds, then  marey analyze EXAM -o REPORT.
No exam at hand?  marey simulate study -o EXAM  makes one.

Marey is a research tool and not a medical device.
"""

app = typer.Typer(
    name="marey",
    help=HELP,
    epilog=EXIT_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("analyze", epilog=EXIT_HELP)(analyze.analyze)
app.command("info", epilog=EXIT_HELP)(info.info)
app.add_typer(cohort.app, name="cohort")
app.add_typer(simulate.app, name="simulate")
app.add_typer(train.app, name="train")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"marey {version('marey')}")
        raise typer.Exit


@app.callback()
def _top(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the process ends with one of `marey.cli.exits.ExitCode`."""
    app(prog_name="marey")


__all__ = ["app", "main"]
