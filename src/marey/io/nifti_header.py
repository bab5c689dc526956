"""Geometry and time out of a NIfTI header, refused where they cannot be those of a heart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marey.core import Grid, InvalidInput, Notice
from marey.io.beat import LONGEST_RR, SHORTEST_RR

RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
PIXEL = 0.3, 5.0  # mm, in-plane steps of a cine
FIELD = 60.0, 1000.0  # mm, in-plane extent
STACK = 15.0  # mm, least extent of three or more slices
LARGEST_STEP = 40.0  # mm
_MILLIMETRES = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
_MILLISECONDS = {"sec": 1000.0, "msec": 1.0, "usec": 0.001}


@dataclass(frozen=True, eq=False)
class Clock:
    """Times (t,) in ms after the first phase and the RR interval; phase / t and NaN where the header has no clock."""

    times: NDArray[np.float64]
    rr: float


def grid_of(header: Any, shape: tuple[int, ...], name: str, notices: list[Notice]) -> Grid:
    """The grid of a NIfTI image, z being its third axis: sform first, then qform, then bare steps.

    Args:
        header: nibabel header.
        shape: voxels (x, y, z).
        name: how an error calls the file.
        notices: told when the orientation in the patient is unknown.

    Raises:
        InvalidInput: spacing missing or not that of a heart image, sheared axes.
    """
    scale = _MILLIMETRES.get(_units(header)[0], 1.0)
    affine = _affine(header)
    oriented = affine is not None
    if affine is None:
        affine = np.diag([*header["pixdim"][1:4].astype(np.float64), 1.0])
        text = "The NIfTI header does not say how the image lies in the patient; views are found from the pixels alone."
        notices.append(Notice("no-orientation", text))
    lps = RAS_TO_LPS @ np.diag([scale, scale, scale, 1.0]) @ affine
    lps[3] = 0, 0, 0, 1
    steps = np.linalg.norm(lps[:3, :3], axis=0)
    _check_steps(steps, shape, name, bare=not oriented or _is_identity(affine))
    flipped = lps[:, [2, 1, 0, 3]]
    return Grid((shape[2], shape[1], shape[0]), flipped, slice_thickness=float(steps[2]))


def clock_of(header: Any, phases: int, notices: list[Notice]) -> Clock:
    """Times from the fourth step, in whichever unit makes a heart beat of 250 to 3000 ms."""
    relative = Clock(np.linspace(0, 1, phases, endpoint=False).astype(np.float64), math.nan)
    if phases < 2:
        return relative
    step = float(header["pixdim"][4])
    stated = _MILLISECONDS.get(_units(header)[1], math.nan)
    for unit in (stated, *_MILLISECONDS.values()):
        rr = phases * step * unit
        if not SHORTEST_RR <= rr <= LONGEST_RR or (step == 1 and unit != stated):
            continue
        if unit != stated:
            text = f"The NIfTI header's unit of time is missing or wrong; {step:g} was read as {step * unit:.1f} ms."
            notices.append(Notice("time-unit", text))
        return Clock(np.linspace(0, rr, phases, endpoint=False).astype(np.float64), rr)
    text = "The NIfTI header has no usable time step: rates and cardiac output cannot be measured."
    notices.append(Notice("no-clock", text))
    return relative


def _units(header: Any) -> tuple[str, str]:
    try:
        space, time = header.get_xyzt_units()
    except KeyError:
        return "unknown", "unknown"
    return space, time


def _affine(header: Any) -> NDArray[np.float64] | None:
    """The coded affine (4, 4) RAS that is finite and not singular, sform before qform."""
    for code, get in (("sform_code", header.get_sform), ("qform_code", header.get_qform)):
        if int(header[code]) > 0:
            affine = np.asarray(get(), dtype=np.float64)
            if np.isfinite(affine).all() and (np.linalg.norm(affine[:3, :3], axis=0) > 0).all():
                return affine
    return None


def _is_identity(affine: NDArray[np.float64]) -> bool:
    return bool(np.allclose(np.abs(affine[:3, :3]), np.eye(3)))


def _check_steps(steps: NDArray[np.float64], shape: tuple[int, ...], name: str, *, bare: bool) -> None:
    """Refuse spacing that is missing, left at a default of 1, or not that of a heart image."""
    listed = " x ".join(f"{step:g}" for step in steps)
    in_plane, along = steps[:2], steps[2]
    extent = in_plane * shape[:2]
    usable = bool(
        np.isfinite(steps).all()
        and ((in_plane >= PIXEL[0]) & (in_plane <= PIXEL[1]) & (extent >= FIELD[0]) & (extent <= FIELD[1])).all()
        and 0 < along <= LARGEST_STEP
        and (shape[2] <= 2 or along * shape[2] >= STACK)
    )
    left_at_default = bool(bare and np.allclose(steps, 1))
    if not usable or left_at_default:
        raise InvalidInput(
            f"'{name}' says that its voxels are {listed} mm in a matrix of {' x '.join(map(str, shape))}.",
            "The true spacing of a heart image is needed (usually 0.7 to 2.5 mm in plane, 5 to 20 mm between slices).",
            "Convert the DICOM files again with their header; do not save the image without its affine.",
        )


__all__ = ["Clock", "clock_of", "grid_of"]
