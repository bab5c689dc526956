"""`marey analyze`: from the scanner's files to a report."""

import json
from pathlib import Path
from typing import Annotated

import typer

from marey.cli.exits import ExitCode, errors_as_sentences
from marey.cli.terminal import progress


def analyze(
    study: Annotated[
        list[Path],
        typer.Argument(
            help="A folder of DICOM files (any nesting, any mixture), one NIfTI file, or several.", metavar="STUDY"
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the report and all other results.", metavar="OUT")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the results as one JSON object instead of a summary.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary; errors only.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", "-f", help="Compute again what is already finished; replace files that are in the way."
        ),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with exit status 7 when a check failed.")] = False,
) -> None:
    """Measure a cine MR exam and write the report.

    The ventricles are found and measured in the short-axis stack, on every slice and phase.

    OUT receives report.html, report.pdf, measurements.json and .csv, the labels as NIfTI and, from DICOM input,
    DICOM SEG, SR and encapsulated PDF. manifest.json is written last: where it is, the analysis is whole.

    An analysis that is already finished in OUT (same files, settings and version) is not computed again.
    Failed checks lower the confidence and are said in the report; the exit status stays 0 unless --strict is given.

    For example:

      marey analyze exam -o report

      marey analyze ed.nii.gz es.nii.gz -o report --json
    """
    with errors_as_sentences(as_json):
        from marey.workflows.cine import analyze as run

        with progress(quiet) as move:
            report = run(study, out, force=force, progress=move)
        if as_json:
            from marey.cli.summary import as_document

            typer.echo(json.dumps(as_document(report, out), indent=2, allow_nan=False))
        elif not quiet:
            from marey.cli.summary import show

            show(report, out)
        if strict and any(finding.passed is False for finding in report.findings):
            raise typer.Exit(ExitCode.CHECK_FAILED)


__all__ = ["analyze"]
