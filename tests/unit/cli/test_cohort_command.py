"""`marey cohort` from a file of any spreadsheet to its page, and its refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("sklearn")
pytest.importorskip("lifelines")

from marey.cli.app import app
from marey.diagnose.class_model import class_model_from_json
from marey.diagnose.cox import cox_from_json
from marey.report.cohort_figures import group_names
from marey.workflows.cohort_files import plain

FILES = {"report.html", "results.json", "model.json"}


def patients(separator: str = ",", comma: bool = False) -> list[str]:
    """Lines of a table: age and ejection fraction go with death; patients are in groups."""
    random = np.random.default_rng(0)
    lines = [separator.join(["age", "ef", "site", "days", "death", "sick"])]
    for number in range(90):
        age, ef = random.normal(60 + 40 * (number % 3), 5), random.normal(60 - 20 * (number % 3), 4)
        days = random.exponential(300 * np.exp((60 - age) / 40)) + 1
        sick = ("yes", "no")[int(random.random() < 0.5)]
        cells = [
            f"{age:.1f}" if number % 9 else "",
            f"{ef:.2f}",
            "1",
            f"{min(days, 150):.1f}",
            str(int(days < 150)),
            sick,
        ]
        text = separator.join(cells)
        lines.append(text.replace(".", ",") if comma else text)
    return lines


def table(folder: Path, *, end: str = "\n", bom: bool = False, separator: str = ",", comma: bool = False) -> Path:
    path = folder / "patients.csv"
    text = end.join(patients(separator, comma)) + end
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    return path


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["cohort", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    "style",
    [{}, {"end": "\r"}, {"end": "\r\n", "bom": True}, {"separator": ";", "comma": True}, {"separator": "\t"}],
    ids=str,
)
def test_survival_from_any_spreadsheet(tmp_path: Path, style: dict[str, str]) -> None:
    path = table(tmp_path, **style)  # type: ignore[arg-type]
    columns = ("--time", "days", "--event", "death", "--exclude", "sick", "--bootstraps", 10)
    code, out, err = run("survival", path, *columns, "-o", tmp_path / "out")
    assert code == 0, err
    assert "Concordance in new patients" in out
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES
    page = (tmp_path / "out" / "report.html").read_text()
    assert "&#39;site&#39; was left out" in page
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["corrected"]["value"] > 0.6
    assert cox_from_json((tmp_path / "out" / "model.json").read_text()).names == ("age", "ef")


def test_classes(tmp_path: Path) -> None:
    columns = ("--outcome", "death", "--exclude", "days", "--exclude", "sick", "--bootstraps", 10)
    code, out, err = run("classify", table(tmp_path), *columns, "-o", tmp_path / "out")
    assert code == 0, err
    assert "Area under the ROC curve" in out
    model = class_model_from_json((tmp_path / "out" / "model.json").read_text())
    assert model.names == ("age", "ef")
    assert "Decision curve" in (tmp_path / "out" / "report.html").read_text()


def test_phenogroups(tmp_path: Path) -> None:
    blocks = ("--block", "image=ef", "--block", "clinical=age", "--bootstraps", 10)
    code, out, err = run("phenogroups", table(tmp_path), *blocks, "-o", tmp_path / "out")
    assert code == 0, err
    assert " groups" in out
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert sum(results["sizes"]) == 90
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES


CLASSIFY = ("--outcome", "death", "--exclude", "days", "--exclude", "sick")
BAD = {
    "no cells": ("a,b\n", CLASSIFY, 3),
    "uneven": ("a,b\n1,2,3\n", CLASSIFY, 3),
    "binary": ("a,b\n\0,2\n", CLASSIFY, 3),
    "a name twice": ("a,a\n1,2\n", CLASSIFY, 4),
    "no such column": ("a,b\n1,2\n", CLASSIFY, 4),
    "no features": ("death,days,sick\n1,2,3\n0,1,2\n", CLASSIFY, 4),
    "words": ("death,days,sick,x\n1,2,3,big\n0,1,2,small\n", CLASSIFY, 4),
    "three classes": ("death,days,sick,x\n1,2,3,1\n0,1,2,2\n2,1,1,1\n", CLASSIFY, 4),
    "empty outcome": ("death,days,sick,x\n1,2,3,1\n,1,2,2\n", CLASSIFY, 4),
    "one class": ("death,days,sick,x\n1,2,3,1\n1,1,2,2\n", CLASSIFY, 4),
    "unknown class": ("death,days,sick,x\n1,2,3,1\n0,1,2,2\n", (*CLASSIFY, "--positive", "7"), 4),
    "commas and points": ("death;days;sick;x\n1;2;3;1,5\n0;1;2;2.5\n", CLASSIFY, 4),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_tables_give_a_sentence_and_no_number(tmp_path: Path, name: str) -> None:
    text, arguments, status = BAD[name]
    path = tmp_path / "bad.csv"
    path.write_text(text)
    code, out, err = run("classify", path, *arguments, "-o", tmp_path / "out")
    assert (code, out) == (status, ""), err
    assert err.startswith("marey: ")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_and_a_folder_that_is_full(tmp_path: Path) -> None:
    assert run("classify", tmp_path / "none.csv", *CLASSIFY, "-o", tmp_path / "out")[0] == 3
    assert run("classify", table(tmp_path), *CLASSIFY, "-o", tmp_path)[0] == 5


def test_an_event_that_is_no_event_is_refused(tmp_path: Path) -> None:
    code, _, err = run("survival", table(tmp_path), "--time", "death", "--event", "days", "-o", tmp_path / "out")
    assert code == 4
    assert "other values than 0 and 1" in err


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lifelines", None)
    columns = ("--time", "days", "--event", "death", "--exclude", "sick")
    code, _, err = run("survival", table(tmp_path), *columns, "-o", tmp_path / "out")
    assert code == 6
    assert 'pip install "marey[risk]"' in err


def test_small_parts() -> None:
    assert group_names(2) == ("low", "high")
    assert group_names(5)[4] == "group 5"
    assert plain({"a": (np.array([1.0]), float("nan"))}) == {"a": [[1.0], None]}
