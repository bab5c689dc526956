"""Labels and their probability as NIfTI on the source grid, each with a JSON file that says what the numbers mean."""

import gzip
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey import __version__
from marey.core import Grid, InvalidInput, Labels, Structure
from marey.core.files import write_text, write_with
from marey.core.units import s

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
LABEL_INTENT, ESTIMATE_INTENT = 1002, 1001
SUFFIXES = (".nii.gz", ".nii")


def write_labels(path: Path, labels: Labels) -> Path:
    """Write labels as uint8 NIfTI ``(x, y, z, t)``, or ``(x, y, z)`` for one phase, and their names beside it.

    The affine maps to RAS millimetres as NIfTI wants it; the time step is in seconds. Beside ``labels.nii.gz`` stands
    ``labels.json``: structure and code of each integer, the times, and the true slice positions (the affine of a stack
    with uneven gaps is its mean).

    Args:
        path: ends in ".nii.gz" or ".nii".
        labels: on the grid that they are to be written on.

    Returns:
        `path`.

    Raises:
        InvalidInput: another suffix.
        CannotWrite: a file cannot be written.
    """
    stem = _stem(path)
    key = {str(key): _named(structure) for key, structure in sorted(labels.structures.items())}
    _write_sidecar(path.with_name(f"{stem}.json"), labels, {"labels": {"0": {"name": "background"}, **key}})
    return _write(path, labels.values, labels, LABEL_INTENT, "Labels")


def write_probability(path: Path, labels: Labels) -> tuple[Path, ...]:
    """Write the probability of each structure as one NIfTI file, since viewers show four dimensions and not five.

    ``probability.nii.gz`` becomes ``probability_lv-cavity.nii.gz`` and so on: uint8 with a slope, so that readers see 0
    to 1.

    Args:
        path: ends in ".nii.gz" or ".nii"; the structure's name is put before the suffix.
        labels: with `probability`.

    Returns:
        The images written, in the order of `labels.structures`.

    Raises:
        InvalidInput: another suffix, or labels without probability.
        CannotWrite: a file cannot be written.
    """
    stem = _stem(path)
    if labels.probability is None:
        raise InvalidInput(
            "The labels carry no probability.",
            "Only labels that a network made know how probable they are.",
            "Write the labels alone.",
        )
    written = []
    for structure, values in zip(labels.structures.values(), labels.probability, strict=True):
        name = f"{stem}_{re.sub('[^a-z0-9]+', '-', structure.name.lower()).strip('-')}"
        _write_sidecar(path.with_name(f"{name}.json"), labels, {"probability_of": _named(structure)})
        image = path.with_name(name + path.name[len(stem) :])
        written.append(_write(image, values, labels, ESTIMATE_INTENT, "Probability", slope=1 / 255))
    return tuple(written)


def _stem(path: Path) -> str:
    for suffix in SUFFIXES:
        if path.name.endswith(suffix) and path.name != suffix:
            return path.name.removesuffix(suffix)
    raise InvalidInput(
        f"The NIfTI file was to be called '{path.name}'.",
        "A name that ends in .nii.gz or .nii is needed.",
        "Rename it.",
    )


def _write(
    path: Path, values: NDArray[np.uint8], labels: Labels, intent: int, name: str, *, slope: float | None = None
) -> Path:
    header = _header(labels, intent, name)
    header.set_slope_inter(slope, None if slope is None else 0.0)
    # C-ordered (t, z, y, x) is what NIfTI calls Fortran-ordered (x, y, z, t); four zero bytes say: no extension
    content = header.binaryblock + bytes(4) + np.ascontiguousarray(values).tobytes()
    if path.name.endswith(".gz"):
        content = gzip.compress(content, compresslevel=3, mtime=0)
    return write_with(path, lambda temporary: temporary.write_bytes(content))


def _header(labels: Labels, intent: int, name: str) -> Any:
    affine = ras_affine(labels.grid)
    shape = (*labels.grid.shape[::-1], labels.times.size)
    header = import_module("nibabel.nifti1").Nifti1Header()
    header.set_data_dtype(np.uint8)
    header.set_data_shape(shape if labels.times.size > 1 else shape[:3])
    header.set_qform(affine, code="scanner")
    header.set_sform(affine, code="scanner")
    header.set_xyzt_units("mm", "sec")
    header.set_intent(intent, name=name)
    header["descrip"] = f"Marey {__version__}"
    header["magic"], header["vox_offset"] = b"n+1", 352
    if labels.times.size > 1:
        header["pixdim"][4] = float(np.diff(labels.times).mean()) / s
        header["toffset"] = float(labels.times[0]) / s
    return header


def ras_affine(grid: Grid) -> NDArray[np.float64]:
    """(4, 4) from ``(x, y, z, 1)`` indices to RAS millimetres."""
    affine: NDArray[np.float64] = LPS_TO_RAS @ grid.affine[:, [2, 1, 0, 3]]
    return affine


def _write_sidecar(path: Path, labels: Labels, content: dict[str, object]) -> None:
    grid = labels.grid
    facts = {
        **content,
        "times_ms": [round(float(time), 3) for time in labels.times],
        "slice_positions_mm": [round(float(position), 4) for position in grid.slice_positions],
        "slices_evenly_spaced": grid.regular,
        "slice_thickness_mm": grid.slice_thickness,
        "made_by": f"Marey {__version__}",
    }
    write_text(path, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _named(structure: Structure) -> dict[str, object]:
    code = structure.code
    return {
        "name": structure.name,
        "code": {"value": code.value, "scheme": code.scheme, "meaning": code.meaning},
        "colour": list(structure.colour),
    }


__all__ = ["ras_affine", "write_labels", "write_probability"]
