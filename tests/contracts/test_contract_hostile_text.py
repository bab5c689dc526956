"""Text in the files is text: it is not run, not drawn as markup, and never part of a path."""

import json
import shutil
from pathlib import Path

import pydicom
import pytest
from typer.testing import CliRunner, Result

from marey.cli.app import app

NAME = '<script>alert("x")</script>^<img src=x onerror=alert(1)>'
ID = "../../../tmp/escaped"
SERIES = "[red]sax[/bold] \x1b[2J#let x = 1"


@pytest.fixture(scope="module")
def hostile(simulated_exam: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exam whose texts are attacks."""
    exam = tmp_path_factory.mktemp("hostile") / "exam"
    shutil.copytree(simulated_exam, exam)
    for path in exam.rglob("*.dcm"):
        dataset = pydicom.dcmread(path)
        dataset.PatientName, dataset.PatientID, dataset.SeriesDescription = NAME, ID, SERIES
        dataset.StudyID = "../.."
        dataset.save_as(path)
    return exam


@pytest.fixture(scope="module")
def analysed(hostile: Path) -> tuple[Path, Result]:
    """Where the results are, and what was shown."""
    out = hostile.parent / "out"
    return out, CliRunner().invoke(app, ["analyze", str(hostile), "-o", str(out)])


def test_patient_text_is_escaped_in_the_page(analysed: tuple[Path, Result]) -> None:
    out, shown = analysed
    assert shown.exit_code == 0, shown.stderr
    page = (out / "report.html").read_text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_nothing_is_written_elsewhere(analysed: tuple[Path, Result], hostile: Path) -> None:
    out, _ = analysed
    assert {path.name for path in hostile.parent.iterdir()} == {"exam", "out"}
    assert all(path.is_file() for path in out.iterdir())
    assert not list(out.glob("*escaped*"))
    assert not Path("/tmp/escaped").exists()  # noqa: S108


def test_the_terminal_shows_text_as_text(analysed: tuple[Path, Result], hostile: Path) -> None:
    info = CliRunner().invoke(app, ["info", str(hostile)])
    assert info.exit_code == 0, info.stderr
    assert "[red]sax[/bold]" in info.stdout
    for shown in (analysed[1], info):
        assert "\x1b" not in shown.stdout + shown.stderr


def test_machine_output_is_one_valid_object(hostile: Path) -> None:
    shown = CliRunner().invoke(app, ["info", str(hostile), "--json"])
    assert json.loads(shown.stdout)["stacks"]
