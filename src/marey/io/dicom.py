"""DICOM files, in whatever mixture, to one `Study`."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, InvalidInput, NotAnalysable, Notice, Study, UnreadableFile
from marey.io.dicom_assembly import assemble
from marey.io.dicom_facts import check_one_patient, facts_of
from marey.io.dicom_files import DicomFile, Kind, read_file
from marey.io.dicom_frames import Frame, frames_of, purpose
from marey.io.dicom_header import DAMAGE
from marey.io.dicom_pixels import decode
from marey.io.dicom_stacks import Stack, planes, stacks_of, with_one_reference

KEPT_PIXELS = 1024**3  # bytes of encoded pixels held in memory; files beyond are read a second time
Progress = Callable[[float, str], None]
_ORIGINALS = "Give the folder with the original cine images of one exam."


def read_dicom(paths: Sequence[Path], progress: Progress) -> Study:
    """Read the cine images among `paths`.

    Stills are read only when there is no cine at all. Whatever is left aside is said in the study's notices.

    Args:
        paths: files of any kind.
        progress: told the fraction done and what is being done.

    Raises:
        UnreadableFile: nothing readable, or a compression without a decoder.
        NotAnalysable: several patients, or readable images that are not MR images of a heart.
        InvalidInput: headers without usable geometry, pixels without contrast.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's remarks on values that are checked here anyway
        files = _read_files(paths, progress)
        notices: list[Notice] = []
        mr = _mr_files(files, notices)
        check_one_patient(mr)
        frames, faults = _frames(mr, notices)
        images = _images(frames, faults, notices, progress)
        used = {source.path for image in images for phase in image.sources for source in phase}
        facts = facts_of(next(file for file in mr if file.path in used), notices)
    return Study(images, facts, tuple(dict.fromkeys(notices)), _digest(mr))


def _read_files(paths: Sequence[Path], progress: Progress) -> list[DicomFile]:
    files, seen, kept = [], set(), 0
    for count, path in enumerate(paths):
        if count % 20 == 0:
            progress(0.7 * count / len(paths), f"Reading {len(paths)} files")
        file = read_file(path)
        if file.digest in seen and file.kind is Kind.MR:
            continue  # a copy, byte for byte
        seen.add(file.digest)
        kept += file.decoded_bytes if file.kind is Kind.MR else 0
        if file.kind is not Kind.MR or kept > KEPT_PIXELS:
            file.dataset.pop("PixelData", None)
        files.append(file)
    return files


def _mr_files(files: Sequence[DicomFile], notices: list[Notice]) -> list[DicomFile]:
    """The MR images, with a notice of everything else; or the error that says what there is instead."""
    kinds = Counter(file.kind for file in files)
    if not kinds[Kind.MR]:
        raise _nothing(files, kinds)
    if kinds[Kind.DAMAGED]:
        text = f"{kinds[Kind.DAMAGED]} damaged or empty file(s) could not be read; images may be missing."
        notices.append(Notice("damaged-file", text, serious=True))
    aside = [f"{kinds[kind]} {kind}(s)" for kind in (Kind.OTHER_MODALITY, Kind.COLOUR, Kind.SCREEN, Kind.OBJECT)
             if kinds[kind]]  # fmt: skip
    if aside:
        notices.append(Notice("left-aside", f"Left aside: {', '.join(aside)}."))
    return sorted((file for file in files if file.kind is Kind.MR), key=lambda file: file.header.text("SOPInstanceUID"))


def _nothing(files: Sequence[DicomFile], kinds: Counter[Kind]) -> UnreadableFile | NotAnalysable:
    for kind in (Kind.OTHER_MODALITY, Kind.COLOUR, Kind.SCREEN, Kind.OBJECT):
        if kinds[kind]:
            details = " and ".join(sorted({file.detail for file in files if file.kind is kind} - {""}))
            what = f"{kind}{f' ({details})' if kind is Kind.OTHER_MODALITY else ''}"
            return NotAnalysable(
                f"There is no greyscale MR image among {len(files)} files; {kinds[kind]} are of kind '{what}'.",
                "A cine MR exam is needed.",
                _ORIGINALS,
            )
    if kinds[Kind.DAMAGED]:
        return UnreadableFile(
            f"None of {kinds[Kind.DAMAGED]} DICOM file(s) can be read: they are empty, cut short or not DICOM at all.",
            "Whole DICOM files are needed.",
            "Copy or export the exam again.",
        )
    return UnreadableFile(
        f"There is no DICOM file among {len(files)} file(s).",
        "A folder of DICOM files, a DICOM file or NIfTI files (.nii, .nii.gz) are needed.",
        "Check the path.",
    )


def _frames(files: Sequence[DicomFile], notices: list[Notice]) -> tuple[list[Frame], dict[str, InvalidInput]]:
    """Anatomical frames of all files, and by series what is wrong with headers that cannot be used."""
    frames: list[Frame] = []
    faults: dict[str, InvalidInput] = {}
    damaged, versions, aside = 0, 0, Counter[str]()
    seen: set[str] = set()
    for file in files:
        header = file.header
        if (uid := header.text("SOPInstanceUID")) in seen and uid:
            versions += 1
            continue
        seen.add(uid)
        if what := purpose(header):
            aside[what] += 1
            continue
        try:
            frames += frames_of(file)
        except InvalidInput as fault:
            faults[header.text("SeriesInstanceUID")] = fault
        except DAMAGE:
            damaged += 1
    if damaged:
        text = f"{damaged} image file(s) contradict themselves and were left aside; images may be missing."
        notices.append(Notice("damaged-file", text, serious=True))
    if versions:
        text = f"{versions} file(s) are other versions of images already read, with the same identifier; one was used."
        notices.append(Notice("conflicting-copy", text, serious=True))
    if aside:
        listed = ", ".join(f"{count} file(s) of kind '{what}'" for what, count in sorted(aside.items()))
        notices.append(Notice("left-aside", f"Left aside: {listed}."))
    frames.sort(key=lambda frame: (frame.number, frame.series, frame.instance, frame.index))
    return with_one_reference(frames), faults


