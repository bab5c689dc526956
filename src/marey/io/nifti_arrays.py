"""Pictures and arrays of numbers as NIfTI on the grid of a series."""

import gzip
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, InvalidInput
from marey.core.files import write_with
from marey.core.units import s
from marey.io.nifti_out import ras_affine

VECTOR_INTENT = 1007


def write_array(path: Path, values: NDArray[Any], grid: Grid, times: NDArray[np.float64]) -> Path:
    """Write an array as NIfTI ``(x, y, z, t)`` or, with components, ``(x, y, z, t, component)``.

    Vectors stay in LPS millimetres (or mm/ms), as the array has them; the affine maps to RAS as NIfTI wants it.

    Args:
        path: ends in ".nii.gz".
        values: ``(t, z, y, x)`` or ``(t, z, y, x, component)``; real numbers are stored as float32.
        grid: that they lie on.
        times: (t,) ms.

    Raises:
        InvalidInput: values of another shape.
        CannotWrite: the file cannot be written.
    """
    if values.ndim not in (4, 5) or values.shape[:4] != (times.size, *grid.shape):
        raise InvalidInput(
            f"The array for '{path.name}' has the shape {values.shape}.",
            f"{(times.size, *grid.shape)} or one more axis for components is needed.",
            "Give it on the series' grid, at its times.",
        )
    laid = values.transpose(3, 2, 1, 0, *range(4, values.ndim))
    laid = laid.astype(np.float32) if laid.dtype.kind == "f" else laid
    picture: Any = import_module("nibabel").Nifti1Image(laid, ras_affine(grid))
    header = picture.header
    header.set_qform(ras_affine(grid), code="scanner")
    header.set_sform(ras_affine(grid), code="scanner")
    header.set_xyzt_units("mm", "sec")
    if times.size > 1:
        header["pixdim"][4] = float(np.diff(times).mean()) / s
    if values.ndim == 5:
        header.set_intent(VECTOR_INTENT, name="LPS vector")
    content = gzip.compress(picture.to_bytes(), compresslevel=1, mtime=0)
    return write_with(path, lambda temporary: temporary.write_bytes(content))


__all__ = ["write_array"]
