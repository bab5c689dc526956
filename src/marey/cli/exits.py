"""What the exit status of every command means, and the way from an error to its status and sentence."""

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from marey.cli.terminal import clean


class ExitCode(IntEnum):
    """Exit status of `marey`; the meaning of each member is `MEANINGS`."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    UNREADABLE = 3
    NOT_ANALYSABLE = 4
    CANNOT_WRITE = 5
    MISSING_EXTRA = 6
    CHECK_FAILED = 7
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.DONE: "done; failed checks are in the report and on the screen",
    ExitCode.FAULT: "a fault of Marey itself",
    ExitCode.USAGE: "the command line was not understood",
    ExitCode.UNREADABLE: "the input is missing, damaged or not in a format that can be read",
    ExitCode.NOT_ANALYSABLE: "the input was read, but the numbers cannot be made from it",
    ExitCode.CANNOT_WRITE: "the output could not be written",
    ExitCode.MISSING_EXTRA: "an optional part of Marey is not installed",
    ExitCode.CHECK_FAILED: "with --strict: the report is written, but a check failed",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
}

EXTRAS = {
    **dict.fromkeys(("torch", "onnx", "onnxscript"), ("Training needs torch", "train")),
    **dict.fromkeys(
        ("sklearn", "lifelines", "pandas", "threadpoolctl"), ("Cohorts need scikit-learn and lifelines", "risk")
    ),
}

EXIT_HELP = "Exit status: " + "; ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items()) + "."


def exit_code(error: Exception) -> ExitCode:
    """The exit status that stands for an error."""
    from marey.core.errors import CannotWrite, MareyError, UnreadableFile

    if isinstance(error, ModuleNotFoundError) and error.name in EXTRAS:
        return ExitCode.MISSING_EXTRA
    if isinstance(error, CannotWrite):
        return ExitCode.CANNOT_WRITE
    if isinstance(error, UnreadableFile):
        return ExitCode.UNREADABLE
    return ExitCode.NOT_ANALYSABLE if isinstance(error, MareyError) else ExitCode.FAULT


@contextmanager
def errors_as_sentences(as_json: bool = False) -> Iterator[None]:
    """Turn any error into its sentence on stderr (and, with `as_json`, an object on stdout) and its exit status.

    The environment variable MAREY_TRACEBACK=1 lets the traceback through, for a report to the developers.
    """
    _silence_libraries()
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("MAREY_TRACEBACK"):
            raise
        code = exit_code(error)
        sentence = clean(_sentence(error, code))
        sys.stderr.write(f"marey: {sentence}\n")
        if as_json:
            document = {"error": {"kind": type(error).__name__, "message": sentence, "exit_code": code.value}}
            sys.stdout.write(json.dumps(document, indent=2) + "\n")
        raise typer.Exit(code) from None


def _silence_libraries() -> None:
    """What matters of their warnings are notices in the report."""
    import logging

    if sys.warnoptions or os.environ.get("MAREY_TRACEBACK"):
        return
    warnings.simplefilter("ignore")
    for name in ("pydicom", "highdicom", "nibabel"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _sentence(error: Exception, code: ExitCode) -> str:
    from marey.core.errors import MareyError

    if isinstance(error, MareyError):
        return str(error)
    if code is ExitCode.MISSING_EXTRA and isinstance(error, ModuleNotFoundError):
        why, extra = EXTRAS[str(error.name)]
        return f'{error}. {why}. Install with: pip install "marey[{extra}]"'
    return (
        f"Something went wrong inside Marey ({type(error).__name__}: {error}). That is a fault of the program. "
        "Run the command again with MAREY_TRACEBACK=1 before it and report what it says."
    )


__all__ = ["EXIT_HELP", "MEANINGS", "ExitCode", "errors_as_sentences", "exit_code"]
