"""The way in: whatever the user points at becomes a `Study`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from marey.core import Notice, Study, UnreadableFile

MOST_FILES = 200_000
_NIFTI = (".nii", ".nii.gz")


def read_study(paths: Sequence[Path], progress: Callable[[float, str], None] | None = None) -> Study:
    """Read one patient's exam.

    Args:
        paths: a folder of DICOM (any nesting, any mixture), DICOM files, one NIfTI file, several NIfTI files (such as
            an ED/ES pair), or a folder of NIfTI.
        progress: told the fraction done, 0 to 1, and what is being done.

    Raises:
        UnreadableFile: nothing there, or nothing that can be decoded.
        InvalidInput: a header without usable geometry, or pixels that are no picture.
        NotAnalysable: several patients, or no MR image.
    """
    tell = progress or _silent
    tell(0.0, "Looking for files")
    files, left = _gather([Path(path) for path in paths])
    nifti = [path for path in files if path.name.lower().endswith(_NIFTI)]
    if nifti and (len(nifti) == len(files) or not _any_dicom(files)):
        from marey.io.nifti import read_nifti

        study = read_nifti(nifti, tell)
    else:
        from marey.io.dicom import read_dicom

        study = read_dicom(files, tell)
    tell(1.0, "Read")
    if not left:
        return study
    said = Notice("left-aside", f"{left} link(s) that lead out of the folder were not followed.")
    return Study(study.images, study.facts, (*study.notices, said), study.digest)


def _gather(paths: Sequence[Path]) -> tuple[list[Path], int]:
    """All files in the order of their paths, and the number of links not followed."""
    files: list[Path] = []
    left = 0
    for path in paths:
        if path.is_dir():
            inside, outside = _walk(path)
            files += inside
            left += outside
        elif path.is_file():
            files.append(path)
        else:
            raise UnreadableFile(f"There is no file or folder '{path}'.", "", "Check the path.")
    if not files:
        raise UnreadableFile(
            "The folder is empty.",
            "A folder of DICOM files, a DICOM file or NIfTI files are needed.",
            "Check the path.",
        )
    if len(files) > MOST_FILES:
        raise UnreadableFile(
            f"There are {len(files)} files.",
            f"At most {MOST_FILES} are looked at.",
            "Give the folder of one patient's exam.",
        )
    return sorted(dict.fromkeys(files)), left


def _walk(folder: Path) -> tuple[list[Path], int]:
    root = folder.resolve()
    files, left = [], 0
    for place, _, names in os.walk(folder, followlinks=False):
        for name in names:
            path = Path(place, name)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                left += 1
            elif path.is_file():
                files.append(path)
    return files, left


def _any_dicom(files: Sequence[Path]) -> bool:
    from marey.io.dicom_files import looks_like_dicom

    return any(looks_like_dicom(_beginning(path)) for path in files)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(132)
    except OSError:
        return b""


def _silent(fraction: float, text: str) -> None:
    """Progress that nobody watches."""


__all__ = ["read_study"]
