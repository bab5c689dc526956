"""NIfTI files, one cine or a pair of phases, to a `Study`."""

from __future__ import annotations

import hashlib
import re
import warnings
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.openers import ImageOpener
from nibabel.spatialimages import HeaderDataError, ImageDataError
from nibabel.wrapstruct import WrapStructError
from numpy.typing import NDArray

from marey.core import FrameSource, Grid, Image, InvalidInput, NotAnalysable, Notice, Study, UnreadableFile
from marey.core.files import sha256
from marey.io.nifti_header import Clock, clock_of, grid_of

LARGEST_IMAGE = 1024**3  # bytes as stored
_LABEL_NAME = re.compile(r"(^|[^a-z])(gt|label|labels|seg|mask|contour)([^a-z]|$)")
_FRAME_NAME = re.compile(r"frame[_-]?(?P<frame>\d+)", re.IGNORECASE)
_MOST_LABELS = 12
_LEAST_VALUE = -500
_DAMAGE = (
    ArithmeticError, EOFError, KeyError, MemoryError, OSError, RuntimeError, TypeError, ValueError, zlib.error,
    HeaderDataError, ImageDataError, ImageFileError, WrapStructError,
)  # fmt: skip
_NO_PATIENT = re.compile(
    r"^((slice|frame|phase|view|sax?|lax?|series|ser|scan|image|img|im|cine|run)\d*(ch)?|\dch|\dd|\d\d?)$"
)


@dataclass(frozen=True, eq=False)
class _File:
    path: Path
    values: NDArray[Any]
    grid: Grid
    clock: Clock
    notices: tuple[Notice, ...]

    @property
    def phases(self) -> int:
        return int(self.values.shape[0])


