import json
from pathlib import Path

import pytest
import typer

from marey.cli.exits import errors_as_sentences
from marey.cli.summary import number, show
from marey.cli.terminal import clean, progress
from marey.core import CannotWrite, Finding, InvalidInput, NotAnalysable, Notice, ReferenceRange, Report, UnreadableFile


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreadableFile("a", "b", "c"), 3),
        (InvalidInput("a", "b", "c"), 4),
        (NotAnalysable("a", "b", "c"), 4),
        (CannotWrite("a", "b", "c"), 5),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), 6),
        (ModuleNotFoundError("No module named 'scipy'", name="scipy"), 1),
        (ZeroDivisionError("x"), 1),
    ],
)
def test_every_error_becomes_one_sentence_and_its_status(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, errors_as_sentences(as_json=True):
        raise error
    shown = capsys.readouterr()
    assert caught.value.exit_code == code
    assert "Traceback" not in shown.err
    assert shown.err.count("\n") == 1
    document = json.loads(shown.out)["error"]
    assert document["exit_code"] == code
    assert document["kind"] == type(error).__name__
    assert document["message"] in shown.err


def test_missing_torch_says_how_to_install_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), errors_as_sentences():
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    assert 'pip install "marey[train]"' in capsys.readouterr().err


def test_traceback_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAREY_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError), errors_as_sentences():
        raise ZeroDivisionError


def test_clean_text_cannot_steer_a_terminal() -> None:
    assert clean("\x1b[2JDoe\u202e^\x07\x9b31m") == "?[2JDoe?^??31m"
    assert clean("Müller^Zoë 李") == "Müller^Zoë 李"
    assert clean("two\nlines") == "two lines"


def test_error_text_from_a_file_is_cleaned(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), errors_as_sentences():
        raise UnreadableFile("Bad \x1b[31mname", "", "")
    assert "\x1b" not in capsys.readouterr().err


def test_summary_shows_numbers_failed_checks_and_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    normal = ReferenceRange(51.0, 70.0, "men", "", "doi:1")
    report = Report(
        (
            Finding("lv_ef", "LV [bold]EF[/bold]", 31.25, "%", interval=(28.0, 34.0), reference=normal),
            Finding("rv_ef", "RV EF", None, "%", message="The RV was not seen."),
            Finding("mass", "Mass over the beat [/x]", "failed", passed=False, message="It changes by 20 %."),
        ),
        notices=(Notice("gap", "A slice is missing [/gap].", serious=True), Notice("quiet", "unimportant")),
    )
    show(report, Path("some") / "where")
    shown = capsys.readouterr().out
    for text in (
        "LV [bold]EF[/bold]", "31.2 %", "28.0 to 34.0", "51.0 to 70.0", "low", "not made", "The RV was not seen.",
        "Mass over the beat [/x]", "It changes by 20 %.", "A slice is missing [/gap].",
        str(Path("some/where/report.html")),
    ):  # fmt: skip
        assert text in shown
    assert "unimportant" not in shown
    assert "All checks passed" not in shown


def test_all_checks_passed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show(Report((Finding("mass", "Mass", "ok", passed=True),)), Path("out"))
    assert "All checks passed." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "text"), [(170.46, "170"), (59.84, "59.8"), (5.126, "5.13"), (-12.34, "-12.3"), ("x", "x"), (0.0, "0.00")]
)
def test_numbers_have_three_digits_that_mean_something(value: float | str, text: str) -> None:
    assert number(value) == text


def test_no_progress_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as move:
        move(0.5, "half")
    assert capsys.readouterr().err == ""