def _images(
    frames: Sequence[Frame], faults: dict[str, InvalidInput], notices: list[Notice], progress: Progress
) -> tuple[Image, ...]:
    if not frames and faults:
        raise next(iter(faults.values()))
    found: list[tuple[Stack, list[Notice]]] = []
    pixels: dict[Frame, NDArray[Any]] = {}
    groups = planes(frames)
    undecodable: list[UnreadableFile] = []
    for count, group in enumerate(groups):
        progress(0.7 + 0.2 * count / len(groups), "Decoding")
        said: list[Notice] = []
        try:
            decoded = _decoded(group, notices)
        except UnreadableFile as error:
            undecodable.append(error)
            continue
        pixels |= decoded
        if decoded:
            found += [(stack, said) for stack in stacks_of([f for f in group if f in decoded], said)]
    cines = [(stack, said) for stack, said in found if stack.cine]
    chosen = cines or found
    if undecodable and not cines:
        raise undecodable[0]
    if not chosen:
        raise _no_images(len(frames))
    notices += [Notice("no-decoder", f"Some images were left aside. {error}", serious=True) for error in undecodable]
    _refuse_faults([stack for stack, _ in chosen], faults, notices)
    _say_unused(frames, [stack for stack, _ in chosen], notices)
    images = []
    for stack, said in sorted(chosen, key=lambda found: (found[0].first.number, found[0].first.instance)):
        progress(0.9, "Ordering slices and phases")
        images.append(assemble(stack, pixels, said))
        notices += said
    notices += _turned(images)
    return tuple(images)


def _decoded(group: Sequence[Frame], notices: list[Notice]) -> dict[Frame, NDArray[Any]]:
    pixels, failed = decode(group)
    if failed:
        text = f"The pixels of {failed} image(s) of series {group[0].number} cannot be decoded; they are left out."
        notices.append(Notice("damaged-file", text, serious=True))
    blank = {frame for frame, stored in pixels.items() if (stored == stored.flat[0]).all()}
    if blank:
        text = f"{len(blank)} image(s) of series {group[0].number} hold one value everywhere; they are left out."
        notices.append(Notice("blank-frame", text, serious=True))
    return {frame: stored for frame, stored in pixels.items() if frame not in blank}


def _no_images(count: int) -> InvalidInput:
    return InvalidInput(
        f"None of the {count} MR image(s) can be used: their pixels are damaged, hold one value everywhere, or are "
        "maps and dynamic series instead of phases of one beat.",
        "A cine MR exam with contrast in its images is needed.",
        _ORIGINALS,
    )


def _refuse_faults(stacks: Sequence[Stack], faults: dict[str, InvalidInput], notices: list[Notice]) -> None:
    """A header fault inside a series that is analysed is an error; elsewhere it is said."""
    if not faults:
        return
    used = {frame.series for stack in stacks for slice_ in stack.slices for frame in slice_.run.frames}
    for series, fault in faults.items():
        if series in used:
            raise fault
    text = (
        f"{len(faults)} series without usable position or spacing were left aside: {next(iter(faults.values())).found}"
    )
    notices.append(Notice("left-aside", text))


def _say_unused(frames: Sequence[Frame], stacks: Sequence[Stack], notices: list[Notice]) -> None:
    used = {frame.series for stack in stacks for slice_ in stack.slices for frame in slice_.run.frames}
    unused = sorted({frame.number for frame in frames if frame.series not in used})
    if unused:
        listed = ", ".join(map(str, unused[:8])) + (" and others" if len(unused) > 8 else "")
        text = f"Images of series {listed} are stills, maps, repeats or one per beat, not cines; they were left aside."
        notices.append(Notice("left-aside", text))


def _turned(images: Sequence[Image]) -> list[Notice]:
    """Notices of images turned against a larger stack by so little that they were probably meant to belong to it."""
    notices = []
    for one in images:
        for other in images:
            angle = _angle(one, other)
            small = one.grid.shape[0] < other.grid.shape[0] and other.grid.shape[0] >= 3
            if small and angle <= 25 and _inside(one, other):
                text = (
                    f"{one.grid.shape[0]} slice(s) are turned by {angle:.0f} degrees against the stack of "
                    f"{other.grid.shape[0]} among which they lie; they are kept apart from it."
                )
                notices.append(Notice("rotated-slices", text, serious=True))
    return notices


def _angle(one: Image, other: Image) -> float:
    """Degrees of the rotation that takes one orientation to the other."""
    rotation = one.grid.directions.T @ other.grid.directions
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))


def _inside(one: Image, other: Image) -> bool:
    along = other.grid.index(one.grid.centre)[0]
    return one.grid.frame_of_reference == other.grid.frame_of_reference and -2 <= along <= other.grid.shape[0] + 1


def _digest(files: Sequence[DicomFile]) -> str:
    return hashlib.sha256(b"".join(sorted(file.digest for file in files))).hexdigest()


__all__ = ["read_dicom"]
