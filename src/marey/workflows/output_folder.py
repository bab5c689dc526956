"""The folder that one analysis writes: its marker, its files and the manifest that says that it is whole."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from marey.core import CannotWrite
from marey.core.files import sha256, write_text

MARKER = ".marey"
BESIDE = ".marey-beside"
"""Marks a folder of which nothing is read as an image of a patient: truth, other formats of the same exam."""
MANIFEST = "manifest.json"
MEASUREMENTS = "measurements.json"
_OURS = (
    MANIFEST, "report.html", "report.pdf", "report.pdf.dcm", MEASUREMENTS, "measurements.csv", "measurements.sr.dcm",
    "labels.nii.gz", "labels.json", "labels_e[ds].seg.dcm", "labels_*_chamber.nii.gz", "labels_*_chamber.json",
    "probability_*.nii.gz", "probability_*.json",
)  # fmt: skip
_MARKER_TEXT = "Marey writes its results into this folder and does not read them as images of a patient.\n"


def without_results(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The same input without what Marey itself wrote into it: `paths` unchanged, or the files that remain."""
    folders = [path for path in paths if path.is_dir()]
    if not any({MARKER, BESIDE} & set(files) for folder in folders for _, _, files in os.walk(folder)):
        return tuple(paths)
    kept = [path for path in paths if not path.is_dir()]
    for folder in folders:
        for parent, subfolders, files in os.walk(folder):
            subfolders.sort()
            if BESIDE in files:
                subfolders.clear()
                continue
            own = MARKER in files
            kept += [Path(parent) / name for name in sorted(files) if not (own and _is_ours(name))]
    return tuple(kept)


def check_empty(folder: Path, why: str) -> None:
    """Refuse, before any work is done, a folder that holds something or cannot be made; `why` says what is needed.

    Raises:
        CannotWrite: it is not empty, is a file or lies in one, or may not be written.
    """
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        full = there == folder and there.is_dir() and any(there.iterdir())
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error
    if full:
        raise CannotWrite(
            f"The folder '{folder}' is not empty.", why, "Choose another folder with -o, or empty this one."
        )
    if not there.is_dir():
        raise _unwritable(folder, f"'{there}' is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise _unwritable(folder, f"nothing may be written into '{there}'")


def _unwritable(folder: Path, reason: str) -> CannotWrite:
    return CannotWrite(
        f"The folder '{folder}' cannot be made: {reason}.", "A writable folder is needed.", "Choose another with -o."
    )


def begin(folder: Path, *, overwrite: bool = False) -> None:
    """Make the folder ready for a new analysis: what an earlier one left is removed, its manifest first.

    Files that Marey did not write stay where they are.

    Args:
        folder: made if needed.
        overwrite: whether files with the names of results may be replaced though no analysis made this folder.

    Raises:
        CannotWrite: the folder cannot be written, or such files are in it and `overwrite` is off.
    """
    present = _results_in(folder)
    if present and not (folder / MARKER).exists() and not overwrite:
        raise CannotWrite(
            f"The folder '{folder}' already holds {present[0].name}, which no analysis with Marey put there.",
            "An empty folder, or one of an earlier analysis, is needed.",
            "Choose another output folder with -o, or replace such files with --force.",
        )
    write_text(folder / MARKER, _MARKER_TEXT)
    try:
        for rest in (*present, *folder.glob(".part-*")):
            rest.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(
            f"An earlier result in '{folder}' could not be removed: {error.strerror or error}.",
            "A writable folder is needed.",
            "Choose another output folder with -o.",
        ) from error


def _results_in(folder: Path) -> list[Path]:
    """What has the name of a result, the manifest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if _is_ours(path.name) and path.name != MARKER]
    return sorted(found, key=lambda path: (path.name != MANIFEST, path.name))


def _is_ours(name: str) -> bool:
    return name == MARKER or any(fnmatchcase(name, pattern) for pattern in _OURS)


def finish(folder: Path, files: Sequence[Path], identity: Mapping[str, str]) -> Path:
    """Write the manifest, the last file of an analysis: what it was made from and the SHA-256 of every file."""
    manifest = {
        "program": "marey",
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "identity": dict(identity),
        "files": {path.name: sha256(path) for path in sorted(files)},
    }
    return write_text(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def is_finished(folder: Path, identity: Mapping[str, str]) -> bool:
    """Whether the folder holds, unchanged and whole, the analysis of just this input by just these settings."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"].items()
        same = manifest["program"] == "marey" and manifest["identity"] == dict(identity)
        return bool(same and files and all(sha256(folder / Path(name).name) == digest for name, digest in files))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


__all__ = ["MANIFEST", "MARKER", "MEASUREMENTS", "begin", "check_empty", "finish", "is_finished", "without_results"]
