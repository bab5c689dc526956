"""A run that is killed or cannot write leaves nothing that could be taken for a result; the next run finishes."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marey.core.files import sha256

SMALL_FILES = 40_000  # bytes; some results are larger


def _analyze(exam: Path, out: Path, *options: str, limit: int | None = None) -> subprocess.Popen[str]:
    def low_limit() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "marey", "analyze", str(exam), "-o", str(out), *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=low_limit,  # noqa: PLW1509
    )


def _is_whole(out: Path) -> bool:
    manifest = out / "manifest.json"
    if not manifest.exists():
        return False
    files = json.loads(manifest.read_text())["files"]
    assert len(files) > 5
    return all(sha256(out / name) == digest for name, digest in files.items())


def _finish(exam: Path, out: Path, *options: str) -> dict[str, object]:
    run = _analyze(exam, out, "--json", *options)
    shown, error = run.communicate()
    assert run.returncode == 0, error
    found: dict[str, object] = json.loads(shown)
    return found


def test_killed_at_any_moment_the_next_run_finishes(simulated_exam: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    began = time.monotonic()
    whole = _finish(simulated_exam, tmp_path / "undisturbed")
    duration = time.monotonic() - began
    moments = random.Random(1)
    for part in (0.3, 0.6, 0.8, 0.95):
        run = _analyze(simulated_exam, out)
        time.sleep(duration * (part + moments.uniform(-0.05, 0.05)))
        run.send_signal(signal.SIGKILL)
        run.communicate()
        if (out / "manifest.json").exists():
            assert _is_whole(out)
            shutil.rmtree(out)
    found = _finish(simulated_exam, out)
    assert _is_whole(out)
    assert not found["reused"]
    assert found["findings"] == whole["findings"]
    assert sorted(path.name for path in out.iterdir()) == sorted([".marey", "manifest.json", *map(str, found["files"])])  # type: ignore[call-overload]


def test_a_finished_analysis_is_not_computed_again(simulated_exam: Path, tmp_path: Path) -> None:
    first = _finish(simulated_exam, tmp_path)
    second = _finish(simulated_exam, tmp_path)
    assert (first["reused"], second["reused"]) == (False, True)
    assert first["findings"] == second["findings"]
    (tmp_path / "report.html").write_text("changed")
    assert not _finish(simulated_exam, tmp_path)["reused"]
    assert not _finish(simulated_exam, tmp_path, "--force")["reused"]


def test_results_inside_the_exam_are_not_read_as_images(simulated_exam: Path, tmp_path: Path) -> None:
    exam = tmp_path / "exam"
    shutil.copytree(simulated_exam, exam)
    first = _finish(exam, exam / "report")
    assert _finish(exam, exam / "report")["reused"]
    other = _finish(exam, exam / "another")
    assert first["findings"] == other["findings"]


def test_a_full_disk_is_a_sentence_and_no_manifest(simulated_exam: Path, tmp_path: Path) -> None:
    run = _analyze(simulated_exam, tmp_path / "out", limit=SMALL_FILES)
    shown, error = run.communicate()
    assert run.returncode == 5, error
    assert shown == ""
    assert "Traceback" not in error
    assert "could not be written" in error
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not list((tmp_path / "out").glob(".part-*"))


@pytest.mark.parametrize("place", ["in a file", "in /proc", "read-only"])
def test_a_place_that_cannot_be_written_is_a_sentence(simulated_exam: Path, tmp_path: Path, place: str) -> None:
    out = tmp_path / "file" / "out"
    (tmp_path / "file").write_text("not a folder")
    if place == "in /proc":
        out = Path("/proc/marey/out")
    elif place == "read-only":
        if os.geteuid() == 0:
            pytest.skip("root may write anywhere")
        (tmp_path / "closed").mkdir(mode=0o500)
        out = tmp_path / "closed" / "out"
    run = _analyze(simulated_exam, out)
    shown, error = run.communicate()
    assert run.returncode == 5, error
    assert shown == ""
    assert "Traceback" not in error
    assert "-o" in error


def test_foreign_files_stay(simulated_exam: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    _finish(simulated_exam, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
