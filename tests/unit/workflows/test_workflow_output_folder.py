import json
from pathlib import Path

import pytest

from marey.core import CannotWrite
from marey.core.files import sha256
from marey.workflows.output_folder import MANIFEST, MARKER, begin, finish, is_finished, without_results

IDENTITY = {"input": "abc", "settings": "FindHeart({})"}


def _finished(folder: Path) -> Path:
    begin(folder)
    files = []
    for name in ("report.html", "measurements.json"):
        (folder / name).write_text(name)
        files.append(folder / name)
    finish(folder, files, IDENTITY)
    return folder


def test_finished_is_recognised_by_the_same_identity_only(tmp_path: Path) -> None:
    folder = _finished(tmp_path / "out")
    assert is_finished(folder, IDENTITY)
    assert not is_finished(folder, IDENTITY | {"input": "abd"})
    assert not is_finished(tmp_path, IDENTITY)


@pytest.mark.parametrize("harm", ["change", "truncate", "remove", "manifest", "list", "numbers", "nothing listed"])
def test_harmed_results_are_not_finished(tmp_path: Path, harm: str) -> None:
    folder = _finished(tmp_path / "out")
    manifest = json.loads((folder / MANIFEST).read_text())
    if harm == "change":
        (folder / "report.html").write_text("report.htmL")
    elif harm == "truncate":
        (folder / "report.html").write_text("report")
    elif harm == "remove":
        (folder / "report.html").unlink()
    elif harm == "manifest":
        (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:-20])
    elif harm == "list":
        (folder / MANIFEST).write_text("[]")
    elif harm == "numbers":
        (folder / MANIFEST).write_text(json.dumps(manifest | {"files": 3}))
    else:
        (folder / MANIFEST).write_text(json.dumps(manifest | {"files": {}}))
    assert not is_finished(folder, IDENTITY)


def test_begin_removes_earlier_results_and_nothing_else(tmp_path: Path) -> None:
    folder = _finished(tmp_path / "out")
    (folder / "notes.txt").write_text("mine")
    (folder / ".part-abcdef.json").write_text("half")
    begin(folder)
    assert sorted(path.name for path in folder.iterdir()) == [MARKER, "notes.txt"]


def test_manifest_goes_first_when_a_new_analysis_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _finished(tmp_path / "out")
    removed: list[str] = []
    monkeypatch.setattr(Path, "unlink", lambda self, **_: removed.append(self.name))
    begin(folder)
    assert [name for name in removed if not name.startswith(".part-")] == [MANIFEST, "measurements.json", "report.html"]


def test_results_of_others_are_not_overwritten_without_force(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_text("a thesis")
    with pytest.raises(CannotWrite, match=r"report\.pdf.*--force"):
        begin(tmp_path)
    assert (tmp_path / "report.pdf").read_text() == "a thesis"
    begin(tmp_path, overwrite=True)
    assert not (tmp_path / "report.pdf").exists()


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(CannotWrite, match="-o"):
        begin(tmp_path / "out")


def test_an_earlier_result_that_cannot_be_removed_is_a_sentence(tmp_path: Path) -> None:
    folder = _finished(tmp_path / "out")
    (folder / "report.html").unlink()
    (folder / "report.html").mkdir()
    with pytest.raises(CannotWrite, match="could not be removed"):
        begin(folder)


def test_own_results_are_not_input(tmp_path: Path) -> None:
    for name in ("series/1.dcm", "series/deep/2.dcm", "labels.nii.gz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert without_results([tmp_path]) == (tmp_path,)
    _finished(tmp_path / "series" / "report")
    (tmp_path / "series" / "report" / "3.dcm").write_text("an image that somebody put there")
    found = {path.relative_to(tmp_path).as_posix() for path in without_results([tmp_path])}
    assert found == {"series/1.dcm", "series/deep/2.dcm", "labels.nii.gz", "series/report/3.dcm"}


def test_manifest_names_only_files_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = _finished(tmp_path / "out")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"] = {"../secret": sha256(tmp_path / "secret")}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    assert not is_finished(folder, IDENTITY)
