"""Virtual cohorts: the same whatever the number of processes, resumable, complete, and honest about failures."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from marey.cli.app import app
from marey.core import Beat, CannotWrite, InvalidInput, NotAnalysable
from marey.simulate.beat import UNITS, SimulateBeat
from marey.simulate.heart import Heart
from marey.workflows import simulated_population as module
from marey.workflows.cohort_table import DICTIONARY, FAILURES, TABLE
from marey.workflows.simulated_population import HEARTS, RUN, Task, make_heart, simulate_population

STEP = SimulateBeat(resolution="coarse", voxel=2.5, moments=3, medium="endless")
COUNT, SEED = 4, 11

RUN_IT = """
from pathlib import Path
from marey.simulate.beat import SimulateBeat
from marey.workflows.simulated_population import simulate_population
if __name__ == "__main__":
    step = SimulateBeat(resolution="coarse", voxel=2.5, moments=3, medium="endless")
    simulate_population(Path({folder!r}), count={count}, seed={seed}, step=step, processes=1)
"""


@dataclass(frozen=True)
class Refuses:
    """A step that finds no beat."""

    def __call__(self, heart: Heart) -> Beat:
        raise NotAnalysable(f"{heart.shape.lv_volume:.0f} do not beat.", "A beat is needed.", "Try another.")


@dataclass(frozen=True)
class Dies:
    """A step that takes its process with it."""

    def __call__(self, heart: Heart) -> Beat:
        os._exit(len(heart.scars) + 1)


def _task(folder: Path, *, step: object = STEP, motion: bool = False, count: int = COUNT) -> Task:
    return Task(folder, SEED, None, None, step, motion, len(str(count)))  # type: ignore[arg-type]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "whole"
    made = simulate_population(folder, count=COUNT, seed=SEED, step=STEP, processes=2)
    assert (made.beating, made.failing) == (COUNT, 0)
    return folder


def test_table_has_all_columns_in_their_ranges(cohort: Path) -> None:
    rows, known = _rows(cohort / TABLE), {row["name"]: row for row in _rows(cohort / DICTIONARY)}
    assert [row["number"] for row in rows] == [str(k) for k in range(1, COUNT + 1)]
    assert list(rows[0]) == list(known)
    assert set(UNITS) <= set(known)
    assert {path.path for path in Heart().table()} <= set(known)
    for row in rows:
        for name, about in known.items():
            if about["high"] and row[name]:
                assert float(about["low"]) - 1e-5 <= float(row[name]) * (1 + 1e-9) <= float(about["high"]) + 1e-5
        assert 10 < float(row["ef"]) < 85
        assert float(row["edv"]) == pytest.approx(float(row["shape.lv_volume"]), rel=0.03)
    assert known["ef"]["unit"] == "%"
    assert known["circulation.heart_rate"]["source"]
    assert not _rows(cohort / FAILURES)


def test_killed_run_goes_on_to_the_same_cohort(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "killed"
    code = RUN_IT.format(folder=str(folder), count=COUNT, seed=SEED)
    script = tmp_path / "run.py"
    script.write_text(code)
    started = subprocess.Popen([sys.executable, str(script)], start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        while not (folder / HEARTS / "1.json").exists():
            assert started.poll() is None
            time.sleep(0.02)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    first = (folder / HEARTS / "1.json").stat().st_mtime_ns
    assert not (folder / TABLE).exists()
    # the same program, even if somebody is working on it while the tests run
    digest = json.loads((folder / RUN).read_text())["program"]
    monkeypatch.setattr(module, "program_digest", lambda: digest)
    simulate_population(folder, count=COUNT, seed=SEED, step=STEP, processes=1)
    assert (folder / HEARTS / "1.json").stat().st_mtime_ns == first
    assert (folder / TABLE).read_bytes() == (cohort / TABLE).read_bytes()


@pytest.mark.parametrize("left", ["", '{"row": {"numb', "[]", '{"row": 3}'])
def test_damaged_heart_is_made_again(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str) -> None:
    folder = shutil.copytree(cohort, tmp_path / "damaged")
    (folder / HEARTS / "2.json").write_text(left)
    (folder / TABLE).unlink()
    remade: list[int] = []

    def again(task: Task, missing: list[int], _processes: int) -> Iterator[int]:
        remade.extend(missing)
        for number in missing:
            shutil.copy(cohort / HEARTS / f"{number}.json", task.heart_file(number))
            yield number

    digest = json.loads((folder / RUN).read_text())["program"]
    monkeypatch.setattr(module, "program_digest", lambda: digest)
    monkeypatch.setattr(module, "_made", again)
    simulate_population(folder, count=COUNT, seed=SEED, step=STEP)
    assert remade == [2]
    assert (folder / TABLE).read_bytes() == (cohort / TABLE).read_bytes()


def test_folder_of_another_run_is_refused(cohort: Path, tmp_path: Path) -> None:
    for other in (
        {"seed": 12},
        {"count": 5},
        {"motion": True},
        {"sex": "F"},
        {"group": "hcm"},
        {"step": SimulateBeat()},
    ):
        arguments = {"count": COUNT, "seed": SEED, "step": STEP} | other
        with pytest.raises(CannotWrite, match="another cohort"):
            simulate_population(cohort, **arguments)  # type: ignore[arg-type]
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="no cohort put there"):
        simulate_population(tmp_path, count=2, seed=1)
    (tmp_path / RUN).write_text("[]")
    with pytest.raises(CannotWrite, match="another cohort"):
        simulate_population(tmp_path, count=2, seed=1)


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="could not be written"):
        simulate_population(tmp_path / "file", count=1, seed=1)


@pytest.mark.parametrize("wrong", [{"count": 0}, {"seed": -1}, {"processes": 0}, {"group": "flu"}, {"sex": "X"}])
def test_settings_that_cannot_be_right_are_refused(wrong: dict[str, object], tmp_path: Path) -> None:
    arguments = {"count": 1, "seed": 1, "processes": 1} | wrong
    with pytest.raises(InvalidInput):
        simulate_population(tmp_path / "new", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()


def test_failures_are_listed_and_too_many_are_an_error(cohort: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(cohort, tmp_path / "failing")
    make_heart(_task(folder, step=Refuses()), 1)
    with pytest.raises(NotAnalysable, match="1 of 4 hearts have no beat"):
        simulate_population(folder, count=COUNT, seed=SEED, step=STEP)
    [failed] = _rows(folder / FAILURES)
    assert failed["number"] == "1"
    assert failed["group"]
    assert "do not beat" in failed["failure"]
    assert [row["number"] for row in _rows(folder / TABLE)] == ["2", "3", "4"]


def test_process_that_dies_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotAnalysable, match="was killed"):
        simulate_population(tmp_path / "new", count=1, seed=SEED, step=Dies(), processes=1)  # type: ignore[arg-type]


def test_motion_is_kept(cohort: Path, tmp_path: Path) -> None:
    task = _task(tmp_path, motion=True)
    make_heart(task, 1)
    same = json.loads((cohort / HEARTS / "1.json").read_text())
    assert json.loads(task.heart_file(1).read_text()) == same
    with np.load(task.motion_file(1)) as kept:
        assert kept["displacement"].shape == (STEP.moments, *kept["points"].shape)
        assert kept["ecg"].shape == (12, len(kept["ecg_times"]))
        assert kept["volumes"][0].max() == pytest.approx(same["row"]["edv"], rel=1e-6)
        assert kept["pressures"].shape == (2, len(kept["loop_times"]))


def test_command_says_what_it_made_and_what_is_wrong(cohort: Path, tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["simulate", "population", "--n", "2", "--seed", "1", "-o", str(cohort)])
    assert refused.exit_code == 5
    assert "another cohort" in refused.output
    unknown = CliRunner().invoke(app, ["simulate", "population", "--group", "flu", "-o", str(tmp_path / "new")])
    assert unknown.exit_code == 4
    assert "flu" in unknown.output
