"""`marey cohort`: prognosis, classes and groups of patients from a table."""

from pathlib import Path
from typing import Annotated

import typer

from marey.cli.exits import EXIT_HELP, errors_as_sentences

app = typer.Typer(help="Learn from a table of patients: survival, two classes, groups.", no_args_is_help=True)

Table = Annotated[Path, typer.Argument(help="CSV: a line of names, then one line per patient.", metavar="TABLE")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for page, results and model.", metavar="DIR")]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", help="A column that is no feature; repeat it.", metavar="COL")
]
Seed = Annotated[int, typer.Option(help="Chooses folds and bootstraps; same seed, same numbers.", min=0)]
Bootstraps = Annotated[int, typer.Option(help="Resamplings for intervals; fewer are faster.", min=10)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no summary; errors only.")]


@app.callback()
def _group() -> None:
    """Learn from a table of patients: survival, two classes, groups."""


@app.command("survival", epilog=EXIT_HELP)
def survival(
    table: Table,
    out: Out,
    time: Annotated[str, typer.Option(help="Column of the follow-up time.", metavar="COL")],
    event: Annotated[str, typer.Option(help="Column of the event: 1 happened, 0 not seen.", metavar="COL")],
    horizon: Annotated[
        float | None, typer.Option(help="Time at which risks are checked; the median follow-up when left out.")
    ] = None,
    exclude: Exclude = None,
    bootstraps: Bootstraps = 200,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Cox model of survival: effects, concordance in new patients, calibration, curves of risk groups.

    All other columns are features. Needs scikit-learn and lifelines: pip install "marey[risk]".

    For example:

      marey cohort survival patients.csv --time days --event death -o risk
    """
    with errors_as_sentences():
        from marey.diagnose.survival import FitCox
        from marey.workflows.cohort_survival import cohort_survival

        step = FitCox(horizon=horizon, bootstraps=bootstraps, seed=seed)
        found = cohort_survival(table, out, time=time, event=event, exclude=exclude or (), step=step)
        one = found.corrected
        _say(quiet, f"Concordance in new patients {one.value:.3f} ({one.low:.3f} to {one.high:.3f})", out)


@app.command("classify", epilog=EXIT_HELP)
def classify(
    table: Table,
    out: Out,
    outcome: Annotated[str, typer.Option(help="Column of the two classes.", metavar="COL")],
    positive: Annotated[
        str | None, typer.Option(help="The class looked for; the greater number or rarer word when left out.")
    ] = None,
    exclude: Exclude = None,
    bootstraps: Bootstraps = 200,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Tell two classes apart: area under the ROC curve, calibration and decision curve in unseen patients.

    All other columns are features. Needs scikit-learn and lifelines: pip install "marey[risk]".

    For example:

      marey cohort classify patients.csv --outcome infarct -o classes
    """
    with errors_as_sentences():
        from marey.diagnose.classify import FitClasses
        from marey.workflows.cohort_classify import cohort_classify

        step = FitClasses(bootstraps=bootstraps, seed=seed)
        found = cohort_classify(table, out, outcome=outcome, exclude=exclude or (), positive=positive, step=step)
        one = found.area
        _say(quiet, f"Area under the ROC curve {one.value:.3f} ({one.low:.3f} to {one.high:.3f})", out)


@app.command("phenogroups", epilog=EXIT_HELP)
def phenogroups(
    table: Table,
    out: Out,
    blocks: Annotated[
        list[str],
        typer.Option("--block", help="Columns that belong together; repeat it.", metavar="NAME=COL,COL"),
    ],
    bootstraps: Bootstraps = 50,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Find groups of alike patients; says so when there are none.

    Needs scikit-learn and lifelines: pip install "marey[risk]".

    For example:

      marey cohort phenogroups patients.csv --block image=edv,ef --block clinical=age,sodium -o groups
    """
    with errors_as_sentences():
        from marey.diagnose.phenogroups import FindGroups
        from marey.workflows.cohort_phenogroups import cohort_phenogroups

        step = FindGroups(bootstraps=bootstraps, seed=seed)
        found = cohort_phenogroups(table, out, blocks=_blocks(blocks), step=step)
        _say(quiet, f"{int(found.group.max()) + 1} groups", out)


def _blocks(given: list[str]) -> dict[str, tuple[str, ...]]:
    """NAME=COL,COL as a table."""
    pairs = (one.partition("=") for one in given)
    return {name.strip(): tuple(c.strip() for c in columns.split(",") if c.strip()) for name, _, columns in pairs}


def _say(quiet: bool, result: str, out: Path) -> None:
    if not quiet:
        typer.echo(f"{result}. Open {out / 'report.html'} in a browser.")


__all__ = ["app", "classify", "phenogroups", "survival"]