def read_nifti(paths: Sequence[Path], progress: Callable[[float, str], None]) -> Study:
    """Read NIfTI images; label files beside them are left aside.

    Files with a time axis are cines. Without one, files of equal geometry are the phases of one beat, in the order of
    the frame numbers in their names or as given.

    Args:
        paths: `.nii` or `.nii.gz` files.
        progress: told the fraction done and what is being done.

    Raises:
        UnreadableFile: damaged, not NIfTI, or too large.
        InvalidInput: no usable spacing, values that are not numbers, files that do not fit together.
        NotAnalysable: several patients, or nothing but labels.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's remarks on impossible affines, which are refused here anyway
        return _read(paths, progress)


def _read(paths: Sequence[Path], progress: Callable[[float, str], None]) -> Study:
    _check_one_patient(paths)
    wanted = _wanted([path for path in paths if not _LABEL_NAME.search(_stem(path))] or list(paths))
    files = []
    for count, path in enumerate(wanted):
        progress(0.9 * count / len(wanted), f"Reading {len(wanted)} files")
        file = _load(path)
        if not _is_labels(file.values):
            files.append(file)
    if not files:
        raise NotAnalysable(
            f"The {len(wanted)} NIfTI file(s) hold nothing but a few whole numbers: these are labels, not grey values.",
            "An image is needed, not its segmentation.",
            "Give the file with the grey values.",
        )
    images, notices = _images(files)
    aside = len(paths) - len(_paths(images))
    if aside:
        notices.append(Notice("left-aside", f"{aside} NIfTI file(s) were left aside: labels, or phases of a cine."))
    said = dict.fromkeys([*(notice for file in files for notice in file.notices), *notices])
    digests = sorted(bytes.fromhex(sha256(path)) for path in _paths(images))
    return Study(tuple(images), notices=tuple(said), digest=hashlib.sha256(b"".join(digests)).hexdigest())


def _stem(path: Path) -> str:
    return path.name.lower().removesuffix(".gz").removesuffix(".nii")


def _check_one_patient(paths: Sequence[Path]) -> None:
    """Refuse names that begin with different identifiers, such as patient001 and patient002."""
    first = (re.split(r"[^a-z0-9]", _stem(path))[0] for path in paths)
    patients = {word for word in first if any(map(str.isdigit, word)) and not _NO_PATIENT.match(word)}
    if len(patients) > 1:
        raise NotAnalysable(
            f"The names of the NIfTI files are of {len(patients)} different patients.",
            "One patient's exam is analysed at a time.",
            "Give the files of one patient.",
        )


def _paths(images: Sequence[Image]) -> set[Path]:
    return {source.path for image in images for phase in image.sources for source in phase}


def _wanted(paths: Sequence[Path]) -> list[Path]:
    """Files with a time axis if there are any, else all; headers only are read for it."""
    if len(paths) == 1:
        return list(paths)
    moving = [path for path in paths if len(_shape(_open(path))) == 4]
    return moving or list(paths)


def _open(path: Path) -> Any:
    """The file with its header read, its pixels not."""
    try:
        opened = nib.load(path)
        if isinstance(opened, nib.Nifti1Image):  # NIfTI-2 is one too
            return opened
    except _DAMAGE as error:
        raise _unreadable(path) from error
    raise _unreadable(path)


def _unreadable(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"'{path.name}' cannot be read as NIfTI: it is damaged, cut short or something else.",
        "A whole .nii or .nii.gz file is needed.",
        "Copy or convert it again.",
    )


def _shape(opened: Any) -> tuple[int, ...]:
    """(x, y, z) or (x, y, z, t), without axes of length 1 behind the third."""
    shape = tuple(int(size) for size in opened.shape)
    return (*shape[:3], *(size for size in shape[3:] if size > 1))


def _load(path: Path) -> _File:
    opened = _open(path)
    shape = _shape(opened)
    if len(shape) not in (3, 4) or min(shape) < 1 or min(shape[:2]) < 2:
        raise InvalidInput(
            f"'{path.name}' has the shape {' x '.join(map(str, opened.shape))}.",
            "An image (x, y, slice) or a cine (x, y, slice, phase) is needed.",
            "Convert the cine again with dcm2niix or the like.",
        )
    dtype = np.dtype(opened.get_data_dtype())
    if dtype.kind not in "iuf":
        raise InvalidInput(
            f"'{path.name}' holds colours or complex numbers.",
            "One grey value per voxel is needed.",
            "Convert the magnitude images.",
        )
    if np.prod(shape, dtype=np.float64) * dtype.itemsize > LARGEST_IMAGE:
        raise UnreadableFile(
            f"'{path.name}' says that it holds {' x '.join(map(str, shape))} voxels.",
            f"At most {LARGEST_IMAGE // 1024**2} MiB are read.",
            "If that is true, cut the cine to the heart; else convert it again.",
        )
    notices: list[Notice] = []
    try:
        header = _raw_header(opened, path)
        grid = grid_of(header, shape[:3], path.name, notices)
        clock = clock_of(header, (*shape, 1)[3], notices)
    except InvalidInput:
        raise
    except _DAMAGE as error:
        raise _unreadable(path) from error
    values = _values(opened, shape, path)
    return _File(path, values, grid, clock, tuple(notices))


def _raw_header(opened: Any, path: Path) -> Any:
    """The header as it is in the file; on the usual way nibabel turns a spacing of 0 into 1."""
    with ImageOpener(str(path)) as stream:
        return type(opened.header).from_fileobj(stream, check=False)


def _values(opened: Any, shape: tuple[int, ...], path: Path) -> NDArray[Any]:
    """(t, z, y, x): whole numbers as stored, everything else as float32."""
    try:
        stored = np.asarray(opened.dataobj.get_unscaled()).reshape(shape)
    except _DAMAGE as error:
        raise _unreadable(path) from error
    slope, intercept = float(opened.dataobj.slope), float(opened.dataobj.inter)
    small = stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2 and slope == 1 and intercept == 0
    values = stored.astype(stored.dtype.newbyteorder("=") if small else np.float32)
    if not small:
        values = values * np.float32(slope) + np.float32(intercept)
    values = np.ascontiguousarray((values if values.ndim == 4 else values[..., None]).T)
    _check_values(values, path)
    return values


def _check_values(values: NDArray[Any], path: Path) -> None:
    if not np.isfinite(values).all():
        raise InvalidInput(
            f"'{path.name}' holds values that are not numbers (NaN or infinite).",
            "Every voxel must be a finite number.",
            "Convert the image again without masking or processing.",
        )
    if values.min() == values.max():
        raise InvalidInput(
            f"'{path.name}' holds one value everywhere.",
            "An image with contrast is needed.",
            "Check that the right file was given.",
        )
    if values.min() < _LEAST_VALUE:
        raise InvalidInput(
            f"'{path.name}' holds values down to {values.min():.0f}, as computed tomography does in Hounsfield units.",
            "A cine MR image is needed; its values are magnitudes.",
            "Check that the right file was given.",
        )


def _is_labels(values: NDArray[Any]) -> bool:
    low, high = values.min(), values.max()
    few = low >= 0 and high <= _MOST_LABELS and bool((values == np.round(values)).all())
    return few or bool(((values == low) | (values == high)).all())


def _images(files: Sequence[_File]) -> tuple[list[Image], list[Notice]]:
    """Cines as they are; stills of one geometry together as phases."""
    if any(file.phases > 1 for file in files):
        cines = [file for file in files if file.phases > 1]
        return [_cine(file) for file in cines], _say_phases(file.phases for file in cines)
    groups: list[list[_File]] = []
    for file in sorted(files, key=_frame_number):
        for group in groups:
            if group[0].grid.same_as(file.grid, tolerance=0.1):
                group.append(file)
                break
        else:
            groups.append([file])
    _check_pairs(files, groups)
    return [_phases(group) for group in groups], _say_phases(len(group) for group in groups)


def _frame_number(file: _File) -> int:
    named = _FRAME_NAME.search(file.path.name)
    return int(named["frame"]) if named else 0


def _check_pairs(files: Sequence[_File], groups: Sequence[Sequence[_File]]) -> None:
    if len(files) > 1 and all(len(group) == 1 for group in groups):
        raise InvalidInput(
            f"The {len(files)} images differ in matrix, spacing or position.",
            "The end-diastolic and the end-systolic image must lie on the same grid.",
            "Give the two phases of the same stack, or the whole cine as one file.",
        )


def _cine(file: _File) -> Image:
    t, z = file.values.shape[:2]
    sources = tuple(tuple(FrameSource(file.path, phase * z + k) for k in range(z)) for phase in range(t))
    rr = np.full(z, file.clock.rr)
    return Image(file.values, file.grid, file.clock.times, rr, name=_name(file.path), modality="MR", sources=sources)


def _phases(files: Sequence[_File]) -> Image:
    """Stills on one grid as the phases of one beat without a clock."""
    values = np.concatenate([file.values for file in files])
    times = np.arange(len(files)) / len(files)
    sources = tuple(tuple(FrameSource(file.path, k) for k in range(values.shape[1])) for file in files)
    return Image(values, files[0].grid, times, name=_name(files[0].path), modality="MR", sources=sources)


def _name(path: Path) -> str:
    return "".join(letter for letter in path.name if letter.isprintable()).split(".nii")[0]


def _say_phases(phases: Any) -> list[Notice]:
    text = "There are two phases: volumes can be measured, curves, rates and cyclic checks cannot."
    return [Notice("two-phases", text)] if 2 in list(phases) else []


__all__ = ["read_nifti"]
